"""Identities by themselves: tokens that many calls wait for, files that change, the security header, what is hidden."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree

from adapter.backends.soap.security import Security
from adapter.errors import BackendError
from adapter.exchange import Exchange
from adapter.identity import Login, Tokens
from adapter.identity.bearer import client_credentials
from adapter.identity.credentials import FileText
from adapter.identity.hiding import hidden
from tests.unit.exchanges import exchange_with
from tests.unit.logins import SECRET, WSSE, granting
from tests.unit.loopback import PATIENCE, Peer, answer, serving

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WAITING = 20


def asking(exchange: Exchange, clock: Callable[[], float] = time.monotonic) -> Tokens:
    """Return the tokens that a token endpoint grants."""
    ask = client_credentials(exchange, lambda: "c", lambda: SECRET, str)
    return Tokens(ask, "token endpoint", lambda: (SECRET,), clock)


def test_a_failure_is_told_to_all_who_waited() -> None:
    """Twenty calls wait for a token: the endpoint is asked once, and each is told that nothing was sent."""
    gate, arrived = threading.Event(), threading.Semaphore(0)

    def clock() -> float:
        arrived.release()
        return time.monotonic()

    def failing(peer: Peer) -> None:
        while peer.request():
            gate.wait(PATIENCE)
            peer.send(answer(b"", status="500 Oops"))

    def failure(tokens: Tokens) -> tuple[str, str, str]:
        with pytest.raises(BackendError) as caught:
            tokens.token(time.monotonic() + PATIENCE)
        return caught.value.problem, caught.value.sent, caught.value.cause

    with serving(failing) as login, exchange_with(login) as exchange, ThreadPoolExecutor(WAITING) as pool:
        tokens = asking(exchange, clock)
        calls = [pool.submit(failure, tokens) for _ in range(WAITING)]
        for _ in range(WAITING):
            assert arrived.acquire(timeout=PATIENCE)
        gate.set()
        assert {("backend-reply-invalid", "no", "token endpoint: status 500")} == {call.result() for call in calls}
        assert 1 == len(login.requests)
        assert "backend-reply-invalid" == failure(tokens)[0]
        assert 2 == len(login.requests)


def test_a_token_is_replaced_before_its_end() -> None:
    """A token of an hour counts for thirty seconds less, one of ten seconds for two less."""
    now = [1000.0]
    with serving(granting(3600, 10, 10)) as login, exchange_with(login) as exchange:
        tokens = asking(exchange, lambda: now[0])
        got = []
        for moment in (0, 3569, 3571, 3578, 3580):
            now[0] = 1000.0 + moment
            got.append(tokens.token(time.monotonic() + PATIENCE).text)
    assert [f"token-{number}" for number in (1, 1, 2, 2, 3)] == got


def test_forgetting_an_old_token_keeps_the_new_one() -> None:
    """Calls that were refused with the same token bring one new token, however late they say so."""
    with serving(granting(3600)) as login, exchange_with(login) as exchange:
        tokens = asking(exchange)
        first = tokens.token(time.monotonic() + PATIENCE)
        for _ in range(3):
            tokens.forget(first)
            tokens.token(time.monotonic() + PATIENCE)
    assert 2 == len(login.requests)


def test_a_grant_of_the_same_text_is_another_one() -> None:
    """An ERP that gives the old text again has granted it anew: who was refused before does not end it."""
    asked = []

    def ask(deadline: float) -> tuple[str, float]:
        asked.append(deadline)
        return "same", 3600

    tokens = Tokens(ask, "login")
    first = tokens.token(time.monotonic() + PATIENCE)
    tokens.forget(first)
    tokens.token(time.monotonic() + PATIENCE)
    for _ in range(3):
        tokens.forget(first)
        tokens.token(time.monotonic() + PATIENCE)
    assert 2 == len(asked)


GEVENT = """
import gevent.monkey
gevent.monkey.patch_all()
import json, time, gevent
from gevent.server import StreamServer
from adapter.exchange import Exchange
from adapter.identity import Tokens
from adapter.identity.bearer import client_credentials

asked = []
def handle(sock, address):
    while data := sock.recv(65536):
        asked.append(data)
        gevent.sleep(0.05)
        body = json.dumps({"access_token": "t", "token_type": "bearer"}).encode()
        sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
server = StreamServer(("127.0.0.1", 0), handle)
server.start()
exchange = Exchange(f"http://127.0.0.1:{server.server_port}/", max_reply_bytes=9999, pool_size=1)
tokens = Tokens(client_credentials(exchange, lambda: "c", lambda: "s", str), "token endpoint")
calls = [gevent.spawn(tokens.token, time.monotonic() + 20) for _ in range(200)]
gevent.joinall(calls, timeout=25)
print(sum(call.value.text == "t" for call in calls), len(asked))
server.stop()
"""


def test_greenlets_share_a_token() -> None:
    """Two hundred greenlets wait for one token, and the one that asks does not hold up the server's."""
    run = subprocess.run([sys.executable, "-c", GEVENT], capture_output=True, text=True, timeout=60, check=False)
    assert ("200 1\n", "") == (run.stdout, run.stderr)


def test_a_file_that_cannot_be_used_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Gone, empty or no text: the last text goes on, and the log names the variable once until all is well again."""
    file = tmp_path / "password"
    file.write_text("first\n", "utf-8")
    read = FileText(file, "ADAPTER_CREDENTIAL_ERP_PASSWORD_FILE")
    with caplog.at_level(logging.WARNING):
        for content in (b"", b"\xff\xfe", b"a\x07"):
            file.write_bytes(content)
            assert ["first", "first"] == [read(), read()]
        assert 1 == len(caplog.records)
        file.write_bytes(b"second")
        assert "second" == read()
        file.unlink()
        assert "second" == read()
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "ADAPTER_CREDENTIAL_ERP_PASSWORD_FILE"
    ] * 2


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_read(tmp_path: Path) -> None:
    """A secret that is moved into place counts, even where size and time of change are those of the old one."""
    file, new = tmp_path / "password", tmp_path / "new"
    for path, text in ((file, "one"), (new, "two")):
        path.write_text(text, "utf-8")
        os.utime(path, (1, 1))
    read = FileText(file, "X")
    new.replace(file)
    assert "two" == read()


def test_the_security_header_of_soap_12() -> None:
    """It stands beside the header blocks that are there, and its mustUnderstand is of the envelope's version."""
    envelope = etree.fromstring(f'<s:Envelope xmlns:s="{SOAP12}"><s:Header><a/></s:Header><s:Body/></s:Envelope>')
    login = Login(lambda: "u", lambda: SECRET, digest=False, timestamp=True)
    sent, _ = Security(login).apply(envelope, {})
    assert ["a", f"{{{WSSE}}}Security"] == [block.tag for block in sent[0]]
    assert "1" == sent[0][1].get(f"{{{SOAP12}}}mustUnderstand")
    assert ["Timestamp", "UsernameToken"] == [etree.QName(part).localname for part in sent[0][1]]
    assert SECRET not in repr(login)


def test_hiding() -> None:
    """Secrets are hidden as XML and JSON write them, the longest first; short ones are left, as hiding says more."""
    assert b"(hidden)|(hidden)|abc|(hidden)!" == hidden(
        b"p<ss&|p&lt;ss&amp;|abc|p<ss&word!", ("p<ss&", "abc", "p<ss&word")
    )
