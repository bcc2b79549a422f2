"""The proof of one contract: each of its records, written, judged, read, compared; from JSON and from XML."""

from __future__ import annotations

import random
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Endpoint, Reply
from adapter.mapping.convert import CONVERTERS
from adapter.mapping.files import Document
from adapter.mapping.markup import attributes_markup
from adapter.mapping.model import Place
from adapter.mapping.model.operation import ReplyRule, Resource
from adapter.mapping.proposal.members import form
from adapter.mapping.proposal.types import propose_types
from adapter.mapping.reading import resource
from adapter.proof.judge import Judge
from adapter.proof.markup import attributes
from adapter.proof.plans import Plans
from adapter.proof.prove import texts_of
from adapter.proof.schema_texts import PROOF
from adapter.proof.values import Values
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.types import Contract, Element, Group, Message, Operation, Port, Record
from adapter.wsdl.types import Type as AnyType
from adapter.wsdl.values import NoValue
from tests.proven.pairs import ATTRIBUTES, particles, reached
from tests.proven.trip import Compiled, Trip, Type

NOWHERE = Place("proposal.yaml", 0, 0)
AS_XML = "AsXml"
# How many examples are tried at most, and how many after which none brings anything new.
MOST, IDLE = 80, 12


class Proving:
    """One contract with everything that its types need, bound and compiled once."""

    def __init__(self, contract: Contract, judge: Judge) -> None:
        self.judge, self.keys = judge, reached(contract)
        self.contract = contract = _with_holders(contract, self.keys)
        types = propose_types(contract, self.keys)
        self.names = types.whole
        self.texts_of_xml = {key for key in self.keys if _as_xml(contract, key)}
        as_xml = {AS_XML: {"fields": {"value": {"soap": "value", "xml": True}}}}
        self.resource = _resource(contract, {**types.sections(), **as_xml}, dict(types.namespaces))
        self.texts = texts_of(contract)
        self.ground = Ground.of(contract)
        self.sides = {encoded: _Side(self, encoded) for encoded in sorted(set(self.keys.values()))}

    def prove(self) -> Iterator[Type]:
        """Yield what is known of each type."""
        for key, encoded in self.keys.items():
            found = Type(key, particles(self.ground, self.contract, key))
            if found.particles:
                self.sides[encoded].prove(found)
                yield found


def holder(key: str) -> str:
    """Return the key of a record with one element of the type with a key: what stands around XML text."""
    return f"{{{PROOF}}}{key}"


def _with_holders(contract: Contract, keys: Iterable[str]) -> Contract:
    """Return a contract with a record around each type."""
    around = {holder(key): Record(holder(key), Group("sequence", (Element("value", PROOF, key),))) for key in keys}
    return replace(contract, types={**contract.types, **around})


def _as_xml(contract: Contract, key: str) -> bool:
    """Tell whether the proposal has a type as XML text, for another reason than that many are derived from it."""
    kind = contract.types[key]
    assert isinstance(kind, Record)
    alone: ChainMap[str, AnyType] = ChainMap({key: replace(kind, derived=())}, dict(contract.types))
    return form(replace(contract, types=alone), key)[0] == "xml"


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
        self.compiled = Compiled.of(self.endpoint, proving.judge)
        self.plans = Plans(self.endpoint, proving.texts, proving.ground)
        self.met: Counter[tuple[str, str]] = Counter()

    def prove(self, found: Type) -> None:
        """Prove one type."""
        proving, before = self.proving, len(self.binder.mistakes)
        as_xml = found.key in proving.texts_of_xml
        name, record = (AS_XML, holder(found.key)) if as_xml else (proving.names[found.key], found.key)
        write = self.binder.bind(name, record, "request", NOWHERE, self.encoded)
        read = self.binder.bind(name, record, "reply", NOWHERE, self.encoded)
        if len(self.binder.mistakes) > before:
            found.why = str(self.binder.mistakes[before].text)
        if not write or not read:
            return
        trip = Trip(self.compiled, found, write, read, as_xml=as_xml)
        source = random.Random(found.key)
        if not as_xml:
            _until(found.json, found, lambda number: trip.from_json(self._values(source, wide=number != 1)))
        ground = replace(proving.ground, usable={**proving.ground.usable, found.key: [found.key]})
        _until(found.xml, found, lambda number: self._from_xml(trip, ground, source, 1.0 if number % 2 == 0 else 0.6))

    def _values(self, source: random.Random, *, wide: bool) -> Values:
        return Values(self.plans, source, self.met, wide=wide, depth=1)

    def _from_xml(self, trip: Trip, ground: Ground, source: random.Random, chance: float) -> None:
        found = trip.found
        made = Instances(ground, source, self.encoded, deep=2, many=1500, chance=chance, wild=chance)
        try:
            element = made.element(Element("value", PROOF, found.key))
        except NoValue as error:
            found.why = found.why or str(error)
            return
        record = self.contract.types[found.key]
        if ATTRIBUTES in found.particles and isinstance(record, Record):
            for name, text in attributes(record.any_attribute, attributes_markup(self.contract, found.key)).items():
                element.set(name, text)
        trip.from_xml(etree.fromstring(etree.tostring(element)))


def _until(reached: set[str], found: Type, attempt: Callable[[int], None]) -> None:
    """Make attempts until all particles are reached, or some of them brought nothing new."""
    idle = number = 0
    while number < 2 or (
        idle < IDLE + len(found.particles) // 8 and number < MOST and not reached >= set(found.particles)
    ):
        before = len(reached)
        attempt(number)
        number, idle = number + 1, 0 if len(reached) > before else idle + 1


def _endpoint(proving: Proving, binder: Binder, encoded: bool) -> Endpoint:
    message = Message(Element("value", "urn:proof", next(iter(proving.keys))))
    operation = Operation("Call", "document", "encoded" if encoded else "literal", "", message, message)
    rule = ReplyRule(NOWHERE)
    return Endpoint(
        name="proposal.create", verb="create", resource=proving.resource, title="", doc="", method="POST", path="/",
        contract=proving.contract, port=Port("P", "1.1", "", {}), operation=operation, types=binder.types,
        path_fields=(), query_fields=(), constants=(), headers=(), filter=None, page=None, sort=None, body=None,
        reply=Reply(rule, "", (), 204), faults=(), timeout=None,
    )  # fmt: skip
