"""What a change of a contract touches: the endpoints that use the place, and the lines of mappings that name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adapter.mapping.bound import BoundField, Endpoint, leaves
from adapter.mapping.paths import Child
from adapter.wsdl.changes import Change
from adapter.yaml_files import Place


@dataclass(frozen=True, slots=True)
class Touched:
    """Names of endpoints, such as ``orders.read``, and lines, such as ``mappings/orders.yaml:12``."""

    endpoints: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class _Uses:
    """Who uses each place of a contract, as ``Change.place`` writes it, and where a mapping says so."""

    users: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lines: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))

    def note(self, place: str, user: str, line: Place | None = None) -> None:
        """Note that a place is used."""
        self.users[place].add(user)
        if line is not None and line.file:
            self.lines[place].add((line.file, line.line))


def touches(endpoints: Iterable[Endpoint]) -> Callable[[Change], Touched]:
    """Return what says of a change what it touches. The endpoints are bound to the contract before the change."""
    uses = _Uses()
    for endpoint in endpoints:
        for part in _messages(endpoint):
            _endpoint(uses, part, endpoint.name)

    def touched(change: Change) -> Touched:
        place = _place(change, uses)
        lines = sorted(uses.lines.get(place, ()))
        return Touched(tuple(sorted(uses.users.get(place, ()))), tuple(f"{file}:{line}" for file, line in lines))

    return touched


def _place(change: Change, uses: _Uses) -> str:
    """Return the place that a change is about: what is new and required is about the record that it stands in."""
    if change.place.startswith("operation "):
        return " ".join(change.place.split(" ")[:2])
    if change.place not in uses.users and "required" in change.text:
        record, _, local = change.place.rpartition("/@" if "/@" in change.place else "/{")
        return record if local else change.place.rpartition("/")[0]
    return change.place


def _messages(endpoint: Endpoint) -> Iterator[Endpoint]:
    """Yield every SOAP call that an endpoint makes: its own, further ones, tables, the read before a change."""
    for call in endpoint.whole():
        yield call
        yield from (lookup.endpoint for lookup in call.lookups)
        if call.body is not None and call.body.reads is not None:
            yield call.body.reads
    if endpoint.session is not None:
        yield endpoint.session.login


def _endpoint(uses: _Uses, endpoint: Endpoint, user: str) -> None:
    operation, soap = endpoint.operation, endpoint.resource.soap
    for rule in endpoint.resource.rules():
        if rule.call == operation.name:
            uses.note(f"operation {soap.service}.{endpoint.port.name}.{operation.name}", user, rule.place)
    if operation.input.root is not None:
        for steps, each, _ in endpoint.message():
            _way(uses, endpoint, operation.input.root.type, steps, each, user)
    if operation.output is not None and operation.output.root is not None:
        _walk(uses, operation.output.root.type, endpoint.reply.steps, user, endpoint.reply.rule.place)
    for bound in endpoint.types.values():
        uses.note(f"type {bound.record}", user)
        for variant in bound.variants:
            uses.note(f"type {variant.record}", user)
        for each in leaves(bound.written):
            _way(uses, endpoint, bound.record, each.steps, each, user)
    for block in endpoint.headers:
        for each in block.fields:
            _way(uses, endpoint, block.element.type, each.steps, each, user)


def _way(uses: _Uses, endpoint: Endpoint, start: str, steps: Sequence[Child], each: BoundField, user: str) -> None:
    """Note the way of one value from a record, and the type of the value."""
    line = each.rule.place
    here = _walk(uses, start, steps, user, line)
    if each.attribute is not None:
        uses.note(f"type {here}/@{each.attribute.tag}", user, line)
        here = each.attribute.type
    uses.note(f"type {here}", user, None if each.type else line)
    text = getattr(endpoint.contract.types.get(here), "text", "")
    if text and each.attribute is None and not each.type:
        uses.note(f"type {text}", user, line)


def _walk(uses: _Uses, start: str, steps: Sequence[Child], user: str, line: Place) -> str:
    """Note every element on a way; return the key of the type at its end."""
    here = start
    for step in steps:
        uses.note(f"type {here}", user)
        uses.note(f"type {here}/{step.element.tag}", user, line)
        here = step.type
    uses.note(f"type {here}", user)
    return here
