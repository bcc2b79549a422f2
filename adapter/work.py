"""The composition root of the background process: deliveries and timers. No HTTP is served here but metrics.

``Work`` is one such process. Several may run, on one machine or (with PostgreSQL) on many; the rows say who does what.
"""

from __future__ import annotations

import importlib
import os
import socket
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from adapter import following, operating, problems
from adapter import keeping as keeping_room
from adapter.built import Built, credentials_of, declared
from adapter.cache import open_cache
from adapter.deliver import timers, upkeep
from adapter.deliver.callback import keys_of
from adapter.deliver.loop import Due, Loop
from adapter.deliver.row import Deliveries
from adapter.deliver.settle import Keeping
from adapter.deliver.telling import Telling
from adapter.deliver.timers import Timer
from adapter.deliver.way import Way
from adapter.drafts import Drafts
from adapter.durable import Durable
from adapter.errors import BuildError, Mistake
from adapter.guard.isolation import following as isolations
from adapter.guard.told import telling
from adapter.mapping.agreement.credentials import CALLBACK_SECRET
from adapter.moving.read_back import ReadBack
from adapter.moving.reconcile import again
from adapter.opened import open_backends
from adapter.pipeline import Limits, way
from adapter.reconciling import reconcilers
from adapter.steps.observe import observe
from adapter.store import copies, drifts
from adapter.store.due import Depth
from adapter.store.writes import Write
from adapter.telemetry import Telemetry
from adapter.telemetry.working import Behind, Waiting, WorkMetrics

LEASES, LOOK, FORGET, TELL, READ_BACK, RECONCILE = 1.0, 5.0, 60.0, 1.0, 2.0, 300.0
"""Seconds between two looks at what each timer does."""
IN_A_ROW = 5
"""Rows of one entity that are delivered one after the other before others get their turn."""


class Engine(Protocol):
    """What runs deliveries: ``deliver.loop.Loop`` or ``deliver.jobs.Jobs``."""

    def run(self) -> None:
        """Deliver until ``stop``."""

    def stop(self) -> None:
        """Begin nothing more."""

    def wake(self) -> None:
        """Look for rows now."""


