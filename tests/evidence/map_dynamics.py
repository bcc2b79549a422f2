"""map.dynamics: pages of Dynamics NAV's contracts, mapped: golden cases right both ways, requests XSD-valid.

lxml judges the requests against each page's own schema, in the responder.
"""

from __future__ import annotations

from tests.dynamics.golden import MAPPINGS, cases, differs, nav_app
from tests.dynamics.responder import ABSENT, CONTRACT, PAGES
from tests.evidence import Result

VERBS = ("list", "read", "create", "update", "patch")


def measure() -> Result:
    """Run every case; a verb of a page without a case counts as missing."""
    if not CONTRACT.is_dir():
        return Result(ABSENT, ok=False)
    resources = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))
    sent, wrong = 0, []
    with nav_app() as (app, nav):
        for case in cases():
            if why := differs(case, app, nav):
                wrong.append(f"{case.operation} {case.name}: {why[:80]}")
            sent += len(nav.calls)
    shown = {case.operation for case in cases()}
    missing = [f"{resource}.{verb}" for resource in resources for verb in VERBS if f"{resource}.{verb}" not in shown]
    told = (f"; wrong: {wrong[0]}" if wrong else "") + (f"; no case: {', '.join(missing)}" if missing else "")
    value = f"{len(resources)} pages, {len(cases()) - len(wrong)} of {len(cases())} cases, {sent} valid requests{told}"
    return Result(value, not wrong and not missing and len(resources) == len(PAGES))
