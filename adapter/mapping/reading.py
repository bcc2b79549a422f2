"""Turn one mapping document into a ``Resource``, naming every mistake in it.

``Sections`` loads one flat section at a time through its marshmallow schema and knows where it stands; the functions
below follow the grammar from the file down to a field.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError

from adapter.errors import Mistake
from adapter.mapping import schema
from adapter.mapping.fields import field_rules
from adapter.mapping.files import Document, Path_
from adapter.mapping.model import (
    VERBS,
    BodyRule,
    Constant,
    FaultRule,
    HttpRule,
    OperationRule,
    PageRule,
    Place,
    ReplyRule,
    Resource,
    SoapRule,
    SortRule,
    TypeRule,
    VariantRule,
)


class Sections:
    """Loads sections of one document and collects what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.mistakes: list[Mistake] = []

    def place(self, path: Path_) -> Place:
        """Return where ``path`` stands."""
        return self.document.place(*path)

    def wrong(self, path: Path_, text: str, remedy: str = "") -> None:
        """Note a mistake at ``path``."""
        self.mistakes.append(self.place(path).mistake(text, remedy))

    def load(self, kind: type[Schema], data: Any, path: Path_) -> dict[str, Any] | None:
        """Load one section. Return its values by Python name, or None when anything in it is wrong."""
        if not isinstance(data, dict):
            self.wrong(path, f"{_named(path)} must be a section with keys", f"keys: {', '.join(_keys(kind))}")
            return None
        try:
            loaded = kind().load(data)
        except ValidationError as error:
            for key, messages in error.normalized_messages().items():
                self._explain(kind, path, str(key), messages)
            return None
        return dict(loaded)

    def _explain(self, kind: type[Schema], path: Path_, key: str, messages: Any) -> None:
        text = messages[0] if isinstance(messages, list) else str(messages)
        if text == "Unknown field.":
            near = difflib.get_close_matches(key, _keys(kind), 1)
            remedy = f"did you mean '{near[0]}'?" if near else f"keys here: {', '.join(_keys(kind))}"
            self.wrong((*path, key), f"{_named(path)} has no key '{key}'", remedy)
        elif text == "Missing data for required field.":
            self.wrong(path, f"{_named(path)} needs the key '{key}'", _about(kind, key))
        else:
            self.wrong((*path, key), f"{key}: {_lower(text)}", _about(kind, key))

    def entries(self, data: Any, path: Path_, what: str) -> Iterator[tuple[str, Any, Path_]]:
        """Yield name, value and path of each entry of a section that maps names to things."""
        if data is None:
            return
        if not isinstance(data, dict):
            self.wrong(path, f"{_named(path)} must map names to {what}", "write 'name: …' lines below it")
            return
        for name, value in data.items():
            yield name, value, (*path, name)

    def texts(self, data: Any, path: Path_, what: str) -> dict[str, str]:
        """Return a section that maps names to text."""
        found: dict[str, str] = {}
        for name, value, where in self.entries(data, path, what):
            if isinstance(value, str):
                found[name] = value
            else:
                self.wrong(where, f"{name}: must be text", f'write it in quotes: {name}: "{value}"')
        return found


def resource(document: Document) -> tuple[Resource | None, list[Mistake]]:
    """Read a whole mapping file. Return its resource, None where the file is wrong, and every mistake."""
    sections = Sections(document)
    top = sections.load(schema.FileSection, document.data, ())
    if top is None:
        return None, sections.mistakes
    soap = _soap(sections, top["soap"])
    http = _http(sections, top.get("http"))
    types = {
        name: found
        for name, data, path in sections.entries(top.get("types"), ("types",), "types")
        if (found := _type(sections, name, data, path)) is not None
    }
    shared = _faults(sections, top.get("faults"), ("faults",))
    operations = []
    for verb, data, path in sections.entries(top["operations"], ("operations",), "operations"):
        if verb not in VERBS:
            sections.wrong(path, f"'{verb}' is not a verb of the grammar", f"verbs: {', '.join(VERBS)}")
        elif (found_operation := _operation(sections, top["resource"], verb, data, path, shared)) is not None:
            operations.append(found_operation)
    if not operations and not sections.mistakes:
        sections.wrong(("operations",), "a resource needs at least one operation", "add 'read:' for a start")
    if sections.mistakes or soap is None:
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
            types,
            tuple(operations),
        ),
        [],
    )


