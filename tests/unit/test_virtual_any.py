"""The pretend ERP of any contract over HTTP: what it serves, refuses, makes up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from adapter.wsdl.types import SOAP11_ENCODING, SOAP12_ENVELOPE, XSI
from tests.unit.any_erp import NS, SCHEMA, Caller, calling, erp, reason, texts


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    """Calls the contract's pretend ERP."""
    with calling(erp(tmp_path)) as found:
        yield found


def judge(envelope: etree._Element, tag: str) -> None:
    """Hold the first element of a name against the schema, by libxml2."""
    found = envelope.find(f".//{tag}", NS)
    assert found is not None
    array = SCHEMA[SCHEMA.index('<xs:complexType name="Ints"') : SCHEMA.index('<xs:element name="GetOrder"')]
    schema = etree.XMLSchema(etree.fromstring(SCHEMA.replace(array, "")))
    schema.assertValid(etree.fromstring(etree.tostring(found)))


def test_answers_are_valid_and_the_same_again(caller: Caller) -> None:
    """A reply is what the schema allows, has the key that was asked for, and comes again for the same request."""
    seen = set()
    for number in range(1, 12):
        status, envelope = caller.get_order(number)
        judge(envelope, "t:GetOrderResponse")
        assert (200, [str(number)]) == (status, texts(envelope, ".//t:Order/t:Id"))
        assert etree.tostring(envelope) == etree.tostring(caller.get_order(number)[1])
        seen.add(len(texts(envelope, ".//t:Line")))
    assert len(seen) > 1


def test_the_same_request_written_otherwise(caller: Caller) -> None:
    """Prefixes and white space make no difference to the answer."""
    plain = caller.get_order(5)[1]
    other = caller.send('<x:GetOrder xmlns:x="urn:t">\n  <x:id>5</x:id>\n</x:GetOrder>')[1]
    assert etree.tostring(plain) == etree.tostring(other)


def test_declared_headers_of_a_reply(caller: Caller) -> None:
    """A header block that the contract declares for the reply is there."""
    _, envelope = caller.get_order()
    assert 1 == len(texts(envelope, "s11:Header/t:Ticket/t:Number"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<GetOrder xmlns='urn:t'><id>seven</id></GetOrder>", "'seven' is not a value of"),
        ("<GetOrder xmlns='urn:t'/>", "something is missing at the end: id"),
        ("<GetOrder xmlns='urn:t'><id>1</id><what/></GetOrder>", "what (number 2) does not stand there"),
        ("<GetOrder xmlns='urn:t'><id>1</id></GetOrder><more/>", "the Body has 2 elements"),
        ("<GetOrder xmlns='urn:t' x='1'><id>1</id></GetOrder>", "an attribute x"),
        ("<Get xmlns='urn:t'/>", "{urn:t}Get is not an operation"),
        ("", "an empty Body is not an operation"),
    ],
)
def test_a_wrong_request_is_refused_with_the_reason(caller: Caller, body: str, said: str) -> None:
    """What the contract does not allow is a fault of the client's that says where and why."""
    status, envelope = caller.send(body)
    code, text = reason(envelope)
    assert (500, "Client") == (status, code)
    assert said in text


def test_what_is_around_the_body_is_checked(caller: Caller) -> None:
    """The action has to be the operation's, and what must be understood has to be known."""
    body = "<GetOrder xmlns='urn:t'><id>1</id></GetOrder>"
    assert "SOAPAction 'urn:other' does not belong to GetOrder" == reason(caller.send(body, action="urn:other")[1])[1]
    header = '<x:Pay xmlns:x="urn:x" xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" e:mustUnderstand="1"/>'
    assert "MustUnderstand" == reason(caller.send(body, header=header)[1])[0]
    assert 415 == caller.raw("/orders", b"{}", {"Content-Type": "application/json"})[0]
    assert 404 == caller.raw("/other", b"", {})[0]


def test_soap_12_has_its_own_path(caller: Caller) -> None:
    """Two ports at one address: the second is served below its service, in its own SOAP version."""
    envelope = (
        f'<e:Envelope xmlns:e="{SOAP12_ENVELOPE}"><e:Body><GetOrder xmlns="urn:t"><id>7</id></GetOrder></e:Body>'
        "</e:Envelope>"
    )
    status, media_type, data = caller.raw("/S/P12", envelope.encode(), {"Content-Type": "application/soap+xml"})
    assert (200, "application/soap+xml") == (status, media_type)
    assert ["7"] == texts(etree.fromstring(data), "s12:Body/t:GetOrderResponse/t:Order/t:Id")
    wrong = envelope.replace("<id>7</id>", "").encode()
    assert 400 == caller.raw("/S/P12", wrong, {"Content-Type": "application/soap+xml"})[0]


