"""Lists that leave row by row, through a real gunicorn: how a caller sees that one broke, and when it is a problem."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import suppress
from typing import Any

import pytest

from tests.wire.rows import CHUNKED, FORMS, HEAD, MOST_BYTES, TAIL, Setting, row, until


def broken(setting: Setting, path: str, form: str, *behind: bytes, end: bool = True) -> tuple[bytes, dict[str, Any]]:
    """Let the ERP send two rows and what else it has; return what the caller got and the line in the log.

    Raises AssertionError where the caller could take it for all.
    """
    before = setting.lines()
    connection = setting.ask(path, form)
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(1) + row(2))
    answer = connection.getresponse()
    got = until(answer, rb"\b2\b")
    with suppress(OSError):
        for each in behind:
            erp.send(each)
        if end:
            erp.end()
    with pytest.raises(http.client.IncompleteRead) as caught:
        answer.read()
    return got + caught.value.partial, setting.line(before)


@pytest.mark.parametrize(
    ("form", "path", "behind", "end", "problem"),
    [
        (FORMS[0], "export", (row(3).replace(b"<Nr>3", b"<Nr>three"), TAIL), True, "backend-reply-invalid"),
        (FORMS[1], "export", (b"<Auftrag><Nr>3</Nr></Auftrag>", TAIL), True, "backend-reply-invalid"),
        (FORMS[2], "export", (b"</Auftraege></s:Body>",), True, "backend-reply-invalid"),
        (FORMS[0], "export", (b"</Auftraege></SucheAuftraegeAntwort>",), True, "backend-reply-invalid"),
        (FORMS[1], "export", (TAIL, b"<more/>"), True, "backend-reply-invalid"),
        (FORMS[2], "export", (row(3, "x" * MOST_BYTES), TAIL), True, "backend-reply-invalid"),
        (FORMS[0], "export", (b"<Fremd>" + b"x" * MOST_BYTES,), False, "backend-reply-invalid"),
        (FORMS[1], "short", tuple(row(number) for number in range(3, 40)), False, "backend-reply-invalid"),
        (FORMS[2], "impatient", (row(3),), False, "backend-timeout"),
    ],
    ids=["bad-value", "lacks-a-value", "wrong-end-tag", "truncated", "more-behind-the-end", "one-row-too-large",
         "no-row-too-large", "max-bytes", "silent"],
)  # fmt: skip
def test_what_goes_wrong_behind_the_first_rows_breaks_the_answer(
    setting: Setting, form: str, path: str, behind: tuple[bytes, ...], end: bool, problem: str
) -> None:
    """The answer ends without its end, and the log line says why and how much was sent."""
    got, line = broken(setting, f"/v1/orders/{path}", form, *behind, end=end)

    assert {"status": 200, "broken": True, "problem": problem, "answered_by": "soap"}.items() <= line.items()
    assert len(got) == line["bytes"]


@pytest.mark.parametrize("headers", [CHUNKED, {"Content-Length": "1000000"}], ids=["chunked", "length"])
def test_an_erp_that_hangs_up_breaks_the_answer(setting: Setting, headers: dict[str, str]) -> None:
    """A body that is shorter than its framing says is not whole, whatever the XML looks like."""
    before = setting.lines()
    connection = setting.ask()
    erp = setting.exchange()
    erp.begin(headers)
    erp.send(HEAD + row(1))
    answer = connection.getresponse()
    erp.send(TAIL)
    erp.connection.close()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()

    assert {"broken": True, "problem": "backend-lost"}.items() <= setting.line(before).items()


def test_to_http_1_0_a_break_is_a_reset(setting: Setting) -> None:
    """An answer that ends where the connection is closed would look whole else; one that is whole ends quietly."""
    seen = []
    for tail in (TAIL, b"<broken"):
        caller = setting.raw("HTTP/1.0")
        erp = setting.exchange()
        erp.begin()
        erp.send(HEAD + row(1))
        got = b""
        while b'"number":1' not in got:
            got += caller.recv(65536)
        erp.send(tail)
        erp.end()
        seen.append(_ending(caller))

    assert [(b"]}", False), (b"", True)] == seen


def _ending(caller: socket.socket) -> tuple[bytes, bool]:
    """Return what still comes, and whether the connection was reset."""
    got = b""
    try:
        while piece := caller.recv(65536):
            got += piece
    except ConnectionResetError:
        return got, True
    return got, False


def test_a_caller_that_goes_away_ends_the_call_to_the_erp(setting: Setting) -> None:
    """The ERP's next rows find nobody, and the line says that the answer broke."""
    before = setting.lines()
    connection = setting.ask(accept="application/x-ndjson")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(1))
    answer = connection.getresponse()
    until(answer, rb'"number":1')
    answer.close()
    connection.close()
    with pytest.raises(OSError, match="reset|Broken pipe"):
        for number in range(2, 10_000_000):
            erp.send(row(number))

    assert setting.line(before)["broken"]


def test_a_caller_that_goes_away_while_the_erp_is_silent_ends_the_call_too(setting: Setting) -> None:
    """Nobody waits for the ERP's next row, which may be long in coming, and no problem of the ERP's is counted."""
    before = setting.lines()
    connection = setting.ask(accept="text/csv")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(1))
    answer = connection.getresponse()
    until(answer, rb"\n1,")
    answer.close()
    connection.close()

    assert erp.gone()
    line = setting.line(before)
    assert (200, True, "the caller went away", None) == (
        line["status"], line["broken"], line["cause"], line.get("problem"),
    )  # fmt: skip


def test_a_reply_that_says_no_before_the_rows_is_a_problem(setting: Setting) -> None:
    """Nothing has begun, so the caller gets the problem document; the rest of the reply is not waited for."""
    connection = setting.ask()
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD.replace(b">OK<", b">GESPERRT<") + row(1))
    answer = connection.getresponse()

    assert (409, "/problems/year-closed") == (answer.status, json.loads(answer.read())["type"])
    assert erp.gone()


def test_a_fault_and_an_error_without_rows_are_problems(setting: Setting) -> None:
    """As with a list that is not streamed."""
    seen = []
    fault = HEAD.split(b"<SucheA")[0] + b"<s:Fault><faultcode>GESPERRT</faultcode><faultstring/></s:Fault></s:Body>"
    for status, body in (
        ("500 Oops", fault + b"</s:Envelope>"),
        ("200 OK", fault + b"</s:Envelope>"),
        ("503 Busy", HEAD + row(1) + TAIL),
        ("401 Who", b"who are you?"),
        ("200 OK", b"<html>no</html>"),
        ("200 OK", HEAD + row(1)[:-4]),
        ("200 OK", b"<!DOCTYPE x []>" + HEAD + row(1) + TAIL),
        ("200 OK", HEAD + b"x" * (MOST_BYTES + 1)),
    ):
        connection = setting.ask()
        erp = setting.exchange()
        erp.begin(status=status)
        with suppress(OSError):
            erp.send(body)
            erp.end()
        answer = connection.getresponse()
        seen.append((answer.status, json.loads(answer.read())["type"].removeprefix("/problems/")))

    assert [
        (409, "year-closed"),
        (409, "year-closed"),
        (502, "backend-reply-invalid"),
        (502, "backend-refused-us"),
        (502, "backend-reply-invalid"),
        (502, "backend-reply-invalid"),
        (502, "backend-reply-invalid"),
        (502, "backend-reply-invalid"),
    ] == seen
