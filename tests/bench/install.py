"""What the benchmark needs beside Python: wrk, nginx and Node with two packages. Installed where that can be done."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

NODE_PEER: Final = Path(__file__).parent / "peers" / "node"
_DEBIAN: Final = {"wrk": "wrk", "nginx": "nginx", "node": "nodejs", "npm": "npm"}
_SECONDS: Final = 600


def programs() -> list[str]:
    """Install the programs that are not here, as root on Debian and its kin; return those that are still missing."""
    wanted = [name for name in _DEBIAN if shutil.which(name) is None]
    if wanted and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = [_DEBIAN[name] for name in wanted]
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], env=quiet, stdout=sys.stderr, timeout=_SECONDS, check=False)
    return [name for name in wanted if shutil.which(name) is None]


def node_packages(peer: Path = NODE_PEER, name: str = "bench-node") -> Path | None:
    """Return the folder ``node_modules`` with what package-lock.json asks for, kept between runs; None without it."""
    lock = (peer / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strangler-adapter"
    folder = cache / f"{name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as place:
            made = Path(place, "made")
            shutil.copytree(peer, made)
            command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(command, cwd=made, stdout=sys.stderr, timeout=_SECONDS, check=False)
            if done.returncode != 0:
                return None
            if not folder.exists():  # another run may have been quicker
                made.rename(folder)
    return folder / "node_modules"
