"""``adapter guard``: endpoints are taken out of use by hand, and given back."""

from __future__ import annotations

import difflib
import importlib
import time
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from adapter import app, settings
from adapter.built import Built
from adapter.cli.command import Argument, Command, UsageError, actor, argument, project_of, say, table
from adapter.durable import Durable
from adapter.guard.isolation import place
from adapter.opened import addresses
from adapter.shared import Shared, open_shared
from adapter.shared.isolated import tell

HEAD = ("ENDPOINT", "STATE", "WHY")
SECONDS = 1


def listed(asked: Namespace) -> int:
    """Print one line for each endpoint."""
    built = _built(asked)
    names, known = _names(built), _known(built)
    rows = [(name, "isolated" if name in known else "in use", known.get(name, "-")) for name in names]
    rows += [(name, "isolated", f"{why}; no mapping names it") for name, why in known.items() if name not in names]
    if not rows:
        say("no endpoints; a mapping names some, and ADAPTER_ENDPOINT_… says where they are")
        return 0
    print(table([HEAD, *rows]))
    return 0


def isolate(asked: Namespace) -> int:
    """Let nobody ask an endpoint any more."""
    return _changed(asked, isolated=True)


def release(asked: Namespace) -> int:
    """Let an endpoint be asked again."""
    return _changed(asked, isolated=False)


def _changed(asked: Namespace, *, isolated: bool) -> int:
    built = _built(asked)
    names = _names(built)
    if isolated and asked.endpoint not in names:
        near = difflib.get_close_matches(asked.endpoint, names, 1)
        there = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none'}"
        raise UsageError(f"there is no endpoint {asked.endpoint}; {there}")
    durable, shared = Durable(built.settings, built.project), open_shared(built.settings.shared)
    if place(durable if built.durable else None, shared) is None:
        raise UsageError("processes of this project have no place to read it from; set ADAPTER_SHARED")
    if not durable.store.run(lambda connection: _told(connection, asked, built, shared, isolated)):
        raise UsageError(f"{asked.endpoint} is {'isolated already' if isolated else 'not isolated'}")
    done = "isolated: calls to it are refused" if isolated else "released: calls go to it again"
    say(f"{asked.endpoint} is {done}, in every process within {SECONDS} second")
    return 0


def _told(connection: Any, asked: Namespace, built: Built, shared: Shared | None, isolated: bool) -> bool:
    """Keep it where processes look, with its entry in the audit: both, or neither."""
    now, by, reason = time.time(), actor(), " ".join(asked.reason.split())
    if built.durable:
        change = _room().isolate if isolated else _room().release
        return bool(change(connection, asked.endpoint, now, by, reason))
    assert shared is not None
    action = "endpoint.isolated" if isolated else "endpoint.released"
    importlib.import_module("adapter.store.audit").append(connection, now, by, action, asked.endpoint, reason=reason)
    done = tell(shared, asked.endpoint, f"{reason} ({by})" if isolated else "")
    if not done:
        what = "ADAPTER_SHARED does not answer" if done is None else f"{asked.endpoint} is so already"
        raise UsageError(f"{what}; nothing was changed")
    return True


def _known(built: Built) -> Mapping[str, str]:
    durable = Durable(built.settings, built.project) if built.durable else None
    read = place(durable, open_shared(built.settings.shared))
    if read is None:
        return {}
    found = read({})
    if found is None:
        raise UsageError("what is isolated cannot be read: the store does not answer")
    return found


def _names(built: Built) -> list[str]:
    return sorted(name for names in addresses(built.settings, built.endpoints).values() for name in names)


def _built(asked: Namespace) -> Built:
    return app.build(project_of(asked), settings.environment())


def _room() -> Any:
    """Return the functions about what is isolated; by name, since other commands do not wait for what they import."""
    return importlib.import_module("adapter.store.isolated")


_ENDPOINT: Argument = argument(
    "endpoint", metavar="ENDPOINT", help="Service.Port or the microservice, as `list` has it"
)
_REASON: Argument = argument("--reason", metavar="TEXT", required=True, help="why; it stands in the audit")

COMMAND = Command(
    "guard",
    help="take endpoints out of use by hand: list, isolate, release",
    parts=(
        Command("list", help="list all endpoints, and which are isolated", run=listed, example="guard list"),
        Command(
            "isolate",
            help="let nobody ask an endpoint any more",
            run=isolate,
            example="guard isolate OrderService.OrderPort --reason 'stock-taking until noon'",
            doc="Callers get 503 and nothing is sent; writes that may wait do. Every process follows within a second, "
            "and goes on so after a restart. Ports at the same address are isolated with it.",
            arguments=(_ENDPOINT, _REASON),
        ),
        Command(
            "release",
            help="let an endpoint be asked again",
            run=release,
            example="guard release OrderService.OrderPort --reason 'stock-taking is over'",
            arguments=(_ENDPOINT, _REASON),
        ),
    ),
)
