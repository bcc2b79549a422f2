"""Agreement of lists: paging and sorting."""

from __future__ import annotations

from dataclasses import replace

from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Mode, Page, Sort
from adapter.mapping.model import FieldRule
from adapter.mapping.model.operation import OperationRule, PageRule
from adapter.mapping.paths import PathError, follow
from adapter.wsdl import lexical
from adapter.wsdl.types import Operation, Record, Scalar


def bind_page(binder: Binder, rule: OperationRule, operation: Operation, start: str) -> Page | None:
    """Bind ``page:``, None where there is none or something in it does not agree."""
    page = rule.page
    if page is None:
        return None
    limit = _whole(binder, page, "limit", page.limit, start, "request")
    offset = _whole(binder, page, "offset", page.offset, start, "request")
    output = operation.output.root if operation.output is not None else None
    total = None
    if page.total and output is not None:
        total = _whole(binder, page, "total", page.total, output.type, "reply")
    if limit is None or offset is None:
        return None
    for value, name in ((page.default, "default"), (page.max, "max")):
        try:
            if limit.codec is not None:
                limit.codec.write(value)
        except ValueError as error:
            binder.wrong(page.place, f"{rule.name}: page: {name}: {value} {error}", f"change {name}")
    return Page(page, limit, offset, total)


def _whole(binder: Binder, page: PageRule, name: str, path: str, start: str, mode: Mode) -> BoundField | None:
    """Bind a field that must be a whole number, however big its type is."""
    try:
        found = binder.contract.types.get(follow(binder.contract, start, path).type)
        kind = binder.contract.types.get(found.text) if isinstance(found, Record) else found
        if not isinstance(kind, Scalar) or kind.builtin not in lexical.INTEGERS:
            binder.wrong(page.place, f"page: {name}: {path} is not a whole number", "page needs whole numbers")
            return None
    except PathError as error:
        binder.wrong(page.place, f"page: {name}: {error}", error.remedy)
        return None
    bound = binder.field(FieldRule(name, page.place, path, json="number"), start, mode)
    return replace(bound, shape="scalar") if bound is not None else None


def bind_sort(binder: Binder, rule: OperationRule, start: str) -> Sort | None:
    """Bind ``sort:``, None where there is none or it does not agree."""
    sort = rule.sort
    if sort is None:
        return None
    key = binder.field(FieldRule("sort", sort.place, sort.soap), start, "request")
    direction = None
    if sort.direction:
        direction = binder.field(FieldRule("direction", sort.place, sort.direction), start, "request")
    texts = [(key, text) for text in sort.by.values()] + [(direction, sort.ascending), (direction, sort.descending)]
    for field, text in texts:
        try:
            if field is not None and field.codec is not None:
                field.codec.write(field.codec.read(text))
        except ValueError as error:
            text = f"{rule.name}: sort: {field.rule.soap if field else ''}: '{text}' {error}"
            binder.wrong(sort.place, text, "use a value the contract allows")
    if key is None or (sort.direction and direction is None):
        return None
    return Sort(sort, replace(key, shape="scalar"), replace(direction, shape="scalar") if direction else None)
