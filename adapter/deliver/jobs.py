"""The engine on PostgreSQL: procrastinate runs one job for each row that is due, several processes together.

Rule 1: a row is the truth, a job only says "look at this row". A job too many finds nothing to do; one that is lost is
        made again by the sweep, which asks what is due and has no job.
Rule 2: jobs of one entity have one lock, so that no two run at once; that the earlier one is first, rows say.
Rule 3: this module alone imports procrastinate, which comes with the extra ``postgres``; it is loaded where asked for.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from adapter.deliver.loop import PAUSE, TROUBLE, Due

TASK = "deliver"
QUEUE = "adapter"
HEARTBEAT = 2.0
STALLED = 8.0
"""Seconds of silence after which a worker counts as dead, and its jobs as free."""
_LOOK_FOR_STALLED = 2.0
_ONCE_MORE = 10.0  # seconds after which a row that is still due, with its job deferred, has one deferred again
_MOST = 200


class Jobs:
    """Delivers what is due, ``at_once`` at most at the same time in this process. It has the same shape as ``Loop``."""

    def __init__(
        self,
        url: str,
        password: Callable[[], str],
        due: Callable[[int], Sequence[Due]],
        deliver: Callable[[str], object],
        at_once: int,
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._url, self._password, self._due, self._deliver = url, password, due, deliver
        self._at_once, self._failed = at_once, failed
        self._stopping = threading.Event()
        self._looking = threading.Event()
        self._deferred: dict[str, float] = {}

    def wake(self) -> None:
        """Look for rows now."""
        self._looking.set()

    def stop(self) -> None:
        """Begin nothing more. ``run`` returns once what was begun has ended."""
        self._stopping.set()

    def run(self) -> None:
        """Deliver until ``stop``. Where PostgreSQL goes away, begin again once it is there."""
        while not self._stopping.is_set():
            try:
                asyncio.run(self._session())
            except Exception as error:  # PostgreSQL is away, most likely: nothing is lost, and it is asked again soon
                self._failed("jobs", error)
                self._stopping.wait(TROUBLE)

    async def _session(self) -> None:
        """Work until one of the parts ends: because of ``stop``, or because PostgreSQL went away."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._at_once + 2))
        app = self.app()
        try:
            await _first(self._open(app), self._until_stopped())
            if self._stopping.is_set():
                return
            worker = app.run_worker_async(
                queues=[QUEUE],
                concurrency=self._at_once,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
            )
            await _first(worker, self._sweep(app), self._free(app), self._until_stopped())
        finally:  # also of a pool that was never full: what fills it would go on
            await app.close_async()

    async def _open(self, app: App) -> None:
        """Open the pool, and see to the tables. It waits for PostgreSQL, half a minute at most."""
        await app.open_async()
        await prepare(app)

    def app(self) -> App:
        """Return procrastinate's side of it: where the jobs are, and what one does."""
        password = self._password()
        more = {"password": password} if password else {}
        app = App(connector=PsycopgConnector(conninfo=self._url, kwargs=more, min_size=1, max_size=4, timeout=5.0))

        @app.task(name=TASK, queue=QUEUE)
        def deliver(row: str) -> None:
            try:
                self._deliver(row)
            except Exception as error:  # its lease runs out, and then somebody finds out what became of it
                self._failed("deliver", error)
            finally:
                self._deferred.pop(row, None)
                self._looking.set()

        return app

    async def _sweep(self, app: App) -> None:
        while True:
            for row in await asyncio.to_thread(self._due, _MOST):
                await self._defer(app, row)
            self._looking.clear()
            until = time.monotonic() + PAUSE
            while time.monotonic() < until and not self._looking.is_set():
                await asyncio.sleep(PAUSE / 10)

    async def _defer(self, app: App, row: Due) -> None:
        now = time.monotonic()
        if now - self._deferred.get(row.id, -_ONCE_MORE) < _ONCE_MORE:
            return
        if len(self._deferred) > 10 * _MOST:
            self._deferred = {each: at for each, at in self._deferred.items() if now - at < _ONCE_MORE}
        self._deferred[row.id] = now
        task = app.configure_task(TASK, queue=QUEUE, lock=row.entity or row.id, queueing_lock=row.id)
        try:
            await task.defer_async(row=row.id)
        except AlreadyEnqueued:  # by another process, or by this one some time ago
            return

    async def _free(self, app: App) -> None:
        """Remove the jobs of processes that were killed: they would hold the locks of their entities for ever."""
        while True:
            for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED):
                try:
                    await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
                except ConnectorException:  # another process was first; where PostgreSQL is away, the next look says so
                    break
            await asyncio.sleep(_LOOK_FOR_STALLED)

    async def _until_stopped(self) -> None:
        while not self._stopping.is_set():
            await asyncio.sleep(PAUSE / 5)


async def prepare(app: App) -> None:
    """Make procrastinate's tables where there are none. Several processes may try at once; one does it."""
    if await app.check_connection_async():
        return
    try:
        await app.schema_manager.apply_schema_async()
    except ConnectorException:
        if not await app.check_connection_async():
            raise


async def _first(*parts: Coroutine[Any, Any, None]) -> None:
    """Run all parts until one ends; end the others, and wait for what they do last. Raise what ended the first."""
    tasks = [asyncio.ensure_future(each) for each in parts]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()
