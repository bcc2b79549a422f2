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
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.evidence import Result
from tests.evidence.house import ROOT
from tests.evidence.table import Promise

MISSING = Result("missing", ok=False)
MAX_VALUE = 300
MAX_SAID = 4000


def lines(promises: Iterable[Promise]) -> Iterator[tuple[str, bool]]:
    """Yield, per promise, ``id<TAB>value<TAB>goal<TAB>ok|short`` and whether it is ok. Progress goes to stderr."""
    for promise in promises:
        print(f"{promise.id} …", file=sys.stderr, flush=True)
        start = time.monotonic()
        result = measured(promise)
        print(f"{promise.id} took {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
        yield "\t".join((promise.id, result.value, promise.goal, "ok" if result.ok else "short")), result.ok


def measured(promise: Promise) -> Result:
    """Measure one promise in a new process, and end that process with all it started."""
    if not written(promise.measure):
        return MISSING
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
        result = _result(answer, code, promise.seconds)
        if not result.ok:
            print(said.read_text(encoding="utf-8", errors="replace")[-MAX_SAID:], file=sys.stderr, flush=True)
        return result


def _result(answer: Path, code: int | None, seconds: int) -> Result:
    if not answer.exists():
        return Result(f"not done after {seconds} s" if code is None else f"crashed with exit code {code}", ok=False)
    said = json.loads(answer.read_text(encoding="utf-8"))
    return Result(one_line(said["value"]), bool(said["ok"]))


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
        result: Result = getattr(importlib.import_module(module), function)()
    except Exception as error:
        result = Result(f"{type(error).__name__}: {error}", ok=False)
        sys.excepthook(type(error), error, error.__traceback__)
    Path(answer).write_text(json.dumps({"value": result.value, "ok": result.ok}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
