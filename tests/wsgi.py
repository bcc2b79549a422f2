"""One request to an application as a server makes it: without a socket, and without a client that costs more."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask


def ask(application: Flask, path: str, query: str = "") -> tuple[int, bytes]:
    """Make one GET request; return status and body."""
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "RAW_URI": path, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, "wsgi.input_terminated": True,
    }  # fmt: skip
    said: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
        said.append(status)
        return said.append

    body: Any = application(environ, start)
    try:
        data = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    return int(said[0][:3]), data
