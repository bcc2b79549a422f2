"""A verdict and all that it came from as one text, from which the same verdict is made again, to the bit.

JSON (RFC 8259) in one form: names in their order, no spaces, and each number as the shortest text that is read back
as the same number (``float.__repr__``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from adapter.rollout.evidence import Calls, Evidence, Failed, Noise
from adapter.rollout.judge import Asked, Need, Verdict, judge
from adapter.rollout.moves import Plan
from adapter.rollout.rules import GateRule, Step
from adapter.rollout.stages import Pin, Standing

VERSION: Final = 1
"""Of the form and of the rules: a verdict of another one is not judged again."""


@dataclass(frozen=True, slots=True)
class Record:
    """A verdict, and what it came from."""

    asked: Asked
    standing: Standing
    evidence: Evidence
    now: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Replay:
    """A record that was judged again. ``same``: to the bit."""

    record: Record
    again: Verdict
    same: bool


def recorded(asked: Asked, standing: Standing, evidence: Evidence, now: float) -> Record:
    """Judge, and keep what from."""
    return Record(asked, standing, evidence, now, judge(asked, standing, evidence, now))


def written(record: Record) -> str:
    """Return a record as text."""
    document = {
        "version": VERSION,
        "asked": asdict(record.asked),
        "standing": asdict(record.standing),
        "evidence": _evidence(record.evidence),
        "now": record.now,
        "verdict": asdict(record.verdict),
    }
    return _text(document)


def read(text: str) -> Record:
    """Return the record that was written. Raise ValueError where it is of another version, or is no record."""
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            raise ValueError(f"version {found['version']}, this is {VERSION}")
        return Record(
            _asked(found["asked"]), _standing(found["standing"]), _read_evidence(found["evidence"]), found["now"],
            _verdict(found["verdict"]),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(f"no record of a verdict: {error!r}") from error


def replay(text: str) -> Replay:
    """Judge again what was written. Raise ValueError as ``read``."""
    record = read(text)
    again = judge(record.asked, record.standing, record.evidence, record.now)
    return Replay(record, again, _text(asdict(again)) == _text(asdict(record.verdict)))


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _evidence(evidence: Evidence) -> dict[str, Any]:
    found = asdict(evidence)
    found["differing"] = [[*place, many] for place, many in sorted(evidence.differing.items())]
    found["noise"] = [[*place, asdict(each)] for place, each in sorted(evidence.noise.items())]
    return found


def _read_evidence(found: dict[str, Any]) -> Evidence:
    calls = {name: {side: Calls(**each) for side, each in found[name].items()} for name in _CALLS}
    return Evidence(**{
        **found,
        **calls,
        "failed": tuple(Failed(**each) for each in found["failed"]),
        "streak": tuple(found["streak"]),
        "differing": {(operation, pointer): many for operation, pointer, many in found["differing"]},
        "noise": {(operation, pointer): Noise(**each) for operation, pointer, each in found["noise"]},
    })  # fmt: skip


_CALLS: Final = ("calls", "stepped", "lately")


def _asked(found: dict[str, Any]) -> Asked:
    steps = tuple(Step(**each) for each in found["plan"]["steps"])
    return Asked(Plan(steps, found["plan"]["writes"]), GateRule(**found["gate"]), found["closed"])


def _standing(found: dict[str, Any]) -> Standing:
    pin = found["pinned"]
    return Standing(**{**found, "pinned": Pin(**pin) if pin is not None else None})


def _verdict(found: dict[str, Any]) -> Verdict:
    needs = tuple(Need(**each) for each in found["needs"])
    return Verdict(found["kind"], found["cause"], found["numbers"], needs)
