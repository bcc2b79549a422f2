"""The proof of one contract: each of its records, written, judged, read, compared; from JSON and from XML."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree
from marshmallow import ValidationError

from adapter.errors import AdapterError, BackendReplyInvalid, InvalidRequest, RequestError
from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Endpoint, Reply
from adapter.mapping.convert import CONVERTERS
from adapter.mapping.files import Document
from adapter.mapping.model import Place
from adapter.mapping.model.operation import ReplyRule, Resource
from adapter.mapping.proposal.types import propose_types
from adapter.mapping.reading import resource
from adapter.proof.judge import Judge
from adapter.proof.plans import Plans
from adapter.proof.prove import texts_of
from adapter.proof.same import Comparison
from adapter.proof.tree import tree_objection
from adapter.proof.values import Values
from adapter.proof.xml_same import changes
from adapter.steps.schemas import Schemas
from adapter.translate.elements import Compiler
from adapter.translate.reader import Objects
from adapter.translate.reading import Reading
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.types import Contract, Element, Message, Operation, Port, Record
from adapter.wsdl.values import NoValue
from tests.proven.pairs import ATTRIBUTES, ELEMENTS, TEXT, particles, reached

NOWHERE = Place("proposal.yaml", 0, 0)
VALUE = "{urn:proof}value"
FROM_JSON, FROM_XML = 5, 8
_SOMEWHERE = "{urn:x:elsewhere}note"


@dataclass
class Type:
    """What is known of one record: its particles, those that came back from JSON and from XML, why others did not."""

    key: str
    particles: list[str]
    json: set[str] = field(default_factory=set)
    xml: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    why: str = ""

    def fail(self, particle: str, why: str) -> None:
        """Note that a particle did not come back."""
        self.failed.setdefault(particle, why)

    @property
    def proven(self) -> list[str]:
        """The particles that came back both ways, and never failed to."""
        return [each for each in self.particles if each in self.json & self.xml and each not in self.failed]

    def missing(self) -> Iterator[tuple[str, str]]:
        """Yield each other particle, and why."""
        for each in self.particles:
            if each not in self.proven:
                way = "" if each in self.json else " from JSON" if each in self.xml else " at all"
                yield each, self.failed.get(each) or self.why or f"not reached{way or ' from XML'}"


class Proving:
    """One contract with everything that its types need, bound and compiled once."""

    def __init__(self, contract: Contract, judge: Judge) -> None:
        self.contract, self.judge = contract, judge
        self.keys = reached(contract)
        types = propose_types(contract, self.keys)
        self.names = types.whole
        self.resource = _resource(contract, types.sections(), dict(types.namespaces))
        self.texts = texts_of(contract)
        self.ground = Ground.of(contract)
        self.sides = {encoded: _Side(self, encoded) for encoded in sorted(set(self.keys.values()))}

    def prove(self) -> Iterator[Type]:
        """Yield what is known of each type."""
        for key, encoded in self.keys.items():
            found = Type(key, particles(self.contract, key))
            if found.particles:
                self.sides[encoded].prove(found)
                yield found


def _resource(contract: Contract, types: dict[str, Any], namespaces: dict[str, str]) -> Resource:
    """Return a resource that has the proposed types, read from a mapping file like any other."""
    soap = {"wsdl": contract.file, "service": "S", "port": "P", **({"namespaces": namespaces} if namespaces else {})}
    operation = {"request": "POST /", "call": "Call", "reply": {"status": 204}}
    data = {"version": 1, "resource": "proposal", "path": "/v1/proposal", "soap": soap, "types": types,
            "operations": {"create": operation}}  # fmt: skip
    found, mistakes = resource(Document("proposal.yaml", data, {}))
    assert found is not None, mistakes[:3]
    return found


class _Side:
    """The types of a contract as literal, or as encoded messages hold them."""

    def __init__(self, proving: Proving, encoded: bool) -> None:
        self.proving, self.encoded, self.contract = proving, encoded, proving.contract
        given = Given(lambda name: None, lambda name, part: None)
        self.binder = Binder(proving.resource, proving.contract, CONVERTERS, given)
        self.endpoint = _endpoint(proving, self.binder, encoded)
        self.compiler = Compiler(self.endpoint)
        self.objects = Objects(self.endpoint, encoded)
        self.schemas = Schemas(self.endpoint, "")
        self.plans = Plans(self.endpoint, proving.texts)
        self.met: Counter[tuple[str, str]] = Counter()

    def prove(self, found: Type) -> None:
        """Prove one type."""
        name, before = self.proving.names[found.key], len(self.binder.mistakes)
        write = self.binder.bind(name, found.key, "request", NOWHERE, self.encoded)
        read = self.binder.bind(name, found.key, "reply", NOWHERE, self.encoded)
        if len(self.binder.mistakes) > before:
            found.why = str(self.binder.mistakes[before].text)
        if not write or not read:
            return
        trip = _Trip(self, found, write, read)
        source = random.Random(found.key)
        for number in range(FROM_JSON):
            trip.from_json(Values(self.plans, source, self.met, wide=number < FROM_JSON - 1, depth=1))
        self._from_xml(trip, found, source)

    def _from_xml(self, trip: _Trip, found: Type, source: random.Random) -> None:
        ground = replace(self.proving.ground, usable={**self.proving.ground.usable, found.key: [found.key]})
        for number in range(FROM_XML):
            if number >= 2 and found.xml >= set(found.particles):
                break
            made = Instances(ground, source, self.encoded, deep=2, many=1500, chance=1.0 if number % 2 == 0 else 0.6)
            try:
                element = made.element(Element("value", "urn:proof", found.key))
            except NoValue as error:
                found.why = found.why or str(error)
                return
            if found.key in self.contract.types and ATTRIBUTES in found.particles:
                element.set(_SOMEWHERE, "anything")
            trip.from_xml(etree.fromstring(etree.tostring(element)))


def _endpoint(proving: Proving, binder: Binder, encoded: bool) -> Endpoint:
    message = Message(Element("value", "urn:proof", next(iter(proving.keys))))
    operation = Operation("Call", "document", "encoded" if encoded else "literal", "", message, message)
    rule = ReplyRule(NOWHERE)
    return Endpoint(
        name="proposal.create", verb="create", resource=proving.resource, title="", doc="", method="POST", path="/",
        contract=proving.contract, port=Port("P", "1.1", "", {}), operation=operation, types=binder.types,
        path_fields=(), query_fields=(), constants=(), headers=(), filter=None, page=None, sort=None, body=None,
        reply=Reply(rule, "", (), 204), faults=(), answered_by="soap", timeout=None,
    )  # fmt: skip


class _Trip:
    """One type, compiled both ways."""

    def __init__(self, side: _Side, found: Type, write: str, read: str) -> None:
        self.side, self.found, self.key, self.write_key = side, found, found.key, write
        self.fill = side.compiler.object(write)
        self.reader = side.objects.object(read)
        self.check = side.schemas.object(write)
        self.comparison = Comparison(side.endpoint.types)

    def objection(self, element: Any) -> str:
        """Return what the judge says of an element of the type."""
        if self.side.encoded:
            return tree_objection(self.side.contract, self.key, element, encoded=True)
        return self.side.proving.judge.typed(self.key, element)

    def from_json(self, values: Values) -> None:
        """Send one JSON value round."""
        try:
            sent = values.object(self.write_key)
            element = self.written(sent)
        except (LookupError, ValidationError, InvalidRequest) as error:
            self.found.why = self.found.why or f"no JSON: {error}"[:200]
            return
        there = self.present(element)
        if why := self.objection(element):
            for each in there:
                self.found.fail(each, f"invalid: {why}"[:200])
            return
        try:
            back = self.read(element)
        except (BackendReplyInvalid, RequestError) as error:
            for each in there:
                self.found.fail(each, f"cannot be read: {error.cause}")
            return
        lost = {}
        for name in {**sent, **back}:
            one, other = ({name: each[name]} if name in each else {} for each in (sent, back))
            for each in self.comparison.objects(self.write_key, one, other):
                lost[name] = each.text
        for particle, why in self.particles_of(lost):
            self.found.fail(particle, why)
        self.found.json |= there

    def particles_of(self, lost: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield the particles that properties stand for, with what is said of these."""
        for each in self.side.endpoint.types[self.write_key].fields:
            if each.name in lost:
                if each.steps:
                    yield each.steps[0].element.tag, lost[each.name]
                else:
                    yield f"@{each.attribute.tag}" if each.attribute is not None else TEXT, lost[each.name]

    def from_xml(self, before: Any) -> None:
        """Send one XML element round."""
        there = self.present(before)
        if why := self.objection(before):
            self.found.why = self.found.why or f"made-up XML is not valid: {why}"[:200]
            return
        try:
            document = self.read(before)
        except (BackendReplyInvalid, RequestError) as error:
            for each in there:
                self.found.fail(each, f"cannot be read: {error.cause}")
            return
        try:
            after = self.written(document)
        except (ValidationError, InvalidRequest, AdapterError) as error:
            for each in there:
                self.found.fail(each, f"cannot be written: {error}"[:200])
            return
        for each in changes(self.side.contract, self.key, before, after):
            for particle in self.changed(each.what):
                self.found.fail(particle, each.text[:200])
        self.found.xml |= there

    def written(self, value: Any) -> Any:
        """Return the element that a JSON value becomes, as it is sent."""
        checked = self.check.deserialize(value)
        element = etree.Element(VALUE, nsmap=self.side.compiler.prefixes.nsmap)
        self.fill(element, checked)
        return etree.fromstring(etree.tostring(element))

    def read(self, element: Any) -> Any:
        """Return what is read from an element."""
        return self.reader(element, Reading("proposal", element, self.side.encoded))

    def present(self, element: Any) -> set[str]:
        """Return the particles that stand in an element."""
        known = set(self.found.particles)
        found = {each.tag if each.tag in known else ELEMENTS for each in element if isinstance(each.tag, str)}
        found |= {f"@{tag}" if f"@{tag}" in known else ATTRIBUTES for tag in element.attrib}
        record = self.side.contract.types[self.key]
        if isinstance(record, Record) and record.soap_array and len(element):
            found |= {each for each in known if not each.startswith(("@", "#"))}
        return found & known | ({TEXT} & known)

    def changed(self, what: str) -> list[str]:
        """Return the particles that a change speaks of; all of them where it speaks of the whole."""
        if what in self.found.particles:
            return [what]
        if what in ("#type", "#nil", TEXT):
            return self.found.particles
        return [ATTRIBUTES if what.startswith("@") else ELEMENTS]
