"""The problem types we document, and how an error becomes a problem document (RFC 9457).

Each type has a page at ``/problems/<slug>``; the types that mappings declare stand beside those of the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from adapter.errors import RequestError

MEDIA_TYPE = "application/problem+json"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem type: its name in the URL, the status it comes with, a title, when it happens and what to do."""

    slug: str
    status: int
    title: str
    doc: str

    @property
    def type(self) -> str:
        """The URI reference that identifies the type and leads to its page."""
        return f"/problems/{self.slug}"


HOUSE: Mapping[str, Problem] = {
    problem.slug: problem
    for problem in (
        Problem("bad-request", 400, "Request cannot be read",
                "The path, the query or the framing of the request is broken, for example percent-encoding that is "
                "not UTF-8. Mend the client; the same request will fail again."),
        Problem("malformed-json", 400, "Malformed JSON",
                "The body is not one JSON text in UTF-8, names a member twice, holds NaN, or is nested too deeply. "
                "The detail gives line and column. Mend the body; the same request will fail again."),
        Problem("malformed-csv", 400, "Malformed CSV",
                "The body is not CSV as RFC 4180 has it, in UTF-8, with a first line that names the columns. The "
                "detail gives the row. Mend the body; the same request will fail again."),
        Problem("cursor-invalid", 400, "Cursor not valid",
                "The cursor is none that this list gave, or it was changed. Use the one of a page as it is, with "
                "nothing beside it, or begin without a cursor."),
        Problem("idempotency-key-missing", 400, "Idempotency-Key missing",
                "This operation is only done with an Idempotency-Key: a text of your own in quotes, new for each "
                "thing to be done, and the same whenever it is tried again. Nothing was done."),
        Problem("idempotency-key-invalid", 400, "Idempotency-Key not valid",
                "An Idempotency-Key is one text in quotes, with 1 to 255 printable ASCII characters. Nothing was done. "
                "Mend the client; the same request will fail again."),
        Problem("if-match-invalid", 400, "If-Match not valid",
                "If-Match is one entity tag as this service gives them in ETag, or an asterisk. Where the body has the "
                "version too, both have to be the same. Nothing was done."),
        Problem("missing-host", 400, "Host missing",
                "The request names no host. Send exactly one Host header."),
        Problem("unauthenticated", 401, "Who are you?",
                "The request shows no API key or token, or one that is unknown, changed, expired or revoked. Send "
                "X-API-Key, or Authorization: Bearer; the operator makes keys with `adapter keys create`."),
        Problem("forbidden", 403, "Not allowed",
                "The API key or token is good, but has not all scopes that this operation asks for; missing names "
                "them. Ask the operator for a key that has them."),
        Problem("no-such-path", 404, "No such path",
                "Nothing is served at this path. The paths are listed in /openapi.json."),
        Problem("no-such-operation", 404, "No such operation",
                "None of your operations has this id. It may have ended some time ago: how it ended is kept for a day "
                "where the operator has not said otherwise."),
        Problem("no-such-feature", 404, "No such feature",
                "No mapping of this service has a feature of this name that moves to a new service. /v1/rollouts has "
                "their names."),
        Problem("method-not-allowed", 405, "Method not allowed",
                "The path exists but not with this method. The Allow header lists the methods it has."),
        Problem("not-acceptable", 406, "Not acceptable",
                "Answers are JSON, or a document of the type that the operation names, and the Accept header excludes "
                "it. Send that type, or leave Accept out."),
        Problem("request-timeout", 408, "Request too slow",
                "The body did not arrive in time. Nothing was done; the request may be repeated."),
        Problem("operation-begun", 409, "Begun already",
                "The operation cannot be cancelled any more: it was sent, or it has ended. Its status says which."),
        Problem("idempotency-key-in-use", 409, "Idempotency-Key in use",
                "A request with this key is still being answered. Repeat it with the same key after Retry-After: you "
                "will get its answer."),
        Problem("earlier-write-open", 409, "Earlier write open",
                "An earlier change of the same thing is not settled yet, and changes keep their order. Nothing was "
                "done. Repeat it with the same key after Retry-After."),
        Problem("stale-epoch", 409, "Moved meanwhile",
                "The feature does not stand where you saw it: somebody has moved it since. Nothing was changed. Look "
                "where it stands now, and decide anew."),
        Problem("not-allowed-now", 409, "Not allowed now",
                "The feature may not be moved so from where it stands, or not at this time; kind and detail say why. "
                "Nothing was changed."),
        Problem("approval-needed", 409, "Approval needed",
                "Two persons have to agree to this step. Your word is kept. Repeat the request once another person has "
                "approved it; where the feature is moved meanwhile, both have to say it again."),
        Problem("first-answer-gone", 410, "First answer gone",
                "This request was answered before, and that answer cannot be read any more. Nothing was done now; "
                "outcome says whether it was done or refused then. Look before you ask for it with another key."),
        Problem("cursor-expired", 410, "Cursor expired",
                "The cursor is too old. Begin again without a cursor."),
        Problem("erased", 410, "Erased",
                "What this is about was erased at somebody's wish. Nobody can read it any more; do not ask again."),
        Problem("precondition-failed", 412, "Changed meanwhile",
                "The version that If-Match names is not the current one. Nothing was done. Read it again, and decide "
                "whether you still want the change."),
        Problem("request-too-large", 413, "Request too large",
                "The body is larger than this service accepts. Send less at once."),
        Problem("unsupported-media-type", 415, "Unsupported media type",
                "A body must be JSON in UTF-8, without a content encoding. Send Content-Type: application/json, or "
                "application/merge-patch+json with PATCH. Where a document or many rows are taken, send one of the "
                "types that the Accept header of this answer names."),
        Problem("unknown-host", 421, "Unknown host",
                "This service does not answer for the host that was asked for. Use one of its own names; the "
                "operator lists them in ADAPTER_HOSTS."),
        Problem("invalid-request", 422, "Invalid request",
                "The request can be read but its values cannot be accepted: a wrong type, length or code, a field "
                "nobody knows, a required one that is missing. The errors member names each field. Mend the values."),
        Problem("idempotency-key-reused", 422, "Idempotency-Key used before",
                "This key stands for another request: its path, query or body were not the same. Nothing was done. "
                "Use a new key for what is new, and the old request for what is tried again."),
        Problem("precondition-required", 428, "If-Match missing",
                "This operation changes only the version that If-Match names. Nothing was done. Read it, and send its "
                "ETag in If-Match."),
        Problem("quota-exceeded", 429, "Too many requests",
                "You asked more often than this operation lets one caller ask. Nothing was done; the request may be "
                "repeated after Retry-After. violated-policies names the limits that are used up."),
        Problem("internal-error", 500, "Internal error",
                "A defect of this service. Report the request id. Whether the request had an effect is not known."),
        Problem("backend-lost", 502, "Connection lost",
                "The connection to the system behind this service broke. It may have acted on the request: look "
                "before you repeat anything that changes data."),
        Problem("backend-reply-invalid", 502, "Invalid answer",
                "The system behind this service answered with something its contract does not allow. It may have "
                "acted on the request. Report the request id."),
        Problem("backend-refused-us", 502, "Access refused",
                "The system behind this service refused this service's own access. Nothing was done; the operator "
                "has to renew credentials or rights."),
        Problem("backend-fault", 502, "Fault",
                "The system behind this service reported an error that no mapping explains. Report the request id."),
        Problem("lookup-unusable", 502, "Code table unusable",
                "The table of codes that the system behind this service answered has no rows, or rows that contradict "
                "each other. Nothing was sent. Report the request id; the log says what is wrong with the table."),
        Problem("half-made", 502, "Half made",
                "One of several calls failed, and what the calls before it had made could not be taken back, or nobody "
                "says how. It is there: known is what is known of it, accepted counts the items that were taken, at "
                "is the part of the body whose call failed, failed its problem. Look at it before you repeat the "
                "request, or a second one will be made."),
        Problem("backend-unreachable", 503, "Not reachable",
                "No connection to the system behind this service could be made. Nothing was sent; the request may be "
                "repeated later."),
        Problem("backend-unavailable", 503, "Not asked now",
                "The system behind this service is not asked at the moment, since it failed before, has too much to do "
                "or is closed. Nothing was sent; the request may be repeated after the seconds of Retry-After."),
        Problem("backend-busy", 503, "Busy",
                "The system behind this service said that it is busy, and may have said for how long (Retry-After). "
                "Try again then."),
        Problem("sealed", 503, "Cannot be opened",
                "What this service keeps of an earlier request is sealed, and cannot be opened: it is damaged, or the "
                "secret that it was sealed with is missing. Report the request id; the log says which."),
        Problem("store-unavailable", 503, "Store not available",
                "What this service remembers of writes and of callers cannot be read or written now. Nothing was sent "
                "to the system behind it; the request may be repeated later (Retry-After). Where it had an "
                "Idempotency-Key, repeat it with the same one."),
        Problem("feature-moved", 503, "Moving to another service",
                "Which service behind this one does the change was decided anew while it was asked for, more than "
                "once. Nothing was done; the request may be repeated after Retry-After."),
        Problem("issuer-unavailable", 503, "Issuer not reachable",
                "The keys of the token's issuer were never had, or are too old, and it cannot be asked. Nothing was "
                "done; the request may be repeated later."),
        Problem("not-ready", 503, "Not ready",
                "The service is starting, or something it needs is missing. Try again later."),
        Problem("closed-now", 503, "Closed at this time",
                "The system behind this service is closed at this time by its own timetable. Nothing was sent. "
                "Retry-After says when it opens; the request may be repeated then."),
        Problem("shutting-down", 503, "Shutting down",
                "The service is being stopped or replaced. Nothing was done; the request may be repeated at once."),
        Problem("backend-timeout", 504, "No answer in time",
                "The system behind this service did not answer in time. It may have acted on the request: look "
                "before you repeat anything that changes data."),
        Problem("outcome-unknown", 504, "Outcome unknown",
                "The answer was lost, so it may have been done or not, and this service does not guess. Where the "
                "request had an Idempotency-Key, repeat it with the same one: it will not be done twice, and operation "
                "is where its state can be read. Where it was the last of several calls, known is what is known of it "
                "and failed the problem of that call; nothing was taken back, so look before you repeat it."),
    )
}  # fmt: skip


