"""Two forms of one message compared: XML in canonical form, and the leaves of JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from adapter.wsdl.types import XSD

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# Says how what is inside is encoded (SOAP 1.1 section 4.1.1); the operation says it too.
_STYLE = "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def canonical(element: Any, encoded: bool = False) -> Any:
    """Return an element without what plays no part: prefixes, the order of attributes, white space between elements.

    ``encoded``: each value may say its built-in type, or leave it out (SOAP 1.1 section 5.1).
    """
    children = [canonical(child, encoded) for child in element if isinstance(child.tag, str)]
    text = element.text or ""
    own = {name: _attribute(element, name, value) for name, value in element.attrib.items() if name != _STYLE}
    if encoded and own.get(_TYPE, "").startswith(f"{{{XSD}}}"):
        del own[_TYPE]
    # Around a value white space may be layout; inside mixed content nothing is dropped but blanks between elements.
    return (
        element.tag,
        tuple(sorted(own.items())),
        text.strip() if children or not text.strip() else text,
        tuple(children),
    )


def _attribute(element: Any, name: str, value: str) -> str:
    if name != _TYPE:
        return value
    prefix, _, local = value.strip().rpartition(":")
    return f"{{{element.nsmap.get(prefix or None, '')}}}{local}"


def differs(one: Any, other: Any, path: str = "") -> str:
    """Say where two canonical elements first differ; "" where they are equal."""
    here = f"{path}/{etree.QName(one[0]).localname}"
    for what, mine, theirs in zip(("name", "attributes", "text"), one, other, strict=False):
        if mine != theirs:
            return f"{here}: {what} {theirs!r} instead of {mine!r}"
    if len(one[3]) != len(other[3]):
        names = [[etree.QName(child[0]).localname for child in each[3]] for each in (one, other)]
        return f"{here}: {names[1]} instead of {names[0]}"
    return next(filter(None, (differs(mine, theirs, here) for mine, theirs in zip(one[3], other[3], strict=True))), "")


def leaves(value: Any) -> Counter[str]:
    """Count the values in JSON, whatever the names around them; nothing and null are no values."""
    return Counter(_leaves(value))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            # The other clients' words for a type's name and namespace; ours is the discriminator.
            if name not in ("$xsiType", "xsi_type", "$type"):
                yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    elif isinstance(value, str) and value.startswith("<") and not value.startswith("<!["):
        # What has no shape is XML text in ours; its values are what stands in it.
        for element in etree.fromstring(value).iter():
            yield from (plain(text) for name, text in element.attrib.items() if name != _TYPE)
            yield from (plain(text) for text in (element.text, element.tail) if text and text.strip())
    elif value is not None and value != "":
        yield plain(value)


def plain(value: Any) -> str:
    """Return one value so that equal ones are equal texts: numbers, booleans, moments in time."""
    text = json.dumps(value) if isinstance(value, bool) else str(value).strip()
    # The other clients' tests give markup in JSON as it stands in XML.
    text = text.removeprefix("<![CDATA[").removesuffix("]]>")
    if _DATE.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    try:
        return str(Decimal(text).normalize()) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else text
    except InvalidOperation:
        return text
