"""Who is at the page, and what he may do there: by his API key, or, where nobody is asked, by where he sits.

In a demonstration (ADAPTER_CONSOLE=demo) whoever is on this machine may do all. Where ADAPTER_CALLERS=everyone and it
is no demonstration, whoever is on this machine may look.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from adapter import problems
from adapter.console.session import Session
from adapter.messages import Caller

READ: Final = "rollout.read"
OPERATE: Final = "rollout.operate"
APPROVE: Final = "rollout.approve"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who it is: ``actor`` as the audit has it, ``said`` where he tells himself who he is with each form."""

    actor: str
    scopes: frozenset[str]
    said: bool = False

    def may(self, scope: str) -> bool:
        """Whether he has a scope."""
        return scope in self.scopes

    def must(self, scope: str) -> None:
        """Raise 403 where he has not."""
        if not self.may(scope):
            raise problems.house("forbidden", f"Your key has no scope {scope}.", members={"missing": [scope]})

    def called(self, name: str) -> str:
        """Return the actor, with the name that is said in a form where that counts."""
        return f"{self.actor}:{name.strip()[:60] or 'somebody'}" if self.said else self.actor


class Who(Protocol):
    """Tells who it is. ``logs_in``: by a form for an API key."""

    logs_in: bool

    def of(self, session: Session | None, address: str) -> Operator | None:
        """Return who it is, None where he has to log in first. Raises 401, 403 or 503."""


@dataclass(frozen=True, slots=True)
class Known:
    """By the key that a session is of. ``again`` looks up whose it is now."""

    again: Callable[[str], Caller]
    logs_in: bool = True

    def of(self, session: Session | None, address: str) -> Operator | None:
        """Return whose key it is, with the scopes that it has now."""
        if session is None or not session.key:
            return None
        caller = self.again(session.key)
        return Operator(caller.id, caller.scopes)


@dataclass(frozen=True, slots=True)
class Here:
    """Nobody is asked: by the machine he sits at."""

    scopes: frozenset[str]
    logs_in: bool = False

    def of(self, session: Session | None, address: str) -> Operator | None:
        """Return whoever sits at this machine."""
        try:
            here = ipaddress.ip_address(address).is_loopback
        except ValueError:
            here = False
        if not here:
            raise problems.house("forbidden", "Nobody is known here, so this page is for its own machine alone.")
        return Operator("demo", self.scopes, said=True)


def demo(*, moves: bool) -> Here:
    """Return who is there where nobody is asked. ``moves``: it is a demonstration, so he may move features."""
    return Here(frozenset((READ, OPERATE, APPROVE)) if moves else frozenset((READ,)))
