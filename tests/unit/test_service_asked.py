"""A whole operation asked of the new service: what goes there by the mapping, and what of the answer callers get.

The shape ``new-side`` has, beside the envelopes of each call, what the service is asked and answers in their place
(``service.json``): both sides give callers the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapter.backends.http import served
from adapter.built import Built, build, credentials_of
from adapter.errors import BackendError, BackendReplyInvalid, BackendTimeout, RequestError
from adapter.guard import UNGUARDED
from adapter.messages import Handler, Request, Response, is_shadow
from adapter.opened import open_backends
from adapter.pipeline import chain
from adapter.steps.validate import validate
from adapter.strict_json import decode, encode
from tests.cases import SHAPES, Case, shape_cases, shape_project
from tests.unit.exchanges import silence
from tests.unit.loopback import PATIENCE, Script, answer, replying, serving

CASES = [case for case in shape_cases() if (case.folder / "service.json").exists()]
SHAPE = SHAPES / "new-side"


def exact(case: Path) -> Any:
    """Return what a service is asked and answers in a case, with all digits of its numbers."""
    return decode((case / "service.json").read_bytes(), max_depth=64, max_digits=100)


PARTNER = {**exact(SHAPE / "read")["answered"]["body"], "limit": 1500.5}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the shape."""
    return shape_project(SHAPE, tmp_path_factory.mktemp("new") / "side", "http://127.0.0.1:1")


def handlers(project: Path, url: str, **more: str) -> Mapping[str, Handler]:
    """Return each operation behind the check of what callers send, with the service at a URL."""
    settings = {"ADAPTER_SERVICE_PARTNERS": f"{url}/api", **more}
    built: Built = build(project, settings)
    opened = open_backends(built.settings, built.endpoints, built.contracts, credentials_of(project, built.settings))
    return {
        each.verb: chain(
            validate(each, max_depth=64, max_digits=100),
            then=served(each, opened.http["partners"], UNGUARDED, opened.login),
        )
        for each in built.endpoints
    }


def asked(verb: str = "read", **parts: Any) -> Request:
    """Return a request of an operation, of partner 7 where none is named."""
    given = {"path": {"id": "7"} if verb == "read" else {}, **parts}
    return Request(f"partners.{verb}", "id-1", time.monotonic() + PATIENCE, **given)


def call(project: Path, script: Script, request: Request, **more: str) -> tuple[Response, bytes]:
    """Ask once; return the response, and the request that arrived."""
    with serving(script) as server:
        response = handlers(project, server.url, **more)[request.operation.partition(".")[2]](request)
        return response, server.requests[0]


def says(body: Any, status: str = "200 OK", fields: str = "", media_type: str = "application/json") -> Script:
    """Answer with JSON, or with the bytes given."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return replying(answer(content, status=status, media_type=media_type, fields=fields))


def fields_of(sent: bytes) -> Mapping[str, str]:
    """Return the header fields of a request, by names in small letters."""
    lines = sent.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_sides_give_callers_the_same(case: Case, project: Path) -> None:
    """The call of the case becomes exactly what the service is to be asked, and its answer exactly the case's JSON."""
    service, reply, wanted = exact(case.folder), case.json("reply.json"), case.json("request.json")
    answered, url = service["answered"], urlsplit(wanted["path"])
    location = f"Location: /erp{answered['location']}\r\n" if "location" in answered else ""
    script = replying(
        answer(
            encode(answered["body"]),
            status=f"{answered['status']} Said",
            media_type="application/json",
            fields=location,
        )
    )
    verb = {"/v1/partners": {"GET": "list", "POST": "create"}}.get(url.path, {}).get(wanted["method"], "read")
    request = asked(
        verb,
        method=wanted["method"],
        query=tuple(parse_qsl(url.query)),
        path={"id": url.path.rpartition("/")[2]} if verb == "read" else {},
        body=json.dumps(wanted["body"]).encode() if "body" in wanted else b"",
    )
    with serving(script) as server:
        ask = handlers(project, server.url)[verb]
        if reply["status"] >= 400:
            with pytest.raises(RequestError) as refused:
                ask(request)
            found: dict[str, Any] = {"status": refused.value.status, "type": f"/problems/{refused.value.problem}"}
            assert {"status": reply["status"], "type": reply["body"]["type"]} == found
        else:
            response = ask(request)
            found = {"status": response.status, "body": json.loads(response.body)}  # type: ignore[arg-type]
            assert {key: reply[key] for key in found} == found
            assert reply.get("location") == response.headers.get("Location")
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    assert (service["asked"]["method"], f"/erp{service['asked']['target']}") == (method, target)
    assert service["asked"].get("body") == (decode(body, max_depth=64, max_digits=100) if body else None)


