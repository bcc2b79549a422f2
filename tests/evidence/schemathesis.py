"""job.schemathesis: what schemathesis finds when it holds the running adapter against its own OpenAPI document.

How it is run stands in ``tests/schemathesis.toml``; ``docs/reference/schemathesis.rst`` says why. What counts is read
from its reports, so that a run that did nothing cannot pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemathesis.checks import CHECKS, load_all_checks

from tests.evidence import Result
from tests.stack import ROOT, stack

CONFIG = ROOT / "tests" / "schemathesis.toml"
PHASES = ("examples", "coverage", "fuzzing", "stateful")
EXAMPLES = 100
OFF: Mapping[str, str] = {"use_after_free": "DELETE cancels an order, which the ERP keeps and shows as cancelled"}


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did.

    ``phases`` by name with their status; ``examples`` counts the generated cases of each operation, the fuzzing phase
    alone; ``checks`` are those that judged an answer; ``refused``: well-formed requests that the ERP's rules refused.
    """

    failures: tuple[str, ...]
    operations: int
    cases: int
    phases: Mapping[str, str]
    examples: Mapping[str, int]
    checks: frozenset[str]
    refused: int


def measure() -> Result:
    """Run all phases against the whole stack."""
    with stack(workers=2) as running, tempfile.TemporaryDirectory() as folder:
        report = run(f"{running.url}/openapi.json", Path(folder))
    wrong = [*report.failures, *objections(report, EXAMPLES)]
    off = ", ".join(f"{name} ({OFF.get(name, 'no reason given')})" for name in sorted(switched_off())) or "none"
    told = (
        f"{len(report.failures)} failures, {report.operations} operations, {report.cases} cases, at least "
        f"{min(report.examples.values(), default=0)} examples each, {len(report.checks)} checks, off: {off}; "
        f"{report.refused} right requests were refused by the ERP's own rules"
    )
    return Result(f"{told}; {wrong[0]}" if wrong else told, not wrong)


def run(url: str, folder: Path, *options: str) -> Report:
    """Run the command against the document at ``url``; its reports go to ``folder``. ``options`` are the command's own.

    Raise RuntimeError when it ends without a report.
    """
    report, events = folder / "report.json", folder / "events.ndjson"
    command = [sys.executable, "-c", "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())",
               "--config-file", str(CONFIG), "run", url, "--no-color", "--report", "json,ndjson",
               "--report-json-path", str(report), "--report-ndjson-path", str(events), *options]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    said = done.stdout.decode("utf-8", "replace")
    print(said)
    if not report.exists():
        raise RuntimeError(f"no report, exit status {done.returncode}: {said[-1000:]}")
    return _read(json.loads(report.read_text("utf-8")), events, done.returncode)


def _read(told: Mapping[str, Any], events: Path, status: int) -> Report:
    examples: Counter[str] = Counter()
    checks: set[str] = set()
    for scenario in _scenarios(events):
        recorder = scenario["recorder"]
        if scenario["phase"] == "fuzzing":
            examples[recorder["label"]] += len(recorder.get("cases", ()))
        checks.update(check["name"] for found in recorder.get("checks", {}).values() for check in found)
    failures = [f"{each['title']}: {', '.join(each['operations'])}" for each in told["failures"]]
    failures += [f"error: {json.dumps(each)}" for each in told["errors"]]
    if not failures and (status != 0 or not told["complete"]):
        failures = [f"ended with status {status}: {told['stop_reason']}"]
    return Report(
        failures=tuple(failures),
        operations=told["operations"]["tested"],
        cases=told["test_cases"]["generated"],
        phases={name: phase["status"] for name, phase in told["phases"].items()},
        examples={label: examples[label] for label in sorted(examples)},
        checks=frozenset(checks),
        refused=told["filtered"],
    )


def _scenarios(events: Path) -> Iterator[Mapping[str, Any]]:
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            found = json.loads(line).get("ScenarioFinished")
            if found:
                yield found


def objections(report: Report, least: int, phases: tuple[str, ...] = PHASES) -> Iterator[str]:
    """Yield why a run does not count: it left something out. ``least`` examples of each operation are wanted."""
    for phase in phases:
        if report.phases.get(phase) not in ("success", "failure"):
            yield f"the phase {phase} was not run"
    if not report.operations or len(report.examples) < report.operations:
        yield f"{len(report.examples)} of {report.operations} operations had examples"
    for label, count in report.examples.items():
        if count < least:
            yield f"{label} had only {count} examples"
    for check in sorted(wanted() - report.checks):
        yield f"the check {check} judged nothing"


def wanted() -> frozenset[str]:
    """Return the names of schemathesis's checks that are on."""
    load_all_checks()
    return frozenset(CHECKS.get_all_names()) - switched_off()


def switched_off() -> frozenset[str]:
    """Return the names of the checks that the configuration turns off."""
    checks = tomllib.loads(CONFIG.read_text("utf-8")).get("checks", {})
    return frozenset(
        name for name, each in checks.items() if isinstance(each, dict) and each.get("enabled", True) is False
    )
