"""Conditions as they are written in a mapping, and as they are judged in a call.

``when:`` of a property says where it may be given and is shown; ``when:`` of a constant says where it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.when import Condition
from adapter.mapping.sections import Sections

_WORDS = {"given": True, "not_given": False}


def conditions(sections: Sections, data: Any, path: Path_, words: bool = False) -> tuple[Condition, ...]:
    """Return a section that maps names to values. ``words``: ``given`` and ``not_given`` may stand for them."""
    found = []
    remedy = "when: {discount: given}, or a list of values" if words else "when: {kind: [company, agency]}"
    for name, value, at in sections.entries(data, path, "values"):
        if words and isinstance(value, str) and value in _WORDS:
            found.append(Condition(name, sections.place(at), given=_WORDS[value]))
        elif isinstance(value, list) and value and all(isinstance(each, str | bool | int | Decimal) for each in value):
            found.append(Condition(name, sections.place(at), tuple(value)))
        else:
            sections.wrong(at, f"{name}: needs a list of values", remedy)
    if data is not None and not data:
        sections.wrong(path, "when: names no property", remedy)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Judge:
    """One condition, ready to be judged. ``read`` and ``write`` are those of the property's codec.

    ``default``: the JSON value that stands in for one that is left out. ``partial``: what is left out stays untouched,
    so nobody knows its value. ``numeric``: ``1.50`` is ``1.5``.
    """

    rule: Condition
    read: Callable[[str], Any]
    default: Any = None
    partial: bool = False
    numeric: bool = False

    def holds(self, values: Mapping[str, Any], json: bool) -> bool | None:
        """Tell whether the condition holds; None where it cannot be judged. ``json``: values are as callers know them.

        Else they are texts as XML holds them. null is no value, so it is not given.
        """
        if self.rule.name not in values and self.partial:
            return None
        value = values.get(self.rule.name)
        if value is None and self.rule.name not in values:
            value, json = self.default, True
        if self.rule.given is not None or value is None:
            return (value is not None) == self.rule.given if self.rule.given is not None else False
        return self.normal(value if json or not isinstance(value, str) else self.read(value)) in self.allowed

    @property
    def allowed(self) -> list[Any]:
        """The values that it may have, so that equal ones are equal."""
        return [self.normal(each) for each in self.rule.values]

    def normal(self, value: Any) -> Any:
        """Return a JSON value so that equal ones are equal, and true is not 1."""
        if self.numeric and isinstance(value, str):
            try:
                return Decimal(value)
            except InvalidOperation:
                return value
        return ("flag", value) if isinstance(value, bool) else value


def hold(judges: Iterable[Judge], values: Mapping[str, Any], json: bool) -> bool | None:
    """Tell whether all conditions hold; None where none fails and one cannot be judged."""
    found = [judge.holds(values, json) for judge in judges]
    return False if False in found else None if None in found else True
