"""Connections that are kept, those that are not used again, and the TLS sessions that outlive them."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from adapter.errors import BackendError
from adapter.exchange import Exchange, Opened, keeping
from adapter.exchange.keeping import IDLE_SECONDS, idle_seconds
from tests.unit.exchanges import LOST, UNREACHABLE, ca_file, certificate, exchange_with, kind, send
from tests.unit.loopback import PATIENCE, Peer, answer, once, replying, serving

ROOT = Path(__file__).parents[2]
CALLS = 20
_READ = 8192
"""Bytes that one read of a buffered connection takes at most."""
CLOSING = answer(b"ok", fields="Connection: close\r\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("fields", ["", "Keep-Alive: timeout=3600, max=100\r\n"])
def test_calls_one_after_the_other_use_one_connection(scheme: str, fields: str, tmp_path: Path) -> None:
    """However many calls there are, with and without TLS, one connection carries them."""
    tls = certificate() if scheme == "https" else None
    script = replying(answer(b"ok", fields=fields))
    with serving(script, tls=tls) as server, exchange_with(server, ca_file=ca_file(tmp_path)) as exchange:
        assert [b"ok"] * CALLS == [send(exchange).body for _ in range(CALLS)]
    assert (1, CALLS) == (server.connections, len(server.requests))


def test_a_connection_that_the_server_is_about_to_close_is_not_used() -> None:
    """A server that keeps idle connections for no second gets a new one for each call, and no call fails."""
    script = replying(answer(b"ok", fields="Keep-Alive: timeout=0\r\n"))
    with serving(script) as server, exchange_with(server) as exchange:
        assert [b"ok"] * 3 == [send(exchange).body for _ in range(3)]
    assert 3 == server.connections


def test_a_connection_that_was_idle_for_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server says nothing, an idle connection has its time too."""
    monkeypatch.setattr(keeping, "IDLE_SECONDS", 0.0)
    with serving(replying(answer(b"ok"))) as server, exchange_with(server) as exchange:
        assert [b"ok"] * 2 == [send(exchange).body for _ in range(2)]
    assert 2 == server.connections


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("timeout=5", 4.0),
        ("timeout=5, max=100", 4.0),
        ("max=100, Timeout = 15", 14.0),
        ('timeout="20"', 19.0),
        ("timeout=1", 0.5),
        ("timeout=0", 0.0),
        ("timeout=86400", IDLE_SECONDS),
        ("max=5", IDLE_SECONDS),
        ("timeout=soon", IDLE_SECONDS),
        ("mytimeout=5", IDLE_SECONDS),
    ],
)
def test_what_a_server_says_of_idle_connections(said: str, seconds: float) -> None:
    """A second less than the server says, half of it where that is not more, a minute at most."""
    assert seconds == idle_seconds(said)


