"""Moves the wall clock of a Python process: by as many seconds as the file that TESTS_CLOCK names says, at each look.

Python imports this first where its folder is on PYTHONPATH. Only ``time.time`` moves, as a wall clock does when it is
set; what measures durations does not.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_real, _file = time.time, Path(os.environ["TESTS_CLOCK"])


def _moved() -> float:
    return _real() + float(_file.read_text() or 0)


time.time = _moved
