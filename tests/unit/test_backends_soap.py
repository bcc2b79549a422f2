"""The SOAP backend: the bytes that zeep sends for us, and the whole way there and back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter.backends.soap import SoapPort, soap
from adapter.errors import BackendFault, BackendReplyInvalid, BackendTimeout
from adapter.messages import Call, Checked, Handler, Request, Response
from adapter.translate.fault import FaultParts
from adapter.translate.writer import Header
from adapter.wsdl.documents import Documents, read_documents
from adapter.wsdl.load import contract
from adapter.wsdl.plain import plain_documents
from adapter.wsdl.zeep_documents import zeep_client
from tests.unit.exchanges import SOON, exchange_with, silence
from tests.unit.loopback import PATIENCE, Peer, Script, Server, answer, replying, serving

NS = "urn:erp"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
BINDING = """
  <wsdl:binding name="B{v}" type="t:Port"><{p}:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Read"><{p}:operation {action}/><wsdl:input><{p}:body use="literal"/></wsdl:input>
      <wsdl:output><{p}:body use="literal"/></wsdl:output></wsdl:operation>
    <wsdl:operation name="Tell"><{p}:operation soapAction=""/><wsdl:input><{p}:body use="literal"/></wsdl:input>
    </wsdl:operation>
    <wsdl:operation name="Routed"><{p}:operation soapAction="urn:r"/><wsdl:input><{p}:body use="literal"/></wsdl:input>
      <wsdl:output><{p}:body use="literal"/></wsdl:output></wsdl:operation>
  </wsdl:binding>"""
WSDL = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:t="urn:erp" targetNamespace="urn:erp"
  xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl">
  <wsdl:types><xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:erp">
    <xsd:element name="Read" type="xsd:string"/><xsd:element name="ReadResponse" type="xsd:string"/>
  </xsd:schema></wsdl:types>
  <wsdl:message name="In"><wsdl:part name="p" element="t:Read"/></wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="p" element="t:ReadResponse"/></wsdl:message>
  <wsdl:portType name="Port">
    <wsdl:operation name="Read"><wsdl:input message="t:In"/><wsdl:output message="t:Out"/></wsdl:operation>
    <wsdl:operation name="Tell"><wsdl:input message="t:In"/></wsdl:operation>
    <wsdl:operation name="Routed"><wsdl:input message="t:In" wsaw:Action="urn:routed"/>
      <wsdl:output message="t:Out"/></wsdl:operation>
  </wsdl:portType>{bindings}
  <wsdl:service name="Erp">
    <wsdl:port name="P11" binding="t:B11"><s:address location="{address}"/></wsdl:port>
    <wsdl:port name="P12" binding="t:B12"><s12:address location="{address}"/></wsdl:port>
  </wsdl:service></wsdl:definitions>"""


def documents(folder: Path, action: str = 'soapAction="urn:read"', address: str = "http://a.example/") -> Documents:
    """Return a contract with the same three operations on a port of each SOAP version."""
    bindings = "".join(BINDING.format(v=v, p=p, action=action) for v, p in (("11", "s"), ("12", "s12")))
    (folder / "erp.wsdl").write_text(WSDL.format(bindings=bindings, address=address), encoding="utf-8")
    return read_documents(folder, "erp.wsdl")


def write(checked: Checked) -> Any:
    """Make the body: the caller's name in an element."""
    element = etree.Element(f"{{{NS}}}Read", nsmap={"e": NS})
    element.text = checked.path.get("id", "ä&<")
    return element


def read_fault(fault: FaultParts) -> BackendFault:
    """Make an error that shows the parts."""
    return BackendFault("a-fault", 409, fault.text, code=fault.code)


def respond(result: str | None, request: Request) -> Response:
    """Answer with the text that was read, and a note of the reader's."""
    return Response(200, (result or "").encode(), notes=("read",))


