"""Problems as callers see them (RFC 9457), and what NetSuite's codes and faults become."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

# NetSuite's codes in replies: status, problem type, title, whether callers see NetSuite's own text.
REFUSALS = {
    "RCRD_DSNT_EXIST": (404, "record-not-found", "No such record", False),
    "INVALID_KEY_OR_REF": (422, "unknown-reference", "The record refers to one that is not there", False),
    "USER_ERROR": (422, "refused-by-netsuite", "NetSuite does not take a value", True),
    "INSUFFICIENT_PERMISSION": (403, "not-permitted", "The integration's role may not do this", False),
}
FAULTS = {
    "insufficientPermissionFault": (403, "not-permitted", "The integration's role may not do this"),
    "invalidCredentialsFault": (502, "netsuite-login-refused", "NetSuite does not accept our login"),
    "invalidSessionFault": (503, "netsuite-session-lost", "The session has ended"),
    "exceededConcurrentRequestLimitFault": (503, "netsuite-busy", "Too many requests at once"),
    "exceededRequestLimitFault": (503, "netsuite-busy", "Too many requests at once"),
}


class Problem(Exception):
    """A request that ends without what was asked for."""

    def __init__(self, status: int, kind: str, title: str, detail: str = "", errors: list[dict] | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.body = {"type": f"/problems/{kind}", "title": title, "status": status}
        if detail:
            self.body["detail"] = detail
        if errors:
            self.body["errors"] = errors


def refusal(code: str, text: str) -> Problem:
    """Return the problem for a reply that says no."""
    if code not in REFUSALS:
        return Problem(502, "backend-fault", "Fault")
    status, kind, title, shown = REFUSALS[code]
    return Problem(status, kind, title, text if shown else "")


def fault(names: list[str]) -> Problem:
    """Return the problem for a SOAP fault with these elements in its detail."""
    for name in names:
        if name in FAULTS:
            return Problem(*FAULTS[name])
    return Problem(502, "backend-fault", "Fault")


def invalid(place: str, messages: dict, before: str = "") -> Problem:
    """Return the problem for values that marshmallow refused."""
    return Problem(422, "invalid-request", "Invalid request", errors=list(_errors(place, messages, before)))


def _errors(place: str, messages: dict | list, before: str):
    if isinstance(messages, list):
        yield from ({"in": place, "pointer": before, "detail": text} for text in messages)
        return
    for name, inner in messages.items():
        if name == "_schema":
            yield from _errors(place, inner, before)
        else:
            yield from _errors(place, inner, name if place == "query" else f"{before}/{name}")


def install(app: Flask) -> None:
    """Answer every problem as problem+json."""

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        answer = jsonify(error.body)
        answer.status_code, answer.content_type = error.status, "application/problem+json"
        if error.status == 503:
            answer.headers["Retry-After"] = "1"
        return answer

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return problem(Problem(error.code or 500, "http-error", error.name))
