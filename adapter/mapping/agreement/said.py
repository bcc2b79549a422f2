"""What a service is said to call our properties: its words cover ours, and no two things have one name there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapter.errors import Mistake
from adapter.mapping.bound import Endpoint
from adapter.mapping.flat import shown
from adapter.mapping.forms import Forms, Property
from adapter.mapping.model import Place
from adapter.mapping.model.service import SaidRule
from adapter.mapping.paths import suggest
from adapter.mapping.service_forms import properties

_WHOLE = re.compile("0|-?[1-9][0-9]{0,17}")
Schemas = Sequence[Mapping[str, Any]]


def words_of(endpoints: Sequence[Endpoint]) -> Mapping[tuple[str, str], Schemas]:
    """Return the JSON Schemas of each property, by the name of its type and its own; a property is bound often."""
    found: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    bound = {id(each): each for endpoint in endpoints for call in endpoint.whole() for each in call.types.values()}
    for each in bound.values():
        for field in shown(each):
            schema = field.codec.schema if field.codec is not None else {}
            found.setdefault((each.name, field.name), {})[id(schema)] = schema
        if each.variants:
            words = {"type": "string", "enum": [variant.value for variant in each.variants]}
            found.setdefault((each.name, each.discriminator), {})[id(each)] = words
    return {key: list(schemas.values()) for key, schemas in found.items()}


def check_codes(rule: SaidRule, schemas: Schemas) -> Iterator[Mistake]:
    """Yield what is wrong with the words of one property, or with how its numbers are said."""
    name = rule.ours[-1]
    if not schemas:
        return
    if rule.json and rule.codes is None:
        kinds = {"string"} if rule.json == "number" else {"integer", "number"}
        if not all(_numeric(schema) and schema.get("type") in kinds for schema in schemas):
            already = "is said so already, or is no number"
            yield rule.place.mistake(f"fields: {name}: json: {rule.json}: it {already}", "remove 'json'")
    if rule.codes is None:
        return
    strange = [code for code in rule.codes.values() if rule.json == "number" and not _WHOLE.fullmatch(code)]
    if strange or rule.json == "string":
        text = f"'{strange[0]}' is no whole number" if strange else "words are strings without it"
        yield rule.place.mistake(f"fields: {name}: json: {rule.json}: {text}", "remove 'json'")
    words = dict.fromkeys(word for schema in schemas for word in _words(schema))
    if not words or not all(_words(schema) for schema in schemas):
        yield rule.place.mistake(f"{name}: codes: it is no property with words", "remove 'codes'")
        return
    if missing := [word for word in words if word not in rule.codes]:
        yield rule.place.mistake(f"{name}: codes has no word for {', '.join(missing)}", "add the service's words")
    for word in rule.codes:
        if word not in words:
            yield rule.place.mistake(f"{name}: codes: {word} is no word of ours", suggest(word, list(words)))


def check_names(forms: Forms, places: Mapping[tuple[str, tuple[str, ...]], Place]) -> Iterator[tuple[str, Place]]:
    """Yield where two properties of one object have one name there. ``places`` are those of rules, by type and path."""
    for key, form in forms.items():
        kind, found = key.partition(" ")[0], list(properties(form))
        for index, each in enumerate(found):
            for other in found[:index]:
                if (place := places.get((kind, each.ours)) or places.get((kind, other.ours))) and _clash(each, other):
                    first, second = ".".join(other.ours), ".".join(each.ours)
                    yield f"{first} and {second} would both be {'.'.join(_shorter(each, other))} there", place


def _clash(each: Property, other: Property) -> bool:
    """Tell whether one would stand where the other is, or inside it."""
    short = _shorter(each, other)
    return each.theirs[: len(short)] == other.theirs[: len(short)] == short


def _shorter(each: Property, other: Property) -> tuple[str, ...]:
    return min(each.theirs, other.theirs, key=len)


def _words(schema: Mapping[str, Any]) -> Sequence[str]:
    if schema.get("type") == "boolean":
        return ("true", "false")
    return [each for each in schema.get("enum", ()) if isinstance(each, str)]


def _numeric(schema: Mapping[str, Any]) -> bool:
    """Tell whether a schema is that of a number, or of a string that holds one."""
    pattern = str(schema.get("pattern", ""))
    return schema.get("type") in ("integer", "number") or ("[0-9]" in pattern and not schema.get("enum"))
