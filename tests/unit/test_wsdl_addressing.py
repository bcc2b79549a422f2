"""What a contract says of WS-Addressing: in its binding, in a policy, behind a reference, and by its actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.wsdl.addressing import WSA10, WSA2004
from adapter.wsdl.types import Addressing
from tests.unit.wsdl_operations import ASKED, BODY, loaded, operation, wsdl
from tests.unit.wsdl_texts import HTTP

SPACES = (
    'xmlns:wsp="http://www.w3.org/ns/ws-policy" xmlns:wsp4="http://schemas.xmlsoap.org/ws/2004/09/policy" '
    'xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata" xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl" '
    'xmlns:wsap="http://schemas.xmlsoap.org/ws/2004/08/addressing/policy" '
    'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"'
)
POLICY = '<wsp:Policy wsu:Id="{}">{}</wsp:Policy>'
ALL = "<wsp:ExactlyOne><wsp:All>{}</wsp:All>{}</wsp:ExactlyOne>"


def said(tmp_path: Path, binding: str, before: str = "") -> Addressing | None:
    """What the only port says where ``binding`` stands in its binding and ``before`` at the top of the document."""
    text = wsdl(operation(ASKED), operation(BODY), f"{binding}<soap:binding {HTTP}/>")
    text = text.replace("<wsdl:definitions", f"<wsdl:definitions {SPACES}", 1).replace(
        "<wsdl:types>", f"{before}<wsdl:types>", 1
    )
    return loaded(tmp_path, text).services["S"].ports["P"].addressing


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ("", None),
        ("<wsaw:UsingAddressing/>", Addressing(WSA10)),
        ('<wsaw:UsingAddressing wsdl:required="true"/>', Addressing(WSA10, True)),
        ("<wsp:Policy><wsam:Addressing/></wsp:Policy>", Addressing(WSA10, True)),
        ("<wsp4:Policy><wsap:UsingAddressing/></wsp4:Policy>", Addressing(WSA2004, True)),
        ('<wsp:Policy><wsam:Addressing wsp:Optional="true"/></wsp:Policy>', Addressing(WSA10)),
        (f"<wsp:Policy>{ALL.format('<wsam:Addressing/>', '')}</wsp:Policy>", Addressing(WSA10, True)),
        (f"<wsp:Policy>{ALL.format('<wsam:Addressing/>', '<wsp:All/>')}</wsp:Policy>", Addressing(WSA10)),
        ("<wsp:Policy><wsam:Other><wsam:Addressing/></wsam:Other></wsp:Policy>", None),
        ('<wsp:PolicyReference URI="#nowhere"/>', None),
    ],
)
def test_where_it_is_said(tmp_path: Path, binding: str, expected: Addressing | None) -> None:
    """An assertion holds where every alternative of the policy has it, and an extension where it is required."""
    assert expected == said(tmp_path, binding)


def test_policies_are_found_by_reference(tmp_path: Path) -> None:
    """A binding may refer to a policy, that to another one, and references in circles end."""
    to_b, to_a = (f'<wsp:PolicyReference URI="#{name}"/>' for name in ("b", "a"))
    before = POLICY.format("a", to_b) + POLICY.format("b", f"<wsam:Addressing/>{to_a}")
    assert Addressing(WSA10, True) == said(tmp_path, to_a, before)
    assert said(tmp_path / "circle", to_a, POLICY.format("a", to_a)) is None


def test_many_references_cost_little(tmp_path: Path) -> None:
    """Policies that refer to the next one twice, over and over, are each looked at once."""
    twice = '<wsp:PolicyReference URI="#p{0}"/><wsp:PolicyReference URI="#p{0}"/>'
    before = "".join(POLICY.format(f"p{number}", twice.format(number + 1)) for number in range(200))
    last = POLICY.format("p200", "<wsam:Addressing/>")
    assert Addressing(WSA10, True) == said(tmp_path, '<wsp:PolicyReference URI="#p0"/>', before + last)


@pytest.mark.parametrize(
    ("attributes", "soap_action", "namespace", "expected"),
    [
        ('wsam:Action="urn:own"', "urn:soap", "urn:t", "urn:own"),
        ('wsaw:Action="urn:own"', "", "urn:t", "urn:own"),
        ('wsa:Action="urn:own"', "", "urn:t", "urn:own"),
        ("", "urn:soap", "urn:t", "urn:soap"),
        ("", "", "urn:t", "urn:t:T:DoRequest"),
        ('name="Ask"', "", "urn:t", "urn:t:T:Ask"),
        ("", "", "http://t.example/x", "http://t.example/x/T/DoRequest"),
        ("", "", "http://t.example/x/", "http://t.example/x/T/DoRequest"),
    ],
)
def test_actions(tmp_path: Path, attributes: str, soap_action: str, namespace: str, expected: str) -> None:
    """The action is what the input says, else the SOAPAction, else made of the names (Metadata, section 4.4.4)."""
    abstract = ASKED.replace("<wsdl:input", f"<wsdl:input {attributes}")
    text = wsdl(operation(abstract), operation(f'<soap:operation soapAction="{soap_action}"/>{BODY}'))
    text = text.replace("<wsdl:definitions", f"<wsdl:definitions {SPACES}", 1).replace("urn:t", namespace)
    assert expected == loaded(tmp_path, text).operation("S", "P", "Do").action


def test_action_of_a_one_way_operation(tmp_path: Path) -> None:
    """The input of an operation without output is called like the operation (section 2.4.5 of WSDL 1.1)."""
    made = loaded(tmp_path, wsdl(operation("<wsdl:input message='t:ask'/>"), operation(BODY)))
    assert "urn:t:T:Do" == made.operation("S", "P", "Do").action
