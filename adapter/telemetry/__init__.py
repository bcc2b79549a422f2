"""The two sinks: log lines and metrics. What a request may leave behind is the ``Outcome``, and nothing else is kept.

Open one ``Telemetry`` in the composition root and hand it on. ``steps.observe`` records calls that reached a pipeline,
``web`` those that did not, so that each request leaves exactly one line.
"""

from __future__ import annotations

import importlib
from typing import TextIO

from adapter import __version__
from adapter.errors import BuildError, Mistake
from adapter.telemetry.lines import Lines
from adapter.telemetry.metrics import Metrics
from adapter.telemetry.outcome import Outcome
from adapter.telemetry.spans import Tracer

__all__ = ["Lines", "Metrics", "Outcome", "Telemetry", "Tracer", "tracer"]


class Telemetry:
    """Both sinks behind one door. ``stream`` takes the log lines; without one they go to standard output.

    ``tracer`` collects spans where somebody wants them.
    """

    def __init__(self, level: str = "INFO", stream: TextIO | None = None, tracer: Tracer | None = None) -> None:
        self.tracer = tracer
        self.metrics = Metrics()
        self.lines = Lines(level, stream, dropped=self.metrics.dropped)

    def started(self) -> None:
        """Count one more request in flight; ``finished`` takes it back."""
        self.metrics.started()

    def finished(self, outcome: Outcome) -> None:
        """Record how one request ended that ``started``."""
        self.metrics.ended()
        self.refused(outcome)

    def refused(self, outcome: Outcome) -> None:
        """Record how one request ended that no pipeline saw."""
        self.metrics.count(outcome)
        self.lines.finished(outcome)

    def bug(self, error: BaseException, request_id: str, operation: str) -> None:
        """Log where an unexpected exception came from. Its message is left out, since it may quote a payload."""
        self.metrics.bug(operation)
        self.lines.bug(error, request_id, operation)


def tracer(url: str) -> Tracer | None:
    """Return what sends spans to a collector's URL, None for "". Raise BuildError where the extra is not installed."""
    if not url:
        return None
    try:
        made: Tracer = importlib.import_module("adapter.telemetry.otlp").Otlp(url, __version__)
    except ImportError as error:
        remedy = "pip install 'strangler-adapter[tracing]', or leave the setting out"
        raise BuildError([Mistake("adapter.env", 0, 0, "ADAPTER_TRACES: OpenTelemetry is missing", remedy)]) from error
    return made
