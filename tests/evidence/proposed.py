"""A contract of the corpus as a project that ``adapter propose`` makes, and its OpenAPI document, by the commands.

``python -m tests.evidence.proposed FILE OUT.json`` does it in a process of its own, with its own time and memory.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from adapter.__main__ import main as adapter
from tests.corpus import documents
from tests.evidence.house import ROOT

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Proposed:
    """The OpenAPI document of a contract, as text; or what a command said that failed; and what it cost."""

    text: str = ""
    error: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0


def proposed(file: str, limit: int = SECONDS) -> Proposed:
    """Return what the commands make of one contract of the corpus, in a process of its own and so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said.json"
        command = [sys.executable, "-m", "tests.evidence.proposed", file, str(said)]
        try:
            subprocess.run(command, cwd=ROOT, capture_output=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return Proposed(error=f"not done after {limit} s", seconds=limit)
        if not said.exists():
            return Proposed(error="crashed")
        return Proposed(**json.loads(said.read_text("utf-8")))


def bring(file: str, project: Path) -> Path:
    """Put a contract of the corpus, and all that it imports, below ``wsdl/`` of a project; return its path there."""
    found = documents(file)
    for path, document in found.files.items():
        target = project / "wsdl" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document.content)
    catalog = {url: path for url, path in found.locations.items() if path in found.files}
    (project / "wsdl" / "catalog.json").write_text(json.dumps(catalog), "utf-8")
    return project / "wsdl" / file


def _made(file: str) -> tuple[str, str]:
    """Return the document and "", or "" and what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "mappings").mkdir()
        contract = bring(file, project)
        document = project / "openapi.json"
        for words in (
            ["propose", str(contract), "-o", str(project / "mappings")],
            ["openapi", "--project", str(project), "-o", str(document)],
        ):
            said = io.StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                status = adapter(words)
            if status:
                return "", f"{words[0]}: {said.getvalue()[-300:]}"
        return document.read_text("utf-8"), ""


def main(file: str, answer: str) -> None:
    """Do it here, and write what came of it."""
    start = time.monotonic()
    text, error = _made(file)
    seconds = time.monotonic() - start
    # The peak of this process alone (ru_maxrss would begin with what the process had that started it).
    peak = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text("ascii"))
    megabytes = int(peak[1]) / 1024 if peak else 0.0
    found = {"text": text, "error": error, "seconds": seconds, "megabytes": megabytes}
    Path(answer).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
