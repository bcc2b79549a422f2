"""What ``adapter check --prove`` prints: one line for each operation, and below it what was found."""

from __future__ import annotations

import importlib
import importlib.util
from argparse import Namespace
from collections.abc import Iterator

from adapter.app import Built
from adapter.cli.command import Argument, UsageError, argument

EXTRA = ("hypothesis", "xmlschema")
EXAMPLES = 25
ARGUMENTS: tuple[Argument, ...] = (
    argument(
        "--prove",
        action="store_true",
        help="send made-up values round through writer and reader, the XML judged by the contract's schemas",
    ),
    argument(
        "--examples", type=int, default=EXAMPLES, metavar="N", help="random values for each message (default: 25)"
    ),
    argument("--only", default="", metavar="OPERATION", help="prove this operation only, for example customers.read"),
    argument("--strict", action="store_true", help="what the mapping leaves out counts too"),
)


def run(built: Built, asked: Namespace) -> int:
    """Print the proof of a project. Return 1 where something was lost, not valid or not reached."""
    absent = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if absent:
        needed = f"--prove needs {' and '.join(absent)}"
        raise UsageError(f"{needed}; install it with: pip install 'strangler-adapter[prove]'")
    chosen = [each for each in built.endpoints if asked.only in ("", each.name)]
    if not chosen:
        names = ", ".join(each.name for each in built.endpoints[:10])
        raise UsageError(f"there is no operation {asked.only}; there are: {names}")
    # By its name: what it imports comes with an extra, and no other command waits for it.
    room = importlib.import_module("adapter.proof.prove")
    good = 0
    for proof in room.prove(chosen, built.documents, built.around, asked.examples):
        bad = list(_lines(proof, asked.strict))
        good += not bad
        print(f"{proof.operation}: {'not proven' if bad else 'ok'} ({proof.written} messages, judged by {proof.judge})")
        for line in (*bad, *(f"  {each}" for each in proof.findings if each.kind == "unmapped" and not asked.strict)):
            print(line)
    print(f"{good} of {len(chosen)} operation{'s' * (len(chosen) != 1)} proven")
    return 0 if good == len(chosen) else 1


def _lines(proof: object, strict: bool) -> Iterator[str]:
    """Yield what speaks against an operation."""
    for each in getattr(proof, "findings", ()):
        if each.kind != "unmapped" or strict:
            yield f"  {each}"
