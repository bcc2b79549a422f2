"""Measures one promise, or many, each in a process of its own: one that crashes or hangs costs only its own line."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.evidence import Result
from tests.evidence.house import ROOT
from tests.evidence.table import Promise

MISSING = Result("missing", ok=False)
MAX_VALUE = 300
MAX_SAID = 4000


def lines(promises: Iterable[Promise]) -> Iterator[tuple[str, bool]]:
    """Yield, per promise, ``id<TAB>value<TAB>goal<TAB>ok|short`` and whether it is ok. Progress goes to stderr.

    Promises that one function measures share one call of it, and so one run.
    """
    asked = list(promises)
    known: dict[str, Mapping[str, Result]] = {}
    for promise in asked:
        if promise.measure not in known:
            print(f"{promise.id} …", file=sys.stderr, flush=True)
            start = time.monotonic()
            together = [each.id for each in asked if each.measure == promise.measure]
            known[promise.measure] = measured(promise, together)
            print(f"{', '.join(together)} took {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
        result = known[promise.measure].get(promise.id, MISSING)
        yield "\t".join((promise.id, result.value, promise.goal, "ok" if result.ok else "short")), result.ok


def measured(promise: Promise, ids: Sequence[str]) -> Mapping[str, Result]:
    """Call one measuring function in a new process, and end that process with all it started.

    Its result is that of all ``ids``, unless it returns theirs by id.
    """
    if not written(promise.measure):
        return dict.fromkeys(ids, MISSING)
    with tempfile.TemporaryDirectory(prefix="evidence-") as folder:
        answer, said = Path(folder, "answer.json"), Path(folder, "said.txt")
        command = [sys.executable, "-m", "tests.evidence.run", promise.measure, str(answer)]
        with (
            said.open("wb") as out,
            subprocess.Popen(
                command, cwd=ROOT, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
            ) as process,
        ):
            try:
                code = process.wait(promise.seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _end_group(process.pid)
        results = _results(answer, code, promise.seconds, ids)
        if not all(result.ok for result in results.values()):
            print(said.read_text(encoding="utf-8", errors="replace")[-MAX_SAID:], file=sys.stderr, flush=True)
        return results


def _results(answer: Path, code: int | None, seconds: int, ids: Sequence[str]) -> Mapping[str, Result]:
    if not answer.exists():
        text = f"not done after {seconds} s" if code is None else f"crashed with exit code {code}"
        return dict.fromkeys(ids, Result(text, ok=False))
    said = json.loads(answer.read_text(encoding="utf-8"))
    by_id = said if "" not in said else dict.fromkeys(ids, said[""])
    return {id: Result(one_line(by_id[id]["value"]), bool(by_id[id]["ok"])) for id in ids if id in by_id}


def written(measure: str) -> bool:
    """Whether the module that measures exists."""
    return importlib.util.find_spec(measure.partition(":")[0]) is not None


def one_line(text: str) -> str:
    """Fold white space, so that a value can hold neither tab nor line end, and cut what is too long to read."""
    folded = " ".join(text.split())
    return folded if len(folded) <= MAX_VALUE else folded[: MAX_VALUE - 1] + "…"


def _end_group(pid: int) -> None:
    # the group is the measurement's own (start_new_session), so this ends only what it started
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def main(measure: str, answer: str) -> None:
    """Call one measuring function and write what it says to a file; an exception is a result too."""
    module, _, function = measure.partition(":")
    try:
        found: Result | Mapping[str, Result] = getattr(importlib.import_module(module), function)()
    except Exception as error:
        found = Result(f"{type(error).__name__}: {error}", ok=False)
        sys.excepthook(type(error), error, error.__traceback__)
    results = {"": found} if isinstance(found, Result) else found
    said = {id: {"value": each.value, "ok": each.ok} for id, each in results.items()}
    Path(answer).write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
