"""The SOAP backend: our writer's element in zeep's envelope, over our exchange, opened by our own reader.

zeep makes the call (WS-Addressing, plugins, WS-Security, the headers of each SOAP version), since that is what it is
good at. It neither reads the answer nor touches the network. The WSDL's address is never called: the exchange is pinned
to the endpoint that the operator set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, TypeVar

import zeep
from lxml import etree
from zeep.wsdl.messages.base import SerializedMessage

from adapter.backends.soap.answer import MEDIA_TYPES, NAMESPACES, open_answer
from adapter.backends.soap.security import Security, hide_security, secrets
from adapter.errors import RequestError
from adapter.exchange import Exchange, Reply
from adapter.identity import NOBODY, Identity
from adapter.identity.hiding import hidden
from adapter.messages import Checked, Handler, Request, Response
from adapter.translate.fault import FaultParts
from adapter.translate.writer import Header
from adapter.wsdl.types import Operation

__all__ = ["SoapPort", "soap"]

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and the texts of this call that must not be shown, should the ERP repeat them."""

    reply: Reply
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def unknown(self) -> bool:
        """Whether what stands before the service does not know us, so that the service never saw the call."""
        return self.reply.status == 401 and b"Envelope" not in self.reply.body

    def discreet(self, text: str) -> str:
        """Return a text of the ERP's without them."""
        return hidden(text.encode("utf-8"), self.secrets).decode("utf-8")


class SoapPort:
    """One port of a contract, at the endpoint that an exchange is pinned to. One per process serves all its calls.

    ``client`` is zeep's on closed documents (``wsdl.zeep_documents.zeep_client``); only its parsed WSDL is used, and it
    is not changed. ``identity`` is who we are there. Raises LookupError where zeep does not know service or port.
    """

    def __init__(
        self, client: zeep.Client, service: str, port: str, exchange: Exchange, identity: Identity = NOBODY
    ) -> None:
        binding = client.wsdl.services[service].ports[port].binding
        self.version = "1.2" if binding.nsmap["soap-env"] == NAMESPACES["1.2"] else "1.1"
        self._document = client.wsdl
        self._exchange = exchange
        self._identity = identity
        self._binding = copy(binding)
        self._binding._operations = {
            name: _with_ready_input(operation, self.version) for name, operation in binding.all().items()
        }

    def operations(self) -> frozenset[str]:
        """Return the names of the operations that can be called."""
        return frozenset(self._binding.all())

    def call(self, operation: str, body: Any, headers: Callable[[], Header], request: Request) -> Answered:
        """Send one envelope, with ``body`` (an element of the caller's own, or None) and fresh header blocks.

        A token that the port refuses is renewed, once. Repeating is safe only then: 401 without an envelope comes from
        what stands before the service. Raises what ``Exchange.send`` and ``Identity.headers`` raise. The request's
        ``trace`` sees the envelope and the raw answer, both without secrets.
        """
        who = self._identity.headers(request.deadline)
        answered = self._once(operation, body, headers(), request, who)
        if answered.unknown and self._identity.renew(who):
            who = self._identity.headers(request.deadline)
            answered = self._once(operation, body, headers(), request, who)
        return answered

    def _once(self, operation: str, body: Any, header: Header, request: Request, who: Mapping[str, str]) -> Answered:
        """Send one envelope as who we are."""
        hides = (*self._identity.secrets(), *header.secrets, *(text.rpartition(" ")[2] for text in who.values()))

        def post_xml(address: str, envelope: Any, http_headers: dict[str, str]) -> Answered:
            message = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
            if request.trace is not None:
                request.trace("soap-out", _shown(envelope, hides))
            fields = {**http_headers, **_own_headers(request), **who}
            reply = self._exchange.send("POST", deadline=request.deadline, headers=fields, body=message)
            answered = Answered(reply, (*hides, *secrets(envelope)))
            if request.trace is not None:
                request.trace("soap-in", hidden(reply.body, answered.secrets))
            return answered

        # A client costs microseconds and holds what belongs to this call alone, so calls share nothing that changes.
        settings = zeep.Settings(raw_response=True, extra_http_headers=self._content_type(operation))
        make: Any = zeep.Client
        wsse = Security(self._identity.login) if self._identity.login else None
        client = make(self._document, wsse=wsse, transport=SimpleNamespace(post_xml=post_xml), settings=settings)
        answered: Answered = self._binding.send(
            client, {"address": self._exchange.url}, operation, (body, header.blocks), {}
        )
        return answered

    def _content_type(self, operation: str) -> dict[str, str]:
        # zeep would write action="None" for a SOAP 1.2 operation without one.
        action = self._binding.get(operation).soapaction if self.version == "1.2" else ""
        parameter = f'; action="{action}"' if action else ""
        return {"Content-Type": f"{MEDIA_TYPES[self.version]}; charset=utf-8{parameter}"}


def soap(
    port: SoapPort,
    operation: Operation,
    *,
    write: Callable[[Checked], Any],
    read: Callable[[Any], R],
    read_fault: Callable[[FaultParts], RequestError],
    respond: Callable[[R, Request], Response],
    headers: Callable[[], Header] = Header,
) -> Handler:
    """Return the handler that answers by one SOAP operation.

    ``write`` makes the child of the body (None for an empty one), ``read`` turns the answer's child (None where there
    is none) into what ``respond`` makes a response of. ``headers`` makes the header blocks of one envelope.
    Raises LookupError where the port lacks the operation.
    """
    if operation.name not in port.operations():
        raise LookupError(f"zeep leaves out operation {operation.name}")
    one_way = operation.output is None

    def handle(request: Request) -> Response:
        answered = port.call(operation.name, write(request.checked or Checked()), headers, request)
        answer = open_answer(answered.reply, port.version, one_way=one_way)
        if answer.fault is not None:
            raise read_fault(replace(answer.fault, text=answered.discreet(answer.fault.text)))
        response = respond(read(answer.child), request)
        return replace(response, notes=answer.notes + response.notes, answered_by="soap")

    return handle


class _ReadyInput:
    """Stands for zeep's input message of an operation, which would make XML of Python values: ours is XML already."""

    def __init__(self, version: str, action: str) -> None:
        self._namespace = NAMESPACES[version]
        self._http_headers = {"SOAPAction": f'"{action}"'} if version == "1.1" else {}

    def serialize(self, body: Any, headers: Sequence[Any]) -> SerializedMessage:
        """Return the envelope around a body element and header blocks."""
        envelope = etree.Element(f"{{{self._namespace}}}Envelope", nsmap={"soap": self._namespace})
        if headers:
            etree.SubElement(envelope, f"{{{self._namespace}}}Header").extend(headers)
        child = etree.SubElement(envelope, f"{{{self._namespace}}}Body")
        if body is not None:
            child.append(body)
        return SerializedMessage(path=None, headers=dict(self._http_headers), content=envelope)


def _with_ready_input(operation: Any, version: str) -> Any:
    ours = copy(operation)
    ours.input = _ReadyInput(version, operation.soapaction or "")
    return ours


def _shown(envelope: Any, hides: Sequence[str]) -> bytes:
    shown = deepcopy(envelope)
    hide_security(shown)
    return hidden(etree.tostring(shown, xml_declaration=True, encoding="utf-8"), hides)


def _own_headers(request: Request) -> dict[str, str]:
    accept = {"Accept": "text/xml, application/soap+xml", "X-Request-Id": request.id}
    return accept | ({"traceparent": request.traceparent} if request.traceparent else {})
