"""Lists that leave row by row, through a real gunicorn: what is there when, and how a caller sees that one broke."""

from __future__ import annotations

import csv
import gzip
import http.client
import io
import json
import re
import select
import socket
import threading
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.wire.rows import CHUNKED, HEAD, MOST_BYTES, TAIL, Exchange, Setting, row, standing

FORMS = ("application/json", "application/x-ndjson", "text/csv")


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """One adapter and one ERP for all."""
    with standing(tmp_path_factory.mktemp("streams")) as found:
        yield found


@pytest.fixture
def setting(stood: Setting) -> Iterator[Setting]:
    """Leave no connection of one test to another."""
    yield stood
    stood.close()


def numbers(form: str, body: bytes) -> list[int]:
    """Return the numbers of the orders in a whole answer."""
    if form == "application/json":
        return [each["number"] for each in json.loads(body)["items"]]
    if form == "application/x-ndjson":
        return [json.loads(line)["number"] for line in body.splitlines()]
    return [int(each["number"]) for each in csv.DictReader(io.StringIO(body.decode(), newline=""))]


def until(answer: http.client.HTTPResponse, pattern: bytes) -> bytes:
    """Read until something is there."""
    body = b""
    while not re.search(pattern, body):
        piece = answer.read1(65536)
        assert piece, f"the answer ended with {body[-200:]!r}"
        body += piece
    return body


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
def test_the_first_row_goes_out_while_the_erp_still_sends(setting: Setting, form: str, framing: str) -> None:
    """However the ERP frames its answer, a caller has each row before the next one is sent."""
    whole = HEAD + row(7) + row(8) + TAIL
    headers = {"chunked": CHUNKED, "length": {"Content-Length": str(len(whole))}, "close": {"Connection": "close"}}
    connection = setting.ask(accept=form)
    erp = setting.exchange()
    erp.begin(headers[framing])
    erp.send(HEAD + row(7))
    answer = connection.getresponse()
    body = until(answer, rb"\b7\b")
    erp.send(row(8))
    body += until(answer, rb"\b8\b")
    erp.send(TAIL)
    erp.end()
    body += answer.read()

    assert (200, form) == (answer.status, answer.headers.get_content_type())
    assert ("Accept", "no") == (answer.headers["Vary"], answer.headers["X-Accel-Buffering"])
    assert [7, 8] == numbers(form, body)


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


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("path", "behind", "end", "problem"),
    [
        ("export", (row(3)[:-10].replace(b"<Nr>3", b"<Nr>three") + row(3)[-10:], TAIL), True, "backend-reply-invalid"),
        ("export", (b"<Auftrag><Nr>3</Nr></Auftrag>", TAIL), True, "backend-reply-invalid"),
        ("export", (b"</Auftraege></s:Body>",), True, "backend-reply-invalid"),
        ("export", (b"</Auftraege></SucheAuftraegeAntwort>",), True, "backend-reply-invalid"),
        ("export", (TAIL, b"<more/>"), True, "backend-reply-invalid"),
        ("export", (row(3, "x" * MOST_BYTES), TAIL), True, "backend-reply-invalid"),
        ("export", (b"<Fremd>" + b"x" * MOST_BYTES,), False, "backend-reply-invalid"),
        ("short", tuple(row(number) for number in range(3, 40)), False, "backend-reply-invalid"),
        ("impatient", (row(3),), False, "backend-timeout"),
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


def test_nothing_is_read_that_the_caller_does_not_take(setting: Setting) -> None:
    """The ERP's sending is held back while a caller waits, and the worker holds little; then all of it comes."""
    rows, sent = 400_000, 0
    connection = setting.ask(accept="application/x-ndjson")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(0))
    answer = connection.getresponse()
    pending = b"".join(row(number) for number in range(1, rows)) + TAIL
    before = _resident(setting.pid)
    erp.connection.setblocking(False)
    while select.select([], [erp.connection], [], 1.0)[1]:  # until nobody has taken anything for so long
        piece = pending[sent : sent + 50_000]
        framed = memoryview(b"%x\r\n%b\r\n" % (len(piece), piece))
        sent += len(piece)
        while framed and select.select([], [erp.connection], [], 1.0)[1]:
            framed = framed[erp.connection.send(framed) :]
        if framed or sent >= len(pending):
            break
    held, grown = sent, _resident(setting.pid) - before
    erp.connection.setblocking(True)

    def rest() -> None:
        erp.connection.sendall(framed)
        for start in range(sent, len(pending), 50_000):
            erp.send(pending[start : start + 50_000])
        erp.end()

    sender = threading.Thread(target=rest)
    sender.start()
    last, count = b"", 0
    while piece := answer.read(65536):
        last, count = piece, count + piece.count(b"\n")
    sender.join()

    assert held < len(pending) / 3
    assert grown < 20_000
    assert rows == count
    assert rows - 1 == json.loads(last.splitlines()[-1])["number"]