@contextmanager
def handling(
    docs: Documents, server: Server, version: str = "11", call: str = "Read", addressing: str = "", **parts: Any
) -> Iterator[Handler]:
    """Open the handler of one operation at a server."""
    tree = contract(docs)
    with exchange_with(server, pool_size=8) as exchange:
        client = zeep_client(plain_documents(tree))
        port = SoapPort(client, "Erp", f"P{version}", exchange, addressing=addressing)
        operation = tree.operation("Erp", f"P{version}", call)
        yield soap(
            port,
            operation,
            write=parts.pop("write", write),
            read=lambda child: child.text if child is not None else None,
            read_fault=read_fault,
            respond=respond,
            **parts,
        )


def request(seconds: float = PATIENCE, **parts: Any) -> Request:
    """Return a request."""
    return Request("customers.read", "id-1", time.monotonic() + seconds, **parts)


def envelope(body: str, namespace: str = SOAP11) -> bytes:
    """Return an envelope around a body."""
    return f'<S:Envelope xmlns:S="{namespace}"><S:Body>{body}</S:Body></S:Envelope>'.encode()


OK11 = answer(envelope('<ReadResponse xmlns="urn:erp">yes</ReadResponse>'))
OK12 = answer(envelope('<ReadResponse xmlns="urn:erp">yes</ReadResponse>', SOAP12), media_type="application/soap+xml")


def sent_by(script: Script, folder: Path, version: str, call: str = "Read", **parts: Any) -> tuple[list[str], bytes]:
    """Return the header lines and the body of what one call sends."""
    docs = documents(folder, **parts.pop("contract", {}))
    with serving(script) as server, handling(docs, server, version, call, **parts) as handle:
        handle(request(traceparent="00-1-2-01"))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body


def test_envelope_of_soap_11(tmp_path: Path) -> None:
    """SOAP 1.1: text/xml, a quoted SOAPAction, the writer's element as the only child of the body."""
    lines, body = sent_by(replying(OK11), tmp_path, "11")
    assert (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Body><e:Read xmlns:e="urn:erp">ä&amp;&lt;</e:Read>'
        "</soap:Body></soap:Envelope>"
    ) == body.decode()
    assert "POST /erp HTTP/1.1" == lines[0]
    assert {"Content-Type: text/xml; charset=utf-8", 'SOAPAction: "urn:read"', "X-Request-Id: id-1"} <= set(lines)
    assert "traceparent: 00-1-2-01" in lines


def test_envelope_of_soap_12(tmp_path: Path) -> None:
    """SOAP 1.2: application/soap+xml with the action in it, no SOAPAction, its own namespace."""
    lines, body = sent_by(replying(OK12), tmp_path, "12")
    assert f'<soap:Envelope xmlns:soap="{SOAP12}"><soap:Body><e:Read' in body.decode()
    assert 'Content-Type: application/soap+xml; charset=utf-8; action="urn:read"' in lines
    assert [] == [line for line in lines if line.startswith("SOAPAction")]


def test_operation_without_action(tmp_path: Path) -> None:
    """Without a soapAction SOAP 1.1 sends an empty one (section 6.1.1), SOAP 1.2 none."""
    lines11, _ = sent_by(replying(OK11), tmp_path, "11", contract={"action": ""})
    lines12, _ = sent_by(replying(OK12), tmp_path, "12", contract={"action": ""})
    assert 'SOAPAction: ""' in lines11
    assert "Content-Type: application/soap+xml; charset=utf-8" in lines12


def test_empty_body(tmp_path: Path) -> None:
    """A writer that gives None sends an empty body."""
    _, body = sent_by(replying(OK11), tmp_path, "11", write=lambda checked: None)
    assert body.endswith(b"<soap:Body/></soap:Envelope>")


def test_header_blocks_are_made_for_each_call(tmp_path: Path) -> None:
    """Every envelope carries header blocks of its own, before the body."""
    count = iter("12")

    def headers(call: Call) -> Header:
        return Header((etree.fromstring(f'<h:Client xmlns:h="urn:h">{next(count)}</h:Client>'),))

    docs = documents(tmp_path)
    with serving(replying(OK11)) as server, handling(docs, server, headers=headers) as handle:
        handle(request())
        handle(request())
    header = '<soap:Header><h:Client xmlns:h="urn:h">{}</h:Client></soap:Header><soap:Body>'
    assert [1, 1] == [
        sent.count(header.format(number).encode()) for sent, number in zip(server.requests, "12", strict=True)
    ]


