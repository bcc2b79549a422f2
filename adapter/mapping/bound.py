"""A mapping that agrees with its contract: every path resolved, every value's codec built, nothing left to look up.

This is what the writer, the reader, the marshmallow schemas, OpenAPI and ``explain`` are made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from adapter.mapping.bound_cache import UNTOUCHED, Touch, Touched
from adapter.mapping.bound_field import BoundField, Flag, Mode, Shape, leaves
from adapter.mapping.bound_filter import Filter
from adapter.mapping.bound_header import HeaderBlock, ReplyHeader
from adapter.mapping.bound_list import Page, Sort
from adapter.mapping.bound_type import BoundType, BoundVariant, Choice, Nulls, ways
from adapter.mapping.model.change import PatchRule
from adapter.mapping.model.cursor import CursorRule
from adapter.mapping.model.document import DocumentRule
from adapter.mapping.model.operation import (
    CallRule,
    FaultRule,
    LookupRule,
    ReplyRule,
    Resource,
    SignRule,
)
from adapter.mapping.model.policy import Policy
from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.model.rows import RowsRule
from adapter.mapping.model.soap import SessionRule
from adapter.mapping.model.write import ResolveRule, WriteRule
from adapter.mapping.paths import Child
from adapter.mapping.tables import Table
from adapter.wsdl.types import Contract, Operation, Port

__all__ = [
    "Body", "BoundField", "BoundLookup", "BoundSession", "BoundType", "BoundVariant", "BoundWrite", "Call", "Choice",
    "Cursor", "Endpoint", "Flag", "HeaderBlock", "Mode", "Nulls", "Page", "Reply", "ReplyHeader", "Resolve", "Shape",
    "Sign", "Sort", "Take", "Turn", "leaves", "ways",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON body: its type, and the steps to the element it fills (none: the message itself).

    ``field`` is the body as one value of the message. ``spread``: its properties are values of the message one by one,
    since they fill the message itself, or since parameters or constants stand in the same element. ``flags`` are by
    the names of values, ``reads`` is the operation that reads the record that the body is merged into. ``document``: it
    is no JSON, but bytes. ``rows``: it is many objects of the type, and the last step repeats.
    """

    type: str
    steps: tuple[Child, ...]
    patch: PatchRule | None
    field: BoundField
    flags: Mapping[str, Flag]
    spread: bool = False
    reads: Endpoint | None = None
    document: DocumentRule | None = None
    rows: RowsRule | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """Where a reply says no, or warns: the steps to each message (none: the reply itself), and fields below it.

    ``where`` reads a value that can be compared with ``values``, or None; the codes and the text are read as they are.
    """

    rule: SignRule
    steps: tuple[Child, ...]
    where: BoundField
    values: tuple[object, ...]
    codes: tuple[BoundField, ...]
    text: BoundField | None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: its type, and the steps to the element (of one item, for a list) that it is read from.

    ``headers`` are header fields of it that header blocks of the reply hold.
    """

    rule: ReplyRule
    type: str
    steps: tuple[Child, ...]
    status: int
    refused: Sign | None = None
    warnings: Sign | None = None
    headers: tuple[ReplyHeader, ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """A value that goes from the main call's reply (``source``, below its root, text as it is) into a request.

    ``to`` is one of the path fields of the call that takes it.
    """

    to: BoundField
    source: BoundField


@dataclass(frozen=True, slots=True)
class Call:
    """One more SOAP call of an operation, bound as an endpoint of its own: it is written and read like any other."""

    rule: CallRule
    endpoint: Endpoint
    takes: tuple[Take, ...] = ()

    @property
    def name(self) -> str:
        """Its property in the answer and in the caller's body; or ``commit`` or ``undo``."""
        return self.rule.name


@dataclass(frozen=True, slots=True)
class BoundSession:
    """A session with its login bound as an operation of its own, whose reply reads nothing but ``token``.

    ``token`` is None where the cookie that the reply sets is the token.
    """

    rule: SessionRule
    login: Endpoint
    token: BoundField | None


@dataclass(frozen=True, slots=True)
class BoundLookup:
    """A code table with its call bound as an operation of its own: the steps to its rows, and fields below them.

    Codec and pipeline share ``table``.
    """

    rule: LookupRule
    endpoint: Endpoint
    steps: tuple[Child, ...]
    code: BoundField
    word: BoundField
    table: Table


