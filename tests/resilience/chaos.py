"""What goes wrong while writes are made: lines that are cut, processes that are killed, an ERP that restarts.

All of it at random, from one seed, and each class of cut in turn, so that none is left out.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self, get_args

from tests import processes
from tests.resilience.faults import HEALTHY, Cut, End, Fault, Way
from tests.resilience.journal import Journal
from tests.resilience.message import PLACES, Message
from tests.resilience.proxy import Proxy
from tests.stack import ROOT

CUTS: Final = tuple(Cut(way, place, end) for way in get_args(Way) for place in PLACES for end in get_args(End))


class Cutter:
    """Chooses the fault of each exchange: most are well, the others cut, each class of them in turn."""

    def __init__(self, share: float, seed: int) -> None:
        """``share`` of the exchanges are cut."""
        self._share, self._random, self._lock = share, random.Random(seed), threading.Lock()
        cuts = list(CUTS)
        self._random.shuffle(cuts)
        self._cuts = itertools.cycle(cuts)

    def __call__(self, request: Message) -> Fault:
        """Return the fault of one exchange."""
        with self._lock:
            return Fault(cut=next(self._cuts)) if self._random.random() < self._share else HEALTHY


class Worker:
    """``adapter work`` of a project, to be killed and started again."""

    def __init__(self, project: Path, environ: Mapping[str, str], log: Path) -> None:
        """Take what its environment has beside that of this process."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
        self._environ = {**own, "ADAPTER_PROJECT": str(project), **environ}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.kill()

    def start(self) -> None:
        """Start it, if it does not run."""
        if self._process is None or self._process.poll() is not None:
            with self._log.open("ab") as log:
                command = [sys.executable, "-m", "adapter", "work"]
                self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=self._environ)

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process is not None
        return self._process.pid

    def pause(self) -> None:
        """Stop its work until ``go_on``."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it work again."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it by SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None


class Chaos:
    """Kills and restarts at random until the ``with`` block ends; then everything runs again."""

    def __init__(
        self, master: int, worker: Worker, journal: Journal, erp: Proxy, seed: int, pause: tuple[float, float]
    ) -> None:
        """``master`` is gunicorn's process, ``pause`` the least and the most seconds between two deeds."""
        self.done: Counter[str] = Counter()
        self._master, self._worker, self._journal, self._erp = master, worker, journal, erp
        self._random, self._pause = random.Random(seed), pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chaos")
        self._deeds: dict[str, Callable[[], None]] = {
            "web killed": self._kill_web,
            "work killed": self._kill_work,
            "ERP killed": self._kill_erp,
            "ERP died after an effect": self._die,
            "ERP unreachable": self._unreachable,
        }

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and leave everything running."""
        self._over.set()
        self._thread.join(60)
        self._revive()

    def _run(self) -> None:
        deeds = itertools.cycle(self._random.sample(sorted(self._deeds), len(self._deeds)))
        while not self._over.wait(self._random.uniform(*self._pause)):
            deed = next(deeds)
            self._deeds[deed]()
            self.done[deed] += 1
            self._revive()

    def _kill_web(self) -> None:
        workers = processes.children(self._master)
        if workers:
            os.kill(self._random.choice(workers), signal.SIGKILL)  # gunicorn starts another

    def _kill_work(self) -> None:
        self._worker.kill()
        self._over.wait(self._random.uniform(0, 1))

    def _kill_erp(self) -> None:
        self._journal.kill()
        self._over.wait(self._random.uniform(0, 1))

    def _die(self) -> None:
        self._journal.die_after_effect()
        for _ in range(100):  # at most five seconds, until somebody orders
            if not self._journal.alive or self._over.wait(0.05):
                return

    def _unreachable(self) -> None:
        """Nobody listens for a while, and then the ERP as before: what cannot have been sent."""
        chooser = self._erp.chooser
        self._erp.fault = Fault(down=True)
        self._over.wait(self._random.uniform(0.2, 1.5))
        self._erp.heal()
        if chooser is not None:
            self._erp.choose(chooser)

    def _revive(self) -> None:
        if not self._journal.alive:
            self._journal.start()
        self._worker.start()
