"""The documentation does what it says: pages are whole, links lead somewhere, commands run, nothing is left out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs_pages.pages import Terminal

ERP, FACADE = "127.0.0.1:9101", "127.0.0.1:8080"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in an empty folder, with ports that are free for those that the pages name."""
    erp, facade = free_port(), free_port()
    replaced = {
        ERP: f"127.0.0.1:{erp}",
        FACADE: f"127.0.0.1:{facade}",
        "adapter virtual": f"adapter virtual --port {erp}",
        "adapter serve": f"adapter serve --bind 127.0.0.1:{facade}",
    }
    opened = Terminal(
        tmp_path, replaced, {"ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": f"http://127.0.0.1:{erp}/erp/soap12"}
    )
    try:
        yield opened
    finally:
        opened.close()


def test_the_tutorial_works_as_written(terminal: Terminal) -> None:
    """Every file of the tutorial is written, every command run, and every line it shows is printed, in that order."""
    terminal.follow("docs/tutorial.rst")
