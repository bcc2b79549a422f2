"""One operation as a service answers it: all that is needed of a mapping for that, with or without its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapter.mapping.forms import Form, Forms
from adapter.mapping.model import Place
from adapter.mapping.model.policy import ONCE, Policy
from adapter.mapping.model.service import HttpRule, SaidRule

Shaped = tuple[Form, Forms]


@dataclass(frozen=True, slots=True)
class ServedOperation:
    """How callers ask for it, how the service is asked, and what each gets. Paths are templates.

    There it stands at ``there_root`` and, below it, ``there_rest``; a Location below the one is said below
    ``resource_path``. ``seconds`` bounds one call, None: nothing but the deadline. ``status`` is that of success,
    ``empty``: without a body. ``token``: the property that is the ETag. ``page``: rows of a page that the service says
    in its own way, 0 where it does not. ``problems`` are those that it may be refused with, with their statuses;
    of ``told`` the service's words reach callers. ``forwarded`` and ``shown`` are header fields.
    """

    name: str
    method: str
    path: str
    resource_path: str
    there_method: str
    there_root: str
    there_rest: str
    seconds: float | None = None
    query: tuple[SaidRule, ...] = ()
    status: int = 0
    empty: bool = False
    token: str = ""
    page: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    policy: Policy = ONCE
    sent: Shaped | None = None
    answered: Shaped | None = None


@dataclass(frozen=True, slots=True)
class RetiredOperation:
    """An operation whose mapping is gone. ``timeout``: seconds until callers get an answer, None for the house's.

    ``parameters`` are those of its query. ``titles`` are of its problems. ``asked`` is the form of what callers send,
    in their own names, None where they send none.
    """

    served: ServedOperation
    asked: Shaped | None = None
    timeout: float | None = None
    parameters: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retired:
    """A mapping file without a contract: its operations, and what OpenAPI says of them."""

    place: Place
    name: str
    path: str
    http: HttpRule
    operations: tuple[RetiredOperation, ...]
    document: Mapping[str, object]
