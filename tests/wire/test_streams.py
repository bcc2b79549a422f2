"""Lists that leave row by row, through a real gunicorn: what is there at which moment."""

from __future__ import annotations

import gzip
import http.client
import json
import select
import threading
import urllib.request
import zlib
from collections.abc import Iterator

import pytest

from tests.processes import children, status_kib
from tests.wire.rows import CHUNKED, FORMS, HEAD, TAIL, Exchange, Setting, numbers, row, until


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


def test_nothing_is_read_that_the_caller_does_not_take(setting: Setting) -> None:
    """The ERP's sending is held back while a caller waits, and the worker holds little; then all of it comes."""
    rows, sent, note = 6_000, 0, "n" * 10_000
    connection = setting.ask(accept="application/x-ndjson")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(0))
    answer = connection.getresponse()
    pending = b"".join(row(number, note) for number in range(1, rows)) + TAIL
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
    erp.connection.settimeout(20)

    def rest() -> None:
        erp.connection.sendall(framed)
        for start in range(sent, len(pending), 50_000):
            erp.send(pending[start : start + 50_000])
        erp.end()

    sender = threading.Thread(target=rest)
    sender.start()
    last, count = b"", 0
    while piece := answer.read(65536):
        last, count = (last + piece)[-30_000:], count + piece.count(b"\n")
    sender.join()

    assert held < len(pending) / 3
    assert grown < 20_000
    assert rows == count
    assert rows - 1 == json.loads(last.splitlines()[-1])["number"]


def _resident(master: int) -> int:
    """Return the KiB that the worker of a master holds."""
    (worker,) = children(master)
    return status_kib(worker, "VmRSS")


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


def test_the_deadline_holds_to_the_first_row_only(setting: Setting) -> None:
    """Rows may take longer than the operation's timeout, as long as they keep coming."""
    connection = setting.ask("/v1/orders/quick")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD + row(1))
    answer = connection.getresponse()
    body = until(answer, rb'"number":1')
    erp.connection.settimeout(1.5)
    with pytest.raises(TimeoutError):  # the adapter does not hang up
        erp.connection.recv(1)
    erp.send(row(2) + TAIL)
    erp.end()

    assert [1, 2] == numbers("application/json", body + answer.read())


def test_no_first_row_in_time_is_a_problem(setting: Setting) -> None:
    """Whatever came before it."""
    connection = setting.ask("/v1/orders/quick")
    erp = setting.exchange()
    erp.begin()
    erp.send(HEAD)
    answer = connection.getresponse()

    assert (504, "/problems/backend-timeout") == (answer.status, json.loads(answer.read())["type"])
    assert erp.gone()


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
