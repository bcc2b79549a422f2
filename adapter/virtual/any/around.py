"""What a recorder and a replayer share: the contract's ports and files, and faults on demand."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Any

from adapter.virtual.any.erp import AnyErp
from adapter.virtual.any.ports import Place
from adapter.virtual.any.requests import AnyCall, message
from adapter.virtual.envelope import Answer
from adapter.virtual.faults import ProtocolFault


class Around:
    """Stands in front of a contract's pretend ERP and answers in its place. Requests are not held against types."""

    def __init__(self, erp: AnyErp) -> None:
        self.erp = erp

    def port_at(self, path: str) -> Place | None:
        """Return the port that answers at a URL path."""
        return self.erp.port_at(path)

    def file(self, target: str, origin: str) -> bytes | None:
        """Return the contract's file behind a request target, or None."""
        return self.erp.file(target, origin)

    def read(self, port: Place, headers: Message, data: bytes) -> AnyCall | ProtocolFault:
        """Read a message, or tell why it calls nothing."""
        try:
            return message(port, headers, data, self.erp.beside)
        except ProtocolFault as problem:
            return problem

    def refusal(self, port: Place, problem: ProtocolFault) -> Answer:
        """Return the fault for a message that calls nothing."""
        return self.erp.refusal(port, problem)

    def told(self, port: Place, call: AnyCall | None, wish: Mapping[str, Any]) -> Answer:
        """Return the fault that a rule of misbehaviour asks for."""
        return self.erp.told(port, call, wish)

    def reset(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        """There is nothing to close."""
