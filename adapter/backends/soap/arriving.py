"""One exchange with what travels beside the envelope; a document that is still arriving when the envelope is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapter.attachments import Packing, root_headers, unpacked
from adapter.backends.soap.flowing import Flowing
from adapter.backends.soap.ready import envelope_bytes
from adapter.exchange import Exchange, Opened, Reply, reply_invalid
from adapter.exchange.multipart import MEDIA_TYPE, Part, Parts, Related, content_id
from adapter.messages import Request, Response, Stream

# The deadline bounds a call until its envelope is there. A document may be long, but it has to keep coming.
IDLE_SECONDS: Final = 30.0


class Arriving:
    """The parts of an answer that come after the envelope. Whoever does not stream one of them closes it."""

    def __init__(self, opened: Opened, parts: Iterator[Part]) -> None:
        self._opened = opened
        self._parts = parts

    def stream(self, name: str) -> Stream:
        """Return the part of this Content-ID as a body. Raise BackendReplyInvalid where it does not come next to it."""
        self._opened.patience(IDLE_SECONDS)
        try:
            part = next((part for part in self._parts if part.id == name), None)
        except BaseException:
            self.close()
            raise
        if part is None:
            self.close()
            raise reply_invalid("an attachment is missing")
        return Stream(part.chunks, self.close)

    def close(self) -> None:
        """End the exchange; what has not arrived is not waited for."""
        self._opened.close()


Coming = Arriving | Flowing
First = Callable[[Opened, int], tuple[Reply, Coming | None]]


def envelope_first(opened: Opened, most: int) -> tuple[Reply, Arriving | None]:
    """Return an answer as soon as its envelope is in, and what comes after it; None where all of it is there.

    ``most`` bounds the envelope with what comes before it, and an answer that has no parts. Raises BackendReplyInvalid,
    the answer closed.
    """
    try:
        if opened.media_type != MEDIA_TYPE:
            reply = Reply(opened.status, opened.headers, Part({}, opened.chunks).whole(most))
            opened.close()
            return reply, None
        parts = Parts(opened.headers.get("content-type", ""), opened.chunks)
        rest = iter(parts)
        start, before = content_id(parts.parameters.get("start", "")), dict[str, bytes]()
        for part in rest:
            content = part.whole(most - sum(map(len, before.values())))
            if not start or part.id in ("", start):
                headers = root_headers(opened.headers, part.headers)
                return Reply(opened.status, headers, content, before), Arriving(opened, rest)
            before[part.id] = content  # the envelope need not come first (RFC 2387, section 3.2)
        raise reply_invalid("multipart without the envelope")
    except BaseException:
        opened.close()
        raise


@dataclass(frozen=True, slots=True)
class Way:
    """How an operation's messages travel, and how far an answer may drift from the contract.

    ``first`` reads the beginning of an answer that is worked on before all of it is there. ``align`` brings the root
    of an answer back to the contract before it is read, and says what was odd; ``strict`` refuses an envelope of the
    other version.
    """

    packing: Packing | None = None
    first: First | None = None
    align: Callable[[Any], tuple[str, ...]] = lambda child: ()
    strict: bool = False

    def held(self, hold: Callable[[Opened], Opened]) -> Way:
        """Return the same way, where ``hold`` sees an answer as soon as it is opened."""
        first = self.first
        return self if first is None else replace(self, first=lambda opened, most: first(hold(opened), most))

    def restore(self, body: Any, parts: Mapping[str, bytes]) -> None:
        """Put what travelled beside an answer's envelope into its body."""
        if self.packing is not None:
            self.packing.restore(body, parts)


PLAIN = Way()


def exchanged(
    exchange: Exchange,
    fields: Mapping[str, str],
    envelope: Any,
    text: str | None,
    way: Way,
    request: Request,
    first: First | None,
) -> tuple[Reply, Coming | None]:
    """Send an envelope, in parts where it has some, and return the answer: whole, or with what is still arriving.

    ``text`` is what the envelope keeps a place for.
    """
    kind, _, parameters = fields["Content-Type"].partition(";")
    packed = way.packing.packed(envelope, kind, request.upload) if way.packing is not None else None
    body: bytes | Related
    if packed is None:
        body = envelope_bytes(envelope, text)
    else:
        action = next((text for text in parameters.split(";") if text.strip().startswith("action=")), "")
        body, length = packed.body, packed.body.length
        fields = {**fields, "Content-Type": packed.content_type + (f";{action}" if action else "")}
        fields |= {"Content-Length": str(length)} if length is not None else {}
    if first is not None:
        opened = exchange.open("POST", deadline=request.deadline, headers=fields, body=body)
        return first(opened, exchange.max_reply_bytes)
    reply = exchange.send("POST", deadline=request.deadline, headers=fields, body=body)
    return unpacked(reply, exchange.max_reply_bytes), None


def streamed(respond: Callable[[], Response], arriving: Coming | None) -> Response:
    """Return a response whose body is a part that is still arriving, where it awaits one."""
    try:
        response = respond()
        if response.awaits is None:
            return response
        if not isinstance(arriving, Arriving):
            raise reply_invalid("an attachment is missing")
        response, arriving = replace(response, body=arriving.stream(response.awaits.content_id), awaits=None), None
        return response
    finally:
        if arriving is not None:
            arriving.close()
