"""One type on its round trips: JSON -> XML -> JSON, and XML -> JSON -> XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from marshmallow import ValidationError

from adapter.errors import AdapterError, BackendReplyInvalid, InvalidRequest, RequestError
from adapter.mapping.bound import Endpoint
from adapter.proof.judge import Judge
from adapter.proof.same import Comparison
from adapter.proof.schema_texts import PROOF
from adapter.proof.tree import tree_objection
from adapter.proof.values import Values
from adapter.proof.xml_same import changes
from adapter.steps.schemas import Schemas
from adapter.translate.elements import Compiler
from adapter.translate.objects import Objects
from adapter.translate.reading import Reading
from adapter.wsdl.types import Record
from tests.proven.pairs import ATTRIBUTES, ELEMENTS, TEXT

VALUE = f"{{{PROOF}}}value"


@dataclass(frozen=True)
class Compiled:
    """What writes, reads and checks the objects of all types of an endpoint, each compiled once; and who judges."""

    endpoint: Endpoint
    judge: Judge
    writers: Compiler
    readers: Objects
    schemas: Schemas

    @classmethod
    def of(cls, endpoint: Endpoint, judge: Judge) -> Compiled:
        """Return it for an endpoint."""
        encoded = endpoint.operation.use == "encoded"
        return cls(endpoint, judge, Compiler(endpoint), Objects(endpoint, encoded), Schemas(endpoint, ""))

    @property
    def encoded(self) -> bool:
        """Whether the messages are in SOAP encoding."""
        return self.endpoint.operation.use == "encoded"


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


class Trip:
    """One type, compiled both ways. ``as_xml``: its value is XML text, which stands in a record around it."""

    def __init__(self, all_of: Compiled, found: Type, write: str, read: str, *, as_xml: bool) -> None:
        self.all, self.found, self.key, self.write_key, self.as_xml = all_of, found, found.key, write, as_xml
        self.fill = all_of.writers.object(write)
        self.reader = all_of.readers.object(read)
        self.check = all_of.schemas.object(write)
        self.comparison = Comparison(all_of.endpoint.types)

    def objection(self, element: Any) -> str:
        """Return what the judge says of an element of the type."""
        if self.all.encoded:
            return tree_objection(self.all.endpoint.contract, self.key, element, encoded=True)
        return self.all.judge.typed(self.key, element)

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
        lost: dict[str, str] = {}
        for name in {**sent, **back}:
            one, other = ({name: each[name]} if name in each else {} for each in (sent, back))
            if found := next(self.comparison.objects(self.write_key, one, other), None):
                lost[name] = found.text
        for particle, why in self.particles_of(lost):
            self.found.fail(particle, why)
        self.found.json |= there

    def particles_of(self, lost: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield the particles that properties stand for, with what is said of these."""
        for each in self.all.endpoint.types[self.write_key].fields:
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
        for change in changes(self.all.endpoint.contract, self.key, before, after):
            for particle in self.changed(change.what):
                self.found.fail(particle, change.text[:200])
        self.found.xml |= there
        if self.as_xml and not list(self.comparison.objects(self.write_key, document, self.read(after))):
            self.found.json |= there

    def written(self, value: Any) -> Any:
        """Return the element that a JSON value becomes, as it is sent."""
        checked = self.check.deserialize(value)
        element = etree.Element(VALUE, nsmap=self.all.writers.prefixes.nsmap)
        self.fill(element, checked)
        found = etree.fromstring(etree.tostring(element))
        return etree.fromstring(etree.tostring(found[0])) if self.as_xml else found

    def read(self, element: Any) -> Any:
        """Return what is read from an element."""
        if self.as_xml:
            around = etree.Element(VALUE)
            around.append(etree.fromstring(etree.tostring(element)))
            element = around
        return self.reader(element, Reading("proposal", element, self.all.encoded))

    def present(self, element: Any) -> set[str]:
        """Return the particles that stand in an element."""
        known = set(self.found.particles)
        found = {each.tag if each.tag in known else ELEMENTS for each in element if isinstance(each.tag, str)}
        found |= {f"@{tag}" if f"@{tag}" in known else ATTRIBUTES for tag in element.attrib}
        record = self.all.endpoint.contract.types[self.key]
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
