"""The pretend ERP of any contract, without HTTP: holds a message against the contract and makes up the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.message import Message
from typing import Any
from urllib.parse import unquote, urlsplit

from adapter.virtual.any.answers import Answers
from adapter.virtual.any.beside import Beside
from adapter.virtual.any.examples import Example, answering
from adapter.virtual.any.files import contract_file
from adapter.virtual.any.ports import Place, places
from adapter.virtual.any.requests import AnyCall, checked, message
from adapter.virtual.envelope import Answer, fault_status
from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.check import Checker
from adapter.wsdl.documents import Documents
from adapter.wsdl.ground import Ground
from adapter.wsdl.types import Contract
from adapter.wsdl.values import NoValue


class AnyErp:
    """Every SOAP port of a contract. It keeps nothing: the same request gets the same answer. Safe for threads."""

    def __init__(self, documents: Documents, contract: Contract, examples: Sequence[Example] = ()) -> None:
        """``documents`` are what ``contract`` was read from; ``examples`` answer before anything is made up."""
        self.documents, self.contract, self.examples = documents, contract, tuple(examples)
        self.places = places(contract)
        self.beside = Beside(contract)
        self.answers = Answers(Ground.of(contract))
        literal = Checker(contract.types, contract.elements, contract.substitutes)
        self.checkers = {"literal": literal, "encoded": replace(literal, encoded=True)}

    def port_at(self, path: str) -> Place | None:
        """Return the port that answers at the path of a request target."""
        plain = unquote(urlsplit(path).path)
        return next((place for place in self.places if place.path == plain), None)

    def file(self, target: str, origin: str) -> bytes | None:
        """Return the contract's file behind a request target, or None."""
        return contract_file(self.documents, self.places, target, origin)

    def read(self, port: Place, headers: Message, data: bytes) -> AnyCall | ProtocolFault:
        """Read a message and hold it against the contract, or tell why it is none."""
        try:
            return checked(self.checkers, message(port, headers, data, self.beside))
        except ProtocolFault as problem:
            return problem

    def answer(self, call: AnyCall) -> Answer:
        """Return the answer of the first example that matches, else one that is made up."""
        try:
            example = answering(self.examples, call)
            if example is not None and example.fault is not None:
                return example.refuse(call)
            answer = self.answers.reply(call, example.body() if example is not None else None)
            return self.beside.packed(call.operation, call.place.envelope, answer)
        except NoValue as no:
            return self.answers.plain(call.place, "Server", f"no answer can be made up: {no}", 500)

    def refusal(self, port: Place, problem: ProtocolFault) -> Answer:
        """Return the fault for a message that the contract does not allow."""
        status = problem.status or fault_status(port, problem.code)
        return self.answers.plain(port, problem.code, problem.text, status)

    def told(self, port: Place, call: AnyCall | None, wish: Mapping[str, Any]) -> Answer:
        """Return the fault that a rule of misbehaviour asks for; ``detail`` names one that the operation declares."""
        code, text, status = str(wish.get("code", "Server")), str(wish["text"]), int(wish.get("status", 500))
        name = wish.get("detail")
        if name is None or call is None:
            return self.answers.plain(port, code, text, status)
        return self.answers.fault(call, str(name), code, text, status)

    def reset(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        """There is nothing to close."""