def _soap(sections: Sections, data: Any) -> SoapRule | None:
    path: Path_ = ("soap",)
    found = sections.load(schema.SoapSection, data, path)
    if found is None:
        return None
    headers = _constants(sections, found.get("headers"), (*path, "headers"))
    return SoapRule(
        sections.place(path), found["wsdl"], found["service"], found["port"], found.get("fault_code", ""), headers
    )


def _http(sections: Sections, data: Any) -> HttpRule | None:
    if data is None:
        return None
    found = sections.load(schema.HttpSection, data, ("http",))
    return None if found is None else HttpRule(sections.place(("http",)), found["service"], found["path"].rstrip("/"))


def _constants(sections: Sections, data: Any, path: Path_) -> tuple[Constant, ...]:
    constants = []
    for name, value, where in sections.entries(data, path, "constants"):
        found = sections.load(schema.ConstantSection, {"value": value} if isinstance(value, str) else value, where)
        if found is None:
            continue
        if len(found) != 1:
            sections.wrong(where, f"{name}: needs either 'value' or 'setting'", "value: text, or setting: a name")
            continue
        constants.append(Constant(name, sections.place(where), found.get("value", ""), found.get("setting", "")))
    return tuple(constants)


def _type(sections: Sections, name: str, data: Any, path: Path_) -> TypeRule | None:
    found = sections.load(schema.TypeSection, data, path)
    if found is None:
        return None
    own = field_rules(sections, found["fields_"], (*path, "fields"))
    discriminator, variants = "", []
    if "variants" in found:
        where: Path_ = (*path, "variants")
        section = sections.load(schema.VariantsSection, found["variants"], where)
        if section is None:
            return None
        discriminator = section["by"]
        if discriminator in own:
            sections.wrong(
                (*path, "fields", discriminator),
                f"'{discriminator}' tells the variants apart and is no field",
                "remove it",
            )
        for value, variant, at in sections.entries(section["of"], (*where, "of"), "variants"):
            loaded = sections.load(schema.VariantSection, variant, at)
            if loaded is not None:
                more = field_rules(sections, loaded.get("fields_", {}), (*at, "fields"))
                for twice in own.keys() & more.keys():
                    sections.wrong(
                        (*at, "fields", twice), f"'{twice}' stands in the shared fields too", "keep one of them"
                    )
                variants.append(VariantRule(value, sections.place(at), loaded["soap_type"], {**own, **more}))
    return TypeRule(name, sections.place(path), own, discriminator, tuple(variants), found.get("doc", ""))


def _operation(
    sections: Sections, resource: str, verb: Any, data: Any, path: Path_, shared: tuple[FaultRule, ...]
) -> OperationRule | None:
    found = sections.load(schema.OperationSection, data, path)
    if found is None:
        return None
    method, _, below = found["request"].partition(" ")
    if not schema.TEMPLATE.fullmatch(below):
        sections.wrong((*path, "request"), f"'{below}' is not a path", "for example /{id} or /{id}/lines")
    timeout = found.get("timeout")
    if timeout is not None and (
        isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= 600
    ):
        sections.wrong((*path, "timeout"), "timeout: must be a number of seconds up to 600", "timeout: 5")
        timeout = None
    return OperationRule(
        name=f"{resource}.{verb}",
        verb=verb,
        place=sections.place(path),
        method=method,
        path="" if below == "/" else below,
        call=found["call"],
        path_fields=field_rules(sections, found.get("path", {}), (*path, "path")),
        query_fields=field_rules(sections, found.get("query", {}), (*path, "query")),
        set=_constants(sections, found.get("set"), (*path, "set")),
        page=_page(sections, found.get("page"), (*path, "page")),
        sort=_sort(sections, found.get("sort"), (*path, "sort")),
        body=_body(sections, found.get("body"), (*path, "body")),
        reply=_reply(sections, found["reply"], (*path, "reply")),
        faults=_faults(sections, found.get("faults"), (*path, "faults")) + shared,
        answered_by=found.get("answered_by", "soap"),
        timeout=float(timeout) if timeout is not None else None,
        title=found.get("title", ""),
        doc=found.get("doc", ""),
    )


