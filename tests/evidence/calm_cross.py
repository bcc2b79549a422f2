"""calm.cross: a generated matrix of callers, operations, ETags and idempotency keys: answers that crossed callers.

Two real workers, each with its own memory, and then with entries that both share in Valkey. What is asked, and what
counts as crossed, stands in ``tests.callers.crossing``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.callers.crossing import Etags, Judged, callers, cells, judged, numbering, project, run
from tests.callers.issuing import AUDIENCE, ISSUER
from tests.callers.known import SECRET
from tests.callers.provider import providing
from tests.evidence import Result
from tests.replay import replaying
from tests.resilience.engines import valkey
from tests.stack import gunicorn

NUMBERS = ("1", "2", "3")
ROUNDS = 3


def measure() -> Result:
    """Run the matrix in both ways."""
    alone, asked = _tried({})
    with valkey() as server:
        together, more = _tried({"ADAPTER_SHARED": server.url})
    crossed, wrong = len(alone.crossed) + len(together.crossed), len(alone.wrong) + len(together.wrong)
    again = [(each.kept, each.same, each.replayed) for each in (alone, together)]
    value = (
        f"{crossed} of {asked + more} answers crossed, {wrong} with another status than expected; given again: "
        + "; ".join(f"{kept} kept, {same} shared, {replayed} replayed" for kept, same, replayed in again)
    )
    return Result(value, not crossed and not wrong and all(min(each) > 0 for each in again))


def _tried(environ: Mapping[str, str]) -> tuple[Judged, int]:
    with tempfile.TemporaryDirectory() as name, providing() as provider, replaying() as erp:
        numbering(erp)
        folder = Path(name)
        made = project(folder / "project", erp.url)
        settings = {
            "ADAPTER_CALLERS": "known",
            "ADAPTER_STORE": str(folder / "adapter.db"),
            "ADAPTER_SUBJECTS": str(folder / "adapter-subjects.db"),
            "ADAPTER_STORE_KEY": SECRET,
            "ADAPTER_ISSUER_LOGIN_URL": ISSUER,
            "ADAPTER_ISSUER_LOGIN_AUDIENCE": AUDIENCE,
            "ADAPTER_ISSUER_LOGIN_JWKS": provider.url,
            "ADAPTER_WORKERS": "2",
            **environ,
        }
        who = callers(folder)
        with gunicorn(made, settings, workers=2) as (url, _, _):
            etags: Etags = {}
            seen = [each for seed in range(ROUNDS) for each in run(url, list(cells(who, NUMBERS)), seed, etags)]
    return judged(seen), len(seen)
