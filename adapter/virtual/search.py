"""Lists: filtered, sorted and cut by the database, with the total beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from adapter.virtual.elements import child, text
from adapter.virtual.faults import ErpFault
from adapter.virtual.state import State

DEFAULT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted. ``order`` is the ORDER BY clause."""

    limit: int
    offset: int
    order: str


def page(request: etree._Element, fields: Mapping[str, str], key: str) -> Page:
    """Read ``Blatt``. ``fields`` maps what SortFeld may say to columns; ``key`` sorts by default and breaks ties.

    Raise ErpFault ALG-401 for a SortFeld that there is not.
    """
    wish = child(request, "Blatt")
    wanted = text(wish, "SortFeld")
    if wanted is not None and wanted not in fields:
        raise ErpFault("ALG-401", wanted, field="Blatt.SortFeld")
    column = fields[wanted] if wanted is not None else key
    direction = "DESC" if text(wish, "SortRichtung") == "AB" else "ASC"
    limit, offset = text(wish, "MaxAnz"), text(wish, "AbPos")
    order = f"{column} {direction}" + ("" if column == key else f", {key}")
    return Page(DEFAULT_LIMIT if limit is None else int(limit), 0 if offset is None else int(offset), order)


def found(state: State, table: str, filters: Mapping[str, str | None], wanted: Page) -> tuple[int, list[bytes]]:
    """Return how many rows fit, and the documents of the wanted part.

    ``filters`` maps a condition with one ``?`` to its value; None leaves the condition out.
    """
    used = {condition: value for condition, value in filters.items() if value is not None}
    where = " AND ".join(used) or "1"
    total = state.one(f"SELECT count(*) FROM {table} WHERE {where}", *used.values())
    rows = state.rows(
        f"SELECT document FROM {table} WHERE {where} ORDER BY {wanted.order} LIMIT ? OFFSET ?",
        *used.values(),
        wanted.limit,
        wanted.offset,
    )
    return int(total), [document for (document,) in rows]