def test_one_way(caller: Caller) -> None:
    """A one-way operation is accepted, and nothing is answered."""
    envelope = (
        f'<e:Envelope xmlns:e="{NS["s11"]}"><e:Body><Note xmlns="urn:t">hello</Note></e:Body></e:Envelope>'
    ).encode()
    fields = {"Content-Type": "text/xml", "SOAPAction": '"urn:tell"'}
    assert (202, b"") == (caller.raw("/orders", envelope, fields)[::2])


def test_rpc_encoded(caller: Caller) -> None:
    """An encoded reply has types at its elements, and an array; values that stand apart count where they are meant."""
    xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    array = f'xmlns:enc="{SOAP11_ENCODING}" enc:arrayType="xs:int[2]"'
    inline = (
        f'<r:add xmlns:r="urn:sums" {xs}><numbers {array}><item>1</item><item>2</item></numbers>'
        '<label xsi:type="xs:string">total</label></r:add>'
    )
    apart = (
        f'<r:add xmlns:r="urn:sums" {xs}><numbers href="#a"/><label>total</label></r:add>'
        f'<multiRef id="a" {xs} {array}><item>1</item><item>2</item></multiRef>'
    )
    for body in (inline, apart):
        status, envelope = caller.send(body, "/S/R", "")
        answer = envelope.find("s11:Body/{urn:sums}addResponse", NS)
        assert 200 == status
        assert answer is not None
        assert ["sum", "label", "all"] == [each.tag for each in answer]
        assert "int" == str(answer[0].get(f"{{{XSI}}}type")).rpartition(":")[2]
        assert "total" == answer.findtext("label")
        assert f"int[{len(answer[2])}]" == str(answer[2].get(f"{{{SOAP11_ENCODING}}}arrayType")).rpartition(":")[2]
    wrong = inline.replace("<item>2</item>", "<item>two</item>")
    assert "Client" == reason(caller.send(wrong, "/S/R", "")[1])[0]
    assert "leads nowhere" in reason(caller.send(apart.replace("#a", "#b"), "/S/R", "")[1])[1]


def test_the_contract_is_served(caller: Caller) -> None:
    """``?wsdl`` has the server's own addresses, and its imports lead to files that it serves too."""
    status, _, data = caller.raw("/orders?wsdl", b"", {}, "GET")
    root = etree.fromstring(data)
    addresses = [str(each.get("location")) for each in root.iter("{*}address")]
    origin = caller.server.url()
    assert (200, [f"{origin}/orders", f"{origin}/S/P12", f"{origin}/S/R"]) == (status, addresses)
    location = str(next(root.iter("{*}import")).get("schemaLocation"))
    assert 200 == caller.raw(location.removeprefix(origin), b"", {}, "GET")[0]
    assert 404 == caller.raw("/_contract?file=../t.wsdl", b"", {}, "GET")[0]


def test_misbehaviour_and_declared_faults(caller: Caller) -> None:
    """The control knows the same tricks as that of the example, and a fault's detail is one that is declared."""
    rule = {"operation": "GetOrder", "do": {"fault": {"text": "gone", "code": "Client", "detail": "NoSuchOrder"}}}
    caller.raw("/_control", json.dumps(rule).encode(), {})
    _, envelope = caller.get_order(9)
    assert (("Client", "gone"), ["9"]) == (reason(envelope), texts(envelope, ".//detail/t:NoSuchOrder/t:Id"))
    rule["do"] = {"fault": {"text": "gone", "detail": "Nope"}}
    caller.raw("/_control", json.dumps(rule).encode(), {})
    assert "GetOrder declares no fault Nope; it declares NoSuchOrder" == reason(caller.get_order()[1])[1]
    rule["do"] = {"html": {"status": 503, "text": "down"}}
    caller.raw("/_control", json.dumps(rule).encode(), {})
    assert 503 == caller.raw("/orders", b"<x/>", {"Content-Type": "text/xml", "SOAPAction": "GetOrder"})[0]
    report = json.loads(caller.raw("/_control", b"", {}, "GET")[2])
    assert 3 == report["counts"]["GetOrder"]
