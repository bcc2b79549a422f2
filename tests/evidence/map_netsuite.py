"""map.netsuite: five record types of NetSuite's contract, mapped: golden cases right both ways, requests XSD-valid.

lxml judges the requests against the corpus' own schemas, in the responder, which also computes each signature itself.
"""

from __future__ import annotations

from tests.evidence import Result
from tests.netsuite.contract import ABSENT, CONTRACT
from tests.netsuite.golden import cases, differs
from tests.netsuite.project import MAPPINGS, account, adapter_app

RECORD_TYPES = 5
VERBS = ("list", "read", "update", "patch")


def measure() -> Result:
    """Run every case; a verb of a record type without a case counts as missing."""
    if not CONTRACT.is_dir():
        return Result(ABSENT, ok=False)
    resources = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))
    sent, wrong = 0, []
    with account() as (world, server), adapter_app(server) as app:
        for case in cases():
            if why := differs(case, app, world):
                wrong.append(f"{case.operation} {case.name}: {why[:80]}")
            sent += len(world.calls)
    shown = {case.operation for case in cases()}
    missing = [f"{resource}.{verb}" for resource in resources for verb in VERBS if f"{resource}.{verb}" not in shown]
    told = (f"; wrong: {wrong[0]}" if wrong else "") + (f"; no case: {', '.join(missing)}" if missing else "")
    value = f"{len(resources)} types, {len(cases()) - len(wrong)} of {len(cases())} cases, {sent} valid requests{told}"
    return Result(value, not wrong and not missing and len(resources) == RECORD_TYPES)