def test_digits_stay_as_they_are(project: Path) -> None:
    """A decimal that the service says as a number keeps its digits on both ways."""
    body = {"name": "Muster", "status": "active", "limit": "1500.50"}
    content = json.dumps(PARTNER).replace("1500.5,", "1500.50,").encode()
    response, sent = call(project, says(content, "201 Made"), asked("create", body=json.dumps(body).encode()))
    assert b'"limit":1500.50' in sent
    assert b'"limit":"1500.50"' in response.body  # type: ignore[operator]


def test_who_we_are(project: Path) -> None:
    """A call that counts shows its own key, and no credentials of the caller's."""
    came = {"Authorization": "Bearer caller", "X-Api-Key": "caller", "Idempotency-Key": "k"}
    _, sent = call(project, says(PARTNER), asked(headers=came))
    fields = fields_of(sent)
    assert ("of-a-shape", None, "k") == (fields["x-api-key"], fields.get("authorization"), fields["idempotency-key"])
    assert "shadow" not in fields


def test_a_call_beside_says_so(project: Path) -> None:
    """It carries the marker and credentials of its own; a caller's key of a write is not used up by it."""
    request = replace(asked(headers={"idempotency-key": "k", "authorization": "caller"}), kind="shadow")
    fields = fields_of(call(project, says(PARTNER), request)[1])
    assert ("true", "of-a-shape-beside") == (fields["shadow"], fields["x-api-key"])
    assert {"idempotency-key", "authorization"}.isdisjoint(fields)


@pytest.mark.parametrize(("value", "beside"), [("true", True), (" TRUE ", True), ("false", False), ("", False)])
def test_who_asks_us_beside_another_call(project: Path, value: str, beside: bool) -> None:
    """The marker of who asks us goes on, and nothing is asked beside such a call."""
    request = asked(headers={"shadow": value})
    assert beside == is_shadow(request)
    assert beside == ("shadow" in fields_of(call(project, says(PARTNER), request)[1]))


@pytest.mark.parametrize(
    ("settings", "field", "shown"),
    [
        ({"TOKEN": "t"}, "authorization", "Bearer t"),
        ({"USER": "me", "PASSWORD": "ü"}, "authorization", "Basic bWU6w7w="),
        ({"KEY": "k"}, "x-api-key", "k"),
    ],
)
def test_kinds_of_credentials(settings: dict[str, str], field: str, shown: str, project: Path, tmp_path: Path) -> None:
    """A token is a bearer's, a user and a password are HTTP Basic, a key stands in the field of the mapping."""
    own = tmp_path / "own"
    shape_project(SHAPE, own, "http://127.0.0.1:1")
    env = (own / "adapter.env").read_text("utf-8")
    lines = [line for line in env.splitlines() if "CREDENTIAL_PARTNERS_KEY" not in line]
    lines += [f"ADAPTER_CREDENTIAL_PARTNERS_{part}={text}" for part, text in settings.items()]
    (own / "adapter.env").write_text("\n".join(lines), "utf-8")
    assert shown == fields_of(call(own, says(PARTNER), asked())[1])[field]


