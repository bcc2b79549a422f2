"""What a mapping file says about the new service: where it is, how it is asked, and what it calls our things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.mapping.model import Place
from adapter.mapping.model.guard import GuardRule


@dataclass(frozen=True, slots=True)
class SaidRule:
    """What a service calls one property or parameter: names from the outermost object inwards, ours and its own.

    ``codes`` are its words by ours. ``json`` is how it says a decimal or a big integer, "" for as we do.
    """

    place: Place
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    codes: Mapping[str, str] | None = None
    json: Literal["", "string", "number"] = ""


@dataclass(frozen=True, slots=True)
class ServiceFaultRule:
    """One line of the table of what a service refuses with. ``type`` is the last part of its problem type.

    ``code`` stands at ``at``, a JSON Pointer into its answer. What is "" may be anything.
    """

    place: Place
    status: int
    problem: str
    type: str = ""
    code: str = ""
    at: str = "/code"


@dataclass(frozen=True, slots=True)
class ThereRule:
    """How one operation is asked there, where that is not as here. ``path`` begins at the service's address.

    ``items`` and ``total`` are pointers into what it answers to a list.
    """

    place: Place
    method: str = ""
    path: str = ""
    timeout: float | None = None
    query: tuple[SaidRule, ...] = ()
    items: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class HttpRule:
    """Which JSON microservice can answer this resource: its name in ADAPTER_SERVICE_<NAME> and the path there.

    ``timeout`` is in seconds, for one call. ``credentials`` and ``shadow`` name the operator's: for calls that count,
    and for those beside others. ``header`` is where the part KEY of credentials goes. ``fields`` are by types of ours,
    ``types`` says where each of them is written. ``repeats``: it does what an Idempotency-Key stands for once.
    """

    place: Place
    service: str
    path: str
    guard: GuardRule | None = None
    repeats: bool = False
    timeout: float | None = None
    credentials: str = ""
    header: str = ""
    shadow: str = ""
    fields: Mapping[str, tuple[SaidRule, ...]] = field(default_factory=dict)
    types: Mapping[str, Place] = field(default_factory=dict)
    faults: tuple[ServiceFaultRule, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return the names of all its credentials, each once."""
        return tuple(dict.fromkeys(name for name in (self.credentials, self.shadow) if name))


CREDENTIALS: tuple[tuple[str, ...], ...] = (("TOKEN",), ("USER", "PASSWORD"), ("KEY",))
"""The parts of credentials that a service can be shown: those of one line."""


def kind_of(there: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the parts that are shown, of those that are there; () where it is not clear which."""
    found = [parts for parts in CREDENTIALS if any(there(part) for part in parts)]
    return found[0] if len(found) == 1 else ()