def test_address_of_the_contract_is_not_called(tmp_path: Path) -> None:
    """Calls go to the endpoint of the exchange, whatever address the WSDL claims."""
    with serving(replying(OK11)) as claimed, serving(replying(OK11)) as pinned:
        with handling(documents(tmp_path, address=claimed.url), pinned) as handle:
            handle(request())
        assert (0, 1) == (claimed.connections, pinned.connections)


def test_whole_way(tmp_path: Path) -> None:
    """The answer's child is read, notes of envelope and reader come together, and the trace sees both sides."""
    seen: list[tuple[str, bytes]] = []
    odd = answer(b" " + envelope('<ReadResponse xmlns="urn:erp">yes</ReadResponse>'))
    with serving(replying(odd)) as server, handling(documents(tmp_path), server) as handle:
        response = handle(request(trace=lambda kind, data: seen.append((kind, data))))
    assert (b"yes", ("space-before-xml", "read"), "soap") == (response.body, response.notes, response.answered_by)
    assert ["soap-out", "soap-in"] == [kind for kind, _ in seen]
    assert server.requests[0].endswith(b"\r\n\r\n" + seen[0][1])
    assert odd.endswith(seen[1][1])


def test_fault_is_read(tmp_path: Path) -> None:
    """A fault ends as the error that the fault table makes of it."""
    fault = envelope("<S:Fault><faultcode>S:Server</faultcode><faultstring>no</faultstring></S:Fault>")
    script, raising = replying(answer(fault, status="500 No")), pytest.raises(BackendFault)
    with serving(script) as server, handling(documents(tmp_path), server) as handle, raising as caught:
        handle(request())
    assert ("Server", "no", 409) == (caught.value.code, caught.value.detail, caught.value.status)


@pytest.mark.parametrize("said", [answer(b"", status="202 Accepted"), answer(b""), answer(b"thanks"), OK11])
def test_one_way(said: bytes, tmp_path: Path) -> None:
    """An operation without output is content with any success."""
    with serving(replying(said)) as server, handling(documents(tmp_path), server, call="Tell") as handle:
        assert 200 == handle(request()).status


def test_empty_answer_to_a_question(tmp_path: Path) -> None:
    """An operation with output is not content with an empty answer."""
    nothing = pytest.raises(BackendReplyInvalid)
    with serving(replying(answer(b""))) as server, handling(documents(tmp_path), server) as handle, nothing:
        handle(request())


def test_deadline(tmp_path: Path) -> None:
    """The request's deadline bounds the call."""
    late = pytest.raises(BackendTimeout)
    with serving(silence) as server, handling(documents(tmp_path), server) as handle, late:
        handle(request(SOON))


def test_calls_at_once_do_not_mix(tmp_path: Path) -> None:
    """Many calls through one port at once: each gets the answer to its own request and its own trace."""

    def echo(peer: Peer) -> None:
        while sent := peer.request():
            text = etree.fromstring(sent.partition(b"\r\n\r\n")[2]).findtext("{*}Body/{*}Read")
            peer.send(answer(envelope(f'<ReadResponse xmlns="urn:erp">{text}</ReadResponse>')))

    def ask(handle: Handler, name: str) -> bool:
        seen: list[bytes] = []
        asked = request(checked=Checked(path={"id": name}), trace=lambda kind, data: seen.append(data))
        own = f">{name}<".encode()
        return name.encode() == handle(asked).body and own in seen[0] and own in seen[1] and 2 == len(seen)

    with serving(echo) as server, handling(documents(tmp_path), server) as handle, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda number: ask(handle, f"n{number}"), range(200)))


def test_unknown_names(tmp_path: Path) -> None:
    """A service or port that zeep does not know is told while building."""
    client = zeep_client(documents(tmp_path))
    with exchange_with("http://127.0.0.1:1/") as exchange:
        for service, port in (("Other", "P11"), ("Erp", "P13")):
            with pytest.raises(LookupError):
                SoapPort(client, service, port, exchange)
