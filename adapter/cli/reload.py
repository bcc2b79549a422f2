"""``adapter reload``: a new process in the place of a running one, without a failed call."""

from __future__ import annotations

import os
import signal
import time
from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from adapter import app, settings
from adapter.cli import masters
from adapter.cli.command import Command, UsageError, argument, say

SECONDS = 180
_PAUSE = 0.05


def run(asked: Namespace) -> int:
    """Check what the new process would read, let gunicorn start it, and wait until it has relieved the old one."""
    old = _pid(asked)
    if not masters.alive(old):
        raise UsageError(f"there is no process {old}; `adapter serve` starts one")
    try:
        environ, folder = masters.environment(old), masters.folder(old)
    except OSError as error:
        raise UsageError(f"process {old} cannot be seen ({error.strerror}): run this as its user, on Linux") from error
    named = environ.get(settings.PROJECT, "")
    here = folder / named if named or (folder / "mappings").is_dir() else ""
    project = settings.project(environ, str(here))
    say(f"checking {project} …")
    built = app.build(project, environ)
    say(f"{len(built.endpoints)} operations, starting a new process beside {old} …")
    os.kill(old, signal.SIGUSR2)
    return _watch(old, asked.pid_file, time.monotonic() + asked.seconds)


def _watch(old: int, file: str, end: float) -> int:
    """Follow both processes until one of them is left, or time is up. Nothing is ended from here.

    The new one writes its id into the file a moment after the old one has gone.
    """
    new: int | None = None
    while time.monotonic() < end:
        if new is None:
            new = masters.successor(old)
            if new is not None:
                say(f"{new} gets ready …")
        elif not masters.alive(new):
            say(f"{new} has ended, and {old} goes on as before; its log says why")
            return 1
        elif not masters.alive(old) and (not file or _written(file) == new):
            print(f"{new} answers in place of {old}")
            return 0
        if new is None and not masters.alive(old):
            raise UsageError(f"{old} has ended and started nothing: is it a gunicorn master of ours?")
        time.sleep(_PAUSE)
    say(f"not through: {old} is there, and {f'so is {new}' if new else 'it started nothing'}; its log says why")
    return 1


def _pid(asked: Namespace) -> int:
    if asked.pid is not None:
        return int(asked.pid)
    if not asked.pid_file:
        raise UsageError("say which process: --pid N, or --pid-file FILE as `adapter serve --pid-file FILE` wrote it")
    found = _written(asked.pid_file)
    if found is None:
        raise UsageError(f"{asked.pid_file} holds no process id")
    return found


def _written(file: str) -> int | None:
    """Return the process id that a file holds, None where it holds none now."""
    try:
        return int(Path(file).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _number(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ArgumentTypeError("not a whole number from 1")
    return int(text)


COMMAND = Command(
    "reload",
    help="replace a running adapter by a new one, without a failed call",
    run=run,
    example="reload --pid-file /run/adapter/pid",
    doc="Reads the project as the running process would, and says what is wrong with it. If nothing is, gunicorn "
    "starts another process on the same socket (USR2). Once all its workers can answer, the old one ends what it "
    "began and goes. One that does not come so far ends, and the old one goes on. Exits 0 once the old one is gone.",
    arguments=(
        argument("--pid", metavar="N", type=_number, help="the running gunicorn master"),
        argument("--pid-file", metavar="FILE", default="", help="the file that has its process id"),
        argument(
            "--seconds", metavar="N", type=_number, default=SECONDS, help=f"how long to wait (default: {SECONDS})"
        ),
    ),
    in_project=False,
)
