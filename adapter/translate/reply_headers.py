"""Header fields of our answer: values that stand in SOAP header blocks of the reply.

They lie beside the record, so none of them makes a reply unusable: what is absent, nil or cannot be read or shown is
left out, and noted where it is odd.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.content import Compiler
from adapter.translate.reading import Reading
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE

MAX_LENGTH = 4000
_ENVELOPES = tuple(f"{{{namespace}}}Envelope" for namespace in (SOAP11_ENVELOPE, SOAP12_ENVELOPE))
Found = tuple[Mapping[str, str], tuple[str, ...]]


def header_reader(endpoint: Endpoint) -> Callable[[Any], Found]:
    """Compile it: any element of the reply's envelope (or None) in, header fields and what was odd out."""
    compiler = Compiler(_no_object, endpoint.contract, encoded=False)
    wanted = [
        (each.tag, each.field.name, compiler.object([each.field], endpoint.name)) for each in endpoint.reply.headers
    ]
    if not wanted:
        return lambda element: ({}, ())

    def read(element: Any) -> Found:
        root = element.getroottree().getroot() if element is not None else None
        if root is None or root.tag not in _ENVELOPES:
            return {}, ()
        reading, found = Reading(endpoint.name, root, encoded=False), dict[str, str]()
        for tag, name, take in wanted:
            for block in root.iterfind(f"{{*}}Header/{tag}"):
                try:
                    text = _text(take(block, reading).get(name))
                except BackendReplyInvalid as error:
                    reading.note(f"header {name}: {error.cause}")
                    continue
                if text is not None and not _safe(text):
                    reading.note(f"header {name}: cannot be shown")
                elif text is not None:
                    found.setdefault(name, text)
        return found, tuple(reading.notes)

    return read


def _text(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _safe(text: str) -> bool:
    """Tell whether a text is a field value whose meaning everybody agrees on (RFC 9110, section 5.5)."""
    return len(text) <= MAX_LENGTH and text.isascii() and text.isprintable() and text == text.strip()


def _no_object(key: str) -> Callable[[Any, Reading], Any]:
    raise LookupError(f"a header field is one value, not {key}")
