"""The two steps of ``If-Match`` (RFC 9110, section 13.1.1) where the ERP has a token for the version of a record.

``if_match`` puts the token into the request before its values are checked; ``conflict`` tells a caller who gave one
that it was an old one. Whether it is the current one is for the ERP to say: nobody looks before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from adapter import problems
from adapter.errors import BackendFault, InvalidRequest, RequestError
from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.model.write import MatchRule
from adapter.mapping.scalars import parameter
from adapter.messages import Handler, Middleware, Request, Response
from adapter.strict_json import decode, encode

FIELD = "if-match"
_TAG = re.compile(r' *(W/)?"([\x21\x23-\x7e]*)" *')


def if_match(endpoint: Endpoint, rule: MatchRule, *, max_depth: int, max_digits: int) -> Middleware:
    """Return the step that fills the property of the token. Bounds are those of the JSON that callers send.

    Without the field: 428 where it is required. A weak tag matches nothing, nor does one that is none of ours: 412.
    ``*`` means any version, so that nothing is filled. What is no tag, or several, is 400.
    """
    query = {field.name: field for field in endpoint.query_fields}
    body = endpoint.types[endpoint.body.type].fields if endpoint.body is not None else ()
    field = query.get(rule.property) or {each.name: each for each in body}[rule.property]
    in_query = rule.property in query

    def in_body(request: Request, value: object) -> Request:
        try:
            found = decode(request.body, max_depth=max_depth, max_digits=max_digits)
        except InvalidRequest:  # said when the values are checked
            return request
        if not isinstance(found, dict):
            return request
        _must_be_same(found.get(rule.property), value)
        return replace(request, body=encode({**found, rule.property: value}))

    def in_pairs(request: Request, text: str) -> Request:
        for name, given in request.query:
            if name == rule.property:
                _must_be_same(given, text)
                return request
        return replace(request, query=(*request.query, (rule.property, text)))

    def filled(request: Request, given: str) -> Request:
        text = _tag(given)
        if text is None or request.side == "http":  # who gets the field itself decides
            return request
        value = _value(field, text)
        return in_pairs(request, text) if in_query else in_body(request, value)

    return _before(filled, required=rule.required)


def _before(filled: Callable[[Request, str], Request], *, required: bool) -> Middleware:
    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            given = request.headers.get(FIELD)
            if given is None and required:
                raise problems.house("precondition-required")
            return then(request if given is None else filled(request, given))

        return handle

    return wrap


def conflict(rule: MatchRule) -> Middleware:
    """Return the step that answers 412 where the ERP says that the token of an If-Match is an old one."""

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            try:
                return then(request)
            except BackendFault as error:
                if FIELD in request.headers and error.problem == rule.conflict:
                    raise _failed(error) from error
                raise

        return handle

    return wrap if rule.conflict else lambda then: then


def _failed(error: BackendFault) -> RequestError:
    return BackendFault("precondition-failed", 412, cause=error.cause, sent=error.sent, code=error.code)


def _tag(given: str) -> str | None:
    """Return what a tag stands for, None for ``*``."""
    if given.strip() == "*":
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        raise problems.house("if-match-invalid", 'One tag is taken, as ETag gave it: If-Match: "7".')
    if found[1]:
        raise problems.house("precondition-failed", "A weak tag never matches.")
    return unquote(found[2])


def _value(field: BoundField, text: str) -> object:
    try:
        value = parameter(field, text)
        if field.codec is not None:
            field.codec.write(value)
    except ValueError:
        raise problems.house("precondition-failed", "No version has this tag.") from None
    return value


def _must_be_same(given: Any, value: object) -> None:
    if given is not None and str(given) != str(value):
        raise problems.house("if-match-invalid", "The request names another version than If-Match.")
