"""What each step of a small request costs, as a share of what a bare Flask view costs that parses the same reply.

``python -m tests.bench.steps`` prints the table and fails where a step is over its budget. Everything runs in this
process, warm, without a network: the ERP's answer is there at once. What the exchange itself costs, the floor has too.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from flask import Flask, Response
from lxml import etree

from adapter import pipeline
from adapter.app import build, credentials_of
from adapter.exchange import Reply
from adapter.opened import open_backends
from adapter.telemetry import Telemetry
from adapter.web import Route, install
from tests.bench.messages import SMALL
from tests.wsgi import ask

ROOT: Final = Path(__file__).parents[2]
OPERATION: Final = "customers.read"
REQUESTS: Final = 2000
ROUNDS: Final = 5

BUDGETS: Final[Mapping[str, float]] = {
    "edge in": 0.5,
    "observe": 0.38,
    "validate": 0.42,
    "write": 0.32,
    "call": 0.62,
    "open": 0.55,
    "read": 1.2,
    "respond": 0.12,
    "edge out": 0.16,
}
"""What a step may cost, as a share of the bare view; in the order in which a request meets them."""


class Clock:
    """Gives the time since the last mark to the step that has just ended.

    Nothing here waits, so time on the wall is CPU time wherever nobody else is given the core in between, and that a
    median does not see. To read the clock of CPU time would cost more than some of the steps.
    """

    def __init__(self) -> None:
        self.taken = dict.fromkeys(BUDGETS, 0)
        self._last = 0

    def begin(self) -> None:
        """Begin a request."""
        self.taken = dict.fromkeys(BUDGETS, 0)
        self._last = time.perf_counter_ns()

    def mark(self, step: str) -> None:
        """End a piece of a step."""
        now = time.perf_counter_ns()
        self.taken[step] += now - self._last
        self._last = time.perf_counter_ns()

    def around(self, before: str, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is ``step``; until it begins, time belongs to ``before``."""

        def call(*given: Any, **named: Any) -> Any:
            self.mark(before)
            try:
                return function(*given, **named)
            finally:
                self.mark(step)

        return call


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: microseconds of CPU, and their share of the bare view's."""

    name: str
    microseconds: float
    share: float

    @property
    def over(self) -> bool:
        """Whether it costs more than its budget."""
        return self.share > BUDGETS[self.name]


def measured(requests: int = REQUESTS, rounds: int = ROUNDS) -> tuple[float, list[Step]]:
    """Return the microseconds of the bare view and of each step: medians over interleaved rounds."""
    clock = Clock()
    reply = Reply(200, {"content-type": "text/xml; charset=utf-8", "content-length": "0"}, SMALL.reply)
    adapter, floor = _adapter(clock, reply), _floor(reply)
    samples: dict[str, list[int]] = {name: [] for name in BUDGETS}
    bare: list[int] = []
    for number in range(-1, rounds):
        for _ in range(requests):
            begun = time.perf_counter_ns()
            ask(floor, SMALL.path)
            ended = time.perf_counter_ns()
            clock.begin()
            ask(adapter, SMALL.path)
            clock.mark("edge out")
            if number >= 0:
                bare.append(ended - begun)
                for name, taken in clock.taken.items():
                    samples[name].append(taken)
    unit = median(bare) / 1000
    costs = {name: median(taken) / 1000 for name, taken in samples.items()}
    return unit, [Step(name, cost, cost / unit) for name, cost in costs.items()]


def _floor(reply: Reply) -> Flask:
    app = Flask("floor")

    def view() -> Response:
        etree.fromstring(reply.body)
        return Response(b'{"ok":true}', content_type="application/json")

    app.add_url_rule(SMALL.path, "small", view)
    return app


def _adapter(clock: Clock, reply: Reply) -> Flask:
    built = build(ROOT, {f"ADAPTER_ENDPOINT_{port}": "http://127.0.0.1:9" for port in _PORTS})
    endpoint = next(each for each in built.endpoints if each.name == OPERATION)
    settings, telemetry = built.settings, Telemetry(stream=io.StringIO())
    backends = open_backends(settings, built.endpoints, built.contracts, credentials_of(built.project, settings))
    port = backends.soap[endpoint.resource.soap.key]
    port._exchange = _At(port._exchange.url, clock, reply)  # type: ignore[assignment]
    limits = pipeline.Limits(settings.max_depth, settings.max_digits)
    with _timed(clock):
        handle = pipeline.build(endpoint, backends, limits, telemetry.started, telemetry.finished)
    route = Route(endpoint.name, endpoint.method, endpoint.path, handle, endpoint.timeout or settings.timeout)
    return install([route], settings, telemetry)


_PORTS: Final = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")


_STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "observe": ("edge in", "observe"),
    "validate": ("observe", "validate"),
    "soap": ("validate", "call"),
    "text_writer": ("call", "write"),
    "header_writer": ("call", "write"),
    "reply_reader": ("open", "read"),
    "respond": ("call", "respond"),
}
"""What ``pipeline`` calls to make a step: whose time ends where that begins, and whose time it is."""


@contextmanager
def _timed(clock: Clock) -> Iterator[None]:
    """Let ``pipeline`` put together what it puts together, with the clock around each function that it compiles."""

    def step(before: str, name: str, make: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: clock.around(before, name, make(*given, **named))

    def middleware(before: str, name: str, make: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: lambda then: clock.around(before, name, make(*given, **named)(then))

    before = {name: getattr(pipeline, name) for name in _STEPS}
    timed = {name: step(*_STEPS[name], make) for name, make in before.items()}
    timed |= {name: middleware(*_STEPS[name], before[name]) for name in ("observe", "validate")}
    vars(pipeline).update(timed)
    try:
        yield
    finally:
        vars(pipeline).update(before)


class _At:
    """Stands for an exchange whose answer is there at once."""

    max_reply_bytes = 10_000_000

    def __init__(self, url: str, clock: Clock, reply: Reply) -> None:
        self.url = url
        self.send = clock.around("call", "call", lambda method, **request: reply)


def main() -> int:
    """Print the table; return 1 where a step is over its budget."""
    unit, steps = measured()
    print(f"a bare Flask view that parses the same reply: {unit:.1f} microseconds of CPU\n")
    print(f"{'step':<10} {'us':>6} {'share':>6} {'budget':>7}")
    for step in steps:
        print(
            f"{step.name:<10} {step.microseconds:6.1f} {step.share:6.2f} {BUDGETS[step.name]:7.2f}{' over' * step.over}"
        )
    print(f"{'all':<10} {sum(s.microseconds for s in steps):6.1f} {sum(s.share for s in steps):6.2f}")
    return int(any(step.over for step in steps))


if __name__ == "__main__":
    sys.exit(main())
