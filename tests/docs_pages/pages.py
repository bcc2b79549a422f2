"""The pages as tests read them: their code blocks, and a terminal that runs them.

What a block is for stands in the page itself. A file is a block whose first line is ``# folder/name``, or
``# folder/name (at the end)`` for lines to add. A ``console`` block holds commands after ``$`` and, below each, lines
that it prints, in that order and maybe with others between. Its ``:class:`` says ``fails`` where commands end with
status 1, and ``terminal`` where they go on running in another terminal.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from tests.evidence.house import ROOT

SECONDS = 60
_BLOCK = re.compile(
    r"^\.\. code-block:: (\w+)\n(?: +:class: (\w+)\n)?(?: +:name: ([\w-]+)\n)?\n((?:(?: {4}.*)?\n)+)", re.MULTILINE
)
_FILE = re.compile(r"# ([\w./-]+\.\w+)( \(at the end\))?\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One code block of a page: its language, its class, its name, its text."""

    language: str
    kind: str
    name: str
    text: str

    @property
    def file(self) -> str:
        """The file that it is, relative to the project; empty for any other block."""
        found = _FILE.match(self.text)
        return found[1] if found else ""

    @property
    def adds(self) -> bool:
        """Whether it goes to the end of a file that is there already."""
        found = _FILE.match(self.text)
        return bool(found and found[2])

    @property
    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Each command of a console block, with the lines that it shows."""
        for command in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:] if self.language == "console" else ():
            line, *shown = command.strip().splitlines()
            while line.endswith("\\"):
                line = f"{line[:-1]}{shown.pop(0).strip()}"
            yield line, [plain(each) for each in shown if each.strip()]


def plain(line: str) -> str:
    """Return a line without its indentation, and with one space where columns have several."""
    return " ".join(line.split())


def blocks(page: str) -> list[Block]:
    """Return all code blocks of a page below the root."""
    found = _BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return [
        Block(language, kind, name, textwrap.dedent(text).strip("\n") + "\n") for language, kind, name, text in found
    ]


class Terminal:
    """A shell that remembers the folder it is in, as the reader's does. What it started it ends, by process id.

    ``replaced`` maps texts of the page to what holds here: ports that are free, above all.
    """

    def __init__(self, folder: Path, replaced: dict[str, str], environ: dict[str, str]) -> None:
        self.folder = folder
        self._replaced = replaced
        self._running: list[subprocess.Popen[str]] = []
        program = folder / "bin" / "adapter"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m adapter "$@"\n')
        program.chmod(0o755)
        own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        self._environ = {**own, **environ, "PATH": path, "PYTHONUNBUFFERED": "1"}

    def follow(self, page: str) -> None:
        """Do what a page says, block by block, and see that it prints what it shows."""
        for block in blocks(page):
            if block.file:
                path = self.folder / block.file
                path.parent.mkdir(parents=True, exist_ok=True)
                before = path.read_text(encoding="utf-8") if block.adds else ""
                path.write_text(
                    before + (block.text.partition("\n")[2] if block.adds else block.text), encoding="utf-8"
                )
            for line, shown in block.commands:
                command, expected = self._here(line), [self._here(each) for each in shown]
                if block.kind == "terminal":
                    self._start(command, expected)
                else:
                    self._run(command, expected, 1 if block.kind == "fails" else 0)

    def close(self) -> None:
        """End what is still running."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.communicate(timeout=SECONDS)

    def _here(self, text: str) -> str:
        for written, meant in self._replaced.items():
            text = text.replace(written, meant)
        return text

    def _run(self, command: str, shown: list[str], status: int) -> None:
        done = subprocess.run(
            ["/bin/sh", "-c", f"{command}\nstatus=$?; pwd >&2; exit $status"],
            cwd=self.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        said = f"$ {command}\n{done.stdout}{done.stderr}"
        assert status == done.returncode, said
        self.folder = Path(done.stderr.splitlines()[-1])
        printed = iter([plain(line) for line in done.stdout.splitlines()])
        for expected in shown:
            assert expected in printed, f"{said}\nis not printed, or not in this order: {expected}"

    def _start(self, command: str, shown: list[str]) -> None:
        """Start what goes on running, and wait until it has printed its lines (or ended)."""
        process = subprocess.Popen(
            shlex.split(command),
            cwd=self.folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.append(process)
        assert process.stdout is not None
        late = Timer(SECONDS, process.terminate)
        late.daemon = True  # where a line is missing, nobody waits for it
        late.start()
        said = []
        for expected in shown:
            for line in process.stdout:
                said.append(line)
                if expected in plain(line):
                    break
            else:
                raise AssertionError(f"$ {command}\n{''.join(said)}\ndoes not print: {expected}")
        late.cancel()
