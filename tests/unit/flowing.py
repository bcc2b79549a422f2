"""One reply read in two ways: row by row from pieces, and as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapter.backends.soap.answer import open_answer
from adapter.backends.soap.answered import Answered
from adapter.backends.soap.flowing import Flowing
from adapter.backends.soap.rows import beginning
from adapter.backends.soap.ways import way
from adapter.exchange import Opened, Reply
from adapter.mapping.bound import Endpoint
from adapter.messages import Request
from adapter.translate.fault import fault_reader
from adapter.translate.flowing import flow
from adapter.translate.reader import reader
from tests.unit.mapped import build, schema

MOST = 1_000_000
TYPE = "text/xml; charset=utf-8"
XSD = schema(
    '<xsd:element name="In"><xsd:complexType/></xsd:element>'
    '<xsd:element name="Out"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="Code" type="xsd:string" minOccurs="0"/>'
    '<xsd:element name="L" type="t:L" minOccurs="0"/><xsd:element name="N" type="xsd:int" minOccurs="0"/>'
    "</xsd:sequence></xsd:complexType></xsd:element>"
    '<xsd:complexType name="L"><xsd:sequence>'
    '<xsd:element name="X" type="t:T" minOccurs="0" maxOccurs="unbounded" nillable="true"/>'
    "</xsd:sequence></xsd:complexType>"
    '<xsd:complexType name="T"><xsd:sequence><xsd:element name="A" type="xsd:int"/>'
    '<xsd:element name="B" type="xsd:string" minOccurs="0"/><xsd:element name="D" type="xsd:date" minOccurs="0"/>'
    '<xsd:element name="Q" type="xsd:QName" minOccurs="0"/><xsd:element name="X" type="t:T" minOccurs="0"/>'
    '</xsd:sequence><xsd:attribute name="at" type="xsd:string"/></xsd:complexType>'
)
TYPES = {"T": {"fields": {"a": "A", "b": "B", "d": "D", "q": "Q", "at": "@at", "inner": {"soap": "X", "one": "T"}}}}


def endpoint(*, strict: bool = False, **stream: Any) -> Endpoint:
    """Return a list that is streamed, with a refusal before its rows and a count behind them."""
    reply = {"each": "T", "from": "L.X", "stream": stream or True}
    reply |= {"refused": {"where": "Code", "is_not": ["0"], "code": "Code"}}
    return build(XSD, TYPES, {"request": "GET /", "reply": reply}, verb="list")


def envelope(inside: str, namespace: str = "urn:t") -> bytes:
    """Return a reply with this in the body's one element."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<Out xmlns="{namespace}">{inside}</Out></s:Body></s:Envelope>'
    ).encode()


@dataclass
class Read:
    """What reading gave: rows until the end, or until ``error``; whether all was read before any row was given."""

    rows: list[Any] = field(default_factory=list)
    error: str = ""
    whole: bool = False
    notes: set[str] = field(default_factory=set)
    closed: bool = False


def in_pieces(endpoint: Endpoint, pieces: Iterable[bytes], media_type: str = TYPE, most: int = MOST) -> Read:
    """Read a reply row by row, as its pieces come."""
    found = Read()

    def close() -> None:
        found.closed = True

    opened = Opened(200, {"content-type": media_type}, iter(pieces), lambda seconds: None, close)
    request, rows, how = Request("x", "1", 1e9), flow(endpoint), way(endpoint)
    assert rows is not None
    assert how.first is not None
    try:
        reply, flowing = how.first(opened, most)
        begun = None
        if isinstance(flowing, Flowing):
            answered = Answered(reply, ())
            begun = beginning(endpoint, "1.1", rows, how, lambda error, request: False)(flowing, answered, request)
            reply = reply if begun is not None else flowing.whole()
        if begun is None:
            return _whole(endpoint, reply, found)
        coming, notes = begun
        found.notes.update(notes)
        for batch in coming.batches:
            found.rows += batch
        coming.total()
        found.notes.update(coming.notes())
    except Exception as error:  # whatever it is, it is compared
        found.error = str(error)
    return found


def at_once(endpoint: Endpoint, body: bytes, media_type: str = TYPE) -> Read:
    """Read a reply as a whole."""
    return _whole(endpoint, Reply(200, {"content-type": media_type}, body), Read())


def _whole(endpoint: Endpoint, reply: Reply, found: Read) -> Read:
    found.whole = True
    try:
        answer = open_answer(reply, "1.1", endpoint.operation.output)
        if answer.fault is not None:
            raise fault_reader(endpoint)(answer.fault)
        notes = way(endpoint).align(answer.child)
        result = reader(endpoint)(answer.child)
        found.rows, found.notes = result.document, {*answer.notes, *notes, *result.notes}
    except Exception as error:  # whatever it is, it is compared
        found.error = str(error)
    return found


def cut(body: bytes, places: Sequence[int]) -> Iterator[bytes]:
    """Yield a body in pieces."""
    start = 0
    for place in [*sorted(place % (len(body) + 1) for place in places), len(body)]:
        if place > start:
            yield body[start:place]
            start = place
