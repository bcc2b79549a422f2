"""The grammar as JSON Schema (2020-12), for editors: completion, hover text, and mistakes while they are typed.

Made from the sections of ``schema``. It says no only to what ``reading`` refuses too; what needs the contract, or two
places of a file at once, stays with ``adapter check``. The one difference is YAML's: where a plain ``010`` stands for
text, ``reading`` takes it and editors ask for quotes.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from marshmallow.fields import Field
from marshmallow.validate import Range

from adapter.mapping import (
    editor_shared,
    keys,
    schema,
    schema_calls,
    schema_change,
    schema_cursor,
    schema_filter,
    schema_lookup,
    schema_operation,
)
from adapter.mapping.convert import CONVERTERS
from adapter.mapping.editor_documents import DOCUMENTS
from adapter.mapping.editor_policies import POLICIES
from adapter.mapping.editor_services import SERVICES, SHORT, TOGETHER
from adapter.mapping.model.filter import BETWEEN, TESTS
from adapter.mapping.model.operation import VERBS
from adapter.mapping.patches import WORDS
from adapter.mapping.signatures import PARTS

FILE = "mapping.schema.json"
MODELINE = f"# yaml-language-server: $schema={FILE}\n"

Shape = dict[str, Any]

_TEXT: Shape = {"type": "string"}
_SCALAR: Shape = {"type": ["string", "number", "boolean"]}
_NUMBER: Shape = {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
# Python's \w knows every alphabet, ECMAScript's only ASCII. Wider than XML's names: an editor must not say no to Größe.
_LETTERS = {r"[^\W\d]": r"[A-Za-z_\u0080-\uffff]", r"[\w\-]": r"[A-Za-z0-9_\-\u0080-\uffff]"}


def _one(kind: type[keys.Section]) -> Shape:
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _named(shape: Shape, **more: Any) -> Shape:
    return {"type": "object", "additionalProperties": shape, **more}


def _converter() -> Shape:
    calls = {name: ", ".join(inspect.signature(factory).parameters) for name, factory in CONVERTERS.items()}
    return {
        "type": "string",
        "pattern": r"^[a-z][a-z0-9_]*(\(.*\))?$",
        "patternErrorMessage": "write a converter such as zero_padded(10) or yyyymmdd",
        "examples": [f"{name}({arguments})" if arguments else name for name, arguments in calls.items()],
    }


def _by_test(shape: Shape, **other: Shape) -> Shape:
    tests = {test: other.get(test, shape) for test in (*TESTS, BETWEEN)}
    return {"type": "object", "properties": tests, "additionalProperties": False}


_CONVERT: Shape = {**_converter(), "type": ["string", "array"], "items": _converter()}
_CODES: Shape = _named(_TEXT, minProperties=1)
_FIELDS = _named(_one(schema.FieldSection), propertyNames={"pattern": f"^{keys.NAME.pattern}$"})
_CONSTANTS = _named(_one(schema.ConstantSection))
_LOOKUPS = _named(_one(schema_lookup.LookupSection), propertyNames={"pattern": f"^{keys.NAME.pattern}$"})
_TEXTS: Shape = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
_VALUES: Shape = {"type": "array", "items": _SCALAR, "minItems": 1}
_TEXT_OR_TEXTS: Shape = {**_TEXTS, "type": ["string", "array"]}
_QUERY = _named(
    {
        "if": {"type": "object", "anyOf": [{"required": [key]} for key in ("filter", "test")]},
        "then": _one(schema_filter.TestSection),
        "else": _one(schema.FieldSection),
    },
)
_ACTION = f"^(?!({'|'.join(VERBS)})$){keys.SLUG.pattern}$"
_FAULTS: Shape = {"type": "array", "items": _one(schema_operation.FaultSection)}
# What each key holds that ``reading`` looks at itself. A key that is missing here may hold anything.
RAW: Mapping[str, Shape] = {
    "FileSection.soap": _one(schema.SoapSection),
    **SERVICES,
    "FileSection.types": _named(_one(schema.TypeSection)),
    "FileSection.operations": {
        "type": "object",
        "properties": {verb: editor_shared.operation(_one(schema_operation.OperationSection)) for verb in VERBS},
        "patternProperties": {_ACTION: editor_shared.operation(_one(schema_operation.OperationSection))},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "FileSection.faults": _FAULTS,
    "FileSection.lookups": _LOOKUPS,
    "SharedSection.lookups": _LOOKUPS,
    "LookupSection.set": _CONSTANTS,
    "FileSection.words": _named(_TEXT),
    "SharedSection.soap": _one(schema.SoapSection),
    "SharedSection.types": _named(_one(schema.TypeSection)),
    "SharedSection.operations": {
        "type": "object",
        "properties": {verb: {"$ref": f"{editor_shared.DEFS}{editor_shared.TAKEN}"} for verb in VERBS},
        "patternProperties": {_ACTION: {"$ref": f"{editor_shared.DEFS}{editor_shared.TAKEN}"}},
        "additionalProperties": False,
    },
    "SharedSection.faults": _FAULTS,
    "SoapSection.headers": _CONSTANTS,
    "SoapSection.namespaces": _named(_TEXT, minProperties=1),
    "SoapSection.identity": _one(schema.IdentitySection),
    "IdentitySection.signed": {"type": "array", "items": {"enum": list(PARTS)}, "contains": {"const": "timestamp"}},
    "IdentitySection.session": _one(schema.SessionSection),
    "SessionSection.set": _CONSTANTS,
    "SessionSection.place": _one(schema.TokenPlaceSection),
    "SessionSection.expired": {"type": "array", "items": _one(schema.ExpiredSection), "minItems": 1},
    "TypeSection.fields": _FIELDS,
    "TypeSection.set": _CONSTANTS,
    "TypeSection.bags": _named(_one(schema.BagSection), propertyNames={"pattern": f"^{keys.NAME.pattern}$"}),
    "TypeSection.variants": _one(schema.VariantsSection),
    "VariantsSection.of": _named(_one(schema.VariantSection), minProperties=1),
    "VariantSection.fields": _FIELDS,
    "FieldSection.number": _one(schema.NumberSection),
    "FieldSection.link": _one(schema.LinkSection),
    "NumberSection.convert": {**_converter(), "type": ["string", "array"], "items": _converter()},
    "FieldSection.constant": _SCALAR,
    "FieldSection.when": _named(_VALUES, minProperties=1),
    "ConstantSection.when": _named({"anyOf": [{"enum": ["given", "not_given"]}, _VALUES]}, minProperties=1),
    "FieldSection.convert": _CONVERT,
    "FieldSection.codes": _CODES,
    "FieldSection.blank": {"type": "null"},
    "FieldSection.minimum": _NUMBER,
    "FieldSection.maximum": _NUMBER,
    "FieldSection.default": _SCALAR,
    "FieldSection.missing": _SCALAR,
    "FieldSection.example": _SCALAR,
    "OperationSection.path": _FIELDS,
    "OperationSection.query": {**_QUERY, "propertyNames": _FIELDS["propertyNames"]},
    "OperationSection.filter": _one(schema_filter.FilterSection),
    "FilterSection.words": _by_test(_TEXT_OR_TEXTS),
    "FilterSection.text": _by_test(_TEXT, one_of=_one(schema_filter.SeveralSection)),
    "FilterSection.never": {**_TEXTS, "minItems": 0},
    "FilterSection.set": _CONSTANTS,
    "FilterSection.otherwise": _named(_TEXT),
    "TestSection.convert": _CONVERT,
    "TestSection.codes": _CODES,
    **{f"TestSection.{key}": _NUMBER for key in ("minimum", "maximum")},
    **{f"TestSection.{key}": _SCALAR for key in ("default", "example")},
    "OperationSection.set": _CONSTANTS,
    "OperationSection.page": _one(schema_operation.PageSection),
    "OperationSection.cursor": _one(schema_cursor.CursorSection),
    "OperationSection.sort": _one(schema_operation.SortSection),
    **DOCUMENTS,
    **POLICIES,
    "OperationSection.faults": _FAULTS,
    "OperationSection.calls": _named(_one(schema_calls.CallSection), minProperties=1),
    "OperationSection.commit": _one(schema_calls.CommitSection),
    "OperationSection.undo": _one(schema_calls.UndoSection),
    "CallSection.body": _one(schema_calls.PartSection),
    "CallSection.query": _FIELDS,
    **{
        f"{kind}.{key}": shape
        for kind in ("CallSection", "CommitSection", "UndoSection")
        for key, shape in {"path": _FIELDS, "set": _CONSTANTS, "take": _named(_TEXT), "faults": _FAULTS}.items()
    },
    "CallSection.reply": _one(schema_operation.ReplySection),
    "CommitSection.reply": _one(schema_operation.ReplySection),
    "CommitSection.refused": _one(schema_operation.RefusedSection),
    "UndoSection.refused": _one(schema_operation.RefusedSection),
    "BodySection.patch": {"anyOf": [{"enum": list(WORDS)}, _one(schema_change.PatchSection)]},
    "PatchSection.without": {"type": "array", "items": _TEXT},
    "CursorSection.limit": {"anyOf": [_TEXT, _one(schema_cursor.LimitSection)]},
    "CursorSection.next": _named(_one(schema_cursor.NextSection), minProperties=1),
    "CursorSection.end": {"anyOf": [{"enum": ["short_page", "no_next"]}, _one(schema_cursor.EndSection)]},
    "EndSection.is": _TEXTS,
    "SortSection.by": _named(_TEXT, minProperties=1),
    "SortSection.direction": _one(schema_operation.DirectionSection),
    "ReplySection.when_empty": _one(schema_operation.EmptySection),
    "ReplySection.refused": _one(schema_operation.RefusedSection),
    "ReplySection.warnings": _one(schema_operation.WarningsSection),
    **{f"{kind}.{key}": _TEXTS for kind in ("RefusedSection", "WarningsSection") for key in ("is", "is_not")},
    "RefusedSection.code": _TEXT_OR_TEXTS,
    "WarningsSection.code": _TEXT_OR_TEXTS,
}
_INSTEAD = ("soap", "constant", "compute")
_APART = [{"required": list(pair)} for pair in combinations(_INSTEAD, 2)]
# What a section asks of its keys together.
_TOGETHER: Mapping[str, Shape] = {
    **TOGETHER,
    "FieldSection": {
        "not": {"type": "object", "anyOf": [{"required": ["one", "each"]}, *_APART]},
        "anyOf": [{"required": [key]} for key in _INSTEAD],
    },
    "CursorSection": {"oneOf": [{"required": [key]} for key in ("limit", "size")]},
    "EndSection": {"oneOf": [{"required": [key]} for key in ("is", "reaches")]},
    "ReplySection": {"not": {"type": "object", "required": ["one", "each"]}},
    "PartSection": {"oneOf": [{"required": [key]} for key in ("one", "each")]},
    "ConstantSection": {
        "minProperties": 1,
        "maxProperties": 3,
        "dependentRequired": {"part": ["credential"]},
    },
    "RefusedSection": {
        "oneOf": [{"required": [key]} for key in ("is", "is_not")],
        "anyOf": [{"required": [key]} for key in ("code", "text")],
    },
    "WarningsSection": {"oneOf": [{"required": [key]} for key in ("is", "is_not")]},
    "FilterSection": {"oneOf": [{"required": [key]} for key in ("at", "each")]},
    "PatchSection": {"minProperties": 1},
    "TokenPlaceSection": {"minProperties": 1, "maxProperties": 1},
    "ExpiredSection": {"minProperties": 1, "maxProperties": 1},
    "FaultSection": {
        "oneOf": [{"required": [key]} for key in ("code", "detail", "text")],
        "dependentRequired": {"one": ["detail"]},
    },
}


def editor_schema() -> Shape:
    """Return the JSON Schema of a mapping file."""
    return _whole("Mapping file", _section(schema.FileSection), _sections())


def shared_schema() -> Shape:
    """Return the JSON Schema of a file in ``mappings/shared/``."""
    shape: Shape = editor_shared.with_words({"root": _section(schema.SharedSection), **_sections()})
    return _whole("Shared mapping file", shape.pop("root"), shape)


def text(shared: bool = False) -> str:
    """Return the JSON Schema of mapping files, or of shared ones, as the text of a file."""
    return json.dumps(shared_schema() if shared else editor_schema(), indent=2, ensure_ascii=False) + "\n"


def _sections() -> Shape:
    found = {kind.__name__: _section(kind) for kind in keys.Section.__subclasses__()}
    return {**found, editor_shared.TAKEN: editor_shared.taken(found)}


def _whole(title: str, root: Shape, sections: Shape) -> Shape:
    start = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return {**start, **root, "$defs": editor_shared.reached(root, sections)}


def _section(kind: type[keys.Section]) -> Shape:
    fields = {field.data_key or name: field for name, field in kind().fields.items()}
    properties = {key: _key(field, f"{kind.__name__}.{key}") for key, field in fields.items()}
    needed = [key for key, field in fields.items() if field.required]
    found: Shape = {
        "description": str(kind.__doc__).partition("\n")[0].replace("``", "`"),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
        **_TOGETHER.get(kind.__name__, {}),
    }
    if kind.__name__ in SHORT:
        long = properties[SHORT[kind.__name__]]
        pattern = {key: value for key, value in long.items() if key.startswith("pattern")}
        found |= {"type": ["string", "object"], **pattern}
    return found


def _key(field: Field[Any], place: str) -> Shape:
    shape = {"description": field.metadata["description"], **_value(field, place)}
    return {"anyOf": [shape, {"type": "null"}]} if field.allow_none and shape.get("type") != "null" else shape


def _value(field: Field[Any], place: str) -> Shape:
    if isinstance(field, keys.Flag):
        return {"type": "boolean"}
    if isinstance(field, keys.Whole):
        (bounds,) = (each for each in field.validators if isinstance(each, Range))
        low, high = bounds.min, bounds.max
        return {"const": low} if low == high else {"type": "integer", "minimum": low, "maximum": high}
    if not isinstance(field, keys.Text):
        return RAW.get(place, {})
    if field.form.startswith("one of "):
        return {"enum": field.form.removeprefix("one of ").split(", ")}
    if field.pattern is None or (pattern := _ecmascript(field.pattern.pattern)) is None:
        return _TEXT
    one: Shape = {**_TEXT, "pattern": pattern, "patternErrorMessage": f"write {field.form}"}
    return {**one, "type": ["string", "array"], "items": one, "minItems": 2} if field.several else one


def _ecmascript(pattern: str) -> str | None:
    """Return a pattern of Python's as one of ECMAScript's for the whole text, None where the two may differ."""
    for python, ours in _LETTERS.items():
        pattern = pattern.replace(python, ours)
    differs = any(sign in pattern for sign in (r"\w", r"\W", "(?", r"\A", r"\Z"))
    return None if differs else f"^({pattern})$"
