"""One page of a list behind a cursor: its rows, and what it says of the next page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.mapping.bound import Endpoint, Turn
from adapter.mapping.model.cursor import CursorRule
from adapter.translate.content import Compiler
from adapter.translate.reading import Reading, finder, invalid
from adapter.translate.refused import signs
from adapter.translate.replies import reply_reader

_LIMIT = 12
"""Digits of a number that counts rows or pages."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one call answered. ``next`` holds the values of the next call; None: this was the last page."""

    rows: list[Any]
    next: Mapping[str, str] | None
    total: int | None
    notes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def page_reader(endpoint: Endpoint, rule: CursorRule, turn: Turn) -> Callable[[Any], Callable[[int], Page]]:
    """Compile the reader of pages: the message's root in; then the number of rows asked for in, a ``Page`` out.

    Raises BackendReplyInvalid for a page that does not say whether or where the list goes on.
    """
    read, find = reply_reader(endpoint), finder(endpoint, endpoint.reply.steps)
    encoded = endpoint.operation.use == "encoded"
    compiler = Compiler(_no_object, endpoint.contract, encoded)
    said = compiler.object(turn.fields, endpoint.name)
    said_last = compiler.object(turn.last, endpoint.name)
    ended = signs(endpoint, turn.end)

    def page(element: Any) -> Callable[[int], Page]:
        result = read(element)
        rows: list[Any] = result.document
        reading = Reading(endpoint.name, element, encoded)
        found = {name: text for name, text in said(element, reading).items() if text}
        if rows and turn.last:
            last = said_last(find(reading, element)[-1], reading)
            found |= {name: text for name, text in last.items() if text}
        over = any(True for _ in ended(element, reading))
        total = _number(endpoint, found["total"]) if "total" in found else None

        def of(asked: int) -> Page:
            last = over or _over(endpoint, rule, found, rows, asked)
            return Page(rows, None if last else _next(endpoint, rule, found, rows), total, result.notes, result.headers)

        return of

    return page


def _over(endpoint: Endpoint, rule: CursorRule, found: Mapping[str, str], rows: list[Any], asked: int) -> bool:
    """Tell whether this was the last page, as far as counting tells."""
    if rule.end.kind == "short_page":
        return len(rows) < asked
    if rule.end.kind != "reaches":
        return False
    if "where" not in found or "reaches" not in found:
        if rows:
            raise invalid(endpoint.name, "the reply does not say whether this was the last page")
        return True
    return _number(endpoint, found["where"]) >= _number(endpoint, found["reaches"])


def _next(endpoint: Endpoint, rule: CursorRule, found: Mapping[str, str], rows: list[Any]) -> Mapping[str, str] | None:
    values = {}
    for each in rule.next:
        text = found.get(f"next {each.to}")
        if text is None:
            if rows and rule.end.kind != "no_next":
                raise invalid(endpoint.name, "the reply does not say where the next page begins")
            return None
        values[each.to] = str(_number(endpoint, text) + each.add) if each.add else text
    return values


def _number(endpoint: Endpoint, text: str) -> int:
    if not text.isascii() or not text.lstrip("+-").isdigit() or len(text) > _LIMIT:
        raise invalid(endpoint.name, "what the reply says of its pages is no number")
    return int(text)


def _no_object(key: str) -> Callable[[Any, Reading], Any]:
    raise LookupError(f"a page says single values, not {key}")
