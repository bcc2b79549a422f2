"""``adapter new``: a project folder to start from."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path

from adapter.cli.command import Command, UsageError, argument
from adapter.cli.new_project import FILES
from adapter.cli.store_key import FILE as KEY_FILE
from adapter.cli.store_key import store_key


def run(asked: Namespace) -> int:
    """Write the files and say what comes next. Nothing that is there is overwritten."""
    folder = Path(asked.folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a new folder")
    if there := [name for name in FILES if (folder / name).exists()]:
        raise UsageError(f"{folder} already has {', '.join(there)}, and nothing is overwritten; name a new folder")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    if store_key(folder):
        print(f"wrote {folder / KEY_FILE}")
    project = shlex.quote(str(folder))
    print("\nNext, with your ERP's contract (README.rst of the project has more):")
    print(f"  adapter wsdl add https://erp.example/service?wsdl --name erp --project {project}")
    print(f"  adapter wsdl lock --project {project}")
    print(f"  adapter check --project {project}")
    return 0


COMMAND = Command(
    "new",
    help="write a new project folder with a commented example",
    run=run,
    example="new ~/erp-api",
    doc="The example fits the pretend ERP (`adapter virtual`), so it can be tried before it is changed.",
    arguments=(argument("folder", metavar="DIR", help="folder to write; made when missing"),),
    in_project=False,
)
