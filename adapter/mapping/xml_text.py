"""XML as text: parsed where it comes from a caller, written where it goes to one. Neither can do more than carry data.

A text of a caller's has one root, no DTD, no entity but the five of XML itself, no processing instruction, and bounded
size, depth and number of tags. Comments are no data and are dropped. What is written is canonical in the manner of
Exclusive XML Canonicalization 1.0: sorted, self-contained, each namespace declared where it is first used. Prefixes
that texts and attributes use (``xsi:type="p:T"``) count as used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from adapter.strict_json import xml_can_carry
from adapter.wsdl.names import XML
from adapter.wsdl.types import XSI

MOST_CHARACTERS = 1_000_000
MOST_TAGS = 100_000
MOST_DEPTH = 100
_TYPE = f"{{{XSI}}}type"
_PREFIX = re.compile(r"(?<![\w:.\-])([^\W\d][\w.\-]*):(?=[^\W\d])")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_VALUE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"},
)
# What canonicalization itself could read in another way: an attribute with a namespace may have one of several
# prefixes, xsi:type may mean the default namespace, and a text with a colon may begin with a prefix.
_DOUBTFUL = etree.XPath(
    ".//@*[namespace-uri() or contains(., ':')] | @*[namespace-uri() or contains(., ':')]"
    " | .//text()[contains(., ':')] | .//processing-instruction()"
)


def parsed(text: str) -> Any:
    """Return the root element of an XML text. Raise ValueError, with words for a caller, where it is not acceptable."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"has more than {MOST_CHARACTERS} characters")
    if text.count("<") > MOST_TAGS:
        raise ValueError(f"has more than {MOST_TAGS} tags")
    if not xml_can_carry(text):
        raise ValueError("holds a character that XML cannot carry")
    if text.lstrip(" \t\r\n").startswith("<?xml"):
        raise ValueError("must be an element, without an XML declaration")
    try:
        root = etree.fromstring(text.encode("utf-8"), _parser())
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no well-formed XML: line {error.lineno or 1}, column {error.offset or 1}") from None
    document: Any = root.getroottree()
    if document.docinfo.doctype:
        raise ValueError("must not have a DOCTYPE")
    beside = (*root.itersiblings(preceding=True), *root.itersiblings())
    if beside or any(not isinstance(each.tag, str) for each in root.iter()):
        raise ValueError("must not have processing instructions or entities")
    if _deep(root):
        raise ValueError(f"is nested deeper than {MOST_DEPTH} levels")
    return root


def _parser() -> etree.XMLParser:
    # A parser keeps what it saw of a document, so each text has its own.
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
    )


def _deep(root: Any) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            return True
    return False


def canonical(element: Any) -> str:
    """Return an element as text: its tag, attributes, texts and elements, and the namespaces that they use.

    Comments and processing instructions are no data and are left out; so is what follows the element.
    """
    # Canonicalization itself, many times faster, knows neither prefixes in texts nor what to do with instructions.
    doubtful: Any = _DOUBTFUL(element)
    if not any(map(_means_a_prefix, doubtful)):
        try:
            made: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)
        except etree.C14NError:  # a namespace that is no absolute URI
            return written(element)
        return made.decode("utf-8")
    return written(element)


def _means_a_prefix(found: Any) -> bool:
    """Whether a text, an attribute's value or an instruction has to be looked at by the plain way."""
    marked = not isinstance(found, str) or "{" in (getattr(found, "attrname", None) or "")
    return marked or _PREFIX.search(found) is not None


def written(element: Any) -> str:
    """Return the same as ``canonical``, for any element: the plain way."""
    out: list[str] = []
    _write(element, {"": "", "xml": XML}, out)
    return "".join(out)


def _write(element: Any, declared: Mapping[str, str], out: list[str]) -> None:
    if not element.keys() and not len(element) and ":" not in (element.text or ""):
        namespace, local = _parts(element.tag)
        prefix = element.prefix or ""
        tag = f"{prefix}:{local}" if prefix else local
        needed = "" if declared.get(prefix) == namespace else _declaration(prefix, namespace)
        out.append(f"<{tag}{needed}>{(element.text or '').translate(_TEXT)}</{tag}>")
        return
    attributes = sorted((_parts(str(name)), str(value)) for name, value in element.items())
    namespace, local = _parts(str(element.tag))
    wanted = {element.prefix or "": namespace}
    for (space, _), _ in attributes:
        if space and space != XML:
            prefix = _prefix(element, space)
            wanted[prefix] = space
    if used := list(_used(element, attributes)):
        scope: dict[str, str] = {prefix or "": uri for prefix, uri in element.nsmap.items()}
        for prefix in used:
            if prefix in scope and prefix != "xml":
                wanted.setdefault(prefix, scope[prefix])
    new = {prefix: uri for prefix, uri in sorted(wanted.items()) if declared.get(prefix) != uri}
    if new:
        declared = {**declared, **new}
    tag = f"{element.prefix}:{local}" if element.prefix else local
    out.append(f"<{tag}")
    for prefix, uri in new.items():
        out.append(_declaration(prefix, uri))
    for (space, name), value in attributes:
        prefix = f"{'xml' if space == XML else _prefix(element, space)}:" if space else ""
        out.append(f' {prefix}{name}="{value.translate(_VALUE)}"')
    out.append(f">{(element.text or '').translate(_TEXT)}")
    for child in element:
        if isinstance(child.tag, str):
            _write(child, declared, out)
        if child.tail:
            out.append(child.tail.translate(_TEXT))
    out.append(f"</{tag}>")


def _declaration(prefix: str, uri: str) -> str:
    return f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(_VALUE)}"'


def _parts(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition("}")
    return namespace.removeprefix("{"), local


def _prefix(element: Any, namespace: str) -> str:
    """Return the prefix of an attribute's namespace: the first one of the nearest element that declares one.

    It is the attribute's own in all but strange documents, and what stands around the text does not change it.
    """
    known = [prefix for prefix, uri in element.nsmap.items() if prefix and uri == namespace]
    while len(known) > 1:
        element = element.getparent()
        outer = element.nsmap if element is not None else {}
        if nearest := [prefix for prefix in known if outer.get(prefix) != namespace]:
            known = [min(nearest)]
    return str(known[0])


def _used(element: Any, attributes: list[tuple[tuple[str, str], str]]) -> Iterator[str]:
    """Yield the prefixes that texts and attributes seem to use: each may be a qualified name."""
    for (space, name), value in attributes:
        yield from _PREFIX.findall(value)
        if (space, name) == (XSI, "type") and ":" not in value:
            yield ""
    for text in (element.text, *(child.tail for child in element)):
        if text and ":" in text:
            yield from _PREFIX.findall(text)