class Work:
    """One background process of a built project. ``more`` are timers of others. Nothing is opened before ``run``."""

    def __init__(
        self,
        built: Built,
        telemetry: Telemetry,
        *,
        at_once: int = 1,
        more: Sequence[Timer] = (),
        keeping: Keeping | None = None,
    ) -> None:
        self.metrics = WorkMetrics()
        self._built, self._telemetry = built, telemetry
        self._durable = Durable(built.settings, built.project)
        self.keeping = keeping or self._kept()
        ways = self._ways()
        self.deliveries = Deliveries(
            self.keeping,
            ways,
            {each.name: each.timeout or built.settings.timeout for each in built.endpoints},
            f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex}",
            bug=self._bug,
        )
        self.engine = self._engine(at_once)
        self._timers = [*self._upkeep(), *operating.timers(built.settings, built.endpoints, self._durable, telemetry)]
        self._timers += more
        self._telling = self._tellers()
        self._comparing = self._readers()
        self._judging = operating.judging(
            built.endpoints, self._durable, partial(self.metrics.judging, telemetry.lines)
        )
        self._stopping = threading.Event()

    def run(self) -> None:
        """Deliver and look after rows until ``stop``; then end what was begun."""
        groups = {
            "timers": self._timers,
            "callbacks": self._telling,
            "judge": self._judging,
            "read-back": self._comparing,
        }
        threads = [
            threading.Thread(target=self._run_timers, args=(group,), name=name)
            for name, group in groups.items()
            if group
        ]
        for each in threads:
            each.start()
        try:
            self.engine.run()
        finally:
            self.stop()
            for each in threads:
                each.join()
            self.keeping.store.close()

    def stop(self) -> None:
        """Begin nothing more; ``run`` returns once what was begun has ended. May be called from a signal's handler."""
        self._stopping.set()
        self.engine.stop()

    def render(self) -> bytes:
        """Return the metrics of this process."""
        return self._telemetry.metrics.render() + self.metrics.render()

    def lag(self) -> None:
        """Show how far each side of a feature is behind, and where sides differ without being so."""
        now = self.keeping.now()
        found, differ = self.keeping.store.read(
            lambda connection: (copies.lagging(connection), drifts.counted(connection))
        )
        self.metrics.drifted({feature: differ.get(feature, 0) for feature in self.reconcilers})
        self.metrics.behind(
            Behind(
                each.feature,
                each.target,
                each.waiting,
                max(0.0, now - each.oldest) if each.waiting else 0.0,
                each.conflicts,
            )
            for each in found
        )

    def _run_timers(self, these: Sequence[Timer]) -> None:
        timers.run(these, self._stopping.wait, self._failed)

    def _kept(self) -> Keeping:
        known = problems.catalogue(declared(self._built.endpoints))
        return keeping_room.keeping(self._built.settings, self._durable, known, self._telemetry.metrics.write)

    def _ways(self) -> Mapping[str, Way]:
        """Return how the writes of each operation are sent: observed as a call of its own."""
        built, telemetry, settings = self._built, self._telemetry, self._built.settings
        credentials = credentials_of(built.project, settings)
        told = telling(telemetry, watch=settings.guard == "watch")
        isolating = partial(isolations, self._durable, telemetry)
        backends = open_backends(settings, built.endpoints, built.contracts, credentials, told, isolating)
        cache = open_cache(built.endpoints, settings, telemetry, backends.shared)
        moving = following.moving(settings, self._durable, built.endpoints, telemetry)
        backends = replace(backends, cache=cache, moving=moving)
        limits = Limits(settings.max_depth, settings.max_digits, settings.max_request_bytes)
        self.draft = Drafts(built.endpoints, backends, limits)
        self.reconcilers = reconcilers(built.endpoints, backends, limits, self.keeping)
        self._notes = moving.notes if moving is not None else None
        kept = [each for each in built.endpoints if each.write is not None and each.write.rule.kept]
        ways = {each.name: way(each, backends, limits) for each in kept}
        around = observe(telemetry.started, telemetry.finished)
        return {name: each.around(around) for name, each in ways.items()}

    def _engine(self, at_once: int) -> Engine:
        url = self._built.settings.store
        arguments: tuple[Any, ...] = (self._due, self._deliver, at_once, self._failed)
        if "://" not in url:
            return Loop(*arguments)
        try:
            room = importlib.import_module("adapter.deliver.jobs")
        except ModuleNotFoundError as error:
            remedy = "pip install 'strangler-adapter[postgres]'"
            text = "with ADAPTER_STORE in PostgreSQL `adapter work` needs procrastinate"
            raise BuildError([Mistake("adapter.env", 0, 0, text, remedy)]) from error
        engine: Engine = room.Jobs(url, self._durable.password, *arguments)
        return engine

    def _upkeep(self) -> list[Timer]:
        return [
            Timer("leases", LEASES, lambda: upkeep.leases(self.deliveries)),
            Timer("look", LOOK, lambda: upkeep.look(self.keeping, self._show)),
            Timer("forget", FORGET, lambda: upkeep.forget(self.keeping)),
            *([Timer("lag", LOOK, self.lag)] if following.follows(self._built.endpoints) else []),
        ]

    def _tellers(self) -> list[Timer]:
        """Return what tells callers, where a mapping lets them ask for it."""
        asked = [each for each in self._built.endpoints if each.write is not None and each.write.rule.callback]
        if not asked:
            return []
        secret = credentials_of(self._built.project, self._built.settings).value(*CALLBACK_SECRET)
        telling = Telling(self.keeping, lambda: keys_of(secret()), self.metrics.told)
        return [Timer("callbacks", TELL, telling.tell)]

    def _readers(self) -> list[Timer]:
        """Return what reads both sides of features: what has arrived, and now and then what was written lately."""
        if self._notes is None or not self.reconcilers:
            return []
        every = tuple(self.reconcilers.values())
        back = ReadBack(every, self.keeping, self._notes.compared)
        return [
            Timer("read-back", READ_BACK, back.look),
            Timer("reconcile", RECONCILE, lambda: [again(each, RECONCILE) for each in every]),
        ]

    def _due(self, most: int) -> list[Due]:
        return [Due(*each) for each in self.deliveries.due(most)]

    def _deliver(self, id: str) -> None:
        """Look at a row, and then at those behind it of its entity, one after the other; others are due too."""
        for _ in range(IN_A_ROW):
            row = self.deliveries.deliver(id)
            if row is None:
                return
            self.metrics.delivered(row.operation, row.state)
            id = self.deliveries.following(row)
            if not id or self._stopping.is_set():
                return

    def _show(self, found: Sequence[Depth], now: float) -> None:
        waiting = (Waiting(each.state, each.operation, each.rows, max(0.0, now - each.oldest)) for each in found)
        self.metrics.waiting(waiting, now)

    def _failed(self, what: str, error: Exception) -> None:
        self.metrics.failed(what)
        self._telemetry.lines.bug(error, "", f"work.{what}")

    def _bug(self, error: Exception, row: Write) -> None:
        self._telemetry.bug(error, row.id, row.operation)
