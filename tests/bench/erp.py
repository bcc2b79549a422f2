"""A stand-in for the ERP that answers at once: nginx with the same envelopes every time, chosen by SOAPAction.

A recorder on the same port answers the same and keeps what it was sent; it is what is spoken to while answers are
compared, never while something is measured.
"""

from __future__ import annotations

import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.bench.messages import CALLS, Call
from tests.stack import wait_for

CONTENT_TYPE = "text/xml; charset=utf-8"
_CONFIG = """
pid {folder}/pid;
daemon off;
worker_processes 1;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type "{content_type}";
  types {{ }}
  etag off;
  server_tokens off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16;
  log_not_found off;
  keepalive_requests 100000000;
  keepalive_timeout 600;
  client_max_body_size 0;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_soapaction $reply {{ default /none.xml; {replies} }}
  server {{
    listen 127.0.0.1:{port} reuseport backlog=4096;
    root {folder}/replies;
    error_page 404 405 =200 $reply;
    location = /healthz {{ return 200; }}
    location / {{ }}
  }}
}}
"""


@contextmanager
def answering(port: int, calls: tuple[Call, ...] = CALLS) -> Iterator[int]:
    """Run nginx on a port of loopback as the ERP; yield its process id. It takes POST to any path."""
    with tempfile.TemporaryDirectory(prefix="bench-erp-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the worker of a root's nginx is another user
        (folder / "replies").mkdir()
        for call in calls:
            (folder / "replies" / f"{call.name}.xml").write_bytes(call.reply)
        replies = " ".join(f'"~#{call.soap}\\"?$" /{call.name}.xml;' for call in calls)
        config = folder / "nginx.conf"
        config.write_text(_CONFIG.format(folder=folder, port=port, content_type=CONTENT_TYPE, replies=replies), "utf-8")
        process = subprocess.Popen(["nginx", "-p", name, "-c", str(config), "-e", str(folder / "error.log")])
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process, lambda: (folder / "error.log").read_text()[-2000:])
            yield process.pid
        finally:
            process.terminate()
            process.wait(10)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that reached the ERP."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Recorder:
    """What reached the ERP, oldest first."""

    sent: list[Sent] = field(default_factory=list)


@contextmanager
def recording(port: int, calls: tuple[Call, ...] = CALLS) -> Iterator[Recorder]:
    """Answer as ``answering`` does, one request for each connection, and keep what was sent."""
    recorder = Recorder()
    replies = {call.soap: call.reply for call in calls}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the request and answer it by its SOAPAction."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            recorder.sent.append(Sent(f"http://127.0.0.1:{port}{self.path}", dict(self.headers.items()), body))
            reply = replies[self.headers["SOAPAction"].strip('"').rpartition("#")[2]]
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()
