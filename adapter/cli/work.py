"""``adapter work``: the background process, which delivers what was promised and looks after what is kept."""

from __future__ import annotations

import importlib
from argparse import ArgumentTypeError, Namespace

from adapter.cli.command import Command, argument

AT_ONCE = 16


def run(asked: Namespace) -> int:
    """Work until SIGTERM or Ctrl-C."""
    status: int = importlib.import_module("adapter.cli.working").run(asked)
    return status


def _count(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) <= 64):
        raise ArgumentTypeError("not a whole number from 1 to 64")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ArgumentTypeError("not HOST:PORT")
    return host.strip("[]"), int(port)


COMMAND = Command(
    "work",
    help="deliver what was promised, and look after writes that are kept",
    run=run,
    example="work --at-once 16 --metrics 127.0.0.1:9464",
    doc="One process of its own beside `adapter serve`; several may run. It sends queued writes in the order of their "
    "entities, finds out what became of those whose answer was lost, tells callers, and removes what is old. SIGTERM: "
    "it ends what it began, and begins nothing more. Killed: the next one finds out.",
    arguments=(
        argument("--at-once", metavar="N", type=_count, default=AT_ONCE, help=f"most deliveries (default: {AT_ONCE})"),
        argument("--metrics", metavar="HOST:PORT", type=_address, default=None, help="serve /metrics there"),
    ),
)
