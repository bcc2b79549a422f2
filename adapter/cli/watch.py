"""``adapter wsdl watch``: the contract that the ERP serves now, beside the one in ``wsdl/``."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from adapter.cli import differences
from adapter.cli.command import Command, UsageError, argument, project_of, say
from adapter.cli.differences import Differences, endpoints_of
from adapter.cli.download_password import PASSWORD, password_of
from adapter.errors import BuildError
from adapter.wsdl.documents import catalog_entries, catalog_key
from adapter.wsdl.load import load
from adapter.wsdl.vendor import add as vendor

FOLDER = "wsdl"
UNKNOWN = 3
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEAST, _MOST = 60, 7 * 86400
Wait = Callable[[float], None]


def run(asked: Namespace) -> int:
    """Compare once, or again and again; exit status 1 when something breaks, 3 when a contract cannot be fetched."""
    project = project_of(asked)
    watched = _watched(project, asked)
    credentials = (asked.user, password_of(asked.user)) if asked.user else None

    def look() -> tuple[int, str]:
        return _looked(project, watched, credentials, asked.json)

    if not asked.every:
        status, text = look()
        print(text)
        return status
    return again(look, _seconds(asked.every), time.sleep)


def again(look: Callable[[], tuple[int, str]], seconds: float, wait: Wait) -> int:
    """Look again and again, and print what is found when it is another than before; ends when it is interrupted."""
    last = ""
    try:
        while True:
            _, text = look()
            if text != last:
                print(text, flush=True)
            last = text
            wait(seconds)
    except KeyboardInterrupt:
        return 0


def _watched(project: Path, asked: Namespace) -> Mapping[str, str]:
    """Return what is looked at: the path below wsdl/ of each contract, by the address that it came from."""
    entries = {url: path for url, path in catalog_entries(project / FOLDER).items() if _is_root(path)}
    if bool(asked.url) == asked.all:
        raise UsageError("name the URL that a contract came from, or --all for every one that came from a URL")
    found = {url: path for url, path in entries.items() if asked.all or catalog_key(url) == catalog_key(asked.url)}
    if not found:
        which = asked.url or "any URL"
        raise UsageError(f"{FOLDER}/ has no contract from {which}; bring it in: adapter wsdl add URL")
    return found


def _is_root(path: str) -> bool:
    """Whether a file is a contract as `adapter wsdl add URL --name NAME` writes it: NAME/NAME.wsdl."""
    return Path(path).suffix == ".wsdl" and Path(path).stem == Path(path).parent.name


def _looked(
    project: Path, watched: Mapping[str, str], credentials: tuple[str, str] | None, as_json: bool
) -> tuple[int, str]:
    """Compare every contract with what its address gives now. Return the exit status, and what is to be said."""
    endpoints, status = endpoints_of(project), 0
    lines: list[str] = []
    data: dict[str, Any] = {}
    for url, file in watched.items():
        say(f"reading {url} …")
        try:
            found = Differences.of(load(project / FOLDER, file), _live(project, url, file, credentials), endpoints)
        except BuildError as error:
            status = UNKNOWN
            lines += [f"{FOLDER}/{file}: {url} cannot be compared:", *map(str, error.mistakes)]
            data[file] = {"url": url, "mistakes": [str(mistake) for mistake in error.mistakes]}
            continue
        status = status or int(found.breaking)
        lines += [f"{FOLDER}/{file}: {url}", *found.lines()]
        data[file] = {"url": url, **found.data()}
    return status, json.dumps(data, indent=1, ensure_ascii=False) if as_json else "\n".join(lines)


def _live(project: Path, url: str, file: str, credentials: tuple[str, str] | None) -> Any:
    """Return the contract that an address gives now. What else is in wsdl/ stands around it, its repair rules too."""
    with tempfile.TemporaryDirectory(prefix="adapter-watch-") as folder:
        there = Path(folder) / FOLDER
        shutil.copytree(project / FOLDER, there)
        vendor(url, there, Path(file).parent.name, credentials=credentials)
        return load(there, file)


def _seconds(text: str) -> int:
    """Return how long ``30m``, ``1h`` or ``1d`` is. Raises UsageError."""
    found = re.fullmatch(r"([0-9]{1,5})([smhd])", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not _LEAST <= seconds <= _MOST:
        raise UsageError(f"--every takes a time from 60s to 7d, such as 30m, 1h or 1d; it is {text!r}")
    return seconds


COMMAND = Command(
    "watch",
    help="compare the contract that the ERP serves now with the one in wsdl/",
    run=run,
    example="wsdl watch --all --json",
    doc="Looks once, for cron and CI: exit status 0 when nothing breaks, 1 when something may, 3 when a contract "
    "cannot be fetched or read. Nothing in the project is changed. With --every it goes on, and prints what is new.",
    arguments=(
        argument("url", metavar="URL", nargs="?", default="", help="the address that a contract was added from"),
        argument("--all", action="store_true", help="every contract of wsdl/ that was added from a URL"),
        argument("--every", metavar="TIME", default="", help="look again and again: 30m, 1h, 1d (60s to 7d)"),
        argument("--user", default="", help=f"user name for HTTP Basic authentication ({PASSWORD} is the password)"),
        differences.JSON,
    ),
)