def test_a_changed_key_counts_at_once(tmp_path: Path) -> None:
    """A key in a file is read again when the file changes, without a restart."""
    own = shape_project(SHAPE, tmp_path / "own", "http://127.0.0.1:1")
    env = (own / "adapter.env").read_text("utf-8")
    (own / "key").write_text("first\n", "utf-8")
    (own / "adapter.env").write_text(env.replace("PARTNERS_KEY=of-a-shape", "PARTNERS_KEY_FILE=key"), "utf-8")
    with serving(says(PARTNER)) as server:
        ask = handlers(own, server.url)["read"]
        ask(asked())
        (own / "key").write_text("a-longer-one\n", "utf-8")
        ask(asked())
        assert ["first", "a-longer-one"] == [fields_of(sent)["x-api-key"] for sent in server.requests]


def test_one_call_has_a_time_of_its_own(tmp_path: Path) -> None:
    """A service that hangs is waited for as long as the mapping says; the rest of the deadline is left."""
    own = shape_project(SHAPE, tmp_path / "own", "http://127.0.0.1:1")
    mapping = own / "mappings" / "mapping.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("timeout: 2", "timeout: 0.2"), "utf-8")
    request = asked()
    with pytest.raises(BackendTimeout):
        call(own, silence, request)
    assert request.deadline - time.monotonic() > PATIENCE / 4


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (says(b"<html>", media_type="text/html"), "an answer that is not JSON"),
        (says(b'{"id": 1', media_type="application/json"), "malformed JSON"),
        (says([PARTNER]), "the wrong shape: the whole is no object"),
        (says({**PARTNER, "state": "GONE"}), "the wrong shape: /state is a word that is not known"),
        (says({**PARTNER, "limit": "1500.50"}), "the wrong shape: /limit is no number"),
        (says({**PARTNER, "person": {}}), "the wrong shape: /person/fullName is missing"),
        (says(b"", status="204 No Content"), "status 204 with an empty body"),
        (says({**PARTNER, "padding": "x" * 11_000_000}), "ReplyTooLarge"),
    ],
)
def test_what_is_no_answer(script: Script, cause: str, project: Path) -> None:
    """It is a clear error of the service's, which may have acted; what it said is not told."""
    with pytest.raises(BackendReplyInvalid) as caught:
        call(project, script, asked())
    error: BackendError = caught.value
    assert ("backend-reply-invalid", 502, "yes", cause) == (error.problem, error.status, error.sent, error.cause)


def test_what_is_more_than_promised_stays_here(project: Path) -> None:
    """Properties that the contract does not have are left out, and that is noted."""
    response, _ = call(project, says({**PARTNER, "internal_rating": 3}), asked())
    assert b"internal_rating" not in response.body  # type: ignore[operator]
    assert ("unknown-property",) == response.notes


def test_a_success_has_the_status_of_the_contract(project: Path) -> None:
    """A service that says 200 where callers are promised 201 changes nothing for them."""
    body = json.dumps({"name": "Muster", "status": "active"}).encode()
    assert 201 == call(project, says(PARTNER), asked("create", body=body))[0].status


@pytest.mark.parametrize(
    ("script", "problem", "status"),
    [
        (says({"type": "https://x/name-taken"}, "409 C", media_type="application/problem+json"), "partner-exists", 409),
        (says({"type": "/other"}, "409 C", media_type="application/problem+json"), "backend-reply-invalid", 502),
        (says({"error": {"code": "PARTNER-404"}}, "404 N"), "partner-not-found", 404),
        (says({"error": {"code": "PARTNER-405"}}, "404 N"), "backend-reply-invalid", 502),
        (says({"error": ["PARTNER-404"]}, "404 N"), "backend-reply-invalid", 502),
        (says(b"gone", "404 N", media_type="text/plain"), "backend-reply-invalid", 502),
        (says({"type": "/problems/partner-not-found"}, "404 N", media_type="application/problem+json"),
         "partner-not-found", 404),
        (says({}, "401 W"), "backend-refused-us", 502),
    ],
)  # fmt: skip
def test_refusals_by_the_table(script: Script, problem: str, status: int, project: Path) -> None:
    """A line of the table says which of our problems an answer is: by its status, its type, its code."""
    with pytest.raises(RequestError) as caught:
        call(project, script, asked())
    assert (problem, status) == (caught.value.problem, caught.value.status)
