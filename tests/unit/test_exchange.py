"""One HTTP exchange: what arrives, what it costs, and what each way to fail means."""

from __future__ import annotations

import gzip
import http.client
import inspect
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import trustme
from urllib3 import exceptions

from adapter.errors import BackendError, BackendLost, BackendReplyInvalid, BackendTimeout, BackendUnreachable
from adapter.exchange import Exchange, Reply
from adapter.exchange import failures
from tests.unit.loopback import PATIENCE, Peer, Script, Server, answer, once, replying, serving

SOON = 0.4
MIB = 1024 * 1024


@contextmanager
def exchange_with(server: Server | str, **options: object) -> Iterator[Exchange]:
    url = server if isinstance(server, str) else server.url
    exchange = Exchange(url, **{"max_reply_bytes": MIB, "pool_size": 4, **options})  # type: ignore[arg-type]
    try:
        yield exchange
    finally:
        exchange.close()


def send(exchange: Exchange, *, seconds: float = PATIENCE, body: bytes = b"<a/>", path: str = "", query: str = "") -> Reply:
    return exchange.send(
        "POST", deadline=time.monotonic() + seconds, headers={"Content-Type": "text/xml"}, body=body, path=path, query=query
    )


def failure_of(*scripts: Script, seconds: float = PATIENCE, tls: ssl.SSLContext | None = None, **options: object) -> BackendError:
    with serving(*scripts, tls=tls) as server, exchange_with(server, **options) as exchange:
        with pytest.raises(BackendError) as caught:
            send(exchange, seconds=seconds)
        return caught.value


def kind(error: BackendError) -> tuple[type[BackendError], str, int, str]:
    return type(error), error.problem, error.status, error.sent


