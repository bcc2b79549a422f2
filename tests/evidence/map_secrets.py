"""map.secrets: seeded secrets of every kind of login, looked for in logs, metrics, problems, traces, explain and repr.

The tests that seed and search are ``tests/wire/test_identity_secrets*.py``; each secret found fails one of them.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tests.evidence import Result
from tests.evidence.house import ROOT

TESTS = ("tests/wire/test_identity_secrets.py", "tests/wire/test_identity_secrets_inside.py")


def measure() -> Result:
    """Run the searches; none may be skipped."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT, capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    passed = re.search(r"(\d+) passed", done.stdout)
    failed = re.search(r"(\d+) failed", done.stdout)
    searches = int(passed[1]) if passed else 0
    found = int(failed[1]) if failed else 0
    good = done.returncode == 0 and searches > 0 and "skipped" not in done.stdout
    return Result(f"{found} in {searches + found} searches", good)
