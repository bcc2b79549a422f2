"""The results that are kept, one file for each release: ``results/<version>.json``.

The evidence never reads them; the page in ``docs/`` is made from them.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import adapter
from tests.bench.compared import ROUNDS, SECONDS
from tests.bench.install import NODE_PEER
from tests.bench.load import CONNECTIONS
from tests.bench.messages import CALLS

FOLDER: Final = Path(__file__).parent / "results"
_PACKAGES: Final = ("Flask", "gevent", "gunicorn", "lxml", "marshmallow", "urllib3", "zeep")


def store(lines: Sequence[Mapping[str, Any]], measured: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Write the result of this release. ``lines``: id, what, value, goal, ok; ``measured``: the rounds of a run."""
    found = {
        "version": adapter.__version__,
        "machine": machine(),
        "taken": {"rounds": ROUNDS, "seconds": SECONDS, "connections": CONNECTIONS},
        "bytes": {call.name: {"request": len(call.body), "reply": len(call.reply)} for call in CALLS},
        "lines": list(lines),
        **measured,
    }
    folder.mkdir(exist_ok=True)
    file = folder / f"{adapter.__version__}.json"
    file.write_text(json.dumps(_rounded(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def kept(folder: Path = FOLDER) -> list[Mapping[str, Any]]:
    """Return the results of all releases, the newest first."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    return sorted(found, key=lambda each: [int(part) for part in re.findall("[0-9]+", each["version"])], reverse=True)


def machine() -> Mapping[str, Any]:
    """Return what this ran on: cores, model of the CPU, system, and the versions of all that was measured."""
    lock = json.loads((NODE_PEER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {
            "python": platform.python_version(),
            **{name.lower(): version(name) for name in _PACKAGES},
            "node": _said("node", "--version").lstrip("v"),
            **{name: lock[f"node_modules/{name}"]["version"] for name in ("express", "soap")},
        },
    }


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _rounded(found: Any) -> Any:
    if isinstance(found, float):
        return round(found, 3)
    if isinstance(found, Mapping):
        return {name: _rounded(value) for name, value in found.items()}
    return [_rounded(each) for each in found] if isinstance(found, list | tuple) else found
