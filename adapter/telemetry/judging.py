"""What the judge of rollouts tells: metrics of ``adapter work``, and a line where a feature moves or should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from adapter.telemetry.lines import Lines

_SHOWN: Final = {
    "log_e": ("adapter_rollout_log_e", "How sure it is that the new service fails more often (4.6: beyond doubt)."),
    "upper": ("adapter_rollout_mismatches_at_most", "The share of differing answers that is surely not exceeded."),
    "more": ("adapter_rollout_comparisons_missing", "Comparisons that the next step needs (-1: none are enough)."),
}


class JudgeTelling:
    """Tells of features, of which there are as many as mappings name."""

    def __init__(self, registry: CollectorRegistry, lines: Lines) -> None:
        self._lines = lines
        self._shown = {
            number: Gauge(name, what, ["feature"], registry=registry) for number, (name, what) in _SHOWN.items()
        }
        self._should = Gauge(
            "adapter_rollout_should_go_back",
            "1 while the judge says that a feature has to go back, and it has not.",
            ["feature"],
            registry=registry,
        )
        self._moved = Counter(
            "adapter_rollout_judge_moves", "What the judge did, by the cause.", ["feature", "move", "cause"],
            registry=registry,
        )  # fmt: skip

    def judged(self, feature: str, kind: str, numbers: Mapping[str, float]) -> None:
        """Show what it says now; "" and no numbers where there is nothing to judge any more."""
        self._should.labels(feature).set(kind == "back")
        for number, gauge in self._shown.items():
            gauge.labels(feature).set(numbers.get(number, 0.0))

    def back(self, feature: str, cause: str, verdict: str, *, done: bool) -> None:
        """Say aloud that a feature was moved back, or should be."""
        if done:
            self._moved.labels(feature, "back", cause).inc()
            self._should.labels(feature).set(0)
        event = "rollout-rolled-back" if done else "rollout-should-go-back"
        self._lines.warning(event, feature=feature, cause=cause, verdict=verdict)

    def forward(self, feature: str, verdict: str) -> None:
        """Say that a feature was moved on."""
        self._moved.labels(feature, "forward", "enough").inc()
        self._lines.event("rollout-advanced", feature=feature, verdict=verdict)

    def held(self, feature: str, action: str, problem: str) -> None:
        """Say why what the judge wanted was not done."""
        self._lines.event("rollout-held", feature=feature, state=action, cause=problem)
