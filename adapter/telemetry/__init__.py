"""The two sinks: log lines and metrics. What a request may leave behind is the ``Outcome``, and nothing else is kept.

Open one ``Telemetry`` in the composition root and hand it on. ``steps.observe`` records calls that reached a pipeline,
``web`` those that did not, so that each request leaves exactly one line.
"""

from __future__ import annotations

from typing import TextIO

from adapter.telemetry.lines import Lines
from adapter.telemetry.metrics import Metrics
from adapter.telemetry.outcome import Outcome

__all__ = ["Lines", "Metrics", "Outcome", "Telemetry"]


class Telemetry:
    """Both sinks behind one door. ``stream`` takes the log lines; without one they go to standard output."""

    def __init__(self, level: str = "INFO", stream: TextIO | None = None) -> None:
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
