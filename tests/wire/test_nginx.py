"""The nginx configuration that is shipped, its paths moved into a folder of the test, in front of a small upstream."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.wire.edge import ROOT, drain, parsed

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Answer = Callable[[bytes], bytes]


class Upstream:
    """A listener on the adapter's socket: keeps what it was sent and answers each connection once."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                heard = b""
                while b"\r\n\r\n" not in heard:
                    heard += connection.recv(65536)
                self.heard.append(heard)
                connection.sendall(self._answer(heard))


def _configuration(folder: Path) -> Path:
    """Write the shipped file with every path and port moved into ``folder``, inside the frame of an nginx.conf."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=api.example.com",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    shipped = (ROOT / "ops/nginx/adapter.conf").read_text()
    for old, new in (
        # twice, so that there is somewhere else to try
        ("server unix:/run/adapter.sock max_fails=0;", f"server unix:{folder}/up.sock max_fails=0;" * 2),
        ("listen 80", f"listen unix:{folder}/http.sock"),
        ("listen 443", f"listen unix:{folder}/https.sock"),
        ("/etc/ssl/adapter/fullchain.pem", certificate),
        ("/etc/ssl/adapter/key.pem", key),
        ("/var/log/nginx/adapter.log", folder / "access.log"),
    ):
        assert old in shipped
        shipped = shipped.replace(old, str(new))
    (folder / "adapter.conf").write_text(shipped)
    temporary = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    frame = folder / "nginx.conf"
    frame.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ {temporary} include {folder}/adapter.conf; }}"
    )
    return frame


@contextmanager
def running(folder: Path, answer: Answer | None) -> Iterator[list[bytes]]:
    """Run nginx before an upstream (None: there is none); yield what the upstream is sent."""
    frame = _configuration(folder)
    upstream = Upstream(folder / "up.sock", answer) if answer else None
    process = subprocess.Popen(["nginx", "-p", folder, "-c", frame], stderr=subprocess.PIPE)
    try:
        _until_it_listens(folder, process)
        yield upstream.heard if upstream else []
    finally:
        process.terminate()
        process.communicate(timeout=20)
        if upstream:
            upstream.close()


def _until_it_listens(folder: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1_000_000):
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(str(folder / "https.sock"))
            return
        if process.poll() is not None:
            break
    raise AssertionError((folder / "error.log").read_text())


def ask(folder: Path, head: str, body: bytes = b"", name: str = "api.example.com") -> bytes:
    """Send one request over TLS and return the whole answer."""
    context = ssl.create_default_context(cafile=folder / "cert.pem")
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(20)
        plain.connect(str(folder / "https.sock"))
        with context.wrap_socket(plain, server_hostname=name) as connection:
            connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
            return drain(connection)


def test_a_call_arrives_as_it_was_sent_with_headers_of_the_proxy(tmp_path: Path) -> None:
    """The encoded slash stays; who called and how is the proxy's word, a sane request id the caller's."""
    with running(tmp_path, lambda heard: OK) as heard:
        answer = ask(
            tmp_path,
            "GET /v1/x/RE%2F1?a=%20 HTTP/1.1\r\nHost: api.example.com\r\nX-Request-Id: caller-1\r\nX-Api: 1\r\n"
            "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: ftp\r\nX-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6",
        )

    assert (200, b"{}") == parsed(answer)
    line, *headers = heard[0].decode().split("\r\n")
    assert "GET /v1/x/RE%2F1?a=%20 HTTP/1.1" == line
    assert {"Host: api.example.com", "X-Request-Id: caller-1", "X-Forwarded-Proto: https", "X-Api: 1"} <= set(headers)
    assert not [header for header in headers if "6.6.6.6" in header or "evil" in header or "ftp" in header]


def test_a_request_that_broke_on_the_way_is_never_sent_again(tmp_path: Path) -> None:
    """An order that may have been placed is not placed twice; the caller gets a problem with the id."""
    with running(tmp_path, lambda heard: b"") as heard:
        answers = [
            ask(tmp_path, f"{method} /v1/x HTTP/1.1\r\nHost: api.example.com\r\nX-Request-Id: id-{method}")
            for method in ("GET", "POST", "PUT")
        ]

    assert 3 == len(heard)
    assert [(502, "#id-GET"), (502, "#id-POST"), (502, "#id-PUT")] == [
        (parsed(answer)[0], json.loads(parsed(answer)[1])["instance"]) for answer in answers
    ]
    assert b"application/problem+json" in answers[0]


def test_without_the_adapter_the_answer_is_a_problem(tmp_path: Path) -> None:
    """A caller that reads problems can read this one too."""
    with running(tmp_path, None):
        status, body = parsed(ask(tmp_path, "GET /v1/x HTTP/1.1\r\nHost: api.example.com"))

    assert (502, 502, "about:blank") == (status, json.loads(body)["status"], json.loads(body)["type"])


def test_a_body_above_the_limit_is_not_passed_on(tmp_path: Path) -> None:
    """It is refused by its announcement, with the problem type of the adapter."""
    with running(tmp_path, lambda heard: OK) as heard:
        status, body = parsed(ask(tmp_path, "POST /v1/x HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 1048577"))

    assert (413, "/problems/request-too-large") == (status, json.loads(body)["type"])
    assert [] == heard


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_pages_for_the_machine_are_not_for_callers(tmp_path: Path, path: str) -> None:
    """Metrics and readiness end at the proxy."""
    with running(tmp_path, lambda heard: OK) as heard:
        assert 404 == parsed(ask(tmp_path, f"GET {path} HTTP/1.1\r\nHost: api.example.com"))[0]
    assert [] == heard


def test_another_host_is_not_answered(tmp_path: Path) -> None:
    """Neither by TLS name, nor by a Host header that differs from it, nor in the clear."""
    with running(tmp_path, lambda heard: OK) as heard:
        with pytest.raises(ssl.SSLError):
            ask(tmp_path, "GET / HTTP/1.1\r\nHost: api.example.com", name="evil.example")
        assert b"" == ask(tmp_path, "GET / HTTP/1.1\r\nHost: evil.example")
        with socket.socket(socket.AF_UNIX) as clear:
            clear.connect(str(tmp_path / "http.sock"))
            clear.sendall(b"GET /v1/x HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n")
            redirect = drain(clear)

    assert (308, True) == (parsed(redirect)[0], b"Location: https://api.example.com/v1/x" in redirect)
    assert [] == heard


def test_an_answer_that_broke_off_stays_broken(tmp_path: Path) -> None:
    """What the adapter ends without the last chunk has none behind the proxy either."""
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n"
    answers = []
    for index, rest in enumerate((b"2\r\n2]\r\n0\r\n\r\n", b"")):
        folder = tmp_path / str(index)
        folder.mkdir()
        with running(folder, lambda heard, rest=rest: whole + rest):  # type: ignore[misc]
            answers.append(ask(folder, "GET /v1/x HTTP/1.1\r\nHost: api.example.com"))

    assert [True, False] == [answer.endswith(b"\r\n0\r\n\r\n") for answer in answers]
    assert all(b"[1," in answer for answer in answers)
