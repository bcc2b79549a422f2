"""The check of many rows that a caller is still sending: each is checked when it comes.

What is wrong is told with the number of the row, counted from 0 as JSON Pointers do (RFC 6901). The first wrong rows
end it: of those that have arrived by then every wrong value is named, and no more are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

from adapter.errors import FieldError, InvalidRequest
from adapter.mapping.bound import Body, Endpoint
from adapter.mapping.media_types import essence
from adapter.mapping.occurrence import takes_nil
from adapter.mapping.paths import Child
from adapter.messages import Checked, Handler, Request, Response, Upload
from adapter.pieces import Pace
from adapter.rows.arrived import Arriving, batches, forms
from adapter.rows.bounds import Bounds
from adapter.rows.csv_values import Columns
from adapter.steps.schemas import Schemas
from adapter.steps.taking import taking

MOST_ERRORS: Final = 100
_REST = "Nothing was taken: the rows are taken together, or not at all."
Rows = Generator[list[Any], None, None]
Take = Callable[[Any, list[FieldError]], Any]


def rows_check(endpoint: Endpoint, bounds: Bounds) -> Callable[[Request], Rows] | None:
    """Return what gives the rows of a request as the writer takes them; None where the operation takes none.

    They are given as they arrive, some at a time. Asking for them raises RequestError. Closing them leaves the rest.
    """
    body = endpoint.body
    if body is None or body.rows is None:
        return None
    begin = forms(bounds, Columns(endpoint.types, body.type, bounds))
    nil = takes_nil(endpoint.contract, body.steps[-1].element)
    take = taking(Schemas(endpoint, "").object(body.type, required=True, allow_none=nil))

    def rows(request: Request) -> Rows:
        form = begin(essence(request.content_type))
        return _checked(form, _paced(request.upload) if request.upload is not None else [request.body], take, body)

    return rows


def _paced(upload: Upload) -> Iterator[bytes]:
    """Yield the pieces of an upload. Between them others get their turn, however fast it comes."""
    pace = Pace()
    for number, piece in enumerate(upload):
        if number:
            pace.turn()
        yield piece


def before_close(then: Handler, request: Request, rows: Rows) -> Response:
    """Return what becomes of a request. What is left of its rows then is not asked for any more."""
    with closing(rows):
        return then(request)


def without_rows(checked: Checked) -> Checked:
    """Return what is shown of a call that takes rows: that there are some."""
    return replace(checked, body="(rows, each checked when it comes)", rows=None)


def _checked(form: Arriving, pieces: Iterable[bytes], take: Take, body: Body) -> Rows:
    count, most = 0, _most(body)
    for batch in batches(form, pieces):
        found: list[Any] = []
        wrong: list[FieldError] = []
        for row in batch:
            if most is not None and count >= most:
                wrong.append(FieldError("body", form.pointer, f"must have at most {most} items"))
            if len(wrong) >= MOST_ERRORS or (most is not None and count >= most):
                break
            here: list[FieldError] = []
            try:
                found.append(take(form.decode(row), here))
            except InvalidRequest as error:
                if not error.fields:
                    if wrong:
                        break
                    error.detail = f"At {form.pointer}/{count}: {error.detail}"
                    raise
                here.extend(error.fields)
            if here:
                wrong += [replace(each, pointer=f"{form.pointer}/{count}{each.pointer}") for each in here]
            count += 1
        if wrong:
            raise InvalidRequest("invalid-request", 422, _REST, fields=tuple(wrong[:MOST_ERRORS]))
        if found:
            yield found
    _enough(form, body.steps[-1], count)


def _most(body: Body) -> int | None:
    assert body.rows is not None
    bounds = [each for each in (body.steps[-1].most, body.rows.max_rows or None) if each is not None]
    return min(bounds, default=None)


def _enough(form: Arriving, step: Child, count: int) -> None:
    """Raise 422 where the contract asks for more rows, or for rounds of them."""
    element, text = step.element, ""
    if count < step.least and (count or step.required):
        text = f"must have at least {step.least} items"
    # In a group that repeats, each round takes from min to max of them.
    elif element.max is not None and -(-count // element.max) * element.min > count:
        text = f"must have items in rounds of {element.min} to {element.max}"
    if text:
        raise InvalidRequest("invalid-request", 422, _REST, fields=(FieldError("body", form.pointer, text),))
