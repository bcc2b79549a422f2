"""Whether a value can stand at the end of a path, and whether it must."""

from __future__ import annotations

from collections.abc import Callable

from adapter.mapping.bound import Mode
from adapter.mapping.model import FieldRule, Place, TypeRule
from adapter.mapping.paths import Spot
from adapter.mapping.places import undecided
from adapter.wsdl.types import Record, local_name

Wrong = Callable[[Place, str, str], None]


def can_stand(wrong: Wrong, rule: FieldRule, spot: Spot, mode: Mode) -> bool:
    """Tell whether every step can be in a message, and once but for the last. What cannot is noted with ``wrong``."""
    crossed = spot.steps if spot.attribute is not None else spot.steps[:-1]
    inner = [step.element.name for step in crossed if step.repeats]
    if inner:
        remedy = f"make {inner[0]} a field with 'each' and name the rest in its type"
        wrong(rule.place, f"{rule.name}: {inner[0]} on the way repeats", remedy)
    abstract = [step.element.name for step in spot.steps if step.element.abstract]
    if abstract:
        text = f"{rule.name}: {abstract[0]} is abstract: only members of its substitution group are in messages"
        wrong(rule.place, text, "the contract has none; leave the field out")
    lost = [step.element.name for step in spot.steps if mode != "reply" and undecided(step.places)]
    if lost:
        text = f"{rule.name}: {lost[0]} stands at several places, and values do not say at which"
        wrong(rule.place, text, "make it read_only, or write xml: true for the element around it")
    return not inner and not abstract and not lost


def array_required(spot: Spot) -> bool:
    """An array must be given when the element around its items must, or when it needs at least one item."""
    return spot.required or (len(spot.steps) > 1 and all(step.required for step in spot.steps[:-1]))


def stands_in(rule: FieldRule, mode: Mode) -> bool:
    """Tell whether a property is in the type that is bound for ``mode``."""
    if mode == "reply":
        return not rule.write_only
    return not rule.read_only and not (rule.create_only and mode != "request")


def not_abstract(wrong: Wrong, rule: TypeRule, kind: Record) -> None:
    """Note a type without variants that stands for an abstract one."""
    if kind.abstract:
        names = ", ".join(local_name(derived) for derived in kind.derived)
        text = f"{rule.name} stands for the abstract type {local_name(kind.name)}"
        wrong(rule.place, text, f"add variants: for {names}")
