"""The exchange waits without holding up others under gevent, whenever its monkey-patching happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
    url = f"{scheme}://localhost:{server.server_port}/"
    exchange = Exchange(url, max_reply_bytes=99, pool_size=CALLS, ca_file=sys.argv[2])
    def call():
        return exchange.send("POST", deadline=time.monotonic() + 20, headers={}, body=b"<a/>").body
    calls = [gevent.spawn(call) for _ in range(CALLS)]
    gevent.joinall(calls, timeout=25)
    print(scheme, sum(call.value == b"ok" for call in calls))
    server.stop()

def kept(scheme):
    connections, resumed = [], []
    def handle(sock, address):
        connections.append(sock)
        resumed.append(bool(getattr(sock, "session_reused", False)))
        for _ in range(CALLS):
            request = b""
            while not request.endswith(b"<a/>"):
                received = sock.recv(65536)
                if not received:
                    return
                request += received
            sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
    server = StreamServer(("127.0.0.1", 0), handle, **({"ssl_context": tls} if scheme == "https" else {}))
    server.start()
    url = f"{scheme}://localhost:{server.server_port}/"
    exchange = Exchange(url, max_reply_bytes=99, pool_size=CALLS, ca_file=sys.argv[2])
    for _ in range(CALLS + 1):
        exchange.send("POST", deadline=time.monotonic() + 20, headers={}, body=b"<a/>")
        gevent.sleep(0)
    print(scheme, len(connections), resumed)
    server.stop()

count("http")
count("https")
kept("http")
kept("https")
"""


@pytest.mark.parametrize("order", ["patch first", "import first"])
def test_gevent_cooperation(order: str, tmp_path: Path) -> None:
    """Twenty greenlets wait for one server at once, and one greenlet asks twenty times over one connection.

    The server answers none of the first before it has heard all of them. It closes the connection of the last after
    twenty answers, and the next one takes up its TLS session.
    """
    run = subprocess.run(
        [sys.executable, "-c", GEVENT, order, str(tmp_path / "ca.pem")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    expected = ["http 20", "https 20", "http 2 [False, False]", "https 2 [False, True]"]
    assert (expected, 0) == (run.stdout.splitlines(), run.returncode), run.stderr
