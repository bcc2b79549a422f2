"""The step that checks everything a caller sends, and turns it into what the writer places into XML.

Nothing behind this step meets a value that the contract or the mapping would not take. Every wrong value is named, with
its JSON Pointer (RFC 6901) or its parameter, up to 100 of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

from adapter import pieces
from adapter.errors import FieldError, InvalidRequest
from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.filtering import composer, taker
from adapter.mapping.flags import raised
from adapter.mapping.flat import in_xml
from adapter.mapping.model.cursor import CursorRule
from adapter.mapping.occurrence import together
from adapter.mapping.scalars import parameter
from adapter.mapping.when import hold
from adapter.messages import Call, Checked, Handler, Middleware, Request, Response, called, checked_request
from adapter.rows.bounds import Bounds
from adapter.steps.documents import as_sent, document_check, sent, without_bytes
from adapter.steps.headers import check_headers
from adapter.steps.rows import before_close, rows_check, without_rows
from adapter.steps.schemas import body_field, without_part
from adapter.steps.several import LATER, Check, Given, several
from adapter.steps.taking import taking
from adapter.strict_json import decode, encode

MAX_ERRORS = 100
MAX_OFFSET = 2**31 - 2


def validate(endpoint: Endpoint, *, max_depth: int, max_digits: int, row_bytes: int = 2**20) -> Middleware:
    """Return the step. ``max_depth`` and ``max_digits`` bound the JSON that is taken apart, ``row_bytes`` one row."""
    check = several(endpoint, one_call) if endpoint.further() else one_call(endpoint)
    headers = check_headers(endpoint)
    takes_body = endpoint.body is not None
    alone = not endpoint.further()  # else a call that nobody waits for may still be writing
    document = endpoint.body is not None and endpoint.body.document is not None
    rows = rows_check(endpoint, Bounds(row_bytes, max_depth, max_digits))

    def given(request: Request) -> Any:
        if document:
            return sent(request)
        if rows is not None:
            return LATER
        return decode(request.body, max_depth=max_depth, max_digits=max_digits) if takes_body else None

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            errors: list[FieldError] = []
            pieces.begin(len(request.body), request.deadline, sent="no")
            body = given(request)
            checked = check(Given(request.path, request.query, body), errors)
            if alone:
                pieces.leave(body, checked.body)
            if request.body and not takes_body:
                errors.append(FieldError("body", "", "no body is taken here"))
            given_headers = headers(request.headers, errors)
            if errors:
                raise InvalidRequest("invalid-request", 422, fields=tuple(errors[:MAX_ERRORS]))
            later = rows(request) if rows is not None else None
            checked = called(checked, Call(request.id, headers=given_headers), request.upload, later)
            if request.trace is not None:
                shown = without_bytes(checked) if document else checked if rows is None else without_rows(checked)
                request.trace("checked", encode(_shown(shown)))
            request = checked_request(request, checked)
            return then(request) if later is None else before_close(then, request, later)

        return handle

    return wrap


def one_call(endpoint: Endpoint) -> Check:
    """Return the check of all that one SOAP call is made of."""
    path_fields = {field.name: field for field in endpoint.path_parameters()}
    document = endpoint.body is not None and endpoint.body.document is not None
    check_query = _query(endpoint)
    take, check_message = document_check(endpoint) or _json(endpoint), _message(endpoint)

    def check(given: Given, errors: list[FieldError]) -> Checked:
        before = len(errors)
        path = _parameters("path", given.path.items(), path_fields, errors)
        query = check_query(given.query, errors)
        body = take(given.body, errors) if take is not None and given.body is not LATER else None
        if len(errors) == before and "cursor" not in query:
            found = check_message(path, query, body)
            errors.extend(map(as_sent, found) if document else found)
        return Checked(path, query, body)

    return check


def _shown(checked: Checked) -> dict[str, Any]:
    values = {"path": checked.path, "query": checked.query, "body": checked.body}
    more = {name: [_shown(each) for each in found] for name, found in checked.calls.items()}
    return {**values, **({"calls": more} if more else {})}


def _parameters(
    place: str, given: Any, known: Mapping[str, BoundField], errors: list[FieldError]
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, text in given:
        field = known[name]
        assert field.codec is not None
        try:
            # What can be printed, XML can carry.
            write = field.codec.at_once() if text.isprintable() else field.codec.write
            found[name] = write(parameter(field, text))
        except ValueError as error:
            errors.append(FieldError(place, name, str(error)))
    return found


def _query(endpoint: Endpoint) -> Callable[[Sequence[tuple[str, str]], list[FieldError]], dict[str, Any]]:
    """Return how the query is checked: the mapping's parameters, then paging and sorting."""
    fields = {field.name: field for field in endpoint.query_fields}
    tests = [test.field for test in endpoint.filter.tests] if endpoint.filter else []
    parameters = [*endpoint.query_fields, *tests]
    defaults = [(field.name, field.rule.default) for field in parameters if field.rule.default is not None]
    required = [field.name for field in parameters if field.required]
    page, sort = endpoint.page, endpoint.sort
    take_tests, compose = (taker(endpoint.filter), composer(endpoint.filter)) if endpoint.filter else (None, None)
    own = {test.name for test in tests} | ({"limit", "offset"} if page else set()) | ({"sort"} if sort else set())
    cursor = endpoint.cursor.rule if endpoint.cursor is not None else None
    own |= {"limit", "cursor"} if cursor is not None else set()

    def check(pairs: Sequence[tuple[str, str]], errors: list[FieldError]) -> dict[str, Any]:
        given = _once(pairs, fields.keys() | own, errors)
        if cursor is not None and "cursor" in given:
            return _going_on(given, errors)
        errors.extend(FieldError("query", name, "is required") for name in required if name not in given)
        for name, text in defaults:
            given.setdefault(name, text)
        found: dict[str, Any] = _parameters(
            "query", [(name, text) for name, text in given.items() if name in fields], fields, errors
        )
        if take_tests is not None and compose is not None:
            tested, wrong = take_tests(given)
            found |= tested
            errors.extend(FieldError("query", name, text) for name, text in wrong or compose(tested)[1])
        if cursor is not None:
            found["limit"] = _rows(given, cursor, errors)
        if page is not None:
            found["limit"] = _whole(given, page.limit, page.rule.default, 1, page.rule.max, 0, errors)
            found["offset"] = _whole(given, page.offset, 0, 0, MAX_OFFSET, page.rule.first, errors)
        if sort is not None and (order := given.get("sort", sort.rule.default or None)) is not None:
            found["sort"] = order
            if order.removeprefix("-") not in sort.rule.by or (order.startswith("-") and sort.direction is None):
                errors.append(FieldError("query", "sort", f"must be one of {', '.join(sort.rule.by)}"))
        return found

    return check


