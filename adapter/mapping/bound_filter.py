"""The tests of a list, bound: which parameters there are, and how the ERP takes each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapter.mapping.bound_field import BoundField
from adapter.mapping.codec import Codec
from adapter.mapping.model.filter import FilterRule, Manner, TestRule


@dataclass(frozen=True, slots=True)
class Filtered:
    """One filter of the ERP: how its tests are written, and where. The names of its values begin with ``slot``.

    ``codec`` checks a value, or one of several, as it is written.
    """

    slot: str
    manners: Mapping[str, Manner]
    value: BoundField
    to: BoundField | None
    operator: BoundField | None
    codec: Codec


@dataclass(frozen=True, slots=True)
class BoundTest:
    """One query parameter that is a test; ``field`` has the codec of its value, or of each of several."""

    rule: TestRule
    field: BoundField


@dataclass(frozen=True, slots=True)
class Filter:
    """The tests of a list and how the ERP takes them: each filter apart, or all of them in ``entries``.

    ``constants`` stand in every entry.
    """

    rule: FilterRule
    tests: tuple[BoundTest, ...]
    filters: Mapping[str, Filtered]
    entries: BoundField | None
    constants: Mapping[str, str]

    def parameters(self) -> Iterator[tuple[str, BoundField]]:
        """Yield every value of the request message under its name."""
        if self.entries is not None:
            yield "filter", self.entries
            return
        for each in self.filters.values():
            for part, bound in (("value", each.value), ("to", each.to), ("operator", each.operator)):
                if bound is not None:
                    yield f"{each.slot}.{part}", bound
