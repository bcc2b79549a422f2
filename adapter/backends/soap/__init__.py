"""The SOAP backend: our writer's element in zeep's envelope, over our exchange, opened by our own reader.

zeep makes the call (WS-Addressing, plugins, WS-Security, the headers of each SOAP version), since that is what it is
good at. It neither reads the answer nor touches the network. The WSDL's address is never called: the exchange is pinned
to the endpoint that the operator set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import zeep

from adapter import pieces
from adapter.backends.soap.addressing import WsAddressing
from adapter.backends.soap.answer import NAMESPACES, Beside, open_answer
from adapter.backends.soap.answered import Answered
from adapter.backends.soap.arriving import PLAIN, Coming, Way, exchanged, streamed
from adapter.backends.soap.flowing import Flowing
from adapter.backends.soap.own import call_settings, own_headers
from adapter.backends.soap.pouring import must_be_there, poured, sent_away
from adapter.backends.soap.ready import Content, with_ready_input
from adapter.backends.soap.rereading import Again, never, reread
from adapter.backends.soap.security import Security, secrets, shown
from adapter.errors import RequestError, SessionExpired
from adapter.exchange import Exchange, reply_invalid
from adapter.guard import UNGUARDED, Guard, Turn
from adapter.identity import NOBODY, Identity, Shown
from adapter.mapping.model.policy import ONCE, Policy
from adapter.messages import Call, Checked, Handler, Request, Response, answered_by
from adapter.telemetry.spans import calling
from adapter.translate.fault import FaultParts
from adapter.translate.writer import Header
from adapter.translate.written import Written
from adapter.wsdl.types import Operation

__all__ = ["Again", "SoapPort", "asking", "never", "soap"]

R = TypeVar("R")
Read = tuple[R, tuple[str, ...], Coming | None]
Begin = Callable[[Flowing, Answered, Request], tuple[R, tuple[str, ...]] | None]


class SoapPort:
    """One port of a contract, at the endpoint that an exchange is pinned to. One per process serves all its calls.

    ``client`` is zeep's on the plain WSDL of a contract (``wsdl.plain``); only its parsed WSDL is used, and it is not
    changed. ``identity`` is who we are there. ``addressing`` is the namespace of WS-Addressing that calls have, "" for
    none. ``guard`` stands around each call (``asking``). Raises LookupError where zeep does not know service or port.
    """

    def __init__(
        self,
        client: zeep.Client,
        service: str,
        port: str,
        exchange: Exchange,
        identity: Identity = NOBODY,
        addressing: str = "",
        guard: Guard = UNGUARDED,
    ) -> None:
        self.guard = guard
        binding = client.wsdl.services[service].ports[port].binding
        self.version = "1.2" if binding.nsmap["soap-env"] == NAMESPACES["1.2"] else "1.1"
        self._document = client.wsdl
        self._exchange = exchange
        self._identity = identity
        self._addressing = addressing
        self._binding = copy(binding)
        self._binding._operations = {
            name: with_ready_input(operation, self.version) for name, operation in binding.all().items()
        }
        self._settings = {name: call_settings(operation, self.version) for name, operation in binding.all().items()}

    def call(
        self,
        operation: Operation,
        body: Any,
        headers: Callable[[], Header],
        request: Request,
        token: str = "",
        way: Way = PLAIN,
    ) -> Answered:
        """Send one envelope, with ``body`` (``Written``, an element, or None) and fresh header blocks.

        Where the operation's message is ``bare``, the children of that element are those of the envelope's body.
        ``way`` says what travels beside the envelope, and whether the answer is there once its envelope is.
        ``token`` is that of a session. A token of HTTP that the port refuses is renewed, once. Repeating is safe only
        then: 401 without an envelope comes from what stands before the service. Raises what ``Exchange.send`` and
        ``Identity.show`` raise. The request's ``trace`` sees the envelope and the raw answer, both without secrets.
        """
        who = self._identity.show(request.deadline)
        # Text stays text, unless what is in the body is signed, shown, or sent beside the envelope.
        if isinstance(body, Written) and (way.packing or request.trace or self._identity.signing):
            body = body.element()
        content = Content.of(body, operation.input.bare)
        send = partial(self._once, operation, content)
        answered = send(headers(), request, self._fields(who, token), token, way)
        if answered.unknown and not sent_away(request) and self._identity.renew(who):
            who = self._identity.show(request.deadline)
            answered = send(headers(), request, self._fields(who, token), token, way)
        pieces.begin(len(answered.reply.body), request.deadline)
        return answered

    def guarded(self, request: Request, act: Callable[[str, Turn], R], policy: Policy) -> R:
        """Return what ``act`` makes of the session's token, "" where calls show none; see ``Session.run``.

        Each call of ``act`` passes the guard; nobody waits for a login in there.
        """

        def once(token: str) -> R:
            return self.guard.run(request, partial(act, token), policy)

        session = self._identity.session
        return once("") if session is None else session.run(request.deadline, once)

    def _fields(self, who: Shown, token: str) -> Mapping[str, str]:
        session = self._identity.session
        return who.fields if session is None or not token else {**who.fields, **session.fields(token)}

    def _once(
        self,
        operation: Operation,
        body: Content,
        header: Header,
        request: Request,
        who: Mapping[str, str],
        token: str,
        way: Way,
    ) -> Answered:
        """Send one envelope as who we are."""
        said = [text.rpartition(" ")[2] for text in who.values()]
        hides = (*self._identity.secrets(), *header.secrets, *said, token)

        def post_xml(address: str, envelope: Any, http_headers: dict[str, str]) -> Answered:
            fields = {**http_headers, **own_headers(request), **who}
            verify, early = self._verify(wsse), False
            first = way.first if verify is None and request.trace is None else None
            if body.rows is not None:
                reply, arriving, early = poured(self._exchange, fields, envelope, body, request, hides, first)
            else:
                if request.trace is not None:
                    request.trace("soap-out", shown(envelope, hides))
                reply, arriving = exchanged(self._exchange, fields, envelope, body.text, way, request, first)
            own, message_id = partial(secrets, envelope), addressed[0].message_id if addressed else ""
            answered = Answered(reply, hides, own, verify, arriving, message_id, early)
            if request.trace is not None:
                request.trace("soap-in", answered.hidden(reply.body))
            return answered

        # A client costs microseconds and holds what belongs to this call alone, so calls share nothing that changes.
        make: Any = zeep.Client
        login, signing = self._identity.login, self._identity.signing
        wsse = Security(login, signing) if login or signing else None
        addressed = [WsAddressing(self._addressing, operation)] if self._addressing else []
        transport = SimpleNamespace(post_xml=post_xml)
        settings = self._settings[operation.key]
        client = make(self._document, wsse=wsse, transport=transport, settings=settings, plugins=addressed)
        answered: Answered = self._binding.send(
            client, {"address": self._exchange.url}, operation.key, (body, header.blocks), {}
        )
        return answered

    def _verify(self, wsse: Security | None) -> Callable[[Any], Any] | None:
        signing = self._identity.signing
        if signing is None or signing.verifier is None or wsse is None or wsse.sent is None:
            return None
        verifier, sent = signing.verifier, wsse.sent
        return lambda root: verifier.body(root, sent)


def soap(
    port: SoapPort,
    operation: Operation,
    *,
    write: Callable[[Checked], Any],
    read: Callable[[Any], R],
    read_fault: Callable[[FaultParts], RequestError],
    respond: Callable[[R, Request], Response],
    headers: Callable[[Call], Header] = lambda call: Header(),
    again: Again = never,
    way: Way = PLAIN,
    begin: Begin[R] | None = None,
    policy: Policy = ONCE,
) -> Handler:
    """Return the handler that answers by one SOAP operation.

    It takes what ``asking`` takes; ``respond`` makes a response of what was read. ``begin`` reads the beginning of an
    answer whose first row is there, and says what was odd; None where all of it is to be read first.
    """
    ask = _asking(port, operation, write, read, read_fault, headers, again, way, begin, policy)

    def handle(request: Request) -> Response:
        result, notes, arriving = ask(request)
        response = streamed(lambda: respond(result, request), arriving)
        return answered_by("soap", response, notes)

    return handle


def asking(
    port: SoapPort,
    operation: Operation,
    *,
    write: Callable[[Checked], Any],
    read: Callable[[Any], R],
    read_fault: Callable[[FaultParts], RequestError],
    headers: Callable[[Call], Header] = lambda call: Header(),
    again: Again = never,
    way: Way = PLAIN,
    policy: Policy = ONCE,
) -> Callable[[Request], tuple[R, tuple[str, ...]]]:
    """Return the function that makes one SOAP call: what was read from its answer, and what was odd about that.

    ``write`` makes the root of the request message (None for an empty body), ``read`` reads that of the answer (None
    where there is none). ``headers`` makes the header blocks of one envelope. ``again`` says whether to read an answer
    once more that was refused. ``way`` says what travels beside the envelope, and how far an answer may drift.
    ``policy`` says what calls do there, and how often one may be made.
    """
    ask = _asking(port, operation, write, read, read_fault, headers, again, way, None, policy)

    def answer(request: Request) -> tuple[R, tuple[str, ...]]:
        result, notes, arriving = ask(request)
        if arriving is not None:
            arriving.close()
        return result, notes

    return answer


def _asking(
    port: SoapPort,
    operation: Operation,
    write: Callable[[Checked], Any],
    read: Callable[[Any], R],
    read_fault: Callable[[FaultParts], RequestError],
    headers: Callable[[Call], Header],
    again: Again,
    way: Way,
    begin: Begin[R] | None,
    policy: Policy,
) -> Callable[[Request], Read[R]]:
    """Return what makes one call and reads its answer, and what of it is still arriving."""

    def once(request: Request, token: str, turn: Turn) -> Read[R]:
        checked = request.checked or Checked(call=Call(request.id))
        checked = replace(checked, call=replace(checked.call, session=token)) if token else checked
        must_be_there(request)
        held, message = way.held(turn.holds), write(checked)
        with calling(operation.name):
            answered = port.call(operation, message, partial(headers, checked.call), request, token, held)
        turn.heard(answered.reply.status, answered.reply.headers)
        try:
            return opened(answered, request, token)
        except BaseException:
            if answered.arriving is not None:
                answered.arriving.close()
            raise

    def opened(answered: Answered, request: Request, token: str) -> Read[R]:
        if token and answered.unknown:
            raise SessionExpired("backend-refused-us", 502, cause="status 401", sent="yes", code="http-401")
        if begin is not None and isinstance(answered.arriving, Flowing):
            begun = begin(answered.arriving, answered, request) if not answered.early else None
            if begun is not None:
                return *begun, None  # whoever sends it on closes it
            answered = replace(answered, reply=answered.arriving.whole(), arriving=None)
        answer = open_answer(
            answered.reply,
            port.version,
            operation.output,
            verify=answered.verify,
            message_id=answered.message_id,
            strict=way.strict,
            beside=Beside(way.restore, answered.arriving is not None),
        )
        if answer.fault is not None:
            raise read_fault(replace(answer.fault, text=answered.discreet(answer.fault.text)))
        if answered.early:
            raise reply_invalid("an answer of success before the last row")
        notes = way.align(answer.child)
        return reread(read, again, answer.child, request), answer.notes + notes, answered.arriving

    return lambda request: port.guarded(request, partial(once, request), policy)
