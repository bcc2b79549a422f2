"""The engine on PostgreSQL where nobody answers: it can be stopped soon, and leaves nothing behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest
from procrastinate import App
from procrastinate.exceptions import AppNotOpen

from adapter.deliver.jobs import Jobs

PATIENCE = 20.0
"""Less than the half minute that a pool waits for PostgreSQL."""


class Watched(Jobs):
    """The engine, which remembers what it opened."""

    def __init__(self, port: int, failed: Callable[[str, Exception], None]) -> None:
        super().__init__(f"postgresql://u@127.0.0.1:{port}/d", str, lambda most: (), lambda row: None, 1, failed)
        self.made: list[App] = []

    def app(self) -> App:
        """Return one more app."""
        self.made.append(super().app())
        return self.made[-1]


@pytest.mark.parametrize("refuses", [False, True], ids=["says nothing", "refuses"])
def test_stopped_while_it_opens(refuses: bool) -> None:
    """Where the port says nothing, or refuses, stopping does not wait for it; the pool is closed. It is no failure."""
    failures: list[tuple[str, Exception]] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        engine = Watched(server.getsockname()[1], lambda what, error: failures.append((what, error)))
        thread = threading.Thread(target=engine.run, daemon=True)
        thread.start()
        connection, _ = server.accept()
        with connection:
            if refuses:
                server.close()
                connection.close()
            engine.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()
    assert [] == failures
    (app,) = engine.made
    with pytest.raises(AppNotOpen):
        assert app.connector.pool  # type: ignore[attr-defined]
