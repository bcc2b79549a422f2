"""``adapter explain``: one real call, with every message and every step on its way shown."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from werkzeug.test import Client, TestResponse

from adapter import app, settings
from adapter.cli.command import Command, UsageError, argument, project_of
from adapter.cli.reasons import reasons
from adapter.cli.secrets import Secrets
from adapter.cli.several import ordered, timing
from adapter.cli.traced import Moment, Passage, watched
from adapter.display import json_text, xml_lines, xml_root
from adapter.identity import Credentials
from adapter.mapping.bound import Endpoint
from adapter.settings import Settings
from adapter.steps.side import TRACED
from adapter.strict_json import encode

WIDTH = 100
SHOWN_HEADERS = ("Content-Type", "Location", "Allow", "Retry-After")
NO_HEADERS: Mapping[str, str] = {}
PARTS = {
    ("start", "checked"): "checks",
    ("start", "end"): "checks",
    ("checked", "soap-out"): "XML written",
    ("soap-out", "soap-in"): "network and ERP",
    ("soap-out", "end"): "network and ERP, without a whole answer",
    ("soap-in", "end"): "answer read and JSON written",
    ("checked", "http-out"): "request made",
    ("http-out", "http-in"): "network and microservice",
    ("http-out", "end"): "network and microservice, without a whole answer",
    ("http-in", "end"): "answer checked",
}
# Rows are sent while they are checked, and shown once all were.
PARTS_OF_ROWS = {
    **PARTS,
    ("checked", "soap-out"): "rows checked, written and sent; network and ERP",
    ("checked", "end"): "rows checked",
    ("soap-out", "soap-in"): "answer received",
    ("soap-out", "end"): "without a whole answer",
}
Section = tuple[str, str]


def run(asked: Namespace) -> int:
    """Make the call and print it; exit status 1 when it ended with an error."""
    if not asked.path.startswith("/"):
        raise UsageError(f"PATH starts with a slash, such as /v1/customers/42; it is {asked.path!r}")
    headers, data = dict(map(_header, asked.header)), _data(asked.data)
    built = app.build(project_of(asked), settings.environment())
    status, text = explained(built, asked.method.upper(), asked.path, data, headers)
    print(text)
    return int(status >= 400)


def explained(
    built: app.Built, method: str, path: str, data: bytes = b"", headers: Mapping[str, str] = NO_HEADERS
) -> tuple[int, str]:
    """Make one call against the configured endpoints. Return the status of the answer and all that is to be said."""
    passage = Passage()
    answer = Client(watched(built, passage)).open(
        path,
        method=method,
        base_url=f"http://{built.settings.hosts[0]}",
        data=data,
        headers=({"Content-Type": "application/json"} if data else {}) | dict(headers),
    )  # fmt: skip
    credentials = Credentials(built.settings.credential_of, built.settings.credential, built.project)
    shown = Secrets(passage.endpoint, built.settings, credentials.secrets())
    blocks = [shown.text(f"{method} {path}")]
    for title, text in (*_call(data, passage, shown, built.settings), *_answer(answer, passage, built.settings)):
        blocks.append(f"--- {title} {'-' * (WIDTH - 5 - len(title))}\n{shown.text(text)}")
    return answer.status_code, "\n\n".join(blocks)


def _call(data: bytes, passage: Passage, shown: Secrets, known: Settings) -> Iterator[Section]:
    """Yield what came in, what it became, and every message between us and who answered."""
    endpoint, request, checked = passage.endpoint, passage.request, passage.message("checked")
    if endpoint is not None and request is not None:
        place = endpoint.resource.place.file
        side, why = _side(passage)
        lines = [f"{endpoint.name} ({place}), answered by {side} at {_url(endpoint, known, side)}"]
        lines += [f"since {why}"] if why else []
        yield "operation", "\n".join([*lines, *(f"{name}: {value}" for name, value in request.headers.items())])
    yield "JSON in", json_text(data) if data else "(no body)"
    if checked is not None:
        lines = [f"{place:<6}{_compact(values)}" for place, values in json.loads(checked).items() if values]
        yield "values after the checks, as XML will hold them", "\n".join(lines) or "(none)"
    for moment in ordered(passage):
        if moment.message and moment.kind not in ("checked", TRACED):
            yield moment.kind.replace("-", " ").replace("soap", "SOAP"), _message(moment, shown)


def _answer(answer: TestResponse, passage: Passage, known: Settings) -> Iterator[Section]:
    """Yield what was odd, what the caller gets, why, and how long each part took."""
    if passage.response is not None and passage.response.notes:
        yield "notes: what was odd about the answer", "\n".join(passage.response.notes)
    failed = answer.status_code >= 400
    lines = [answer.status, *(f"{name}: {answer.headers[name]}" for name in SHOWN_HEADERS if name in answer.headers)]
    yield "problem out" if failed else "JSON out", "\n".join([*lines, json_text(answer.get_data())]).rstrip()
    if failed:
        yield "why", "\n".join(reasons(passage, _url(passage.endpoint, known, _side(passage)[0])))
    if passage.moments:
        several = passage.endpoint is not None and (passage.endpoint.further() or passage.endpoint.lookups)
        moments = [each for each in passage.moments if each.kind != TRACED]
        yield "time", "\n".join(timing(passage) if several else _timing(moments, _parts(passage.endpoint)))


def _message(moment: Moment, shown: Secrets) -> str:
    root = xml_root(moment.message)
    if root is None:
        return json_text(moment.message)
    shown.envelope(root)
    return xml_lines(root)


def _parts(endpoint: Endpoint | None) -> Mapping[tuple[str, str], str]:
    rows = endpoint is not None and endpoint.body is not None and endpoint.body.rows is not None
    return PARTS_OF_ROWS if rows else PARTS


def _timing(moments: list[Moment], parts: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for earlier, later in pairwise(moments):
        part = parts.get((earlier.kind, later.kind), f"{earlier.kind} to {later.kind}")
        yield f"{(later.at - earlier.at) * 1000:8.1f} ms  {part}"
    yield f"{(moments[-1].at - moments[0].at) * 1000:8.1f} ms  in all"


def _side(passage: Passage) -> tuple[str, str]:
    """Return who was asked first, and why that one where the feature moves."""
    told = passage.message(TRACED)
    found = json.loads(told) if told is not None else {}
    return found.get("side", "soap"), found.get("why", "")


def _url(endpoint: Endpoint | None, known: Settings, side: str) -> str:
    if endpoint is None:
        return ""
    rule = endpoint.resource
    if side == "http" and rule.http is not None:
        return (known.service_of(rule.http.service) or "") + rule.http.path
    return known.endpoint_of(rule.soap.service, rule.soap.port) or ""


def _compact(values: object) -> str:
    return encode(values).decode("utf-8")


def _data(text: str) -> bytes:
    """Return the body: the argument itself, a file (``@file``) or standard input (``-``)."""
    try:
        if text == "-":
            return sys.stdin.buffer.read()
        return Path(text[1:]).read_bytes() if text.startswith("@") else text.encode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {text[1:]}: {error.strerror}") from error


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"--header is 'Name: value', such as 'If-Match: 3'; it is {text!r}")
    return name.strip(), value.strip()


COMMAND = Command(
    "explain",
    help="make one call and show every step: JSON, SOAP, faults, timing",
    run=run,
    example="""explain PATCH /v1/customers/42 --data '{"kind": "person", "note": null}'""",
    doc="Runs the real pipeline against the configured endpoint, so it changes what such a call changes. Values of "
    "`setting:` constants are hidden. Exit status 1 when the call ends with an error.",
    arguments=(
        argument("method", metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE"),
        argument("path", metavar="PATH", help="path and query, such as /v1/customers?limit=2"),
        argument("--data", metavar="JSON", default="", help="body: JSON, @FILE, or - for standard input"),
        argument("--header", metavar="NAME:VALUE", action="append", default=[], help="a request header; repeatable"),
    ),
)