def _page(sections: Sections, data: Any, path: Path_) -> PageRule | None:
    found = sections.load(schema.PageSection, data, path) if data is not None else None
    if found is None:
        return None
    rule = PageRule(sections.place(path), **found)
    if rule.default > rule.max:
        sections.wrong((*path, "default"), f"default: {rule.default} is more than max: {rule.max}", "lower one of them")
    return rule


def _sort(sections: Sections, data: Any, path: Path_) -> SortRule | None:
    found = sections.load(schema.SortSection, data, path) if data is not None else None
    if found is None:
        return None
    direction: dict[str, Any] = {}
    if "direction" in found:
        direction = sections.load(schema.DirectionSection, found["direction"], (*path, "direction")) or {}
    by = sections.texts(found["by"], (*path, "by"), "the ERP's sort keys")
    default = found.get("default", "")
    if default and default.removeprefix("-") not in by:
        sections.wrong((*path, "default"), f"default: '{default}' is not a key of by:", f"one of {', '.join(by)}")
    if default.startswith("-") and not direction:
        sections.wrong((*path, "default"), "default: descending needs 'direction'", "add 'direction:' to sort")
    return SortRule(
        sections.place(path),
        found["soap"],
        by,
        direction.get("soap", ""),
        direction.get("ascending", ""),
        direction.get("descending", ""),
        default,
    )


def _body(sections: Sections, data: Any, path: Path_) -> BodyRule | None:
    found = sections.load(schema.BodySection, data, path) if data is not None else None
    if found is None:
        return None
    return BodyRule(sections.place(path), found["one"], found.get("into", ""), found.get("partial", False))


def _reply(sections: Sections, data: Any, path: Path_) -> ReplyRule | None:
    found = sections.load(schema.ReplySection, data, path)
    if found is None:
        return None
    if "one" in found and "each" in found:
        sections.wrong(path, "a reply is either 'one' or 'each'", "keep one of them")
    empty = (
        sections.load(schema.EmptySection, found["when_empty"], (*path, "when_empty"))
        if "when_empty" in found
        else None
    )
    shape: Any = "one" if "one" in found else "each" if "each" in found else "none"
    return ReplyRule(
        sections.place(path),
        shape,
        found.get("one", found.get("each", "")),
        found.get("from_", ""),
        found.get("status", 0),
        found.get("location", ""),
        empty["status"] if empty else 0,
        empty["problem"] if empty else "",
    )


def _faults(sections: Sections, data: Any, path: Path_) -> tuple[FaultRule, ...]:
    if data is None:
        return ()
    if not isinstance(data, list):
        sections.wrong(path, "faults must be a list", "start each line with '- {code: …, status: …, problem: …}'")
        return ()
    rules = []
    for index, line in enumerate(data):
        where: Path_ = (*path, index)
        found = sections.load(schema.FaultSection, line, where)
        if found is None:
            continue
        if sum(key in found for key in ("code", "detail", "text")) != 1:
            sections.wrong(where, "a fault needs exactly one of code, detail, text", "split it into several lines")
            continue
        rules.append(FaultRule(sections.place(where), **found))
    return tuple(rules)


def _keys(kind: type[Schema]) -> list[str]:
    return [field.data_key or name for name, field in kind().fields.items()]


def _about(kind: type[Schema], key: str) -> str:
    for name, field in kind().fields.items():
        if key in (name, field.data_key):
            return str(field.metadata.get("description", ""))
    return ""


def _named(path: Path_) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
