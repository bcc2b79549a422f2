"""Examples in YAML: what certain requests are answered with, checked against the contract when they are read.

::

Examples:
      - operation: GetOrder
        match: {orderId: "7"}
        reply: {Order: {Id: 7, State: open}}
      - operation: GetOrder
        fault: {text: no such order, detail: {OrderFault: {Code: E1}}}

"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.errors import BuildError
from adapter.mapping.files import Document, Path_, read
from adapter.virtual.any.filling import Filling, lexical, nearest
from adapter.virtual.any.ports import inside
from adapter.virtual.any.requests import AnyCall
from adapter.virtual.envelope import Answer, answer, fault, fault_status
from adapter.wsdl.check import Checker, Objection
from adapter.wsdl.ground import Ground
from adapter.wsdl.types import Contract, Element, Operation
from adapter.wsdl.values import NoValue

_KEYS = ("operation", "match", "reply", "fault")
_FAULT_KEYS = ("code", "text", "status", "detail")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The fault that an example answers."""

    code: str
    text: str
    status: int | None
    detail: etree._Element | None


@dataclass(frozen=True, slots=True)
class Example:
    """One example. ``match`` are the texts that a request has to hold, by the path of local names below its root."""

    operation: str
    match: tuple[tuple[tuple[str, ...], str], ...]
    reply: tuple[etree._Element, ...] = ()
    fault: Refusal | None = None

    def body(self) -> list[etree._Element]:
        """Return the elements of the reply's body, to be put into one message."""
        return [deepcopy(each) for each in self.reply]

    def refuse(self, call: AnyCall) -> Answer:
        """Return the fault."""
        assert self.fault is not None
        detail = None if self.fault.detail is None else deepcopy(self.fault.detail)
        status = self.fault.status or fault_status(call.place, self.fault.code)
        return answer(call.place, status, fault(call.place, self.fault.code, self.fault.text, detail, "EN"))


def answering(examples: Sequence[Example], call: AnyCall) -> Example | None:
    """Return the first example for a call, None where there is none."""
    return next((each for each in examples if each.operation == call.operation.name and _matches(each, call)), None)


def read_examples(path: Path, contract: Contract, ground: Ground) -> tuple[Example, ...]:
    """Read a file of examples. Raises BuildError with every mistake: unknown names, values the contract refuses."""
    document, mistakes = read(path, path.name)
    if document is None or mistakes:
        raise BuildError(mistakes)
    reading = _Reading(document, contract, ground)
    found = reading.examples()
    if reading.filling.mistakes:
        raise BuildError(reading.filling.mistakes)
    return found


def _matches(example: Example, call: AnyCall) -> bool:
    return all(text in _at(call.body, path) for path, text in example.match)


def _at(body: Sequence[etree._Element], path: tuple[str, ...]) -> list[str]:
    """Return the texts at a path below any of the body's children; an attribute's name begins with ``@``."""
    at = list(body)
    for name in path:
        if name.startswith("@"):
            return [str(text) for node in at for key, text in node.items() if etree.QName(key).localname == name[1:]]
        at = [each for node in at for each in node.iterchildren(etree.Element) if etree.QName(each).localname == name]
    return [(each.text or "").strip() for each in at]


