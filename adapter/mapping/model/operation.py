"""What a mapping file says about operations: what each takes, calls and answers; and the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.mapping.model import Constant, FieldRule, Place, TypeRule
from adapter.mapping.model.change import PatchRule
from adapter.mapping.model.cursor import CursorRule
from adapter.mapping.model.document import DocumentRule
from adapter.mapping.model.filter import FilterRule, TestRule
from adapter.mapping.model.policy import Policy, Scopes
from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.model.rows import RowsRule
from adapter.mapping.model.service import HttpRule, ThereRule
from adapter.mapping.model.soap import SoapRule
from adapter.mapping.model.stream import StreamRule

VERBS = ("list", "read", "create", "update", "patch", "cancel", "delete")
"""Names of operations that say what they do; any other is an action, called as its path ends."""


@dataclass(frozen=True, slots=True)
class PageRule:
    """Paging by offset: where the ERP takes limit and offset, and where its reply says how many there are.

    ``first`` is the ERP's number for the first row (0 or 1); callers always count from 0.
    """

    place: Place
    limit: str
    offset: str
    total: str = ""
    default: int = 50
    max: int = 200
    first: int = 0


@dataclass(frozen=True, slots=True)
class SortRule:
    """Sorting: the ERP's field for the key and for the direction, and our names (left) for its keys (right)."""

    place: Place
    soap: str
    by: Mapping[str, str]
    direction: str = ""
    ascending: str = ""
    descending: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class BodyRule:
    """What the caller's JSON body is and where it goes. ``into`` is empty when it fills the message itself.

    With ``document`` it is no JSON but the bytes themselves, with ``rows`` many of the type.
    """

    place: Place
    type_name: str
    into: str = ""
    patch: PatchRule | None = None
    document: DocumentRule | None = None
    rows: RowsRule | None = None


@dataclass(frozen=True, slots=True)
class SignRule:
    """Where a reply that is no fault says no, or warns: in itself, or in each of its messages (``each``, a path).

    It does where the value at ``where`` is one of ``values`` (``others``: none of them).
    """

    place: Place
    where: FieldRule
    values: tuple[str, ...]
    others: bool = False
    each: str = ""
    codes: tuple[FieldRule, ...] = ()
    text: FieldRule | None = None


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """What is answered: nothing, one object, a list or a document, from where in the reply, with which status."""

    place: Place
    shape: Literal["none", "one", "each", "document"] = "none"
    type_name: str = ""
    source: str = ""
    status: int = 0
    location: str = ""
    empty_status: int = 0
    empty_problem: str = ""
    refused: SignRule | None = None
    warnings: SignRule | None = None
    document: DocumentRule | None = None
    headers: tuple[FieldRule, ...] = ()
    stream: StreamRule | None = None


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One line of a fault table: what to look for (exactly one of code, detail, text) and what the caller is told.

    ``type_name``: the type that the detail is read as, "" where callers get nothing of it.
    """

    place: Place
    status: int
    problem: str
    code: str = ""
    detail: str = ""
    text: str = ""
    title: str = ""
    message: bool = False
    retryable: bool = False
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class OperationRule:
    """One REST endpoint, named ``resource.verb``. ``headers`` are header fields of HTTP, by paths into blocks."""

    name: str
    verb: str
    place: Place
    method: str
    path: str
    call: str
    path_fields: Mapping[str, FieldRule] = field(default_factory=dict)
    query_fields: Mapping[str, FieldRule] = field(default_factory=dict)
    tests: Mapping[str, TestRule] = field(default_factory=dict)
    filter: FilterRule | None = None
    set: tuple[Constant, ...] = ()
    headers: tuple[FieldRule, ...] = ()
    page: PageRule | None = None
    sort: SortRule | None = None
    body: BodyRule | None = None
    reply: ReplyRule | None = None
    faults: tuple[FaultRule, ...] = ()
    timeout: float | None = None
    title: str = ""
    doc: str = ""
    calls: tuple[CallRule, ...] = ()
    commit: CallRule | None = None
    undo: CallRule | None = None
    cursor: CursorRule | None = None
    policy: Policy = field(default_factory=Policy)
    there: ThereRule | None = None

    def whole(self) -> Iterator[OperationRule]:
        """Yield the rules of all its SOAP calls, its own first."""
        more = [each for each in (*self.calls, self.commit, self.undo) if each is not None]
        yield from (self, *(each.rule for each in more))


@dataclass(frozen=True, slots=True)
class TakeRule:
    """A value of the main call's reply (``source``, a path) that goes into another request (``to``, a path)."""

    place: Place
    to: str
    source: str


@dataclass(frozen=True, slots=True)
class CallRule:
    """One more call of an operation; ``rule`` says what it does, as an operation called ``orders.read.lines``.

    ``name`` is its property in the answer, and in the caller's body where it has one; or ``commit`` or ``undo``.
    ``each``: it is made once for each of at most ``most`` items.
    """

    name: str
    rule: OperationRule
    take: tuple[TakeRule, ...] = ()
    each: bool = False
    optional: bool = False
    required: bool = False
    most: int = 100


@dataclass(frozen=True, slots=True)
class LookupRule:
    """A code table that the ERP answers: ``rule`` is how it is asked for, ``each`` the path to its rows.

    ``code`` and ``word`` are paths in a row. It is kept for ``keep`` seconds.
    """

    name: str
    rule: OperationRule
    each: str
    code: str
    word: str
    keep: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What mapping files that name it have in common: one file in ``mappings/shared/``."""

    soap: SoapRule | None = None
    types: Mapping[str, TypeRule] = field(default_factory=dict)
    faults: tuple[FaultRule, ...] = ()
    lookups: Mapping[str, LookupRule] = field(default_factory=dict)
    scopes: Mapping[str, Scopes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """One mapping file. ``taker`` is the file and line that takes the types of a shared file, where one does.

    ``rollout`` is how its operations move to the new service, None where they do not.
    """

    name: str
    place: Place
    path: str
    title: str
    doc: str
    soap: SoapRule
    http: HttpRule | None
    types: Mapping[str, TypeRule]
    operations: tuple[OperationRule, ...]
    lookups: Mapping[str, LookupRule] = field(default_factory=dict)
    taker: str = ""
    rollout: RolloutRule | None = None

    def rules(self) -> list[OperationRule]:
        """Return the rules of all SOAP calls of all operations."""
        calls = [rule for operation in self.operations for rule in operation.whole()]
        return [*calls, *(lookup.rule for lookup in self.lookups.values())]
