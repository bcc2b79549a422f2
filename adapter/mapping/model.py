"""What a mapping file says, as frozen data, before anybody asked the contract.

Every rule carries its ``Place``, so that whatever disagrees with it later can be named with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.errors import Mistake

Verb = Literal["list", "read", "create", "update", "patch", "cancel"]
VERBS: tuple[Verb, ...] = ("list", "read", "create", "update", "patch", "cancel")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file below the project folder, line and column from 1."""

    file: str
    line: int
    column: int

    def mistake(self, text: str, remedy: str = "") -> Mistake:
        """Return a mistake at this place."""
        return Mistake(self.file, self.line, self.column, text, remedy)


@dataclass(frozen=True, slots=True)
class ConverterCall:
    """A named converter with its arguments, as written: ``zero_padded(10)``."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One JSON property or parameter and the XML it stands for. ``shape`` is scalar unless it names a type.

    ``parts`` are the paths of a value that stands in several elements, with ``join`` between them.
    """

    name: str
    place: Place
    soap: str
    parts: tuple[str, ...] = ()
    join: str = ""
    shape: Literal["scalar", "one", "each"] = "scalar"
    type_name: str = ""
    convert: tuple[ConverterCall, ...] = ()
    codes: Mapping[str, str] | None = None
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    create_only: bool = False
    json: Literal["", "string", "number"] = ""
    blank_null: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    default: str | None = None
    missing: str | None = None
    doc: str = ""
    example: str | None = None


@dataclass(frozen=True, slots=True)
class VariantRule:
    """One derivation of an abstract type: the value of the discriminator, the XSD type's name, its own fields."""

    value: str
    place: Place
    soap_type: str
    fields: Mapping[str, FieldRule]


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One JSON object type. With ``variants``, ``discriminator`` names the property that tells them apart."""

    name: str
    place: Place
    fields: Mapping[str, FieldRule]
    discriminator: str = ""
    variants: tuple[VariantRule, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that no caller gives: written in the mapping, or by the operator in ADAPTER_VALUE_<SETTING>."""

    path: str
    place: Place
    value: str = ""
    setting: str = ""


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
    """What the caller's JSON body is and where it goes. ``into`` is empty when it fills the message itself."""

    place: Place
    type_name: str
    into: str = ""
    partial: bool = False


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
    """What is answered: nothing, one object or a list, from where in the reply, with which status."""

    place: Place
    shape: Literal["none", "one", "each"] = "none"
    type_name: str = ""
    source: str = ""
    status: int = 0
    location: str = ""
    empty_status: int = 0
    empty_problem: str = ""
    refused: SignRule | None = None
    warnings: SignRule | None = None


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One line of a fault table: what to look for (exactly one of code, detail, text) and what the caller is told."""

    place: Place
    status: int
    problem: str
    code: str = ""
    detail: str = ""
    text: str = ""
    title: str = ""
    message: bool = False
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """How we log in: names of the operator's credentials. At most one of the first three is there."""

    place: Place = field(compare=False)
    basic: str = ""
    bearer: str = ""
    username_token: str = ""
    certificate: str = ""
    digest: bool = False
    timestamp: bool = False

    def parts(self) -> Iterator[tuple[str, str, bool]]:
        """Yield each part that is asked for: the credentials' name, the part, whether it must be there."""
        for kind, needed, optional in _CREDENTIAL_PARTS:
            if name := getattr(self, kind):
                yield from ((name, part, True) for part in needed.split())
                yield from ((name, part, False) for part in optional.split())


PATH_PARTS = frozenset(("CERTIFICATE", "KEY", "CA"))
_CREDENTIAL_PARTS = (
    ("basic", "USER PASSWORD", "CA"),
    ("bearer", "TOKEN_URL CLIENT_ID CLIENT_SECRET", "SCOPE CA"),
    ("username_token", "USER PASSWORD", "CA"),
    ("certificate", "CERTIFICATE", "KEY CA"),
)


PortKey = tuple[str, str, str, IdentityRule | None]


@dataclass(frozen=True, slots=True)
class SoapRule:
    """Which contract and port a resource speaks to, its header blocks, and where a fault's real code stands."""

    place: Place
    wsdl: str
    service: str
    port: str
    fault_code: str = ""
    headers: tuple[Constant, ...] = ()
    identity: IdentityRule | None = None

    @property
    def key(self) -> PortKey:
        """What tells one port, called as one identity, from another."""
        return self.wsdl, self.service, self.port, self.identity


@dataclass(frozen=True, slots=True)
class HttpRule:
    """Which JSON microservice can answer this resource: its name in ADAPTER_SERVICE_<NAME> and the path there."""

    place: Place
    service: str
    path: str


@dataclass(frozen=True, slots=True)
class OperationRule:
    """One REST endpoint, named ``resource.verb``."""

    name: str
    verb: Verb
    place: Place
    method: str
    path: str
    call: str
    path_fields: Mapping[str, FieldRule] = field(default_factory=dict)
    query_fields: Mapping[str, FieldRule] = field(default_factory=dict)
    set: tuple[Constant, ...] = ()
    page: PageRule | None = None
    sort: SortRule | None = None
    body: BodyRule | None = None
    reply: ReplyRule | None = None
    faults: tuple[FaultRule, ...] = ()
    answered_by: Literal["soap", "http"] = "soap"
    timeout: float | None = None
    title: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One mapping file."""

    name: str
    place: Place
    path: str
    title: str
    doc: str
    soap: SoapRule
    http: HttpRule | None
    types: Mapping[str, TypeRule]
    operations: tuple[OperationRule, ...]
