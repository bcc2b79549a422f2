"""Answers made up for an operation: schema-true, the same for the same request, with what the request said in them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from lxml import etree

from adapter.virtual.any.canonical import digest
from adapter.virtual.any.ports import inside
from adapter.virtual.any.requests import AnyCall
from adapter.virtual.envelope import Answer, Speaking, answer, fault, reply
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.types import SOAP11_ENCODING, SOAP11_ENVELOPE, Element, Fault, Operation

# What a header block of a reply holds is not a matter of the request.
_HEADER_SEED = "header"
# Whoever asks a pretend ERP for something wants to see it, so what a reply is about is always there.
_SURE = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Makes replies and faults of a contract."""

    ground: Ground

    def reply(self, call: AnyCall, body: list[etree._Element] | None = None) -> Answer:
        """Return the reply to a call; ``body`` stands in it instead of what would be made up."""
        operation = call.operation.operation
        if operation.output is None:
            return Answer(202, "", b"")
        seed = f"{call.operation.name} {digest(call.body)}"
        if body is None:
            given = dict(call.texts)
            root = operation.output.root
            made = self.made(operation, root, seed, given) if root is not None else None
            body = inside(operation.output, made) if made is not None else []
        envelope = reply(call.place, body)
        headers = [self.made(operation, each.element, _HEADER_SEED, {}) for each in operation.output.headers]
        if headers:
            envelope.insert(0, etree.Element(f"{{{call.place.envelope}}}Header"))
            envelope[0].extend(headers)
        return answer(call.place, 200, envelope)

    def made(self, operation: Operation, declared: Element, seed: str, given: dict[str, str]) -> etree._Element:
        """Return one element of a reply."""
        encoded = operation.use == "encoded"
        made = Instances(self.ground, random.Random(seed), encoded=encoded, given=given, sure=_SURE).element(declared)
        if encoded:
            made.set(f"{{{SOAP11_ENVELOPE}}}encodingStyle", SOAP11_ENCODING)
        return made

    def fault(self, call: AnyCall, name: str, code: str, text: str, status: int) -> Answer:
        """Return a fault with the typed detail of one that the operation declares, by its name or its element's."""
        declared = call.operation.operation.faults
        found = next((each for each in declared if name in _names(each)), None)
        if found is None or found.element is None:
            known = ", ".join(each.name for each in declared) or "none"
            said = f"{call.operation.name} declares no fault {name}; it declares {known}"
            return self.plain(call.place, code, said, status)
        detail = self.made(call.operation.operation, found.element, f"fault {name}", dict(call.texts))
        return answer(call.place, status, fault(call.place, code, text, detail, "EN"))

    def plain(self, place: Speaking, code: str, text: str, status: int) -> Answer:
        """Return a fault without detail."""
        return answer(place, status, fault(place, code, text, None, "EN"))


def _names(declared: Fault) -> tuple[str, ...]:
    return (declared.name, declared.element.name if declared.element is not None else "")
