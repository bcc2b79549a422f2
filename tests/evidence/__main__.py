"""``python -m tests.evidence --what main-job [--list] [--long] [--only ID …]``."""

from __future__ import annotations

import argparse
import sys

from tests.evidence.run import lines
from tests.evidence.table import PROMISES


def main() -> int:
    """Print the lines asked for; return 1 if any promise is short."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence", description="Measure what the project promises.")
    parser.add_argument("--what", choices=sorted(PROMISES), help="the promises of one piece of work (default: all)")
    parser.add_argument("--only", nargs="+", metavar="ID", help="only these promises")
    parser.add_argument("--list", action="store_true", help="list the ids and measure nothing")
    parser.add_argument("--long", action="store_true", help="also those that take long")
    asked = parser.parse_args()
    promises = [
        promise
        for what, promises in PROMISES.items()
        for promise in promises
        if asked.what in (None, what) and (not asked.only or promise.id in asked.only)
    ]
    if asked.list:
        for promise in promises:
            print("\t".join((promise.id, promise.what, promise.goal, "LONG=1" if promise.long else "")).rstrip())
        return 0
    everything_ok = True
    for line, ok in lines(promise for promise in promises if asked.long or not promise.long):
        print(line, flush=True)
        everything_ok &= ok
    return 0 if everything_ok else 1


sys.exit(main())
