"""Turn one mapping document into a ``Resource``, naming every mistake in it.

The functions follow the grammar from the file down: here the file, its SOAP section and its types; ``operations`` and
``fields`` go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.errors import Mistake
from adapter.mapping import schema, words
from adapter.mapping.bags import bag_rules, entries_once
from adapter.mapping.calls import with_calls
from adapter.mapping.constants import constants
from adapter.mapping.documents import document_types
from adapter.mapping.fields import field_rules
from adapter.mapping.files import Document, Path_
from adapter.mapping.guards import guard_rule
from adapter.mapping.lookups import lookup_rules
from adapter.mapping.model import BagRule, FieldRule, TypeRule, VariantRule
from adapter.mapping.model.operation import FaultRule, OperationRule, Resource, Shared
from adapter.mapping.model.soap import IdentityRule, SoapRule
from adapter.mapping.namespaces import namespaces
from adapter.mapping.operations import fault_rules, operation_rule
from adapter.mapping.rollouts import rollout_rule
from adapter.mapping.scopes import ByEffect, scopes_of_file
from adapter.mapping.sections import Sections
from adapter.mapping.services import http_rule
from adapter.mapping.sessions import session_rule
from adapter.mapping.shared import SECTIONS, check_patterns, taken
from adapter.mapping.signatures import read_signed
from adapter.mapping.verbs import is_name


def shared(document: Document, known: dict[str, Shared]) -> list[Mistake]:
    """Return what is wrong with a shared file, whoever uses it; where it asks for words, its users say the rest.

    What is right as it stands is known then, by the file's name.
    """
    sections = Sections(document)
    top = sections.load(schema.SharedSection, document.data, (), whole=False) or {}
    check_patterns(sections, top)
    settled = {key: top[key] for key in SECTIONS if key in top and not words.asked(top[key], (key,))}
    found = _sections(sections, settled)
    if not sections.mistakes and len(settled) == sum(key in top for key in SECTIONS):
        known[document.file] = found
    return sections.mistakes


def resource(
    document: Document,
    shared_files: Mapping[str, Document | None] | None = None,
    known: dict[str, Shared] | None = None,
) -> tuple[Resource | None, list[Mistake]]:
    """Read a whole mapping file. Return its resource, None where the file is wrong, and every mistake.

    ``shared_files``: what it may use, by name; None for what is there and cannot be read. ``known``: what those say as
    they stand, by the file's name, which is read once; it grows.
    """
    sections = Sections(document)
    top = sections.load(schema.FileSection, document.data, (), whole=False)
    if top is None or "version" not in top:
        return None, sections.mistakes
    whole, shared_file = taken(sections, top, shared_files or {}, known or ())
    as_it_stands = any(shared_file is each for each in (shared_files or {}).values())
    common = _common(sections, top, shared_file, known if known is not None and as_it_stands else {})
    sections.document, top = whole, {**top, "operations": whole.data.get("operations")}
    soap = _soap(sections, top["soap"]) if "soap" in top else common.soap
    http = http_rule(sections, top.get("http"))
    rollout = rollout_rule(sections, top.get("rollout"), top.get("resource", ""))
    types = {**common.types, **_types(sections, top.get("types"))}
    lookups = {**common.lookups, **lookup_rules(sections, top.get("lookups"))}
    faults = fault_rules(sections, top.get("faults"), ("faults",)) + common.faults
    operations = _operations(sections, top, faults, {**common.scopes, **scopes_of_file(sections, top.get("scopes"))})
    if "openapi" in top:
        sections.wrong(("openapi",), "openapi: means nothing beside a contract", "remove it, or 'soap' and the rest")
    if not document.data.get("operations") and not sections.mistakes:
        sections.wrong(("operations",), "a resource needs at least one operation", "add 'read:' for a start")
    if sections.mistakes or soap is None or ("uses" in top and shared_file is None):
        return None, sections.mistakes
    return (
        Resource(
            top["resource"],
            sections.place(("resource",)),
            top["path"].rstrip("/"),
            top.get("title", top["resource"]),
            top.get("doc", ""),
            soap,
            http,
            {**types, **document_types(operations)},
            tuple(operations),
            lookups,
            str(sections.place(("uses",))) if shared_file is not None else "",
            rollout,
        ),
        [],
    )


def _operations(
    sections: Sections, top: Mapping[str, Any], faults: tuple[FaultRule, ...], scopes: ByEffect
) -> list[OperationRule]:
    """Return the rules of a file's operations; ``faults`` and ``scopes`` hold for all of them."""
    found = []
    for verb, data, path in sections.entries(top.get("operations"), ("operations",), "operations"):
        if is_name(sections, verb, data, path):
            rule = operation_rule(sections, top.get("resource", ""), verb, data, path, faults, scopes)
            found += [with_calls(sections, data, path, rule)] if rule is not None else []
    return found


def _common(
    sections: Sections, top: Mapping[str, Any], shared_file: Document | None, known: dict[str, Shared]
) -> Shared:
    """Return what the shared file says of every operation, and note what stands in both files, or in none.

    One that is filled with words of this file has the name of the other and says something else: it gets no ``known``.
    """
    if shared_file is None:
        if "soap" not in top and "uses" not in sections.document.data:
            sections.wrong((), "the file needs the key 'soap'", "soap: {wsdl: …, service: …, port: …}")
        return Shared()
    there = Sections(shared_file)
    data = shared_file.data
    common = known.get(shared_file.file) or _sections(there, data)
    sections.mistakes += there.mistakes
    if not there.mistakes:
        known[shared_file.file] = common
    if "soap" not in top and "soap" not in data:
        sections.wrong((), "the file needs the key 'soap'", "soap: {wsdl: …, service: …, port: …}")
    if "soap" in top and "soap" in data:
        sections.wrong(("soap",), f"soap: stands in {shared_file.file} too", "keep one of them")
    for key, theirs in (("types", common.types.keys()), ("lookups", common.lookups.keys())):
        own = top.get(key)
        for twice in theirs & own.keys() if isinstance(own, dict) else ():
            sections.wrong((key, twice), f"{twice} stands in {shared_file.file} too", "rename one of them")
    return common


