"""``adapter serve``: the façade under gunicorn."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from adapter import app, settings
from adapter.cli.command import Command, argument, carried, project_of, say

APPLICATION = "adapter.app:create_app()"
CONFIG = Path("ops", "gunicorn.conf.py")
BIND = "127.0.0.1:8080"


def run(asked: Namespace) -> int:
    """Build once, so that mistakes are told well, then become gunicorn."""
    project = project_of(asked).resolve()
    environ = settings.environment()
    built = app.build_to_serve(project, environ)
    say(f"{len(built.endpoints)} operations, starting gunicorn on {asked.bind} …")
    command = gunicorn(project, asked.bind, asked.workers, asked.pid_file)
    workers = {"ADAPTER_WORKERS": str(asked.workers)} if built.settings.workers == 1 else {}
    os.execve(command[0], command, {**environ, **workers, settings.PROJECT: str(project)})


def gunicorn(project: Path, bind: str, workers: int, pid_file: str = "") -> list[str]:
    """Return the command that serves a project, with its own gunicorn configuration or else the one we carry."""
    own = project / CONFIG
    config = own if own.is_file() else carried() / CONFIG
    options = ["--config", str(config), "--bind", bind, "--workers", str(workers)]
    options += ["--pid", pid_file] if pid_file else []
    return [sys.executable, "-m", "gunicorn", *options, APPLICATION]


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ArgumentTypeError("not a whole number from 1")
    return int(text)


COMMAND = Command(
    "serve",
    help="serve the endpoints (gunicorn)",
    run=run,
    example="serve --bind 0.0.0.0:8080 --workers 4",
    doc="Runs gunicorn with the project's ops/gunicorn.conf.py, or with the one that comes with the adapter. Mistakes "
    "are printed before anything is served.",
    arguments=(
        argument("--bind", metavar="ADDR", default=BIND, help=f"address, as gunicorn takes it (default: {BIND})"),
        argument("--workers", metavar="N", type=_count, default=1, help="number of worker processes (default: 1)"),
        argument("--pid-file", metavar="FILE", default="", help="where its process id goes, for `adapter reload`"),
    ),
)
