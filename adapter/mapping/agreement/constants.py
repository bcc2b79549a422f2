"""Values that no caller gives: constants of operations, header blocks and types, and properties with one value.

All of it is proved while building: a constant is a value that the contract allows, and one that is written with every
object of a type can stand beside everything that a caller may send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from adapter.mapping.blocks import BLOCKS, Block
from adapter.mapping.bound import BoundField, BoundLookup, BoundSession, Mode
from adapter.mapping.codec import Codec
from adapter.mapping.functions import Function
from adapter.mapping.made import MADE
from adapter.mapping.model import Constant, FieldRule, Place
from adapter.mapping.occurrence import Way, together
from adapter.settings import credential_name, value_name
from adapter.wsdl.types import Contract

Wrong = Callable[[Place, str, str], None]
# What stands before a constant's path in the name of its value; no property is called so.
SET = "set."


@dataclass(frozen=True, slots=True)
class Given:
    """What stands behind constants: the operator's constants, texts of credentials (None: not to be had), functions.

    ``session`` is what calls show a token of, ``in_header`` and ``in_body`` are the constants that it stands for.
    ``lookups`` are the code tables that its fields may name.
    """

    value_of: Callable[[str], str | None]
    text_of: Callable[[str, str], str | None]
    blocks: Mapping[str, Block] = field(default_factory=lambda: BLOCKS)
    functions: Mapping[str, Function] = field(default_factory=dict)
    in_header: tuple[Constant, ...] = ()
    in_body: tuple[Constant, ...] = ()
    session: BoundSession | None = None
    lookups: tuple[BoundLookup, ...] = ()


def constant(
    rule: Constant, bind: Callable[[FieldRule], BoundField | None], wrong: Wrong, given: Given, name: str
) -> BoundField | None:
    """Bind one constant, None where it does not agree. ``name`` says whose it is, for mistakes."""
    bound = bind(FieldRule(rule.path, rule.place, rule.path))
    text = given.value_of(rule.setting) if rule.setting else rule.value
    if rule.credential:
        text = given.text_of(rule.credential, rule.part)
    elif rule.made:
        text = MADE[rule.made].sample
    if text is None and rule.setting:
        what = f"{name}: the settings have no value '{rule.setting}'"
        wrong(rule.place, what, f"set {value_name(rule.setting)}")
    if bound is None or (codec := bound.codec) is None:
        return None
    later = bool(rule.session or rule.page or rule.function)
    made = rule if rule.credential or rule.made or later else None
    bound = replace(bound, shape="scalar", nullable=False, required=True, made=made)
    if text is None or later:
        return bound if made and not rule.made else None
    try:
        fixed = codec.write(codec.read(text))
    except ValueError as error:
        shown, why = value_name(rule.setting) if rule.setting else f"{rule.made} '{text}'".strip(), str(error)
        if rule.credential:  # what the codec says may repeat a part of the secret
            shown, why = credential_name(rule.credential, rule.part), "is not what the contract allows"
        wrong(rule.place, f"{name}: {rule.path}: {shown} {why}", "give a value the contract allows")
        return None
    return bound if made else replace(bound, fixed=fixed)


def check_constants(wrong: Wrong, contract: Contract, record: str, ways: Sequence[Way]) -> None:
    """Note every constant of a type that could not be written beside something that a caller may send."""
    # One of a nested object stands and falls with that object.
    constants = {name: bound for _, bound, name in ways if bound.given_by_us and "/" not in name}
    if not constants:
        return
    find = together(contract, record, ways)
    for name, bound in constants.items():
        for sent in _bodies(ways, bound):
            before = set(find(sent))
            needed = sorted(set(find({**sent, name: ""})) - before)
            if needed:
                text = f"{bound.rule.soap}: cannot always be written: {_shown(*needed[0])}"
                wrong(bound.rule.place, text, "write it at another place, or make what it needs required")
                break


def _bodies(ways: Sequence[Way], constant: BoundField) -> Iterator[dict[str, object]]:
    """Yield what callers may send beside a constant: only what must be, and each other property beside that."""
    least: dict[str, object] = {name: "" for _, bound, name in ways if bound.required and not bound.given_by_us}
    least |= {each.rule.name: "" for each in constant.when if each.rule.given is not False}
    never = {each.rule.name for each in constant.when if each.rule.given is False}
    for name in never:
        least.pop(name, None)
    yield least
    for _, bound, name in ways:
        if not bound.given_by_us and name not in never:
            yield {**least, name: ""}
            if bound.nullable:
                yield {**least, name: None}


def _shown(name: str, text: str) -> str:
    return f"{name} {text}".strip().replace(SET, "")


def always_there(rule: FieldRule, mode: Mode) -> BoundField:
    """Return a property that the ERP does not have: every reply has it, and callers may repeat it."""
    return BoundField(rule.name, rule, (), None, "scalar", _only(rule.constant), required=mode == "reply", doc=rule.doc)


def _only(value: Any) -> Codec:
    """Return the codec of one JSON value."""
    flag, text = isinstance(value, bool), isinstance(value, str)
    kind = "boolean" if flag else "string" if text else "integer" if isinstance(value, int) else "number"
    shown = str(value).lower() if flag else str(value)

    def write(given: Any) -> str:
        number = isinstance(given, int | Decimal) and not isinstance(given, bool)
        if given != value or isinstance(given, bool) != flag or not (number or flag or text):
            raise ValueError(f"must be {shown}")
        return shown

    return Codec(lambda text: value, write, {"type": kind, "const": value})
