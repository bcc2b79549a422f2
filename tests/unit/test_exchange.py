"""One HTTP exchange: what is sent, what arrives, and what each way to break means."""

from __future__ import annotations

import gzip
import socket
import tracemalloc
from pathlib import Path

import pytest
import trustme

from adapter.errors import BackendError
from adapter.exchange import Exchange
from tests.unit.exchanges import (
    INVALID,
    LOST,
    MIB,
    UNREACHABLE,
    after_request,
    ca_file,
    certificate,
    exchange_with,
    failure_of,
    kind,
    send,
    silence,
)
from tests.unit.loopback import PATIENCE, Peer, Script, answer, once, replying, serving


def test_whole_exchange() -> None:
    """The request goes to the pinned path, and the answer comes back with status, lower-case names and body."""
    script = replying(answer(b"<b/>", status="500 No", fields="X-A: 1\r\nX-A: 2\r\n"))
    with serving(script) as server, exchange_with(server) as exchange:
        reply = send(exchange)
    assert (500, b"<b/>", "1, 2", "text/xml") == (reply.status, reply.body, reply.headers["x-a"], reply.media_type)
    assert server.requests[0].startswith(b"POST /erp HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % server.port)
    assert b"strangler-adapter" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\n<a/>")


def test_path_and_query_are_added_to_the_endpoint() -> None:
    """A path and a query of the call come after those of the endpoint."""
    with serving(replying(answer(b""))) as server, exchange_with(server.url + "/?client=100") as exchange:
        send(exchange, path="/a%2Fb", query="x=1&y=%20")
        send(exchange)
    assert [b"POST /erp/a%2Fb?client=100&x=1&y=%20 HTTP/1.1", b"POST /erp/?client=100 HTTP/1.1"] == [
        request.split(b"\r\n")[0] for request in server.requests
    ]


def test_environment_proxies_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that stands in the environment is not used."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(replying(answer(b"<b/>"))) as server, exchange_with(server) as exchange:
        assert b"<b/>" == send(exchange).body


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Again", "308 For good"])
def test_redirect_is_not_followed(status: str) -> None:
    """A redirect is an invalid answer: one request was sent, and none to the place that it names."""
    with serving(replying(answer(b""))) as other:
        moved = answer(b"", status=status, fields=f"Location: {other.url}\r\n")
        failing = pytest.raises(BackendError)
        with serving(replying(moved)) as server, exchange_with(server) as exchange, failing as caught:
            send(exchange)
    sent = (len(server.requests), other.connections)
    assert (INVALID, f"status {status[:3]}", (1, 0)) == (kind(caught.value), caught.value.cause, sent)


def test_connection_is_kept() -> None:
    """Two exchanges one after the other use one connection."""
    with serving(replying(answer(b"1"), answer(b"2"))) as server, exchange_with(server) as exchange:
        assert [b"1", b"2"] == [send(exchange).body, send(exchange).body]
    assert 1 == server.connections


def test_stale_connection_is_replaced() -> None:
    """A kept connection that the server closed meanwhile is not used again."""
    with serving(once(answer(b"1")), once(answer(b"2"))) as server, exchange_with(server) as exchange:
        first = send(exchange).body
        assert server.ended.acquire(timeout=PATIENCE)
        assert [b"1", b"2"] == [first, send(exchange).body]
    assert 2 == server.connections


def test_surplus_bytes_do_not_reach_the_next_answer() -> None:
    """Bytes behind the promised length are never taken for the next answer."""
    first = answer(b"1") + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG"
    with serving(replying(first, answer(b"2"))) as server, exchange_with(server) as exchange:
        assert [b"1", b"2"] == [send(exchange).body, send(exchange).body]


def test_unread_answer_ends_its_connection() -> None:
    """After an answer that was refused unread, its connection is not used again."""
    with serving(replying(answer(b"", status="302 F"))) as server, exchange_with(server) as exchange:
        for _ in range(2):
            with pytest.raises(BackendError):
                send(exchange)
    assert 2 == server.connections


@pytest.mark.parametrize(
    ("fields", "payload"),
    [
        ("Transfer-Encoding: chunked\r\n", b"2\r\n<b\r\n2;x=y\r\n/>\r\n0\r\nTrailer: 1\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", b"4\r\n<b/>\r\n0\r\n\r\n"),
        ("Connection: close\r\n", b"<b/>"),
        ("Content-Encoding: gzip\r\nConnection: close\r\n", gzip.compress(b"<b/>")),
    ],
)
def test_framings(fields: str, payload: bytes) -> None:
    """Chunks (which win over a length, RFC 9112 section 6.3), a body up to the connection's end, and gzip are read."""
    head = f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode()
    with serving(once(head + payload)) as server, exchange_with(server) as exchange:
        assert b"<b/>" == send(exchange).body


def test_early_answer_is_read() -> None:
    """An answer that comes before the request was read to its end is still the answer."""

    def refuse(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.send(answer(b"no", status="413 Too much", fields="Connection: close\r\n"))
        peer.sock.shutdown(socket.SHUT_WR)
        while peer.sock.recv(65536):
            pass

    with serving(refuse) as server, exchange_with(server) as exchange:
        assert 413 == send(exchange, body=b"x" * MIB).status


# TLS


def test_tls_and_kept_connection(tmp_path: Path) -> None:
    """With the right authority HTTPS works, and its connection is kept, for small and large messages."""
    large = b"x" * (MIB - 1)
    script = replying(answer(large), answer(b"2"))
    with serving(script, tls=certificate()) as server, exchange_with(server, ca_file=ca_file(tmp_path)) as exchange:
        assert [large, b"2"] == [send(exchange, body=large).body, send(exchange).body]
    assert 1 == server.connections
    assert server.requests[0].endswith(large)


def test_tls_distrust(tmp_path: Path) -> None:
    """An unknown authority, another host's certificate, and no TLS at all end before anything is sent."""
    script = replying(answer(b""))
    unknown = failure_of(script, tls=certificate(authority=trustme.CA()), ca_file=ca_file(tmp_path))
    other_name = failure_of(script, tls=certificate("erp.example"), ca_file=ca_file(tmp_path))
    no_tls = failure_of(lambda peer: peer.send(answer(b"")), scheme="https", ca_file=ca_file(tmp_path))
    assert [UNREACHABLE] * 3 == [kind(unknown), kind(other_name), kind(no_tls)]
    assert "NewConnectionError: SSLCertVerificationError" == unknown.cause


def test_tls_broken_off(tmp_path: Path) -> None:
    """A connection that is reset inside TLS is lost, as one without TLS."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12")
        peer.reset()

    assert LOST == kind(failure_of(script, tls=certificate(), ca_file=ca_file(tmp_path)))


# Broken connections and broken HTTP


def test_refused() -> None:
    """A closed port, and a name that does not exist, are unreachable; nothing was sent, nothing is told."""
    with serving(silence) as server:
        pass
    for url in (server.url, "http://erp.invalid/secret"):
        with exchange_with(url) as exchange, pytest.raises(BackendError) as caught:
            send(exchange)
        assert UNREACHABLE == kind(caught.value)
        told = caught.value.detail + caught.value.cause
        assert not [word for word in ("127.0.0.1", "invalid", "secret", "erp", "http") if word in told]


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"


def reset_after(data: bytes) -> Script:
    """Send some bytes, then reset the connection."""

    def play(peer: Peer) -> None:
        peer.send(data)
        peer.reset()

    return after_request(play)


@pytest.mark.parametrize(
    "script",
    [
        reset_after(b""),
        reset_after(b"HTTP/1.1 200 OK\r\nContent-Le"),
        reset_after(HEAD + b"12"),
        once(b""),
        once(HEAD + b"12"),
        once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12"),
        once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n"),
    ],
)
def test_lost(script: Script) -> None:
    """A connection that breaks after it was made, wherever it does, is lost: the request may have been carried out."""
    assert LOST == kind(failure_of(script))


def test_reset_at_connect() -> None:
    """A reset that races with the connect is unreachable where it wins, and lost where something may have been sent."""
    assert kind(failure_of(Peer.reset)) in (UNREACHABLE, LOST)


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(b""),
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MIB + 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" + b"x" * 4 * MIB,
    ],
)
def test_invalid_answer(data: bytes) -> None:
    """What is no HTTP, has no usable status, or is larger than allowed is an invalid answer."""
    assert INVALID == kind(failure_of(once(data)))


def test_endless_trailer_is_bounded() -> None:
    """Bytes that never become a body are limited as well."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        while True:
            peer.send(b"A: b\r\n" * 10_000)

    assert INVALID == kind(failure_of(script))


def test_gzip_bomb_costs_little() -> None:
    """300 MB that arrive as 300 KB are refused at the limit, for less than 32 MiB of memory."""
    bomb = gzip.compress(bytes(300_000_000), 9)
    data = answer(bomb, fields="Content-Encoding: gzip\r\n")
    with serving(once(data)) as server, exchange_with(server, max_reply_bytes=10 * MIB) as exchange:
        tracemalloc.start()
        try:
            with pytest.raises(BackendError) as caught:
                send(exchange)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert INVALID == kind(caught.value)
    assert 32 * MIB > peak


def test_places_in_the_pool_survive_failures() -> None:
    """However exchanges end, the pool's only place is free for the next one."""
    redirect = once(answer(b"", status="302 F"))
    scripts = [Peer.reset, once(b""), once(HEAD + b"1"), once(b"garbage"), redirect, once(HEAD)]
    with serving(*scripts, replying(answer(b"2"))) as server, exchange_with(server, pool_size=1) as exchange:
        for _ in scripts:
            with pytest.raises(BackendError):
                send(exchange)
        assert b"2" == send(exchange).body


@pytest.mark.parametrize(
    "url",
    ["ftp://erp/", "erp", "/erp", "http:///x", "http://me:secret@erp/", "http://secret:erp/", "http://erp/#secret"],
)
def test_unusable_endpoint(url: str) -> None:
    """An endpoint that cannot be called is refused when the exchange is made, without quoting it."""
    with pytest.raises(ValueError, match="an endpoint must") as caught:
        Exchange(url, max_reply_bytes=1, pool_size=1)
    assert "secret" not in str(caught.value)


def test_making_an_exchange_connects_nowhere() -> None:
    """An exchange opens nothing until it is used, so it can be made before its server runs."""
    with serving(silence) as server, exchange_with(server):
        pass
    assert 0 == server.connections
