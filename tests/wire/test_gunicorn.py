"""What gunicorn's configuration promises: log lines, metrics of all workers, and replacing a running master."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.processes import parent
from tests.wire.edge import Server, drain, parsed, running

CALLS = 20_000


def test_each_request_leaves_one_line_without_anything_of_the_caller(tmp_path: Path) -> None:
    """One line per request however it ended; no query, header, body or exception message; health checks are quiet."""
    with running(tmp_path) as server:
        server.ask("/things/1?name=SECRETQUERY", headers="X-Api-Key: SECRETHEADER\r\n")
        server.ask("/things", "POST", "Content-Type: application/json\r\n", b'"SECRETBODY"')
        server.ask("/things/defect")
        server.ask("/things/stream")
        server.ask("/things/broken")
        server.ask("/SECRETPATH")
        server.ask("/things/1", headers="Accept: text/html\r\n")
        server.ask("/healthz")
        server.talk(b"GET / HTTP/1.1\r\nHost: SECRETHOST\r\nConnection: close\r\n\r\n")
        server.talk(b"GET /?SECRETLINE GET HTTP/1.1\r\nHost: localhost\r\n\r\n")
    lines = server.lines()
    written = (tmp_path / "out").read_text() + (tmp_path / "err").read_text()

    assert [
        ("things.read", 200, None),
        ("things.create", 201, None),
        ("things.read", 500, "internal-error"),
        ("things.read", 200, None),
        ("things.read", 200, "backend-lost"),
        ("-", 404, "no-such-path"),
        ("things.read", 406, "not-acceptable"),
        ("-", 421, "unknown-host"),
    ] == [(line["operation"], line["status"], line.get("problem")) for line in lines if line["event"] == "request"]
    assert ["KeyError"] == [line["exception"] for line in lines if line["event"] == "bug"]
    assert "SECRET" not in written
    assert "Invalid request from ip=127.0.0.1\n" in written
    assert "payload that must not be seen" not in written


def test_the_metrics_of_all_workers_are_added_up(tmp_path: Path) -> None:
    """A counter that is scraped from one worker holds the calls of all."""
    with running(tmp_path, workers=2) as server:
        pids: set[int] = set()
        calls = next(number for number in range(1, CALLS) if len(pids := pids | {_served_by(server)}) == 2)
        metrics = server.ask("/metrics")[1].decode()

    assert f'adapter_requests_total{{method="GET",operation="things.pid",problem="",status="200"}} {calls}.0' in metrics
    assert "adapter_requests_in_flight 0.0" in metrics
    assert [] == list(tmp_path.glob("adapter-metrics-*"))


def test_a_worker_that_dies_takes_its_calls_out_of_flight(tmp_path: Path) -> None:
    """A worker that was killed in the middle of a call does not count as busy for ever, and is replaced."""
    with running(tmp_path) as server:
        assert b"" == server.talk(b"GET /things/kill HTTP/1.1\r\nHost: localhost\r\n\r\n")
        metrics = server.ask("/metrics")[1].decode()

    assert "adapter_requests_in_flight 0.0" in metrics


def test_a_peer_on_a_unix_socket_is_not_believed_either(tmp_path: Path) -> None:
    """Gunicorn trusts every peer there; headers still move nobody below another path or scheme."""
    with running(tmp_path, bind=f"unix:{tmp_path}/s") as server:
        spoofed = "SCRIPT_NAME: /things\r\nPATH_INFO: /pid\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\n"

        assert (200, b'{"status":"alive"}') == server.ask("/healthz", headers=spoofed)


def test_a_master_can_be_replaced_without_losing_a_call(tmp_path: Path) -> None:
    """USR2 starts a second master on the same socket, which tells the first to stop, and calls go on."""
    with running(tmp_path) as server:
        old = _served_by(server)
        server.process.send_signal(signal.SIGUSR2)
        second = next(parent(pid) for _ in range(CALLS) if (pid := _served_by(server)) != old)
        try:
            last = next(pid for _ in range(CALLS) if (pid := _served_by(server)) and server.process.poll() is not None)
            assert second == parent(last)
        finally:
            os.kill(second, signal.SIGTERM)


def test_hup_replaces_the_workers_and_keeps_the_metrics(tmp_path: Path) -> None:
    """HUP forks new workers from the same preloaded application; what was counted before stays counted."""
    with running(tmp_path) as server:
        old = _served_by(server)
        server.process.send_signal(signal.SIGHUP)
        calls = next(number for number in range(2, CALLS) if _served_by(server) != old)
        metrics = server.ask("/metrics")[1].decode()

    assert f'adapter_requests_total{{method="GET",operation="things.pid",problem="",status="200"}} {calls}.0' in metrics


def test_a_worker_that_stops_ends_what_it_began(tmp_path: Path) -> None:
    """A call that has begun when the master is told to stop still gets its whole answer; new ones are not accepted."""
    with running(tmp_path) as server, server.connect() as connection:
        connection.sendall(
            b"POST /wait HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nContent-Length: 8\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        server.process.send_signal(signal.SIGTERM)
        assert any(_refuses(server) for _ in range(CALLS))
        connection.sendall(b'"waited"')

        assert (201, b'"waited"') == parsed(drain(connection))


def _refuses(server: Server) -> bool:
    try:
        server.connect().close()
    except ConnectionError:
        return True
    return False


def _served_by(server: Server) -> int:
    return int(server.ask("/pid")[1])


def test_a_process_that_is_told_to_stop_says_so_before_it_does(tmp_path: Path) -> None:
    """TERM: not ready at once, calls are answered as before, and once those who send them had time, it ends."""
    with running(tmp_path, own={"ADAPTER_DRAIN": "2"}) as server:
        assert 200 == server.ask("/readyz")[0]
        server.process.send_signal(signal.SIGTERM)
        status, body = next(said for _ in range(CALLS) if (said := server.ask("/readyz"))[0] != 200)
        assert 503 == status
        assert b"this process is going to stop" in body
        assert 200 == server.ask("/things/1")[0]


def test_a_master_that_was_relieved_does_not_drain(tmp_path: Path) -> None:
    """Both take calls on one socket then, and one that says it is not ready would only make somebody look away."""
    with running(tmp_path, own={"ADAPTER_DRAIN": "300"}) as server:
        old = _served_by(server)
        server.process.send_signal(signal.SIGUSR2)
        second = next(parent(pid) for _ in range(CALLS) if (pid := _served_by(server)) != old)
        try:
            assert 0 == server.process.wait(60)
            assert 200 == server.ask("/readyz")[0]
        finally:
            os.kill(second, signal.SIGQUIT)
