"""job.golden: operations whose golden cases are right in both directions, of all operations mapped."""

from __future__ import annotations

from adapter.app import build
from tests.cases import ROOT, Case, Seen, cases, replay_app, run
from tests.evidence import Result
from tests.replay import replaying


def measure() -> Result:
    """Run every golden case; an operation without a case, or with a wrong one, is not right."""
    mapped = {endpoint.name for endpoint in build(ROOT, {}).endpoints}
    found = cases()
    with replaying() as replay:
        app = replay_app(replay)
        wrong = {case.operation: case.name for case in found if not right(case, run(case, app, replay))}
    good = {case.operation for case in found} & mapped - wrong.keys()
    missing = mapped - {case.operation for case in found}
    share = 100 * len(good) / len(mapped)
    told = "".join(f", wrong: {name} {case}" for name, case in wrong.items()) + "".join(
        f", no case: {n}" for n in missing
    )
    return Result(f"{share:.0f} % ({len(good)} of {len(mapped)} operations, {len(found)} cases{told})", share == 100)


def right(case: Case, seen: Seen) -> bool:
    """Whether a case sent its golden envelopes, each as often as it stands there, and answered its golden JSON."""
    expected = case.json("reply.json")
    return seen.fits(expected) and case.envelopes() == seen.envelopes()
