"""The benchmark can fail, its messages are what the contract allows, and its pictures say what was measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from lxml import etree

import adapter
from adapter.virtual.validation import envelope_schema, objection
from tests.bench import install, rollout
from tests.bench.answers import differences
from tests.bench.compared import FLOOR_LINE, MOST_OVER_FLOOR, RATIOS, results
from tests.bench.erp import recording
from tests.bench.messages import CALLS, LARGE, SMALL, WRITE, Call
from tests.bench.plots import bars
from tests.bench.rounds import Measured, Taken
from tests.bench.servers import FLOOR, HAND, NODE, OURS, TWO, Server, endpoint
from tests.bench.stored import kept, store
from tests.evidence.house import ROOT
from tests.evidence.table import PROMISES
from tests.processes import tree, tree_cpu_seconds
from tests.stack import free_port


def measured(ours: float = 1000.0, **errors: int) -> Measured:
    """A run in which the adapter answers ``ours`` a second, any other 100, and the floor costs half of its CPU."""

    def one(rate: float, cpu: float) -> list[Taken]:
        return [Taken(rate, cpu, errors, 0.1, 0.1)]

    return Measured(
        alone={call.name: 30_000.0 for call in CALLS},
        rounds={
            SMALL.name: {OURS: one(ours, 1.0), HAND: one(100, 10), NODE: one(100, 10), FLOOR: one(2000, 0.75)},
            LARGE.name: {OURS: one(ours, 1.0), HAND: one(100, 10), NODE: one(100, 10), TWO: one(ours * 2, 1.0)},
            WRITE.name: {OURS: one(ours, 1.0), HAND: one(100, 10)},
        },
    )


def test_goals_are_those_of_the_table() -> None:
    """What a line is held against is what the table promises."""
    goals = {each.id: each.goal for each in PROMISES["speed"] if each.measure == "tests.bench.compared:measure"}
    assert goals == {
        **{id: f">= {ratio.goal:g}" for id, ratio in RATIOS.items()},
        FLOOR_LINE: f"<= {MOST_OVER_FLOOR:g}",
    }


def test_a_good_run_is_ok() -> None:
    """Ten times the peers, two workers twice as good, 1.33 times the floor: all lines are ok and begin with it."""
    found = results(measured(), [])
    assert [] == [id for id, each in found.items() if not each.ok]
    assert ["10.00", "2.00", "1.33"] == [
        found[id].value.partition(" ")[0] for id in ("speed.small_vs_hand", "speed.workers", "speed.floor")
    ]


def test_a_slow_run_is_short() -> None:
    """No line that compares with a peer is ok where the adapter is as slow as the peers."""
    found = results(measured(ours=100.0), [])
    assert {"speed.workers", "speed.floor"} == {id for id, each in found.items() if each.ok}


@pytest.mark.parametrize(
    ("run", "wrong", "why"),
    [
        (measured(status=3), [], "adapter small: status errors 3"),
        (measured(), ["node differs"], "node differs"),
        (measured(ours=20_000.0), [], "load and ERP alone do 30,000/s of small, a server 20,000/s"),
        (measured(ours=0.0), [], "no answer within a round: adapter small"),
    ],
    ids=["errors", "answers", "load", "silence"],
)
def test_a_spoilt_run_is_short(run: Measured, wrong: list[str], why: str) -> None:
    """Errors, answers that differ, a load or an ERP that could be the limit, and silence make every line short."""
    found = results(run, wrong)
    assert [] == [id for id, each in found.items() if each.ok]
    assert why in found["speed.small_vs_hand"].value


def test_messages_are_valid() -> None:
    """The stand-in ERP's answers hold against the contract, and have the sizes that the lines name."""
    schema = envelope_schema(ROOT / "wsdl" / "erp" / "erp.wsdl", ROOT / "wsdl")
    assert ["", "", ""] == [objection(schema, etree.fromstring(call.reply)) for call in CALLS]
    assert (1.3, 184) == (round(len(SMALL.reply) / 1000, 1), round(len(LARGE.reply) / 1000))
    assert 1000 == len(json.loads(WRITE.body)["lines"])


def test_answers_that_differ_are_told() -> None:
    """Another status, another answer and another message to the ERP are each named; equal ones are not."""
    port = free_port()
    with (
        recording(port) as recorder,
        facade(port, "<a/>", 200, b'{"id": "1"}') as one,
        facade(port, "<a/>", 200, b'{"id":  "1"}') as same,
        facade(port, "<b/>", 201, b'{"id": "2"}') as other,
    ):
        assert [] == differences({SMALL: [one, same]}, recorder)
        assert [
            f"{other.name} differs from {one.name} in the {what} of small"
            for what in ("status", "answer", "message to the ERP")
        ] == differences({SMALL: [one, other]}, recorder)