def read_types(document: Document) -> dict[str, TypeRule]:
    """Return the types of a document that is known to hold nothing else, and nothing wrong."""
    return _types(Sections(document), document.data["types"])


def _sections(sections: Sections, data: Mapping[str, Any]) -> Shared:
    """Return the sections of a shared file that hold as they stand."""
    soap = _soap(sections, data["soap"]) if "soap" in data else None
    types = _types(sections, data.get("types"))
    lookups = lookup_rules(sections, data.get("lookups"))
    faults = fault_rules(sections, data.get("faults"), ("faults",))
    return Shared(soap, types, faults, lookups, scopes_of_file(sections, data.get("scopes")))


def _types(sections: Sections, data: Any) -> dict[str, TypeRule]:
    return {
        name: found
        for name, section, path in sections.entries(data, ("types",), "types")
        if (found := _type(sections, name, section, path)) is not None
    }


def _soap(sections: Sections, data: Any) -> SoapRule | None:
    path: Path_ = ("soap",)
    found = sections.load(schema.SoapSection, data, path)
    if found is None:
        return None
    headers = constants(sections, found.get("headers"), (*path, "headers"), blocks=True)
    identity = _identity(sections, found["identity"], (*path, "identity")) if "identity" in found else None
    port = found["wsdl"], found["service"], found["port"]
    code, strict, mtom = found.get("fault_code", ""), found.get("strict", False), "attachments" in found
    named = namespaces(sections, found.get("namespaces"), (*path, "namespaces"))
    guard = guard_rule(sections, found.get("guard"), (*path, "guard"))
    return SoapRule(
        sections.place(path), *port, code, headers, identity, found.get("addressing"), strict, mtom, named, guard
    )


def _identity(sections: Sections, data: Any, path: Path_) -> IdentityRule | None:
    before = len(sections.mistakes)
    found = sections.load(schema.IdentitySection, data, path)
    if found is None or len(sections.mistakes) > before:
        return None
    kinds = [kind for kind in ("basic", "bearer", "username_token", "ntlm") if kind in found]
    if len(kinds) > 1:
        sections.wrong(path, f"an identity is either {' or '.join(kinds)}", "keep one; a certificate may stand beside")
    if not kinds and not found.keys() & {"certificate", "session", "signature"}:
        sections.wrong(path, "identity: names no credentials", "identity: {basic: erp}")
    signed = read_signed(sections, found, path)
    meant = {"timestamp"} if "signature" in found else set()
    for flag in found.keys() & {"digest", "timestamp"} - meant if "username_token" not in kinds else ():
        sections.wrong((*path, flag), f"{flag}: means nothing without username_token", f"remove '{flag}'")
    if "session" in found:
        found["session"] = session_rule(sections, found["session"], (*path, "session"))
    return IdentityRule(sections.place(path), **{**found, "signed": signed})


def _type(sections: Sections, name: str, data: Any, path: Path_) -> TypeRule | None:
    found = sections.load(schema.TypeSection, data, path)
    if found is None:
        return None
    bags = bag_rules(sections, found.get("bags"), (*path, "bags"))
    own = field_rules(sections, found["fields_"], (*path, "fields"), bags=bags)
    discriminator, variants = "", tuple[VariantRule, ...]()
    if "variants" in found:
        where: Path_ = (*path, "variants")
        section = sections.load(schema.VariantsSection, found["variants"], where)
        if section is None:
            return None
        discriminator = section["by"]
        _not_a_field(sections, discriminator, own, (*path, "fields"))
        variants = _variants(sections, section["of"], (*where, "of"), discriminator, own, bags)
    entries_once(sections, path, bags, [own, *(variant.fields for variant in variants)])
    always = constants(sections, found.get("set"), (*path, "set"))
    return TypeRule(name, sections.place(path), own, discriminator, variants, found.get("doc", ""), always)


def _variants(
    sections: Sections,
    data: Any,
    path: Path_,
    discriminator: str,
    own: Mapping[str, FieldRule],
    bags: Mapping[str, BagRule],
) -> tuple[VariantRule, ...]:
    """Return the variants of a type, each with the shared fields and its own."""
    found = []
    for value, variant, at in sections.entries(data, path, "variants"):
        loaded = sections.load(schema.VariantSection, variant, at)
        if loaded is None:
            continue
        more = field_rules(sections, loaded.get("fields_"), (*at, "fields"), bags=bags)
        _not_a_field(sections, discriminator, more, (*at, "fields"))
        for twice in own.keys() & more.keys():
            sections.wrong((*at, "fields", twice), f"'{twice}' stands in the shared fields too", "keep one of them")
        found.append(VariantRule(value, sections.place(at), loaded["soap_type"], {**own, **more}))
    if not data:
        sections.wrong(path, "of: names no variant", "of: {our word: {soap_type: the derived type}}")
    return tuple(found)


def _not_a_field(sections: Sections, discriminator: str, fields: Mapping[str, FieldRule], path: Path_) -> None:
    if discriminator in fields:
        text = f"'{discriminator}' tells the variants apart and is no field"
        sections.wrong((*path, discriminator), text, "remove it, or call the one in 'by' otherwise")
