"""The parts of the demonstration: right and wrong answers, curl lines, ports, and processes that end."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from adapter.cli import demo
from adapter.cli.children import ChildError, Children, free_port
from adapter.cli.command import carried
from adapter.cli.demo_calls import CALLS, Answer, Call, at, curl, order_of, wrong
from tests.unit.loopback import answer, replying, serving

ROOT = Path(__file__).parents[2]
SLEEPER = "import signal; print('here', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Give this process its signal handlers back, which a command takes while it ends its children."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def answered(value: object, status: int = 200) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(value).encode(), 0.0)


def test_right_answer() -> None:
    """An answer with the expected status and values is right, whatever else it holds."""
    call = Call("", "GET", "/", expected={"/a/0/b": 1, "/c": None})
    assert [] == list(wrong(call, answered({"a": [{"b": 1}], "c": None, "d": 2})))


def test_wrong_answer() -> None:
    """A wrong status and each wrong value are told."""
    call = Call("", "GET", "/", 201, expected={"/a": 1, "/b/3": "x"})
    expected = ["the status should be 201", "/a should be 1, it is 2", '/b/3 should be "x", it is null']
    assert expected == list(wrong(call, answered({"a": 2, "b": []})))
    assert ["the status should be 201"] == list(wrong(Call("", "GET", "/", 201), Answer(502, b"<html>", 0.0)))


def test_pointer() -> None:
    """A JSON Pointer leads through objects and arrays; where nothing is, it leads to None."""
    document = {"a": [{"b": "x"}]}
    assert "x" == at(document, "/a/0/b")
    assert document == at(document, "")
    assert None is at(document, "/a/1/b")
    assert None is at(document, "/a/b")
    assert "" == order_of(Answer(500, b"", 0.0))


@pytest.mark.parametrize("call", CALLS, ids=[call.title for call in CALLS])
def test_curl_can_be_pasted(call: Call) -> None:
    """A shell takes the curl line apart into the method, the URL and exactly the body that the call sends."""
    words = shlex.split(curl(call, "http://127.0.0.1:1"))
    assert ["curl", "-s"] == words[:2]
    assert f"http://127.0.0.1:1{call.path}" in words
    assert call.method == (words[words.index("-X") + 1] if "-X" in words else "GET")
    assert call.body == (json.loads(words[words.index("-d") + 1]) if "-d" in words else None)


def test_taken_port() -> None:
    """A port that somebody listens on is not given; one that is free is."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        assert number != free_port(number)
    free = free_port(0)
    assert free == free_port(free)


def test_taken_ports_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The façade leaves a taken port alone, and says where it listens instead; port 0 gives free ports to all."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        facade = demo._ports(number).facade
    assert number != facade
    assert f"port {number} is taken; the façade listens on {facade}\n" in capsys.readouterr().err
    free = demo._ports(0)
    assert not {0, demo.FACADE, demo.SERVICE, demo.virtual.PORT} & {free.erp, free.service, free.facade}
    assert "" == capsys.readouterr().err


def test_own_project_without_a_microservice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a project that has no microservice to start, the example project is shown, and that is said."""
    (tmp_path / "mappings").mkdir()
    assert carried() == demo._example(Namespace(project=str(tmp_path)))
    assert "showing the example project instead" in capsys.readouterr().err
    assert ROOT == demo._example(Namespace(project=str(ROOT)))


def start(children: Children, folder: Path, program: str) -> subprocess.Popen[bytes]:
    """Start a Python program as a child; return its process once it has spoken."""
    children.start("one", [sys.executable, "-c", program], {})
    process = children._children[-1].process
    while not (folder / "one.log").read_bytes().endswith(b"\n"):
        assert process.poll() is None
    return process


@pytest.mark.parametrize("program", [SLEEPER, STUBBORN])
def test_children_end_with_their_parent(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens in the block, every child has ended after it, also one that takes no SIGTERM."""
    monkeypatch.setattr("adapter.cli.children.GRACE", 0.2)
    with suppress(KeyboardInterrupt), Children(tmp_path) as children:
        process = start(children, tmp_path, program)
        raise KeyboardInterrupt
    assert process.returncode == (-signal.SIGTERM if program == SLEEPER else -signal.SIGKILL)


def test_child_that_fails_is_quoted(tmp_path: Path) -> None:
    """A child that ends by itself is named, with its status and its last words."""
    with Children(tmp_path) as children:
        children.start("erp", [sys.executable, "-c", "raise SystemExit('no such contract')"], {})
        with pytest.raises(ChildError) as raised:
            children.wait_for("erp", free_port(0), "/")
    assert "erp ended with status 1\n  no such contract" == str(raised.value)


def test_server_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers on the port is not taken for the child, unless the child says that it listens there."""
    ok = replying(answer(b"{}"))
    with serving(ok) as server, Children(tmp_path) as children:
        start(children, tmp_path, SLEEPER.replace("here", f"on http://127.0.0.1:{server.port}"))
        children.wait_for("one", server.port, "/")
    monkeypatch.setattr("adapter.cli.children.PATIENCE", 0.0)
    with serving(ok) as server, Children(tmp_path) as children:
        start(children, tmp_path, SLEEPER)
        with pytest.raises(ChildError, match="one does not answer"):
            children.wait_for("one", server.port, "/")


def test_child_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting is bounded."""
    monkeypatch.setattr("adapter.cli.children.PATIENCE", 0.0)
    with Children(tmp_path) as children:
        start(children, tmp_path, SLEEPER)
        with pytest.raises(ChildError, match="one does not answer on port"):
            children.wait_for("one", free_port(0), "/")