class _Reading:
    """Reads one document of examples, and notes what is wrong in it."""

    def __init__(self, document: Document, contract: Contract, ground: Ground) -> None:
        self.document, self.ground = document, ground
        self.filling = Filling(ground, document, document.file, encoded=False)
        self.checker = Checker(contract.types, contract.elements, contract.substitutes)
        self.operations: dict[str, Operation] = {
            name: operation
            for service in contract.services.values()
            for port in service.ports.values()
            for name, operation in port.operations.items()
        }

    def examples(self) -> tuple[Example, ...]:
        data = self.document.data
        listed = data.get("examples") if isinstance(data, dict) and set(data) == {"examples"} else None
        if not isinstance(listed, list):
            self._wrong((), "a file of examples holds a list under the key 'examples'", "examples: [{operation: …}]")
            return ()
        read_ = [self._example(each, ("examples", index)) for index, each in enumerate(listed)]
        return tuple(each for each in read_ if each is not None)

    def _example(self, data: Any, path: Path_) -> Example | None:
        if not isinstance(data, dict) or not self._known(data, _KEYS, path):
            return None
        name = str(data.get("operation"))
        operation = self.operations.get(name)
        if operation is None:
            self._wrong((*path, "operation"), f"there is no operation {name}", nearest(name, self.operations))
            return None
        if ("reply" in data) == ("fault" in data):
            self._wrong(path, "an example has either 'reply' or 'fault'", "write one of them")
            return None
        match = self._match(data.get("match", {}), (*path, "match"))
        self.filling.encoded = operation.use == "encoded"
        if "fault" in data:
            return Example(name, match, fault=self._fault(operation, data["fault"], (*path, "fault")))
        return Example(name, match, self._reply(operation, data["reply"], (*path, "reply")))

    def _known(self, data: Mapping[str, Any], keys: tuple[str, ...], path: Path_) -> bool:
        unknown = [key for key in data if key not in keys]
        for key in unknown:
            self._wrong((*path, key), f"unknown key '{key}'", nearest(key, keys))
        return not unknown

    def _match(self, data: Any, path: Path_) -> tuple[tuple[tuple[str, ...], str], ...]:
        if not isinstance(data, dict):
            self._wrong(path, "'match' is an object of paths and values", 'match: {orderId: "7"}')
            return ()
        return tuple((tuple(key.split(".")), lexical(value)) for key, value in data.items())

    def _reply(self, operation: Operation, data: Any, path: Path_) -> tuple[etree._Element, ...]:
        if operation.output is None or operation.output.root is None:
            self._wrong(path, f"{operation.name} answers nothing", "remove 'reply'")
            return ()
        made = self._element(operation.output.root, data, path)
        return tuple(inside(operation.output, made)) if made is not None else ()

    def _fault(self, operation: Operation, data: Any, path: Path_) -> Refusal | None:
        if not isinstance(data, dict):
            self._wrong(path, "a fault is an object with 'text'", "fault: {text: no such order}")
            return None
        if not self._known(data, _FAULT_KEYS, path):
            return None
        detail = None
        if "detail" in data:
            detail = self._detail(operation, data["detail"], (*path, "detail"))
        status = data.get("status")
        if status is not None and not isinstance(status, int):
            self._wrong((*path, "status"), "'status' is an HTTP status", "status: 500")
            status = None
        return Refusal(str(data.get("code", "Server")), str(data.get("text", "")), status, detail)

    def _detail(self, operation: Operation, data: Any, path: Path_) -> etree._Element | None:
        known = {each.element.name: each.element for each in operation.faults if each.element is not None}
        if not isinstance(data, dict) or len(data) != 1:
            self._wrong(path, "a detail is one of the declared faults with its values", f"one of {', '.join(known)}")
            return None
        name, value = next(iter(data.items()))
        if name not in known:
            self._wrong((*path, name), f"{operation.name} declares no fault {name}", nearest(name, known))
            return None
        return self._element(known[name], value, (*path, name))

    def _element(self, declared: Element, data: Any, path: Path_) -> etree._Element | None:
        """Return an element with the values of an example, held against the contract as a whole."""
        before = len(self.filling.mistakes)
        try:
            made = self.filling.element(declared, data, path)
            if len(self.filling.mistakes) == before:
                self.checker.check(declared, made)
        except (NoValue, Objection) as no:
            self._wrong(path, str(no), "give the values that the contract asks for")
            return None
        return made

    def _wrong(self, path: Path_, text: str, remedy: str) -> None:
        self.filling.wrong(path, text, remedy)
