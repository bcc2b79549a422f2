"""``adapter keys``: API keys are made, shown in a list, and taken back."""

from __future__ import annotations

import difflib
import importlib
import re
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapter import app, operating, settings
from adapter.callers.keys import peppers
from adapter.callers.keytext import new_key
from adapter.cli.command import Command, UsageError, argument, project_of, say, table
from adapter.durable import Durable
from adapter.moving.features import features

if TYPE_CHECKING:
    from adapter.store.keys import Key

MOST_ACTIVE = 2
DAY = 86400
HEAD = ("ID", "OWNER", "SCOPES", "STATE", "CREATED", "EXPIRES", "LAST USE", "NOTE")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


def create(asked: Namespace) -> int:
    """Make a key and print it, alone on standard output: it is not kept, so it is shown this once."""
    built = app.build(project_of(asked), settings.environment())
    scopes = tuple(dict.fromkeys(asked.scopes))
    _must_be_asked(built, scopes)
    durable, room, now = Durable(built.settings, built.project), _room(), time.time()
    id, text = new_key()
    expires = now + asked.days * DAY if asked.days else None
    key = room.Key(id, asked.owner, peppers(durable.keyring)[0].kept(text), now, scopes, asked.note, expires)
    durable.store.run(lambda connection: _add(connection, key))
    say(f"The key of {asked.owner} ({id}). It is shown this once; callers send it as X-API-Key:")
    print(text)
    return 0


def listed(asked: Namespace) -> int:
    """Print one line for each key."""
    durable, now = _durable(asked), time.time()
    known = {secret.id for secret in durable.keyring.secrets}
    found = durable.store.read(_room().every)
    if not found:
        say("no keys; adapter keys create --owner NAME --scopes SCOPE,… makes one")
        return 0
    print(table([HEAD, *(_row(key, now, known) for key in found)]))
    return 0


def revoke(asked: Namespace) -> int:
    """Let a key not count any more; running processes see it within two seconds."""
    durable, now = _durable(asked), time.time()

    def act(connection: Any) -> bool:
        done: bool = _room().revoke(connection, asked.id, now)
        if done:
            _audit().append(connection, now, "operator", "key.revoked", asked.id)
        return done

    if not durable.store.run(act):
        raise UsageError(f"there is no key {asked.id} that counts; `adapter keys list` shows all")
    say(f"revoked {asked.id}")
    return 0


def _add(connection: Any, key: Key) -> None:
    counting = [each.id for each in _room().every(connection, key.owner) if _state(each, key.created) == "counts"]
    if len(counting) >= MOST_ACTIVE:
        raise UsageError(f"{key.owner} has {MOST_ACTIVE} keys that count; adapter keys revoke {counting[0]} first")
    _room().add(connection, key)
    _audit().append(connection, key.created, "operator", "key.created", key.id, owner=key.owner, scopes=key.scopes)


def _must_be_asked(built: app.Built, scopes: tuple[str, ...]) -> None:
    """Raise UsageError for a scope that no operation asks for: a typing error that nobody would notice."""
    asked = sorted({name for each in built.endpoints if each.policy.scopes for name in each.policy.scopes.names})
    asked += operating.SCOPES if features(built.endpoints) else ()
    for scope in scopes:
        if scope not in asked:
            near = difflib.get_close_matches(scope, asked, 1)
            there = f"did you mean {near[0]}?" if near else f"there are: {', '.join(asked)}" if asked else "none does"
            raise UsageError(f"no operation asks for the scope {scope}; {there}")


def _row(key: Key, now: float, known: set[str]) -> tuple[str, ...]:
    state = _state(key, now)
    if state == "counts" and not any(key.hash.startswith(id.encode("ascii")) for id in known):
        state = "secret gone"
    times = (_day(key.created), _day(key.expires), _day(key.used))
    return key.id, key.owner, ",".join(key.scopes) or "-", state, *times, key.note or "-"


def _state(key: Key, now: float) -> str:
    if key.revoked is not None:
        return "revoked"
    return "expired" if key.expires is not None and now >= key.expires else "counts"


def _day(seconds: float | None) -> str:
    return "-" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _durable(asked: Namespace) -> Durable:
    project = project_of(asked)
    return Durable(settings.read(project, settings.environment()), project)


def _room() -> Any:
    """Return the functions about keys; by name, since no other command waits for what they import."""
    return importlib.import_module("adapter.store.keys")


def _audit() -> Any:
    return importlib.import_module("adapter.store.audit")


def _owner(text: str) -> str:
    if not _OWNER.fullmatch(text):
        raise ArgumentTypeError("letters, digits and ._@-, at most 64")
    return text


def _scopes(text: str) -> Iterator[str]:
    return (word.strip() for word in text.split(",") if word.strip())


def _days(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) <= 3650):
        raise ArgumentTypeError("not a number of days from 1 to 3650")
    return int(text)


COMMAND = Command(
    "keys",
    help="API keys: create, list, revoke",
    parts=(
        Command(
            "create",
            help="make a key and show it, this once",
            run=create,
            example="keys create --owner shop --scopes orders.read,orders.write --days 365",
            doc="Only a keyed hash of it is kept. An owner may have two keys that count, so that one can be changed "
            "for the other without a pause. The key is all that is printed on standard output.",
            arguments=(
                argument("--owner", metavar="NAME", type=_owner, required=True, help="whose key it is; logs name it"),
                argument("--scopes", metavar="SCOPE,…", type=_scopes, default="", help="what it may do, by commas"),
                argument("--days", metavar="N", type=_days, default=0, help="days until it expires (default: never)"),
                argument("--note", metavar="TEXT", default="", help="what it is for"),
            ),
        ),
        Command("list", help="list all keys, with their last use", run=listed, example="keys list"),
        Command(
            "revoke",
            help="let a key not count any more",
            run=revoke,
            example="keys revoke 4fzyo82mVxW",
            arguments=(argument("id", metavar="ID", help="the part of the key between its first two underscores"),),
        ),
    ),
)
