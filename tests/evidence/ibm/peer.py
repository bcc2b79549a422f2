"""IBM's apiconnect-wsdl, as its README says to use it: a zip of the contract in, one API for each service out.

The package is installed once into a cache folder of this user's, with npm. Addresses that are imported are answered
from the corpus: in the zip such an import names the copy beside it, since nothing is fetched while measuring.
"""

from __future__ import annotations

import io
import json
import os
import posixpath
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.corpus import documents
from tests.evidence.house import ROOT

PACKAGE = "apiconnect-wsdl@2.0.36"
SECONDS = 120
INSTALL_SECONDS = 240
_SCRIPT = ROOT / "tests" / "evidence" / "ibm" / "convert.js"


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a contract: one document for each service, or why not; and what it cost."""

    documents: tuple[dict[str, Any], ...] = ()
    error: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0


def installed() -> Path:
    """Return the folder that the package is in, installing it where it is not. Raises OSError where that fails."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise OSError("node and npm are not here")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strangler-adapter" / PACKAGE
    if not (cache / "node_modules" / "apiconnect-wsdl" / "index.js").is_file():
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(cache), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode:
            raise OSError(f"npm cannot install {PACKAGE}: {done.stderr[-200:]}")
    return cache


def convert(packages: Path, file: str) -> Made:
    """Return what the package makes of one contract of the corpus, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        packed, said = Path(folder) / "contract.zip", Path(folder) / "said.json"
        packed.write_bytes(_zip(file))
        command = ["node", str(_SCRIPT), str(packages), str(packed), str(said)]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return Made(error=f"not done after {SECONDS} s", seconds=SECONDS)
        if not said.exists():
            return Made(error="crashed")
        found = json.loads(said.read_text("utf-8"))
    return Made(tuple(found["documents"]), found["error"], found["seconds"], found["megabytes"])


def _zip(file: str) -> bytes:
    """Return a contract and all that it imports as one zip."""
    found, packed = documents(file), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, document in found.files.items():
            content = document.content
            for (where, location), target in found.targets.items():
                if where == path and ":" in location:
                    beside = posixpath.relpath(target, posixpath.dirname(path))
                    content = content.replace(f'"{location}"'.encode(), f'"{beside}"'.encode())
            archive.writestr(path, content)
    return packed.getvalue()
