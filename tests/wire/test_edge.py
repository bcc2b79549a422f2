"""The edge under a real gunicorn with gevent workers, spoken to in bytes, as it is deployed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.wire.edge import LIMIT, Server, drain, parsed, problem, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One gunicorn for all tests that do not look at its log."""
    with running(tmp_path_factory.mktemp("gunicorn")) as started:
        yield started


def test_a_call_reaches_its_handler_with_decoded_path_and_query_in_order(server: Server) -> None:
    """An encoded slash stays inside its parameter, the query keeps its order and repetitions."""
    status, body = server.ask("/things/RE%2F1%C3%BC?b=2&a=%C3%BC&b=1")

    assert (200, {"path": {"id": "RE/1ü"}, "query": [["b", "2"], ["a", "ü"], ["b", "1"]]}) == (status, json.loads(body))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/things/%FF", (400, "bad-request")),
        ("/things/%00", (400, "bad-request")),
        ("/things/%2F%00", (400, "bad-request")),
        ("/things/1?a=%FF", (400, "bad-request")),
        ("/things/%01", (422, "invalid-request")),
        ("/things/1?a=%EF%BF%BE", (422, "invalid-request")),
        ("/things%2F1", (404, "no-such-path")),
        ("/things//1", (404, "no-such-path")),
        ("/things/1/", (404, "no-such-path")),
        ("/static/x", (404, "no-such-path")),
    ],
)
def test_urls_nobody_can_mean_are_refused(server: Server, target: str, expected: tuple[int, str]) -> None:
    """Broken encodings and characters XML cannot carry are the caller's mistake, an unknown path is a 404."""
    assert expected == problem(server.ask(target))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"GET /problems HTTP/1.1\r\nConnection: close\r\n\r\n", (400, "missing-host")),
        (b"GET /problems HTTP/1.0\r\n\r\n", (400, "missing-host")),
        (b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", (400, "missing-host")),
        (b"GET /problems HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", (400, "missing-host")),
        (b"GET /problems HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", (421, "unknown-host")),
        (b"GET /problems HTTP/1.1\r\nHost: localhost@evil\r\nConnection: close\r\n\r\n", (421, "unknown-host")),
        (
            b"GET http://evil.example/problems HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            (421, "unknown-host"),
        ),
        (
            b"GET http://localhost/problems HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            (421, "unknown-host"),
        ),
        (
            b"GET http://localhost@evil.example/problems HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            (421, "unknown-host"),
        ),
    ],
)
def test_only_known_authorities_are_answered(server: Server, sent: bytes, expected: tuple[int, str]) -> None:
    """A missing, an unknown and a contradicting authority are refused before anything is looked up."""
    assert expected == problem(parsed(server.talk(sent)))


@pytest.mark.parametrize("page", ["healthz", "readyz", "metrics"])
def test_probes_ask_by_any_name(server: Server, page: str) -> None:
    """An orchestrator asks by an address that nobody could have listed."""
    sent = f"GET /{page} HTTP/1.1\r\nHost: 10.1.2.3:8000\r\nConnection: close\r\n\r\n"

    assert 200 == parsed(server.talk(sent.encode()))[0]


def test_an_absolute_target_with_a_known_authority_is_served(server: Server) -> None:
    """RFC 9112 section 3.2.2: a server must accept the absolute form."""
    sent = b"GET http://localhost:1/problems HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"

    assert 200 == parsed(server.talk(sent))[0]


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
        b"POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST /things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
        b"GET /heal\x00thz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_ambiguous_framing_and_duplicate_headers_end_the_connection(server: Server, sent: bytes) -> None:
    """What two parsers could read differently gets one 400 or 501, and nothing after it is served."""
    answer = server.talk(sent + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert 1 == answer.count(b"HTTP/1.1 ")
    assert answer.split()[1] in (b"400", b"501")


def test_duplicate_request_ids_are_replaced(server: Server) -> None:
    """Two ids are no id: the answer carries a new one."""
    answer = server.talk(
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n\r\n"
    )

    assert b"a,b" not in answer
    assert 1 == answer.lower().count(b"\r\nx-request-id: ")


def test_forwarded_headers_are_not_believed_without_a_proxy_setting(server: Server) -> None:
    """A caller on loopback can neither move itself below a path nor change the scheme or host."""
    answer = server.talk(
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-Host: evil\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\nSCRIPT_NAME: /x\r\nPATH_INFO: /things/1\r\n\r\n"
    )

    assert (200, b'{"status":"alive"}') == parsed(answer)


def _chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def _post(framing: str, body: bytes) -> bytes:
    head = (
        f"POST /things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{framing}"
    )
    return f"{head}\r\n\r\n".encode() + body


def test_a_chunked_body_arrives_whole(server: Server) -> None:
    """Chunks are joined, up to exactly the limit."""
    body = b'"%b"' % (b"x" * (LIMIT - 2))

    assert (201, body) == parsed(server.talk(_post("Transfer-Encoding: chunked", _chunked(body[:300], body[300:]))))


@pytest.mark.parametrize(
    "sent",
    [
        _post("Transfer-Encoding: chunked", _chunked(*[b"x" * 100] * 11)),
        _post(f"Content-Length: {LIMIT + 1}", b"x" * (LIMIT + 1)),
        _post("Content-Length: 99999999999", b"x"),
    ],
    ids=["chunked", "announced", "only announced"],
)
def test_a_body_above_the_limit_is_refused(server: Server, sent: bytes) -> None:
    """The limit holds whatever the framing, and an announced size is refused before it is sent."""
    with server.connect() as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)

        assert (413, "request-too-large") == problem(parsed(drain(connection)))


@pytest.mark.parametrize(
    ("framing", "body"),
    [("Transfer-Encoding: chunked", b"xyz\r\n{}\r\n"), ("Content-Length: 20", b"{}")],
    ids=["bad chunk size", "shorter than announced"],
)
def test_a_body_with_broken_framing_is_a_400(server: Server, framing: str, body: bytes) -> None:
    """A body that ends too early or is cut wrongly never reaches a handler as if it were whole."""
    with server.connect() as connection:
        connection.sendall(_post(framing, body))
        connection.shutdown(socket.SHUT_WR)

        assert (400, "bad-request") == problem(parsed(drain(connection)))


def test_a_body_that_does_not_come_is_given_up_at_the_deadline(server: Server) -> None:
    """A caller that announces a body and goes silent gets 408 after the operation's time, and holds nothing longer."""
    assert (408, "request-timeout") == problem(parsed(server.talk(_post("Content-Length: 20", b"{}"))))


def test_one_connection_serves_several_calls(server: Server) -> None:
    """Connections are kept alive between calls; HEAD and 204 have no content to confuse the next answer."""
    answer = server.talk(
        b"HEAD /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        b"OPTIONS /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )

    assert [b"200", b"204", b"200"] == [part.split()[0] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert answer.endswith(b'\r\n\r\n{"status":"alive"}')


def test_a_stream_that_breaks_is_visibly_not_whole(server: Server) -> None:
    """The last chunk that marks the end of an answer is missing when its backend was lost on the way."""
    whole, broken = (
        server.talk(f"GET /things/{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        for name in ("stream", "broken")
    )

    assert whole.endswith(b"2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n")
    assert broken.endswith(b"2\r\n[1\r\n")
