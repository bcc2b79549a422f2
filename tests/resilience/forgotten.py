"""What a running worker still gives of the answers that it keeps, once a subject was erased by the command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tests.resilience import engines
from tests.resilience.project import cached_items
from tests.resilience.stand import Stand, stand

ANSWERS: Final = 10
_PATHS: Final = [f"/v1/items/A-{number:05d}" for number in range(1, ANSWERS + 1)]


class Given(NamedTuple):
    """How many answers came from the cache: before, and after the command; and what the command said."""

    before: int
    after: int
    said: str


def with_valkey(folder: Path) -> Given:
    """Return what is given by a worker that shares Valkey with the command."""
    with engines.valkey() as server:
        return _given(folder, {"ADAPTER_SHARED": server.url})


def alone(folder: Path) -> Given:
    """Return what is given by a worker that shares nothing."""
    return _given(folder, {})


def _given(folder: Path, more: Mapping[str, str]) -> Given:
    with stand(folder, "sqlite", cached_items, more) as there:
        _hits(there)
        before = _hits(there)
        done = there.command("erase", "C-1004711")
        done.check_returncode()
        return Given(before, _hits(there), done.stdout)


def _hits(there: Stand) -> int:
    answers = [there.call("GET", path) for path in _PATHS]
    if any(each.status != 200 for each in answers):
        raise RuntimeError(f"not well: {[each.status for each in answers]}")
    return sum("; hit" in each.headers["cache-status"] for each in answers)
