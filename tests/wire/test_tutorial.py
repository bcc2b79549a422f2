"""The README and the tutorial do what they say: mappings agree, commands work and print what is shown."""

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

import pytest

from adapter.virtual import running
from tests.evidence.house import ROOT

_BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n(?: +:caption: (\S+)\n)?\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)
PRETEND_ERP = "http://127.0.0.1:9101"


@dataclass(frozen=True, slots=True)
class Block:
    """One code block of a page: its language, the file it is for, its text."""

    language: str
    file: str
    text: str


def blocks(page: str) -> list[Block]:
    """All code blocks of a page below the root."""
    found = _BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return [Block(language, file, textwrap.dedent(text).strip("\n") + "\n") for language, file, text in found]


class Terminal:
    """A shell that remembers the folder it is in, as the reader's does. ``erp`` is where the pretend ERP listens."""

    def __init__(self, folder: Path, erp: str) -> None:
        self.folder = folder
        self.erp = erp
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")},
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": f"{erp}/erp/soap12",
        }
        program = folder / "adapter"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m adapter "$@"\n')
        program.chmod(0o755)

    def run(self, command: str) -> str:
        """Run one line as typed, see that it succeeds, and return what it printed."""
        done = subprocess.run(
            ["/bin/sh", "-c", f"{command}\nstatus=$?; pwd >&2; exit $status"],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert 0 == done.returncode, f"$ {command}\n{done.stdout}{done.stderr}"
        self.folder = Path(done.stderr.splitlines()[-1])
        return done.stdout


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal beside a running pretend ERP."""
    with running(ROOT) as server:
        yield Terminal(tmp_path, server.url())


def test_the_tutorial_works_as_written(terminal: Terminal) -> None:
    """Every file of the tutorial is written, every command run, and every line it shows is printed, in that order."""
    for block in blocks("docs/tutorial.rst"):
        if block.language == "yaml":
            (terminal.folder / block.file).write_text(block.text, encoding="utf-8")
            continue
        for command in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            line, _, shown = command.partition("\n")
            printed = iter(terminal.run(line.replace(PRETEND_ERP, terminal.erp)).splitlines())
            for expected in shown.splitlines():
                assert any(expected.strip() == each.strip() for each in printed), (
                    f"$ {line}\ndoes not print: {expected}"
                )


def test_the_mapping_in_the_readme_agrees(terminal: Terminal) -> None:
    """The mapping that the README shows is a whole one, and agrees with the contract of the example."""
    (mapping,) = [block for block in blocks("README.rst") if block.language == "yaml"]
    project = terminal.folder / "project"
    (project / "mappings").mkdir(parents=True)
    (project / "mappings" / "items.yaml").write_text(mapping.text, encoding="utf-8")
    (project / "wsdl").symlink_to(ROOT / "wsdl")
    (project / "adapter.env").write_text("ADAPTER_VALUE_CLIENT=100\n")
    assert terminal.run("adapter check --project project").startswith("1 operation in 1 mapping agree")