def test_an_answer_that_is_an_error_is_told() -> None:
    """Two servers that fail alike are no comparison."""
    port = free_port()
    with recording(port) as recorder, facade(port, "<a/>", 500, b"no") as one:
        assert [f"{one.name} answers 500 to small"] == differences({SMALL: [one, one]}, recorder)


def test_programs_that_cannot_be_installed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without them and without apt-get, what is missing is said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ["wrk", "nginx", "node", "npm"] == install.programs()


def test_cpu_seconds_count_children() -> None:
    """The processes that a process started count with it."""
    waiting = [sys.executable, "-c", "print('here', flush=True); input()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert b"here\n" == child.stdout.readline()
        assert child.pid in tree(os.getpid())
        assert tree_cpu_seconds(os.getpid()) >= tree_cpu_seconds(child.pid)


def test_a_picture_says_its_numbers() -> None:
    """A picture is well-formed, has a bar for each name as long as its median, and a dot for each round."""
    root = etree.fromstring(bars("A < B", "/s", {"ours": [100.0, 300.0, 200.0], "other": [100.0]}, "ours"))
    widths = [float(each.get("width")) for each in root.iter("{*}rect")]
    assert 2.0 == pytest.approx(widths[0] / widths[1], rel=0.01)
    assert ["A < B", "ours", "200 /s", "other", "100 /s"] == [each.text for each in root.iter("{*}text")]
    assert 4 == len(list(root.iter("{*}circle")))


def test_results_are_kept_by_release(tmp_path: Path) -> None:
    """A result is one file for each release, and the newest release comes first."""
    (tmp_path / "0.0.9.json").write_text('{"version": "0.0.9"}', encoding="utf-8")
    file = store([{"id": "speed.floor", "ok": True}], {"rounds": {"small": {"adapter": [1.23456]}}}, tmp_path)
    assert f"{adapter.__version__}.json" == file.name
    assert [adapter.__version__, "0.0.9"] == [each["version"] for each in kept(tmp_path)]
    assert [1.235] == kept(tmp_path)[0]["rounds"]["small"]["adapter"]


@contextmanager
def facade(erp: int, message: str, status: int, body: bytes) -> Iterator[Server]:
    """A service that sends ``message`` to the ERP at a port and answers ``body``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Call the ERP, then answer."""
            call(erp, SMALL, message)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            port = server.server_address[1]
            yield Server(f"service {port}", f"http://127.0.0.1:{port}", os.getpid())
        finally:
            server.shutdown()
            thread.join()


def call(erp: int, kind: Call, message: str) -> None:
    """Send a message to the ERP as the operation of a call."""
    request = urllib.request.Request(endpoint(erp), message.encode(), {"SOAPAction": f'"urn:x#{kind.soap}"'})
    with urllib.request.urlopen(request) as answer:
        answer.read()


def shadowed(legacy: float, shadow: float = 1.0, errors: Mapping[str, int] | None = None) -> Measured:
    """A run of speed.rollout: ms of CPU at legacy and in shadow, where without rollout it is 0.5; one round was bad."""
    cpus = {rollout.NONE: 0.5, rollout.AGAIN: 0.5, rollout.LEGACY: legacy, rollout.SHADOW: shadow}
    rounds = {
        name: [Taken(1000.0, cpu * more, errors or {}, 0.1, 0.1) for more in (1.0, 1.0, 1.0, 3.0)]
        for name, cpu in cpus.items()
    }
    return Measured(rounds={SMALL.name: rounds})


@pytest.mark.parametrize(
    ("run", "beside", "ok"),
    [
        (shadowed(0.51), {"same": 90, "dropped": 10}, True),
        (shadowed(0.52), {"same": 90, "dropped": 10}, False),
        (shadowed(0.51, errors={"status": 1}), {"same": 90, "dropped": 10}, False),
        (shadowed(0.51), {"same": 90, "differs": 10}, False),
        (shadowed(0.51), {"dropped": 10}, False),
        (shadowed(0.51), {}, False),
    ],
    ids=["good", "dear", "errors", "differs", "all dropped", "nobody asked"],
)
def test_what_a_rollout_costs(run: Measured, beside: Mapping[str, int], ok: bool) -> None:
    """It is short where legacy costs more than 3 %, a call failed, or what was asked beside was not found equal."""
    found = rollout.result(run, beside)
    assert ok == found.ok
    assert "0.50 in shadow" in found.value
