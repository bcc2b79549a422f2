"""What the server needs of whoever answers: the example ERP, that of any contract, a recorder, a replayer."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Any, Protocol

from adapter.virtual.envelope import Answer
from adapter.virtual.faults import ProtocolFault


class Engine(Protocol):
    """Answers SOAP messages. ``port`` is whatever its ``port_at`` returned, ``call`` whatever its ``read`` returned.

    A call has the name of its operation as ``call.operation.name``.
    """

    def port_at(self, path: str) -> Any:
        """Return the port that answers at a URL path, or None."""

    def file(self, target: str, origin: str) -> bytes | None:
        """Return the contract's file behind a request target, or None."""

    def read(self, port: Any, headers: Message, data: bytes) -> Any | ProtocolFault:
        """Read a message, or tell why it is none."""

    def answer(self, call: Any) -> Answer:
        """Act on a call."""

    def refusal(self, port: Any, problem: ProtocolFault) -> Answer:
        """Return the fault for a message that the contract does not allow."""

    def told(self, port: Any, call: Any | None, wish: Mapping[str, Any]) -> Answer:
        """Return the fault that a rule of misbehaviour asks for."""

    def reset(self) -> None:
        """Forget what was changed since the start."""

    def close(self) -> None:
        """Let go of what is open."""