def _resident(master: int) -> int:
    """Return the KiB that the worker of a master holds."""
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(re.findall(r"VmRSS:\s+([0-9]+)", Path(f"/proc/{worker}/status").read_text())[0])


def test_a_compressed_answer_is_read_as_it_comes(setting: Setting) -> None:
    """What the ERP has flushed goes out, and the whole is whole."""
    pack = zlib.compressobj(wbits=31)
    connection = setting.ask()
    erp = setting.exchange()
    erp.begin({**CHUNKED, "Content-Encoding": "gzip"})
    erp.send(pack.compress(HEAD + row(1)) + pack.flush(zlib.Z_SYNC_FLUSH))
    answer = connection.getresponse()
    body = until(answer, rb'"number":1')
    erp.send(pack.compress(row(2) + TAIL) + pack.flush())
    erp.end()

    assert [1, 2] == numbers("application/json", body + answer.read())


def test_a_compressed_answer_without_its_framing_is_read_too(setting: Setting) -> None:
    """A whole compressed body with a length."""
    body = gzip.compress(HEAD + b"".join(row(number) for number in range(5000)) + TAIL)
    connection = setting.ask()
    erp = setting.exchange()
    erp.begin({"Content-Length": str(len(body)), "Content-Encoding": "gzip"})
    erp.send(body)

    assert list(range(5000)) == numbers("application/json", connection.getresponse().read())


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


def test_others_are_answered_while_rows_come_fast(setting: Setting) -> None:
    """A worker that sends rows without end still says that it is alive."""
    enough = threading.Event()
    connection = setting.ask(accept="application/x-ndjson")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(0))
    block = b"".join(row(number) for number in range(1, 500))

    def send() -> None:
        while not enough.is_set():
            erp.send(block)
        erp.send(TAIL)
        erp.end()

    answer = connection.getresponse()
    counted = []
    threads = [
        threading.Thread(target=send),
        threading.Thread(target=lambda: counted.append(sum(piece.count(b"\n") for piece in _pieces(answer)))),
    ]
    for thread in threads:
        thread.start()
    alive = []
    for _ in range(5):
        with urllib.request.urlopen(f"{setting.url}/healthz", timeout=20) as found:
            alive.append(found.status)
    enough.set()
    for thread in threads:
        thread.join()

    assert [200] * 5 == alive
    assert 1 == counted[0] % 499


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := answer.read(65536):
        yield piece


def test_head_asks_the_erp_and_sends_no_row(setting: Setting) -> None:
    """The header is that of GET; the exchange is closed at once."""
    connection = setting.ask(accept="text/csv", method="HEAD")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(1))
    answer = connection.getresponse()

    assert (200, b"") == (answer.status, answer.read())
    assert "text/csv; charset=utf-8; header=present" == answer.headers["Content-Type"]
    assert erp.gone()


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


def test_the_page_stands_behind_the_items(setting: Setting) -> None:
    """What the ERP counts is known once all rows are there, and it may stand behind them."""
    connection = setting.ask("/v1/orders?limit=2")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(1))
    answer = connection.getresponse()
    body = until(answer, rb'"number":1')
    erp.send(row(2) + b"</Auftraege><Gesamt>77</Gesamt></SucheAuftraegeAntwort></s:Body></s:Envelope>")
    erp.end()
    body += answer.read()

    assert ["items", "page"] == list(json.loads(body))
    assert {"limit": 2, "offset": 0, "total": 77} == json.loads(body)["page"]


def test_an_exchange_serves_again(setting: Setting) -> None:
    """A whole answer leaves its connection to the ERP to the next call."""
    connection = setting.ask()
    erp = setting.exchange()
    for number in (1, 2):
        erp.begin()
        erp.send(HEAD + row(number) + TAIL)
        erp.connection.sendall(b"0\r\n\r\n")
        assert [number] == numbers("application/json", connection.getresponse().read())
        if number == 1:
            connection = setting.ask()
            erp = Exchange(erp.connection)
    erp.connection.close()
