"""map.wsse: answers that are wrapped, doubled, weak, missing or stale, over real HTTP, each refused for its own reason.

So that it can fail: with the checks in its way switched off, each of them must get through.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from lxml import etree

from tests.evidence import Result
from tests.unit.logins import call
from tests.unit.loopback import serving
from tests.wsse.erp import HONEST, confirmed, honest, signing, trusting
from tests.wsse.hostile import HOSTILE
from tests.wsse.off import without

Ask = Callable[[Callable[[Any], bytes]], tuple[int, Any, str]]


def measure() -> Result:
    """Ask for each answer; compare status and cause."""
    chosen: list[Callable[[Any], bytes]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(signing(lambda request: chosen[-1](request))) as erp,
        redirect_stdout(StringIO()) as log,
    ):
        opened = trusting(Path(folder), erp.url)

        def ask(make: Callable[[Any], bytes]) -> tuple[int, Any, str]:
            chosen.append(make)
            log.seek(0)
            log.truncate()
            return *call(opened), log.getvalue()

        accepted = all(
            ask(right)[:2] == (200, {"name": HONEST})
            for right in (lambda request: etree.tostring(honest()), lambda request: etree.tostring(confirmed(request)))
        )
        wrong = [*_wrong(ask), *_replay(ask)]
    count = len(HOSTILE) + 1
    told = "".join(f"; {text}" for text in wrong)
    refused = count - len({text.partition(":")[0] for text in wrong})
    right = "yes" if accepted else "no"
    return Result(f"{refused} of {count} refused; correct one accepted: {right}{told}", accepted and not wrong)


def _wrong(ask: Ask) -> list[str]:
    """Return what is not as it must be: refused for another reason, or held back by nothing but luck."""
    wrong = []
    for hostile in HOSTILE:
        status, _, log = ask(hostile.bytes)
        if status != 502 or f'"cause":"signature: {hostile.cause}"' not in log:
            wrong.append(f"{hostile.name}: {status}")
        with without(*hostile.guards):
            if ask(hostile.bytes)[0] == 502:
                wrong.append(f"{hostile.name}: refused without its check")
    return wrong


def _replay(ask: Ask) -> list[str]:
    once = etree.tostring(honest())
    first, again = ask(lambda request: once), ask(lambda request: once)
    with without("replays"):
        off = ask(lambda request: once)
    good = (first[0], again[0], off[0]) == (200, 502, 200) and "received before" in again[2]
    return [] if good else [f"replay: {first[0]} {again[0]} {off[0]}"]
