"""wsdl.matrix: rows of the support matrix whose test passes, and fails when the construct is broken on purpose.

All tests run once as they are. Then each mutation is made in a copy of the checkout, and its test runs there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from lxml import etree

from tests.docs_pages.matrix import Row, rows
from tests.evidence import Result
from tests.evidence.house import ROOT

AT_A_TIME = 2
SECONDS = 120
_COPIED = ("adapter", "tests", "docs", "mappings", "wsdl", "ops", "changes")
_FILES = ("pyproject.toml", "setup.cfg", "adapter.env", "README.rst", "CONTRIBUTING.rst", "Makefile", "LICENSE")
# A mutation that is no program proves nothing.
_NO_PROGRAM = ("SyntaxError", "ImportError", "ModuleNotFoundError", "NameError", "IndentationError")


def measure() -> Result:
    """Run every row's test, then break every construct and run its test again."""
    found = rows()
    with tempfile.TemporaryDirectory(prefix="matrix-") as folder:
        whole = _copy(Path(folder) / "whole")
        outcome = _run(whole, sorted({row.test for row in found}), SECONDS * 4)
        wrong = {row.name: why for row in found if (why := _not_passed(outcome, row.test))}
        copies: Queue[Path] = Queue()
        for number in range(AT_A_TIME):
            copies.put(_copy(Path(folder) / f"copy{number}"))
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            broken = list(pool.map(lambda row: _not_broken(copies, row), found))
    for row, why in zip(found, broken, strict=True):
        if why:
            wrong.setdefault(row.name, why)
    told = "".join(f"; {name}: {why}" for name, why in wrong.items())
    return Result(f"{len(found) - len(wrong)} of {len(found)} rows{told}", bool(found) and not wrong)


def _copy(folder: Path) -> Path:
    """Copy what tests read into a folder, and prove that Python takes the package from there."""
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3*"))
    for name in _FILES:
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-c", "import adapter; print(adapter.__file__)"]
    said = subprocess.run(command, cwd=folder, env=_environ(folder), capture_output=True, text=True, check=True).stdout
    if Path(said.strip()).resolve() != (folder / "adapter" / "__init__.py").resolve():
        raise RuntimeError("the copy of the checkout is not what Python imports")
    return folder


def _environ(folder: Path) -> dict[str, str]:
    """Return this process' environment with a copy in front, and without compiled files of the code before."""
    corpus = os.environ.get("ADAPTER_CORPUS") or str(ROOT.parent / "shared" / "corpus")
    # Plugins of pytest that happen to be installed take longer to import than a test to run.
    plain = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return {**os.environ, "PYTHONPATH": str(folder), "ADAPTER_CORPUS": corpus, **plain}


def _run(folder: Path, tests: list[str], seconds: int) -> dict[str, str]:
    """Run tests in a copy. Return, for each that ran, "" where it passed, and else the message of its failure."""
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
    try:
        subprocess.run(command, cwd=folder, env=_environ(folder), capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return dict.fromkeys(map(_short, tests), f"not done after {seconds} s")
    return dict(_cases(report)) if report.exists() else {}


def _cases(report: Path) -> Iterator[tuple[str, str]]:
    """Yield the tests of a report, as ``file::test``, with what they failed with."""
    for case in etree.parse(str(report)).iter("testcase"):
        failed = next(case.iterchildren("failure", "error", "skipped"), None)
        message = "" if failed is None else f"{failed.tag}: {failed.get('message') or 'failed'}"
        yield f"{case.get('classname')}::{case.get('name')}", message


def _short(test: str) -> str:
    """Return a node id as a report has it: module and class with dots."""
    path, _, rest = test.partition("::")
    *classes, name = rest.split("::") if "[" not in rest else [rest]
    return "::".join((".".join((path.removesuffix(".py").replace("/", "."), *classes)), name))


def _not_passed(outcome: dict[str, str], test: str) -> str:
    """Say why a test proves nothing of the code as it is; "" where it passed."""
    ran = [message for name, message in outcome.items() if _is(name, test)]
    if not ran:
        return "its test did not run"
    return next((f"its test does not pass: {message[:80]}" for message in ran if message), "")


def _is(name: str, test: str) -> bool:
    """Whether a name in a report is that test, or one of its parameters where none is named."""
    return name == _short(test) or ("[" not in test and name.startswith(f"{_short(test)}["))


def _not_broken(copies: Queue[Path], row: Row) -> str:
    """Say why the test of a row does not show that its construct is broken; "" where it does."""
    with _mutated(copies, row) as folder:
        outcome = _run(folder, [row.test], SECONDS)
    ran = [message for name, message in outcome.items() if _is(name, row.test)]
    failed = [message for message in ran if message]
    if not ran:
        return "broken, its test cannot be run at all"
    if any(name in message for message in failed for name in _NO_PROGRAM):
        return f"broken, it is no program: {failed[0][:80]}"
    if not any(message.startswith(("failure", "error")) for message in failed):
        return "its test passes though the construct is broken"
    return ""


@contextmanager
def _mutated(copies: Queue[Path], row: Row) -> Iterator[Path]:
    """Yield a copy of the checkout with the construct of a row broken, and mend it afterwards."""
    folder = copies.get()
    file, change = folder / row.broken_by.file, row.broken_by
    text = file.read_text("utf-8")
    if text.count(change.old) != 1:
        raise RuntimeError(f"{row.name}: the checkout changed while it was measured")
    file.write_text(text.replace(change.old, change.new), "utf-8")
    try:
        yield folder
    finally:
        file.write_text(text, "utf-8")
        copies.put(folder)
