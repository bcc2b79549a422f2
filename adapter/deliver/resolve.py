"""Finding out whether a write had an effect, by an operation that reads.

Rule 1: only a record that carries what was asked for is taken for ours; one that is similar is no proof of anything.
Rule 2: "nothing there" is said only where the ERP said that there is nothing: an error never means it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from adapter.deliver.kept import whole
from adapter.deliver.way import Ask, Unsettled
from adapter.errors import BackendFault, RequestError
from adapter.mapping.bound import Endpoint, Resolve
from adapter.messages import Handler, Request, Response
from adapter.strict_json import decode

_DEPTH, _DIGITS = 500, 4000
_NOT_FOUND = (404, 410)
Answer = Callable[[Any, Request], Response]


@dataclass(frozen=True, slots=True)
class Asking:
    """The two operations that are asked: how one is found, and how all of it is read (None: it is there already)."""

    by: Handler
    then: Handler | None


def resolver(endpoint: Endpoint, resolve: Resolve, asking: Asking, answer: Answer) -> Ask:
    """Return what finds out what became of a write. ``answer`` makes the answer of the write from a record."""
    path = {field.name for field in resolve.by.path_parameters()}
    shown = {field.name for field in endpoint.types[endpoint.reply.type].fields} if endpoint.reply.type else set()
    many = resolve.by.reply.rule.shape == "each"

    def ask(request: Request) -> Response | None:
        values = given(request)
        wanted = {name: _text(values.get(source), source) for name, source in resolve.rule.given.items()}
        filled = {**{name: text for name, text in request.path.items() if name in path}, **wanted}
        found = _read(asking.by, _asked(request, resolve.by, path, filled))
        rows = _rows(found, many)
        if not rows:
            return None
        record = _ours(rows, {source: values[source] for source in resolve.rule.given.values()})
        if resolve.then is not None and asking.then is not None:
            where = {name.name: _from(record, request, name.name) for name in resolve.then.path_parameters()}
            record = _read(asking.then, _asked(request, resolve.then, set(where), where))
            if not isinstance(record, dict):
                raise Unsettled("what was found cannot be read")
        return answer({name: value for name, value in record.items() if name in shown}, request)

    return ask


def given(request: Request) -> dict[str, Any]:
    """Return what a caller gave, by name: properties of the body, parameters of query and path."""
    body = decode(request.body, max_depth=_DEPTH, max_digits=_DIGITS) if request.body else {}
    return {**(body if isinstance(body, dict) else {}), **dict(request.query), **request.path}


def _text(value: Any, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal) and value != "":
        return str(value)
    raise Unsettled(f"{name} was not given")


def _asked(request: Request, by: Endpoint, path: set[str], values: Mapping[str, str]) -> Request:
    return replace(
        request,
        operation=by.name,
        method=by.method,
        path={name: text for name, text in values.items() if name in path},
        query=tuple((name, text) for name, text in values.items() if name not in path),
        body=b"",
        content_type="",
        headers={name: text for name, text in request.headers.items() if name == "accept-language"},
        checked=None,
        wanted="",
    )


def _read(ask: Handler, request: Request) -> Any:
    """Return what an operation answers, None where it says that there is nothing."""
    try:
        response = whole(ask(request))
    except RequestError as error:
        # Only what the other side says is believed: a 404 of anybody else has said nothing about the write.
        if error.status in _NOT_FOUND and (isinstance(error, BackendFault) or error.sent in ("", "yes")):
            return None
        raise
    body = response.body
    assert isinstance(body, bytes)
    return decode(body, max_depth=_DEPTH, max_digits=_DIGITS) if body else None


def _rows(found: Any, many: bool) -> list[Any]:
    if found is None:
        return []
    return list(found["items"]) if many else [found]


def _ours(rows: list[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the one record that carries what was asked for. Others beside it may merely look like it."""
    same = [row for row in rows if isinstance(row, dict) and all(_same(row, *each) for each in values.items())]
    if len(same) != 1:
        raise Unsettled(f"{len(rows)} records were found, and {len(same)} carry what was asked for")
    return dict(same[0])


def _same(row: Mapping[str, Any], name: str, value: Any) -> bool:
    return name not in row or str(row[name]) == str(value)


def _from(record: Mapping[str, Any], request: Request, name: str) -> str:
    value = record.get(name, request.path.get(name))
    if value in (None, ""):
        raise Unsettled(f"what was found has no {name}")
    return str(value)
