"""calm.stale: fifty callers for each key, under a real gunicorn; then the ERP is gone, and callers still have answers.

Once with one worker, and once with two that share a real Valkey. What is counted is what the ERP saw for each key: once
for the first answer, once for each refresh, however many workers there are.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from adapter.cache.entry import OVERHEAD
from tests.cases import SHAPES, shape_project
from tests.evidence import Result
from tests.evidence.calm_erp import Erp, answering
from tests.resilience.engines import valkey
from tests.stack import gunicorn

KEYS: Final = [f"A-{number}" for number in range(8)]
CALLERS: Final = 50
ROUNDS: Final = 5
_FRESH, _STALE = 4, 30


def measure() -> Result:
    """Run it in both ways."""
    alone = _tried({}, 1)
    with valkey() as server:
        together = _tried({"ADAPTER_SHARED": server.url}, 2)
    return Result(f"{alone.value}; {together.value}", alone.ok and together.ok)


def _tried(environ: Mapping[str, str], workers: int) -> Result:
    """Ask together while nothing is kept, while it is stale, and while the ERP is gone."""
    with tempfile.TemporaryDirectory() as name, answering() as erp:
        project = shape_project(SHAPES / "cache", Path(name, "project"), erp.url)
        mapping = project / "mappings" / "mapping.yaml"
        text = mapping.read_text("utf-8")
        said = "fresh: 30, stale: 60, stale_if_error: 3600"
        assert said in text
        mapping.write_text(text.replace(said, f"fresh: {_FRESH}, stale: {_STALE}, stale_if_error: 3600"), "utf-8")
        with gunicorn(project, environ, workers) as (url, _, _):
            return _judged(url, erp, workers)


def _judged(url: str, erp: Erp, workers: int) -> Result:
    first, cold = _asked(url, erp)
    kept = _workers(url)
    time.sleep(_FRESH + 0.5)
    refreshed, stale = _asked(url, erp)
    erp.gone()
    time.sleep(_FRESH + _STALE + 0.5)
    answered = Counter[int]()
    for _ in range(ROUNDS):
        answered += _all(url)
        time.sleep(1)
    share = answered[200] / answered.total()
    value = (
        f"{kept} worker{'s' if kept > 1 else ''}: {share:.1%} of {answered.total()}, "
        f"ERP calls for each key at first {first}, for each refresh {refreshed}"
    )
    wrong = [f"{name}: {dict(each)}" for name, each in (("cold", cold), ("stale", stale)) if set(each) != {200}]
    if wrong:
        return Result(f"{value}; BUT {', '.join(wrong)}", ok=False)
    return Result(value, share == 1.0 and (first, refreshed, kept) == (1, 1, workers))


def _asked(url: str, erp: Erp) -> tuple[int, Counter[int]]:
    """Let all callers ask while the ERP holds its answers back; return the most calls that it had for one key."""
    before = Counter(erp.asked)
    erp.pause.clear()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_all, url)
        time.sleep(1.5)
        erp.pause.set()
        statuses = running.result()
    time.sleep(0.5)
    seen = Counter(erp.asked) - before
    return max((seen[key] for key in KEYS), key=lambda count: abs(count - 1)), statuses


def _workers(url: str) -> int:
    """Return how many workers were asked for the keys: each that was keeps the answers."""
    with urlopen(f"{url}/metrics", timeout=30) as answer:
        found = re.search(r"^adapter_cache_bytes (\S+)$", answer.read().decode(), re.MULTILINE)
    with urlopen(f"{url}/v1/orders/{KEYS[0]}", timeout=30) as answer:
        each = len(answer.read()) + OVERHEAD
    assert found is not None
    return round(float(found[1]) / (each * len(KEYS)))


def _all(url: str) -> Counter[int]:
    paths = [f"{url}/v1/orders/{key}" for key in KEYS] * CALLERS
    with ThreadPoolExecutor(len(paths)) as pool:
        return Counter(pool.map(_status, paths))


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=30) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