@dataclass(frozen=True, slots=True)
class Turn:
    """What the reply of one call says of the next page: fields below its root, and below its last row, text as it is.

    They are called as the values of the next call that they become, or ``total``, ``where`` and ``reaches``. ``end`` is
    the sign of the last page, where it has one.
    """

    fields: tuple[BoundField, ...]
    last: tuple[BoundField, ...]
    end: Sign | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Paging by what the last page said. ``next`` is the call of the next pages, bound as an endpoint of its own.

    ``values`` are its constants that come from the page before, by their paths.
    """

    rule: CursorRule
    next: Endpoint
    values: Mapping[str, BoundField]
    first_turn: Turn
    next_turn: Turn


@dataclass(frozen=True, slots=True)
class Resolve:
    """How it is found out whether a write had an effect. ``by`` finds it, ``then`` reads all of it where it has to."""

    rule: ResolveRule
    by: Endpoint
    then: Endpoint | None


@dataclass(frozen=True, slots=True)
class BoundWrite:
    """``write:``. ``characters`` of our own reference fit into its property; ``reads`` is the file's ``read``."""

    rule: WriteRule
    characters: int = 0
    resolve: Resolve | None = None
    reads: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation, ready to be compiled. ``path`` is the whole template, ``/v1/customers/{id}``.

    ``details``: what a fault's detail is read as, by the names of its element and of the mapping type. ``token``: the
    property of what it reads that callers get as ETag, "" for none.
    ``touches`` is what a write makes old, ``touched`` what makes a read old.
    """

    name: str
    verb: str
    resource: Resource
    title: str
    doc: str
    method: str
    path: str
    contract: Contract
    port: Port
    operation: Operation
    types: Mapping[str, BoundType]
    path_fields: tuple[BoundField, ...]
    query_fields: tuple[BoundField, ...]
    constants: tuple[BoundField, ...]
    headers: tuple[HeaderBlock, ...]
    filter: Filter | None
    page: Page | None
    sort: Sort | None
    body: Body | None
    reply: Reply
    faults: tuple[FaultRule, ...]
    timeout: float | None
    session: BoundSession | None = None
    calls: tuple[Call, ...] = ()
    commit: Call | None = None
    undo: Call | None = None
    lookups: tuple[BoundLookup, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    cursor: Cursor | None = None
    details: Mapping[tuple[str, str], str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    write: BoundWrite | None = None
    token: str = ""
    touches: tuple[Touch, ...] = ()
    touched: Touched = UNTOUCHED

    def further(self) -> tuple[Call, ...]:
        """Return every SOAP call but the main one."""
        return tuple(each for each in (*self.calls, self.commit, self.undo) if each is not None)

    def whole(self) -> Iterator[Endpoint]:
        """Yield the endpoint of every SOAP call, the main one first."""
        yield from (self, *(call.endpoint for call in self.further()))
        if self.cursor is not None:
            yield self.cursor.next

    @property
    def changes(self) -> bool:
        """Whether several calls change something, so that their order and what is left of them count."""
        return bool(self.further()) and self.verb not in ("read", "list") and self.method != "GET"

    @property
    def rollout(self) -> RolloutRule | None:
        """How it moves to a new service, None where it does not."""
        rule = self.resource.rollout
        return rule if rule is not None and rule.moves(self.verb) else None

    def path_parameters(self) -> tuple[BoundField, ...]:
        """Return what stands in the path: its own, and what only the operation that reads the record takes."""
        reads = self.body.reads.path_fields if self.body is not None and self.body.reads is not None else ()
        return tuple({field.name: field for field in (*reads, *self.path_fields)}.values())

    def given(self) -> Iterator[BoundField]:
        """Yield what callers give once: the properties of the body, query and path parameters."""
        if self.body is not None and self.body.rows is None:
            yield from self.types[self.body.type].fields
        yield from (*self.query_fields, *self.path_fields)

    def parameters(self) -> Iterator[tuple[str, BoundField]]:
        """Yield every value of the request message beside the body, under a name such as ``path.id``."""
        yield from ((f"path.{field.name}", field) for field in self.path_fields)
        yield from ((f"query.{field.name}", field) for field in self.query_fields)
        yield from ((f"set.{field.name}", field) for field in self.constants)
        if self.filter is not None:
            yield from self.filter.parameters()
        if self.page is not None:
            yield "page.limit", self.page.limit
            yield "page.offset", self.page.offset
        if self.sort is not None:
            yield "sort.key", self.sort.key
            if self.sort.direction is not None:
                yield "sort.direction", self.sort.direction

    def message(self) -> list[tuple[tuple[Child, ...], BoundField, str]]:
        """Return every value of the request message with its steps and name; those of the body as ``body.name``.

        A body that alone fills an element is one value, ``body``.
        """
        found = [(field.steps, field, name) for name, field in self.parameters()]
        if self.body is None:
            return found
        found += [(flag.field.steps, flag.field, flag.field.name) for flag in self.body.flags.values()]
        if not self.body.spread:
            return [*found, (self.body.steps, self.body.field, "body")]
        into = self.body.steps
        inner = [(replace(field, steps=into + steps), name) for steps, field, name in ways(self.types[self.body.type])]
        return [*found, *((field.steps, field, f"body.{name}") for field, name in inner)]
