"""``make bench``: measure every promise of speed, print its line, keep the result of this release, write its page."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import install, steps
from tests.bench.stored import store
from tests.evidence.run import lines
from tests.evidence.table import PROMISES
from tests.generated import main as write_generated


def main() -> int:
    """Return 1 if anything is missing or short."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure how fast the adapter is.")
    parser.add_argument("--long", action="store_true", help="also the lines that take long")
    asked = parser.parse_args()
    if missing := install.programs():
        print(f"Please install {', '.join(missing)}; as root on Debian this is done for you.", file=sys.stderr)
        return 1
    promises = [each for each in PROMISES["speed"] if asked.long or not each.long]
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rounds = Path(folder, "rounds.json")
        os.environ["BENCH_ROUNDS"] = str(rounds)
        for line, ok in lines(promises):
            print(line, flush=True)
            id, value, goal, _ = line.split("\t")
            what = next(each.what for each in promises if each.id == id)
            found.append({"id": id, "what": what, "value": value, "goal": goal, "ok": ok})
        if not rounds.exists():
            print("The comparison did not run, so nothing is kept.", file=sys.stderr)
            return 1
        print(f"kept in {store(found, json.loads(rounds.read_text(encoding='utf-8')))}", file=sys.stderr)
    write_generated()
    over = steps.main()
    return 0 if all(each["ok"] for each in found) and not over else 1


sys.exit(main())
