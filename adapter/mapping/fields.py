"""Field rules: one JSON property or parameter each, as written in ``fields:``, ``path:`` and ``query:``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from adapter.mapping import keys, schema
from adapter.mapping.bags import entry_bag
from adapter.mapping.files import Path_
from adapter.mapping.model import BagRule, ConverterCall, FieldRule, LinkRule, NumberRule
from adapter.mapping.placeless import placeless
from adapter.mapping.sections import Sections
from adapter.mapping.when import conditions
from adapter.wsdl.facets import bad_pattern

_VALUE_KEYS = tuple(
    "link convert codes lookup json blank min_length max_length pattern minimum maximum default missing example".split()
)
# Keys that a rule holds as they are written; each is a field of FieldRule.
_AS_WRITTEN = (
    "entry by xml join lookup required read_only write_only create_only json min_length max_length pattern null_name "
    "flagged doc"
).split()
_OPPOSITES = (
    ("required", "read_only"),
    ("write_only", "read_only"),
    ("create_only", "read_only"),
    ("default", "read_only"),
    ("default", "required"),
    ("default", "when"),
    ("missing", "write_only"),
    ("lookup", "codes"),
    # The words come with the table, so that nothing that is written here can be proved by them.
    *(("lookup", key) for key in "default missing example json pattern min_length max_length minimum maximum".split()),
    ("null_name", "read_only"),
    ("null_name", "create_only"),
)
_CALL = re.compile(r"([a-z][a-z0-9_]*)(?:\((.*)\))?")


def field_rules(
    sections: Sections,
    data: Any,
    path: Path_,
    where: Literal["type", "path", "query", "header"] = "type",
    bags: Mapping[str, BagRule] | None = None,
) -> Mapping[str, FieldRule]:
    """Return the rules of a section that maps names to fields: of a type, path or query parameters, header fields."""
    rules: dict[str, FieldRule] = {}
    for name, value, at in sections.entries(data, path, "fields"):
        if where == "header" and not keys.FIELD_NAME.fullmatch(name):
            sections.wrong(at, f"'{name}' is not the name of a header field", "letters, digits and -: X-Client")
        if where != "header" and not keys.NAME.fullmatch(name):
            sections.wrong(at, f"'{name}' is not a property name", "letters, digits and _; start with a letter")
        rule = _field(sections, name, value, at, bags)
        if rule is None:
            continue
        _only_where_it_means_something(sections, rule, where, at)
        rules[name] = rule
    return rules


def _field(
    sections: Sections, name: str, data: Any, path: Path_, bags: Mapping[str, BagRule] | None
) -> FieldRule | None:
    if isinstance(data, str) and keys.ENTRY_PATH.fullmatch(data) and not bags:
        return FieldRule(name=name, place=sections.place(path), soap=data)
    found = sections.load(schema.FieldSection, {"soap": data} if isinstance(data, str) else data, path)
    if found is None or "soap" not in found or {"constant", "compute"} & found.keys():
        return placeless(sections, name, data, found, path)
    shape = _shape(sections, name, found, path)
    _without_shape(sections, name, found, path)
    _exclusive(sections, name, found, path)
    if "pattern" in found and (why := bad_pattern(found["pattern"])):
        sections.wrong((*path, "pattern"), f"pattern: {why}", "use an XML Schema regular expression")
    _bounds(sections, found, path)
    parts = _parts(sections, name, found, path)
    bag = entry_bag(sections, name, data, path, bags)
    return FieldRule(
        name=name,
        place=sections.place(path),
        soap=", ".join(parts) or found["soap"],
        parts=parts,
        bag=bag,
        number=_numbers(sections, found, path),
        link=_link(sections, found, path),
        shape=shape,
        type_name=found.get("one", found.get("each", "")),
        convert=_converters(sections, found.get("convert"), (*path, "convert")),
        codes=_codes(sections, found["codes"], (*path, "codes")) if "codes" in found else None,
        blank_null="blank" in found,
        minimum=_number(sections, found, "minimum", path),
        maximum=_number(sections, found, "maximum", path),
        default=_scalar(sections, found, "default", path),
        missing=_scalar(sections, found, "missing", path),
        example=_scalar(sections, found, "example", path),
        when=conditions(sections, found.get("when"), (*path, "when")),
        **{key: found[key] for key in _AS_WRITTEN if key in found},
    )


def _shape(sections: Sections, name: str, found: Mapping[str, Any], path: Path_) -> Literal["one", "each", "scalar"]:
    """Return what the value is. Keys that mean something for single values only are noted beside objects."""
    if "one" in found and "each" in found:
        sections.wrong(path, f"{name}: is either 'one' or 'each'", "keep one of them")
    shape: Literal["one", "each", "scalar"] = "one" if "one" in found else "each" if "each" in found else "scalar"
    for key in _VALUE_KEYS if shape != "scalar" else ():
        if key in found:
            sections.wrong((*path, key), f"{key}: means nothing beside '{shape}'", f"remove '{key}'")
    for key in ("by", "number") if "each" not in found else ():
        if key in found:
            sections.wrong((*path, key), f"{key}: only an array of objects has it", "each: the type of its items")
    if "by" in found and "number" in found:
        sections.wrong(path, f"{name}: is either by a key or in the order of numbers", "keep one of 'by' and 'number'")
    return shape


def _without_shape(sections: Sections, name: str, found: Mapping[str, Any], path: Path_) -> None:
    """XML as it stands is one text, and the further attributes are one object: nothing else can be said of them."""
    wild = isinstance(found["soap"], str) and found["soap"].endswith("*")
    if not wild and not found.get("xml"):
        return
    what = f"'{found['soap']}'" if wild else "'xml'"
    for key in ("one", "each", "join", *_VALUE_KEYS):
        if key in found and (key != "example" or str(found["soap"]).endswith("@*")):
            sections.wrong((*path, key), f"{key}: means nothing beside {what}", f"remove '{key}'")
    if str(found["soap"]).endswith("@*") and found.get("xml"):
        sections.wrong((*path, "xml"), f"{name}: attributes are no element", "remove 'xml'")


def _numbers(sections: Sections, found: Mapping[str, Any], path: Path_) -> NumberRule | None:
    """Return ``number:`` of an array, None where there is none."""
    if "number" not in found:
        return None
    at: Path_ = (*path, "number")
    number = sections.load(schema.NumberSection, found["number"], at)
    if number is None:
        return None
    step = number.get("step", 1)
    convert = _converters(sections, number.get("convert"), (*at, "convert"))
    # No property can be called like this.
    rule = FieldRule("the item's number", sections.place(at), number["soap"], convert=convert)
    return NumberRule(rule, number.get("first", step), step)


def _link(sections: Sections, found: Mapping[str, Any], path: Path_) -> LinkRule | None:
    """Return ``link:`` of a binary value, None where there is none."""
    at: Path_ = (*path, "link")
    link = sections.load(schema.LinkSection, found["link"], at) if "link" in found else None
    return LinkRule(sections.place(at), link["over"], link["operation"]) if link is not None else None


def _only_where_it_means_something(sections: Sections, rule: FieldRule, where: str, at: Path_) -> None:
    """A path parameter is always given, and no parameter is read."""
    if rule.default is not None and where == "path":
        text = f"{rule.name}: only a query parameter or a property has a default"
        sections.wrong((*at, "default"), text, "remove 'default'")
    parameter = {
        "when": (bool(rule.when), "a parameter depends on nothing"),
        "compute": (bool(rule.compute), "a parameter stands for something in the request"),
        "constant": (rule.constant is not None, "a parameter stands for something in the request"),
        "read_only": (rule.read_only and not rule.compute, "a parameter is never read"),
        "write_only": (rule.write_only, "a parameter is never read anyway"),
        "create_only": (rule.create_only, "a parameter belongs to one operation"),
        "missing": (rule.missing is not None, "a parameter is never read"),
        "soap": (rule.wild, "a parameter is one value"),
        "xml": (rule.xml, "a parameter is one value"),
        "link": (rule.link is not None, "a parameter is never read"),
        "flagged": (not rule.flagged, "a parameter has no flag"),
        "null_name": (rule.null_name != "", "a parameter is never null"),
    }
    if rule.parts and where != "type":
        text = f"{rule.name}: a parameter stands in one element"
        sections.wrong((*at, "soap"), text, "make it a property of the body, or two parameters")
    for key, (given, why) in parameter.items() if where != "type" else ():
        if given:
            sections.wrong((*at, key), f"{rule.name}: {why}", f"remove '{key}'")


def _exclusive(sections: Sections, name: str, found: Mapping[str, Any], path: Path_) -> None:
    """Some keys say the opposite of others, or nothing but one word."""
    for one, other in _OPPOSITES:
        if found.get(one) not in (None, False) and found.get(other) not in (None, False):
            sections.wrong((*path, one), f"{name}: cannot be {one} and {other}", "remove one of them")
    if "blank" in found and found["blank"] is not None:
        sections.wrong((*path, "blank"), "blank: can only be null", "blank: null")


def _parts(sections: Sections, name: str, found: Mapping[str, Any], path: Path_) -> tuple[str, ...]:
    """Return the paths of a joined value; () for any other."""
    several = isinstance(found["soap"], list)
    if several != bool(found.get("join")):
        text = f"{name}: several elements and 'join' go together"
        sections.wrong((*path, "soap"), text, 'soap: [Vorname, Nachname], join: " "')
    if not several:
        return ()
    parts = tuple(found["soap"])
    if len(set(parts)) < max(2, len(parts)):
        sections.wrong((*path, "soap"), f"{name}: a joined value needs several elements", "name each of them once")
    for key in ("one", "each", *_VALUE_KEYS):
        if key in found and key not in ("default", "missing", "example"):
            sections.wrong((*path, key), f"{key}: means nothing beside 'join'", f"remove '{key}'")
    return parts


def _codes(sections: Sections, data: Any, path: Path_) -> dict[str, str]:
    codes = sections.texts(data, path, "codes")
    if not data:
        sections.wrong(path, "codes: names no code", "codes: {our word: the ERP's code}")
    if len(set(codes.values())) < len(codes):
        sections.wrong(path, "codes: two of our words stand for the same code", "keep one word per code")
    return codes


def _bounds(sections: Sections, found: Mapping[str, Any], path: Path_) -> None:
    """A lower bound above the upper one lets nothing through."""
    for low, high in (("min_length", "max_length"), ("minimum", "maximum")):
        least, most = found.get(low), found.get(high)
        if isinstance(least, int | Decimal) and isinstance(most, int | Decimal) and least > most:
            sections.wrong((*path, low), f"{low}: {least} is more than {high}: {most}", "change one of them")


def _converters(sections: Sections, data: Any, path: Path_) -> tuple[ConverterCall, ...]:
    calls = []
    for text in [] if data is None else data if isinstance(data, list) else [data]:
        match = _CALL.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            sections.wrong(path, f"convert: '{text}' is not a converter", "for example zero_padded(10) or yyyymmdd")
            continue
        arguments = tuple(part.strip() for part in match[2].split(",")) if match[2] else ()
        calls.append(ConverterCall(match[1], arguments))
    return tuple(calls)


def _number(sections: Sections, found: Mapping[str, Any], key: str, path: Path_) -> str | None:
    value = found.get(key)
    if value is None:
        return None
    text = _text(value) or ""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        sections.wrong((*path, key), f"{key}: '{text}' is not a number", f"{key}: 0")
        return None
    return text


def _scalar(sections: Sections, found: Mapping[str, Any], key: str, path: Path_) -> str | None:
    value = found.get(key)
    if isinstance(value, dict | list):
        sections.wrong((*path, key), f"{key}: must be one value", f'write it in quotes: {key}: "…"')
        return None
    return _text(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
