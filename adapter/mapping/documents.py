"""Rules of documents: ``document:`` of a body or a reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.mapping.files import Path_
from adapter.mapping.media_types import PLAIN, UNKNOWN, served
from adapter.mapping.model import FieldRule, TypeRule
from adapter.mapping.model.document import CONTENT, FILE_NAME, MEDIA_TYPE, DocumentRule
from adapter.mapping.model.operation import BodyRule, OperationRule
from adapter.mapping.schema_document import DocumentBodySection, MediaTypeSection
from adapter.mapping.sections import Sections
from adapter.wsdl.binary import SWA_REF
from adapter.wsdl.types import Facets, Record, Scalar


def is_document(data: Any) -> bool:
    """Tell whether a body or a reply, as it was written, is one of a document."""
    return isinstance(data, dict) and "document" in data


def document_body(sections: Sections, data: Any, path: Path_) -> BodyRule | None:
    """Return the rule of a body that is a document."""
    found = sections.load(DocumentBodySection, data, path)
    if found is None:
        return None
    taken = _media_types(sections, found["media_types"], (*path, "media_types"))
    kind = _type(sections, found, path)
    rule = DocumentRule(sections.place(path), kind, taken, found.get("max_bytes", 0))
    return BodyRule(rule.place, kind.name, document=rule)


def document_reply(sections: Sections, found: Mapping[str, Any], path: Path_) -> DocumentRule:
    """Return the rule of a reply that is a document. ``found`` is its section."""
    paths, value = dict(found), ""
    if isinstance(said := found.get("media_type"), dict):
        paths.pop("media_type")
        section = sections.load(MediaTypeSection, said, (*path, "media_type"))
        value = section["value"] if section is not None else ""
        if section is not None and (served(value) != value or value == UNKNOWN):
            text = f"media_type: '{value}' would be served as {UNKNOWN}"
            sections.wrong((*path, "media_type"), text, "value: application/pdf, or leave 'media_type' out")
    elif "media_type" in found and not isinstance(said, str):
        text = "media_type: must be a path, or {value: application/pdf}"
        sections.wrong((*path, "media_type"), text, "media_type: {value: application/pdf}")
        paths.pop("media_type")
    return DocumentRule(sections.place(path), _type(sections, paths, path), value=value)


def sent_on(endpoint: Endpoint) -> bool:
    """Tell whether a document of the caller's is sent on while it arrives: beside the envelope, unsigned, of any size.

    Where the contract limits its length, or a signature covers it, all of it has to be known first.
    """
    body, soap = endpoint.body, endpoint.resource.soap
    if body is None or body.document is None:
        return False
    if soap.identity is not None and soap.identity.signature:
        return False
    field = next(each for each in endpoint.types[body.type].fields if each.name == CONTENT)
    if field.attribute is not None or not field.steps:
        return False
    step = field.steps[-1]
    kind = endpoint.contract.types.get(step.type)
    while isinstance(kind, Record):
        kind = endpoint.contract.types.get(kind.text)
    beside = any(each.tag == step.element.tag for each in endpoint.operation.input.attachments)
    free = isinstance(kind, Scalar) and kind.builtin == "base64Binary" and kind.facets == Facets()
    return free and (soap.mtom or beside or step.type == SWA_REF)


def document_types(operations: Iterable[OperationRule]) -> dict[str, TypeRule]:
    """Return the messages of documents as types, by names that no type of a file can have."""
    rules = [part.document for each in operations for part in (each.body, each.reply) if part is not None]
    return {rule.type.name: rule.type for rule in rules if rule is not None}


def _type(sections: Sections, found: Mapping[str, Any], path: Path_) -> TypeRule:
    paths = {key: found[key] for key in (CONTENT, MEDIA_TYPE, FILE_NAME) if key in found}
    fields = {name: FieldRule(name, sections.place((*path, name)), soap) for name, soap in paths.items()}
    return TypeRule(".".join(map(str, path)), sections.place(path), fields)


def _media_types(sections: Sections, data: Any, path: Path_) -> tuple[str, ...]:
    if not isinstance(data, list) or not data:
        sections.wrong(path, "media_types: must be a list of media types", "media_types: [application/pdf]")
        return ()
    wrong = [each for each in data if not isinstance(each, str) or not PLAIN.fullmatch(each)]
    for each in wrong:
        text = f"media_types: '{each}' is not a media type in small letters, such as application/pdf"
        sections.wrong(path, text, "name each type that callers may send")
    return tuple(dict.fromkeys(each for each in data if each not in wrong))
