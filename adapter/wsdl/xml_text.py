"""One document of a contract from bytes to a tree: strict, or with what a repair rule allows and nothing more.

No DTD is read, no entity of a file or of an address is followed. Entities that are plain text in the document's own
DOCTYPE (XML 1.0, section 4.2) are put in where a rule allows it, up to small limits.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.wsdl.repair import Mending

MAX_ENTITIES = 64
MAX_SUBSET_BYTES = 16 * 1024
MAX_EXPANDED_BYTES = 1024 * 1024

_BLANK = b" \t\r\n"
_PROLOG = re.compile(rb"(?:\s+|<\?(?:(?!\?>).)*\?>|<!--(?:(?!--).)*-->|\xef\xbb\xbf)*<!DOCTYPE", re.DOTALL)
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}\?>")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+[A-Za-z_][\w.:-]*\s*\[")
# A comment, or an entity that is nothing but text: no reference, no parameter entity, no address, no markup.
_COMMENT = re.compile(rb"<!--(?:(?!--).)*-->", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:\"([^\"&%<]*)\"|'([^'&%<]*)')\s*>")


def read_xml(path: str, content: bytes, place: str, mending: Mending) -> tuple[etree._Element, bool]:
    """Parse one file with what the repair rules about it allow; say whether one of them was needed."""
    mended = content
    if (moved := without_leading_space(content)) is not None and mending.uses("skip_leading_space", path):
        mended = moved
    if has_doctype(mended) and mending.uses("allow_doctype", path):
        return parse_with_entities(mended, place), True
    return parse(mended, place), mended is not content


def parse(content: bytes, place: str) -> etree._Element:
    """Parse a document as it is. Raise BuildError where it is not well-formed XML or has a DOCTYPE."""
    root = _tree(content, place, resolve=False)
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise BuildError(
            [
                Mistake(
                    place,
                    1,
                    0,
                    "has a DOCTYPE, which is refused",
                    "remove the DTD, or allow its entities by the rule allow_doctype in wsdl/repairs.yaml",
                )
            ]
        )
    return root


def parse_to_follow(content: bytes, place: str) -> etree._Element:
    """Parse a document for what it imports, before any rule about it can stand in the project."""
    content = without_leading_space(content) or content
    return parse_with_entities(content, place) if has_doctype(content) else parse(content, place)


def without_leading_space(content: bytes) -> bytes | None:
    """Return a document whose white space before the XML declaration stands behind it: lines keep their numbers.

    None where there is nothing to mend.
    """
    rest = content.lstrip(_BLANK)
    declaration = _DECLARATION.match(rest)
    if len(rest) == len(content) or declaration is None:
        return None
    space = content[: len(content) - len(rest)]
    return declaration.group() + space + rest[declaration.end() :]


def has_doctype(content: bytes) -> bool:
    """Whether a document declares a DOCTYPE before its root element."""
    return _PROLOG.match(content) is not None


def parse_with_entities(content: bytes, place: str) -> etree._Element:
    """Parse a document whose DOCTYPE declares entities that are plain text. Raise BuildError for any other DOCTYPE."""
    problem = _problem(content)
    if problem:
        text, remedy = f"has a DOCTYPE that cannot be allowed: {problem}", "remove the DTD and its entities"
        raise BuildError([Mistake(place, 1, 0, text, remedy)])
    return _tree(content, place, resolve=True)


def _problem(content: bytes) -> str:
    """Return what a DOCTYPE has besides a few entities of plain text, or an empty string."""
    start = _DOCTYPE.search(content)
    if start is None:
        return "it refers to a DTD elsewhere, or is cut off"
    at, values = start.end(), list[tuple[bytes, bytes]]()
    while content[at : at + 1] != b"]":
        if at - start.end() > MAX_SUBSET_BYTES or len(values) > MAX_ENTITIES:
            return f"more than {MAX_ENTITIES} entities or {MAX_SUBSET_BYTES} bytes"
        if content[at : at + 1] in (b" ", b"\t", b"\r", b"\n"):
            at += 1
        elif comment := _COMMENT.match(content, at, at + MAX_SUBSET_BYTES):
            at = comment.end()
        elif entity := _ENTITY.match(content, at, at + MAX_SUBSET_BYTES):
            values.append((entity[1], entity[2] or entity[3] or b""))
            at = entity.end()
        else:
            return "more than entities that are plain text"
    expanded = sum(content.count(b"&" + name + b";") * len(value) for name, value in values)
    return "its entities stand for too much" if expanded > MAX_EXPANDED_BYTES else ""


def _tree(content: bytes, place: str, *, resolve: bool) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=resolve,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        # The parser's own message quotes the file; its name for the error does not.
        log: Any = error.error_log
        kind = log.last_error.type_name if log.last_error else "XML"
        text, remedy = f"not well-formed XML ({kind})", "fetch it again; what is there may be an error page, or cut off"
        if without_leading_space(content) is not None:
            text = "has white space before its XML declaration"
            remedy = "remove it, or let the rule skip_leading_space in wsdl/repairs.yaml pass over it"
        raise BuildError([Mistake(place, error.lineno or 0, 0, text, remedy)]) from None