def catalogue(declared: Iterable[Problem] = ()) -> Mapping[str, Problem]:
    """Return all problem types by slug, in order of status and slug; the house's own win over declared ones."""
    known = {problem.slug: problem for problem in declared} | dict(HOUSE)
    return {slug: known[slug] for slug in sorted(known, key=lambda slug: (known[slug].status, slug))}


def house(slug: str, detail: str = "", **more: Any) -> RequestError:
    """Return the error for a problem type of the house, with its own status. ``more`` are fields of RequestError."""
    return RequestError(slug, HOUSE[slug].status, detail, **more)


def document(error: RequestError, request_id: str, known: Mapping[str, Problem] = HOUSE) -> dict[str, Any]:
    """Return the members of the problem document for ``error`` (RFC 9457, section 3.1); ``known`` gives titles.

    Extension members stand behind those that every problem has, and cannot take their places.
    """
    problem = known.get(error.problem)
    members: dict[str, Any] = {
        "type": f"/problems/{error.problem}",
        "title": error.title or (problem.title if problem else HTTPStatus(error.status).phrase),
        "status": error.status,
    }
    if error.detail:
        members["detail"] = error.detail
    members["instance"] = instance(request_id)
    if error.fields:
        members["errors"] = [
            {"in": field.place, "pointer": field.pointer, "detail": field.detail} for field in error.fields
        ]
    return {**members, **{name: value for name, value in error.members.items() if name not in members}}


def instance(request_id: str) -> str:
    """Return the URI reference of one occurrence: a URN for a UUID (RFC 9562), else a fragment with the caller's id."""
    return f"urn:uuid:{request_id}" if _UUID.fullmatch(request_id) else f"#{request_id}"
