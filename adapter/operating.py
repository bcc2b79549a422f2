"""What operates the rollouts of a project: loaded where one is asked for, else never."""

from __future__ import annotations

import importlib
import ipaddress
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from adapter.deliver.timers import Timer
from adapter.durable import Durable
from adapter.errors import Mistake
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler
from adapter.moving.features import features
from adapter.settings import Settings
from adapter.telemetry import Telemetry

if TYPE_CHECKING:
    from adapter.callers import Callers
    from adapter.deliver.desk import Desk
    from adapter.moving.acting import Acting
    from adapter.moving.follow import Snapshot
    from adapter.moving.judging import Told
    from adapter.web import Install, Route

READ, OPERATE, APPROVE, TEST = "rollout.read", "rollout.operate", "rollout.approve", "rollout.test"
SCOPES: Final = (READ, OPERATE, APPROVE, TEST)
OFF, DEMO = "off", "demo"
BRAKE: Final = 1.0
"""Seconds between two looks at the brake."""
_SESSIONS: Final = "console-sessions"


def operated(settings: Settings, endpoints: Iterable[Endpoint]) -> bool:
    """Whether the operator API and the operators' page are there."""
    return settings.console != OFF and bool(features(endpoints))


def acting(endpoints: Iterable[Endpoint], durable: Durable) -> Acting:
    """Return what moves the features of a project, where the judge lets it. Nothing is opened yet."""
    room, judged = (importlib.import_module(f"adapter.moving.{name}") for name in ("acting", "judged"))
    gates = judged.gates(lambda: durable.store)
    return room.Acting(lambda: durable.store, features(endpoints), gates=gates)  # type: ignore[no-any-return]


def judging(endpoints: Iterable[Endpoint], durable: Durable, told: Callable[[], Told]) -> list[Timer]:
    """Return what judges the features of a project, again and again; none where nothing moves."""
    found = features(endpoints)
    if not found:
        return []
    room = importlib.import_module("adapter.moving.judging")
    judge = room.Judging(lambda: durable.store, found, told())
    looking = [Timer("judge", room.EVERY, partial(judge.look, each)) for each in found.values()]
    return [*looking, Timer("forget-runs", room.FORGET, judge.forget)]


def routes(
    settings: Settings, endpoints: Iterable[Endpoint], durable: Durable, around: Callable[[Handler], Handler]
) -> list[Route]:
    """Return the routes of the operator API; none where it is not asked for, or nothing moves."""
    if not operated(settings, endpoints):
        return []
    room = importlib.import_module("adapter.web.rollouts")
    who = room.Known() if settings.callers == "known" else room.Demo() if settings.console == DEMO else room.Nobody()
    return room.routes(acting(endpoints, durable), who, settings.timeout, around)  # type: ignore[no-any-return]


def timers(settings: Settings, endpoints: Iterable[Endpoint], durable: Durable, telemetry: Telemetry) -> list[Timer]:
    """Return what `adapter work` does again and again about features that move; none where nothing moves."""
    found = list(endpoints)
    if not features(found):
        return []

    def unknown(names: str) -> None:
        telemetry.lines.warning("rollout-brake-unknown", message=f"the brake names what is no feature: {names}")

    room = importlib.import_module("adapter.moving.braking")
    brake = room.Braking(acting(found, durable), durable.place(settings.brake), unknown)
    return [Timer("brake", BRAKE, brake.look)]


def console(
    settings: Settings,
    endpoints: Iterable[Endpoint],
    durable: Durable,
    callers: Callers | None,
    now: Callable[[], Snapshot],
    desk: Callable[[], Desk] | None,
) -> Install:
    """Return what adds the operators' page to the application; it is asked for, and something moves.

    ``now`` is where features stand as the process follows it, ``desk`` where writes that wait for a person are decided
    about; None where none are kept. ``callers`` is None where nobody is asked who he is.
    """
    room, looking, session, who = (
        importlib.import_module(f"adapter.console{name}") for name in ("", ".looking", ".session", ".who")
    )
    moves = acting(endpoints, durable)
    known = who.Known(callers.again) if callers is not None else who.demo(moves=settings.console == DEMO)
    parts = room.Parts(
        settings.title,
        moves,
        looking.Looks(moves, lambda: durable.store, lambda: durable.vault, now),
        known,
        session.Sessions(lambda: [each.key(_SESSIONS) for each in reversed(durable.keyring.secrets)]),
        callers.typed if callers is not None else None,
        desk,
        settings.timeout,
    )
    return room.install(parts)  # type: ignore[no-any-return]


def wrong(settings: Settings) -> Iterator[Mistake]:
    """Yield what is wrong with ADAPTER_CONSOLE: a demonstration lets anybody move features, so only at home."""
    if settings.console != DEMO:
        return
    if settings.callers == "known":
        yield _mistake("demo is for where nobody is asked who they are", "ADAPTER_CONSOLE=on: callers are known here")
    if far := [each for each in settings.hosts if not _at_home(each)]:
        yield _mistake(f"demo lets anybody move features, and {far[0]} is not this machine", "ADAPTER_HOSTS=localhost")


def _mistake(text: str, remedy: str) -> Mistake:
    return Mistake("adapter.env", 0, 0, f"ADAPTER_CONSOLE: {text}", remedy)


def _at_home(host: str) -> bool:
    name = host.rpartition(":")[0] if host.count(":") == 1 else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.partition("]")[0].removeprefix("[")).is_loopback
    except ValueError:
        return False
