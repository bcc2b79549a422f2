"""What lists take beside their tests, bound to the contract: paging and sorting."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.bound_field import BoundField
from adapter.mapping.model.operation import PageRule, SortRule


@dataclass(frozen=True, slots=True)
class Page:
    """Paging with its fields bound."""

    rule: PageRule
    limit: BoundField
    offset: BoundField
    total: BoundField | None


@dataclass(frozen=True, slots=True)
class Sort:
    """Sorting with its fields bound."""

    rule: SortRule
    key: BoundField
    direction: BoundField | None