def test_idle_connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that lies idle at the bottom of the pool is closed by a later call, so that none stays for ever."""
    held = replying(answer(b"ok", fields="Keep-Alive: timeout=0\r\n"))

    def through_another(peer: Peer) -> None:
        peer.request()
        assert b"ok" == send(exchange).body
        peer.send(CLOSING)
        peer.sock.close()

    with serving(through_another, held) as server, exchange_with(server) as exchange:
        assert b"ok" == send(exchange).body
        assert server.ended.acquire(timeout=PATIENCE)
        exchange._look = 0.0
        keeping.close_idle(exchange._pool)
        assert server.ended.acquire(timeout=PATIENCE)
    assert 2 == server.connections


def test_idle_connections_are_closed_in_a_gevent_worker_too() -> None:
    """There the pool is gevent's queue, which has no lock."""
    code = """
from gevent import monkey; monkey.patch_all()
import sys, time
from adapter.exchange import Exchange
exchange = Exchange(sys.argv[1], max_reply_bytes=1000, pool_size=4)
for _ in range(2):
    exchange._look = 0.0
    print(exchange.send("POST", deadline=time.monotonic() + 60, headers={}).body.decode())
"""
    with serving(replying(answer(b"ok", fields="Keep-Alive: timeout=0\r\n"))) as server:
        command = [sys.executable, "-W", "ignore", "-c", code, server.url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ("ok\nok\n", 2) == (done.stdout, server.connections), done.stderr


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_answer_that_nobody_asked_for_is_nobodys(scheme: str, tmp_path: Path) -> None:
    """A second answer behind the first, in the same record of TLS, is not what the next caller gets."""
    first = answer(b"x" * (_READ - len(answer(b"x" * 8000)) + 8000))  # one read of the record ends with it
    assert _READ == len(first)
    script = replying(first + answer(b"another's"), answer(b"late"))
    tls = certificate() if scheme == "https" else None
    with (
        serving(script, replying(answer(b"own")), tls=tls) as server,
        exchange_with(server, max_reply_bytes=2 * _READ, ca_file=ca_file(tmp_path)) as exchange,
    ):
        assert b"x" == send(exchange).body[-1:]
        assert b"own" == send(exchange).body
    assert 2 == server.connections


def test_who_has_read_all_does_not_time_the_next_call() -> None:
    """The connection of a body that was read to its end may be another's already, with a deadline of its own."""
    go_on = threading.Event()

    def in_two(peer: Peer) -> None:
        peer.request()
        peer.send(answer(b"first"))
        peer.request()
        head, body = answer(b"second")[:-6], b"second"
        peer.send(head)
        assert go_on.wait(PATIENCE)
        peer.send(body)

    def opened() -> Opened:
        return exchange.open("POST", deadline=time.monotonic() + PATIENCE, headers={})

    with serving(in_two) as server, exchange_with(server) as exchange:
        before, read = opened(), b""
        while read != b"first":
            read += next(before.chunks)
        after = opened()
        before.patience(1e-9)
        assert None is next(before.chunks, None)
        go_on.set()
        assert b"second" == b"".join(after.chunks)
    assert 1 == server.connections


def test_a_close_that_races_with_a_request_may_have_been_sent() -> None:
    """The server closes at the moment of the second request: nobody knows whether it acted, and nothing is repeated."""

    def one_answer(peer: Peer) -> None:
        peer.request()
        peer.send(answer(b"ok"))
        peer.request()

    with serving(one_answer) as server, exchange_with(server) as exchange:
        assert b"ok" == send(exchange).body
        with pytest.raises(BackendError) as caught:
            send(exchange)
        assert b"ok" == send(exchange).body
    assert (LOST, 3, 2) == (kind(caught.value), len(server.requests), server.connections)


# TLS sessions


def tls_server(version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return a server's context for one version of TLS."""
    context = certificate()
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_new_connection_takes_up_the_session(version: ssl.TLSVersion, tmp_path: Path) -> None:
    """Where the server closes each connection, every one but the first takes up the session of the one before."""
    script = once(CLOSING)
    with (
        serving(script, tls=tls_server(version)) as server,
        exchange_with(server, ca_file=ca_file(tmp_path)) as exchange,
    ):
        assert [b"ok"] * 4 == [send(exchange).body for _ in range(4)]
    assert [False, True, True, True] == server.resumed


def test_other_files_mean_another_session(tmp_path: Path) -> None:
    """What is trusted was checked with the old files, so a session does not outlive them."""
    file = ca_file(tmp_path)
    with serving(once(CLOSING), tls=certificate()) as server, exchange_with(server, ca_file=file) as exchange:
        send(exchange)
        file.write_bytes(file.read_bytes() + b"\n")
        send(exchange)
        send(exchange)
    assert [False, False, True] == server.resumed


def test_each_exchange_has_its_own_session(tmp_path: Path) -> None:
    """Another identity is another exchange, and shows itself to the server anew."""
    with serving(once(CLOSING), tls=certificate()) as server:
        for _ in range(2):
            with exchange_with(server, ca_file=ca_file(tmp_path)) as exchange:
                send(exchange)
    assert [False, False] == server.resumed


def test_a_server_that_forgot_the_session_is_greeted_anew(tmp_path: Path) -> None:
    """After a restart the server cannot read the session: a whole handshake, with all that is checked in it."""
    file = ca_file(tmp_path)
    with serving(once(CLOSING), tls=certificate()) as first:
        exchange = Exchange(first.url, max_reply_bytes=99, pool_size=1, ca_file=file)
        send(exchange)
    with serving(once(CLOSING), tls=certificate(), port=first.port) as second:
        assert b"ok" == send(exchange).body
    with serving(once(CLOSING), tls=certificate("erp.example"), port=first.port), pytest.raises(BackendError) as caught:
        send(exchange)
    exchange.close()
    assert ([False], [False], UNREACHABLE) == (first.resumed, second.resumed, kind(caught.value))


def test_the_certificate_is_known_with_a_session_too(tmp_path: Path) -> None:
    """NTLM binds itself to the server's certificate, which a connection that takes up a session has from there."""
    seen: list[bytes] = []

    def greet(shown: bytes) -> object:
        seen.append(shown)
        return lambda token: b"token"

    def answer_both(peer: Peer) -> None:
        for data in (answer(b""), CLOSING):
            peer.request()
            peer.send(data)

    with (
        serving(answer_both, tls=certificate()) as server,
        exchange_with(server, ca_file=ca_file(tmp_path), greet=greet) as exchange,
    ):
        assert [b"ok"] * 2 == [send(exchange).body for _ in range(2)]
    assert [False, True] == server.resumed
    assert seen[0]
    assert seen[0] == seen[1]