def _whole(
    given: Mapping[str, str], field: BoundField, default: int, low: int, high: int, first: int, errors: list[FieldError]
) -> str:
    """Check ``limit`` or ``offset``; ``first`` is what the ERP adds to it."""
    text = given.get(field.name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and low <= int(text) <= high):
        errors.append(FieldError("query", field.name, f"must be a whole number from {low} to {high}"))
        return text
    try:
        assert field.codec is not None
        field.codec.at_once()(int(text) + first)
    except ValueError as error:
        errors.append(FieldError("query", field.name, str(error)))
    return text


def _once(pairs: Sequence[tuple[str, str]], known: Container[str], errors: list[FieldError]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, text in pairs:
        if name in given or name not in known:
            why = "is given twice" if name in given else "is not a parameter of this operation"
            errors.append(FieldError("query", name, why))
        else:
            given[name] = text
    return given


def _going_on(given: Mapping[str, str], errors: list[FieldError]) -> dict[str, Any]:
    """Return the cursor alone: everything else is in it."""
    beside = (name for name in given if name != "cursor")
    errors.extend(FieldError("query", name, "cannot be given together with cursor") for name in beside)
    return {"cursor": given["cursor"]}


def _rows(given: Mapping[str, str], cursor: CursorRule, errors: list[FieldError]) -> str:
    text = given.get("limit", str(cursor.default))
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and 1 <= int(text) <= cursor.max):
        errors.append(FieldError("query", "limit", f"must be a whole number from 1 to {cursor.max}"))
    return text


def _message(endpoint: Endpoint) -> Callable[[Mapping[str, Any], Mapping[str, Any], Any], Iterator[FieldError]]:
    """Return the check of what only the whole message can tell: parameters, and a body that is merged."""
    root = endpoint.operation.input.root
    if root is None or endpoint.operation.use == "encoded":
        return lambda path, query, body: iter(())
    ways = endpoint.message()
    wrong = together(endpoint.contract, root.type, ways)
    depending = {f"set.{each.name}": each.when for each in endpoint.constants if each.when}
    apart = ("query.", "body.", "sort.", "filter", "flags.")
    always = {name: "" for _, _, name in ways if not name.startswith(apart)}
    compose = composer(endpoint.filter) if endpoint.filter is not None else None
    bound = endpoint.types[endpoint.body.type] if endpoint.body is not None and endpoint.body.spread else None

    def check(path: Mapping[str, Any], query: Mapping[str, Any], body: Any) -> Iterator[FieldError]:
        values: dict[str, object] = {**always, **{f"query.{name}": text for name, text in query.items()}}
        for name, when in depending.items():
            if not hold(when, {**path, **query}, json=False):
                values.pop(name)
        if compose is not None:
            values |= compose(query)[0]
        if "sort" in query:
            values |= {"sort.key": "", "sort.direction": ""}
        if bound is not None:
            values |= {f"body.{name}": value for name, value in in_xml(bound, body).items()}
        if endpoint.body is not None and endpoint.body.flags:
            values |= dict(raised(endpoint.types, endpoint.body.type, endpoint.body.flags, body))
        for name, text in wrong(values):
            place, _, rest = name.partition(".")
            yield _about(place or ("query" if bound is None else "body"), rest, text)

    return check


def _about(place: str, name: str, text: str) -> FieldError:
    # Names in the text are those of Endpoint.message: callers know their last part.
    words = r"\b(query|path|body|page|set|filter|flags)\.|\.(key|direction|value|to|operator)\b"
    shown = re.sub(words, "", text)
    if place in ("body", "flags"):
        return FieldError("body", f"/{without_part(name)}" if name else "", without_part(shown))
    return FieldError("query", "sort" if place == "sort" else name.partition(".")[0], shown)


def _json(endpoint: Endpoint) -> Callable[[Any, list[FieldError]], Any] | None:
    field = body_field(endpoint)
    return taking(field) if field is not None else None
