"""Name-value bags as written: ``bags:`` of a type, and ``bag:`` with ``entry:`` of its properties.

bags: {custom: {each: customFieldList.customField, name: "@scriptId"}}
fields: {vip: {bag: custom, entry: custentity_vip, soap: (BooleanCustomFieldRef).value}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapter.mapping import keys, schema
from adapter.mapping.files import Path_
from adapter.mapping.model import BagRule, FieldRule
from adapter.mapping.paths import suggest
from adapter.mapping.sections import Sections


def bag_rules(sections: Sections, data: Any, path: Path_) -> Mapping[str, BagRule]:
    """Return the bags of a type by name."""
    rules: dict[str, BagRule] = {}
    elements: dict[str, str] = {}
    for name, value, at in sections.entries(data, path, "bags"):
        if not keys.NAME.fullmatch(name):
            sections.wrong(at, f"'{name}' is not a bag's name", "letters, digits and _; start with a letter")
            continue
        found = sections.load(schema.BagSection, value, at)
        if found is None or "each" not in found or "name" not in found:
            continue
        if found["each"] in elements:
            text = f"the bag {elements[found['each']]} is {found['each']} too"
            sections.wrong((*at, "each"), text, "keep one of them")
        elements.setdefault(found["each"], name)
        rules[name] = BagRule(name, sections.place(at), found["each"], found["name"])
    return rules


def entry_bag(
    sections: Sections, name: str, data: Any, path: Path_, bags: Mapping[str, BagRule] | None
) -> BagRule | None:
    """Return the bag that a property's section names, None where it names none that is there.

    ``bags`` are those of its type; None for a parameter.
    """
    found: Mapping[str, Any] = data if isinstance(data, dict) else {"soap": data}
    paths = found["soap"] if isinstance(found["soap"], list) else [found["soap"]]
    if bags is None and "bag" in found:
        sections.wrong((*path, "bag"), f"{name}: a parameter stands in no bag", "make it a property of the body")
        return None
    if ("bag" in found) != ("entry" in found):
        key = "bag" if "bag" in found else "entry"
        sections.wrong((*path, key), f"{name}: 'bag' and 'entry' go together", "bag: custom, entry: the entry's name")
    elif "bag" not in found and any(str(each).startswith("(") for each in paths):
        text = f"{name}: only in an entry of a bag a path begins with a type"
        sections.wrong((*path, "soap"), text, "name the element first: record(Customer).name")
    elif bags is not None and isinstance(found.get("bag"), str) and isinstance(found.get("entry"), str):
        if found["bag"] in bags:
            return bags[found["bag"]]
        text, remedy = f"{name}: there is no bag {found['bag']}", suggest(found["bag"], list(bags))
        sections.wrong((*path, "bag"), text, remedy if bags else "bags: {custom: {each: …, name: …}} in the type")
    return None


def entries_once(
    sections: Sections, path: Path_, bags: Mapping[str, BagRule], fields: Sequence[Mapping[str, FieldRule]]
) -> None:
    """Note two properties for one entry, and bags that no property uses. ``fields`` are those of each variant."""
    used: set[str] = set()
    for rules in fields:
        seen: dict[tuple[str, str], str] = {}
        for rule in rules.values():
            if rule.bag is None:
                continue
            used.add(rule.bag.name)
            other = seen.setdefault((rule.bag.name, rule.entry), rule.name)
            if other != rule.name:
                mistake = rule.place.mistake(
                    f"{rule.name} and {other} are the same entry of {rule.bag.name}", "keep one of them"
                )
                sections.mistakes.append(mistake)
    for name in bags.keys() - used:
        sections.wrong((*path, "bags", name), f"no property uses the bag {name}", "use it or remove it")