UNREACHABLE = (BackendUnreachable, "backend-unreachable", 503, "no")
TIMEOUT_UNSENT = (BackendTimeout, "backend-timeout", 504, "no")
TIMEOUT = (BackendTimeout, "backend-timeout", 504, "maybe")
LOST = (BackendLost, "backend-lost", 502, "maybe")
INVALID = (BackendReplyInvalid, "backend-reply-invalid", 502, "yes")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def certificate(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


# What arrives


def test_whole_exchange() -> None:
    """The request goes to the pinned path, and the answer comes back with status, lower-case names and body."""
    with serving(replying(answer(b"<b/>", status="500 No", fields="X-A: 1\r\nX-A: 2\r\n"))) as server:
        with exchange_with(server) as exchange:
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


def test_redirect_is_not_followed() -> None:
    """A redirect is an invalid answer, and the place it names is never called."""
    with serving(replying(answer(b""))) as other:
        location = f"Location: {other.url}\r\n"
        for status in ("301 Moved", "302 Found", "303 See", "307 Again", "308 For good"):
            error = failure_of(replying(answer(b"", status=status, fields=location)))
            assert INVALID == kind(error)
            assert f"status {status[:3]}" == error.cause
    assert 0 == other.connections


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
    """Chunks (which win over a length, RFC 9112 section 6.3), a body that ends with the connection, and gzip are read."""
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


def test_tls_and_kept_connection(authority: trustme.CA, ca_file: Path) -> None:
    """With the right authority HTTPS works, and its connection is kept, for small and large messages."""
    large = b"x" * (MIB - 1)
    script = replying(answer(large), answer(b"2"))
    with serving(script, tls=certificate(authority)) as server, exchange_with(server, ca_file=ca_file) as exchange:
        assert [large, b"2"] == [send(exchange, body=large).body, send(exchange).body]
    assert 1 == server.connections
    assert server.requests[0].endswith(large)


def test_tls_distrust(authority: trustme.CA, ca_file: Path) -> None:
    """An unknown authority, another host's certificate, and no TLS at all end before anything is sent."""
    script = replying(answer(b""))
    unknown = failure_of(script, tls=certificate(trustme.CA()), ca_file=ca_file)
    other_name = failure_of(script, tls=certificate(authority, "erp.example"), ca_file=ca_file)
    with serving(lambda peer: peer.send(answer(b""))) as server:
        with exchange_with(server.url.replace("http:", "https:"), ca_file=ca_file) as exchange:
            with pytest.raises(BackendError) as plain:
                send(exchange)
    assert [UNREACHABLE] * 3 == [kind(unknown), kind(other_name), kind(plain.value)]
    assert "NewConnectionError: SSLCertVerificationError" == unknown.cause


def test_tls_broken_off(authority: trustme.CA, ca_file: Path) -> None:
    """A connection that is reset inside TLS is lost, as one without TLS."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12")
        peer.reset()

    assert LOST == kind(failure_of(script, tls=certificate(authority), ca_file=ca_file))


# The deadline


def silence(peer: Peer) -> None:
    peer.stop.wait(PATIENCE)


def after_request(play: Callable[[Peer], None]) -> Script:
    def script(peer: Peer) -> None:
        peer.request()
        play(peer)

    return script


def drip_after(head: bytes, data: bytes) -> Script:
    def play(peer: Peer) -> None:
        peer.send(head)
        peer.drip(data)

    return after_request(play)


@pytest.mark.parametrize(
    "script",
    [
        silence,
        after_request(silence),
        drip_after(b"", b"HTTP/1.1 200 OK" * 1000),
        drip_after(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        drip_after(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip_after(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        drip_after(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        drip_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip_after(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(b"x" * 99)),
    ],
)
def test_deadline_while_answering(script: Script) -> None:
    """Silence and every kind of dripping answer end at the deadline, and may have been sent."""
    assert TIMEOUT == kind(failure_of(script, seconds=SOON))


def test_deadline_inside_tls(authority: trustme.CA, ca_file: Path) -> None:
    """A dripping answer inside TLS ends at the deadline too."""
    script = drip_after(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n")
    assert TIMEOUT == kind(failure_of(script, seconds=SOON, tls=certificate(authority), ca_file=ca_file))


def test_deadline_while_sending() -> None:
    """A server that does not read ends at the deadline."""
    with serving(silence) as server, exchange_with(server) as exchange, pytest.raises(BackendTimeout) as caught:
        send(exchange, seconds=SOON, body=b"x" * 32 * MIB)
    assert TIMEOUT == kind(caught.value)


@pytest.mark.parametrize("script", [silence, lambda peer: peer.drip(b"\x16\x03\x03\x40\x00" + bytes(16000))])
def test_deadline_in_the_handshake(script: Script, ca_file: Path) -> None:
    """A silent or dripping TLS handshake ends at the deadline; nothing was sent."""
    with serving(script) as server:
        with exchange_with(server.url.replace("http:", "https:"), ca_file=ca_file) as exchange:
            with pytest.raises(BackendError) as caught:
                send(exchange, seconds=SOON)
    assert TIMEOUT_UNSENT == kind(caught.value)


def test_deadline_while_connecting() -> None:
    """A host that does not take the connection ends at the deadline; nothing was sent."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # more than the queue of a listener that never accepts can hold
            filler = opened.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        exchange = opened.enter_context(exchange_with(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        with pytest.raises(BackendError) as caught:
            send(exchange, seconds=SOON)
    assert TIMEOUT_UNSENT == kind(caught.value)


def test_deadline_while_resolving(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that does not answer ends at the deadline; nothing was sent."""
    known, done = socket.getaddrinfo, threading.Event()

    def slow(*args: object, flags: int = 0, **options: object) -> object:
        if not flags & socket.AI_NUMERICHOST:
            done.wait(PATIENCE)
        return known(*args, flags=flags, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        with exchange_with("http://localhost:1/") as exchange, pytest.raises(BackendError) as caught:
            send(exchange, seconds=SOON)
    finally:
        done.set()
    assert TIMEOUT_UNSENT == kind(caught.value)


def test_deadline_that_has_passed() -> None:
    """A deadline in the past opens no connection."""
    with serving(silence) as server, exchange_with(server) as exchange, pytest.raises(BackendError) as caught:
        send(exchange, seconds=-1)
    assert (TIMEOUT_UNSENT, 0) == (kind(caught.value), server.connections)


def test_waiting_for_a_free_connection_counts() -> None:
    """When all connections are busy a call waits until its deadline; nothing was sent. Then the place is free again."""
    busy, free = threading.Event(), threading.Event()

    def hold(peer: Peer) -> None:
        peer.request()
        busy.set()
        free.wait(PATIENCE)
        peer.send(answer(b"1", fields="Connection: close\r\n"))

    with serving(hold, replying(answer(b"2"))) as server, exchange_with(server, pool_size=1) as exchange:
        bodies: list[bytes] = []
        holder = threading.Thread(target=lambda: bodies.append(send(exchange).body))
        holder.start()
        assert busy.wait(PATIENCE)
        with pytest.raises(BackendError) as caught:
            send(exchange, seconds=SOON)
        free.set()
        holder.join(PATIENCE)
        bodies.append(send(exchange).body)
    assert (TIMEOUT_UNSENT, [b"1", b"2"]) == (kind(caught.value), bodies)


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
    def play(peer: Peer) -> None:
        peer.send(data)
        peer.reset()

    return after_request(play)


@pytest.mark.parametrize(
    "script",
    [
        Peer.reset,
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
    scripts = [Peer.reset, once(b""), once(HEAD + b"1"), once(b"garbage"), once(answer(b"", status="302 F")), once(HEAD)]
    with serving(*scripts, replying(answer(b"2"))) as server, exchange_with(server, pool_size=1) as exchange:
        for _ in scripts:
            with pytest.raises(BackendError):
                send(exchange)
        assert b"2" == send(exchange).body


@pytest.mark.parametrize(
    "url", ["ftp://erp/", "erp", "/erp", "http:///x", "http://me:secret@erp/", "http://erp/#x", "http://" + "a" * 64 + "/"]
)
def test_unusable_endpoint(url: str) -> None:
    """An endpoint that cannot be called is refused when the exchange is made, without quoting it."""
    with pytest.raises(ValueError) as caught:
        Exchange(url, max_reply_bytes=1, pool_size=1)
    assert "secret" not in str(caught.value)


def test_making_an_exchange_connects_nowhere() -> None:
    """An exchange opens nothing until it is used, so it can be made before its server runs."""
    with serving(silence) as server, exchange_with(server):
        pass
    assert 0 == server.connections


# The table


def exception_classes(module: object) -> list[type[Exception]]:
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Exception) and not issubclass(member, Warning) and member.__module__ == module.__name__  # type: ignore[attr-defined]
    ]


def test_table_knows_every_exception() -> None:
    """Each exception class of urllib3 and http.client stands in the table, or among those only a defect can raise."""
    known = set(failures.TABLE) | failures.OURS
    assert [] == [kind for kind in exception_classes(exceptions) + exception_classes(http.client) if kind not in known]
    assert not failures.OURS & set(failures.TABLE)


def test_defects_are_not_dressed_up() -> None:
    """An exception that only a defect of ours can raise is raised as it is."""
    with pytest.raises(exceptions.TimeoutStateError):
        failures.failed(exceptions.TimeoutStateError())


# Under gevent

GEVENT = """
import sys
if sys.argv[1] == "import first":
    import adapter.exchange
import gevent.monkey
gevent.monkey.patch_all()
import ssl, time, gevent, trustme
from gevent.server import StreamServer
from adapter.exchange import Exchange

CALLS = 20
ca = trustme.CA()
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
ca.issue_cert("localhost").configure_cert(tls)
ca.cert_pem.write_to_path(sys.argv[2])

def count(scheme):
    waiting, all_here = [], gevent.event.Event()
    def handle(sock, address):
        request = b""
        while not request.endswith(b"<a/>"):
            request += sock.recv(65536)
        waiting.append(sock)
        if len(waiting) == CALLS:
            all_here.set()
        all_here.wait(20)
        sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
    server = StreamServer(("127.0.0.1", 0), handle, **({"ssl_context": tls} if scheme == "https" else {}))
    server.start()
    exchange = Exchange(f"{scheme}://localhost:{server.server_port}/", max_reply_bytes=99, pool_size=CALLS, ca_file=sys.argv[2])
    def call():
        return exchange.send("POST", deadline=time.monotonic() + 20, headers={}, body=b"<a/>").body
    calls = [gevent.spawn(call) for _ in range(CALLS)]
    gevent.joinall(calls, timeout=25)
    print(scheme, sum(call.value == b"ok" for call in calls))
    server.stop()

count("http")
count("https")
"""


@pytest.mark.parametrize("order", ["patch first", "import first"])
def test_gevent_cooperation(order: str, tmp_path: Path) -> None:
    """Twenty greenlets wait for one server at once: it answers none before it has heard all of them."""
    run = subprocess.run(
        [sys.executable, "-c", GEVENT, order, str(tmp_path / "ca.pem")],
        capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[2],
    )
    assert ("http 20\nhttps 20\n", 0) == (run.stdout, run.returncode), run.stderr
