"""A fast way and its plain twin, held against each other."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lxml import etree
from marshmallow import ValidationError
from marshmallow.fields import Field

from adapter.mapping.bound import Endpoint
from adapter.messages import Checked
from adapter.steps.accept import NOT_SURE, acceptor
from adapter.translate.in_text import ROWS
from adapter.translate.poured import pouring_writer
from adapter.translate.written import Written
from adapter.wsdl.types import XSI

# A value that is made anew for each message: {compute: uuid}.
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# What stands somewhere instead of what belongs there.
STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**70, Decimal("1.50"), Decimal("5"), Decimal("1E+3"), [], {}, [None], [[]]),
    *({"a": 1}, "", " ", "x", "x" * 50, "y" * 3000, "1", "-1", "-0", "+7", "007", "1.5", "1.50", "0.00", "1e3", ".5"),
    *("2024-02-29", "2023-02-29", "2024-12-31Z", "0000-01-01", "12024-01-31", "2024-12-31T23:59:59", "24:00:00"),
    *("true", "a b", " a", "a  b", "a\tb", "a\nb", "1\n", "ABC\n", "\u0661", "\u00fc", "\U0001f600", "A1", "00000000"),
)


def poured(endpoint: Endpoint, checked: Checked) -> Any:
    """Return the message whose rows were written one at a time."""
    made = pouring_writer(endpoint)(replace(checked, rows=iter([[row] for row in checked.body])))
    text = made.frame.whole().replace(ROWS, b"".join(made.rows).decode("utf-8"))
    return etree.fromstring(text)


def sent(message: Any) -> str:
    """Return a message as canonical XML, whether it was written as text or as elements; prefixes do not count."""
    if message is None:
        return ""
    text = message.whole() if isinstance(message, Written) else etree.tostring(message, encoding="unicode")
    # lxml's own canonical XML (2.0) gives every namespace the prefix that its place in the document makes.
    made: str = etree.canonicalize(text, rewrite_prefixes=True, qname_aware_attrs=[f"{{{XSI}}}type"])
    return _UUID.sub("uuid", made)


def checked(field: Field[Any], value: Any) -> tuple[str, bool]:
    """Return how the check in one pass differs from marshmallow's, "" for not at all; and whether it left it to that.

    Raises nothing that either says.
    """
    accept = acceptor(field)
    before = deepcopy(value)
    try:
        fast = accept(value)
    except NOT_SURE:
        return "" if before == value else "the value is another one now", True
    try:
        plain = field.deserialize(value)
    except ValidationError as error:
        return f"{value!r} is refused: {error.messages}", False
    return "" if plain == fast and before == value else f"{value!r} became {fast!r}, not {plain!r}", False


def checked_alike(field: Field[Any], value: Any, source: random.Random) -> str:
    """Say how the two checks differ about an object, and about one not quite like it; "" where they do not."""
    return checked(field, value)[0] or (checked(field, mutated(value, source))[0] if value else "")


def mutated(value: Any, source: random.Random) -> Any:
    """Return a copy of a JSON value that differs from it at one place."""
    made = [deepcopy(value)]
    places = list(_places(made, source))
    holder, key = source.choice(places)
    kind = source.random()
    if kind < 0.6:
        holder[key] = deepcopy(source.choice(STRANGE))
    elif kind < 0.7 and isinstance(holder, dict):
        del holder[key]
    elif kind < 0.8 and isinstance(holder, dict):
        holder[source.choice(["unknown", "", "id", str(key).upper()])] = holder[key]
    elif kind < 0.9:
        holder[key] = [holder[key]]
    else:
        other, name = source.choice(places)
        holder[key] = deepcopy(other[name])
    return made[0]


def _places(value: Any, source: random.Random) -> Iterator[tuple[Any, Any]]:
    found = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in found:
        yield value, key
        if isinstance(member, dict | list):
            yield from _places(member, source)
