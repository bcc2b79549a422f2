"""What a mapping file says about tests in a list: how the ERP takes them, and the query parameters that are tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from adapter.mapping.model import Constant, FieldRule, Place

# What a parameter can ask for. ``between`` is made of at_least and at_most of one filter, so no parameter is one.
TESTS = (
    *("equals", "not_equals", "contains", "starts_with", "one_of"),
    *("at_least", "at_most", "more_than", "less_than"),
)
BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Template:
    """The text around a value: ``@*{value}*``. With ``join``, around each of several values."""

    text: str
    join: str | None = None


@dataclass(frozen=True, slots=True)
class FilterRule:
    """How the ERP takes tests: each filter an element below ``at``, or each test an entry of ``each``.

    ``words`` are the ERP's operators by test; of several the first that the contract allows. ``otherwise`` maps
    parameters to what is sent where the caller tests nothing.
    """

    place: Place
    value: str
    at: str
    each: str
    field: str
    to: str
    operator: str
    words: Mapping[str, tuple[str, ...]]
    text: Mapping[str, Template]
    never: tuple[str, ...]
    set: tuple[Constant, ...]
    otherwise: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TestRule:
    """One query parameter that is a test. ``field`` is its value, without a place; paths here win over the filter's."""

    __test__: ClassVar[bool] = False  # its name is no order to collect it

    field: FieldRule
    filter: str
    test: str
    like: str = ""
    value: str = ""
    to: str = ""
    operator: str = ""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.field.place


@dataclass(frozen=True, slots=True)
class Manner:
    """How one test of a filter is written: the ERP's word for it, if it takes one, and the text around the value.

    ``upper``: the value stands where the upper end of a range does.
    """

    word: str | None
    template: Template | None
    upper: bool = False
