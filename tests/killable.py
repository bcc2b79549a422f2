"""A server of a test in a process of its own, which is killed and started again, always at the same port."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stack import ROOT, free_port, wait_for


class Killable:
    """Runs ``python -m MODULE DATABASE PORT DYING``. Used in a ``with`` block.

    ``well`` is the path that answers with 200 once it is there. The file ``dying`` lets it end after its next effect.
    """

    def __init__(self, folder: Path, name: str, module: str, well: str) -> None:
        """Take the folder of its files, which are called ``name``."""
        self._database, self._dying, self._said = (folder / f"{name}.{kind}" for kind in ("db", "die", "err"))
        self._module, self._well = module, well
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.starts = 0

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.kill()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and return when it answers."""
        self.kill()
        command = [sys.executable, "-m", self._module, str(self._database), str(self.port), str(self._dying)]
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        wait_for(f"{self.url}{self._well}", self._process, self._said.read_text)
        self.starts += 1

    def kill(self) -> None:
        """End it by SIGKILL, wherever it is."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def die_after_effect(self) -> None:
        """Let the process end by itself after the next effect, before it answers."""
        self._dying.touch()
