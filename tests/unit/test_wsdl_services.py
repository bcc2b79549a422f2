"""WSDL 1.1 to services, ports, operations and messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl.load import load
from adapter.wsdl.types import Attachment, Element, Fault, Group, Header, Message, Operation, Record
from tests.unit.wsdl_operations import ASKED, BODY, TYPES, loaded, operation, wsdl
from tests.unit.wsdl_texts import HTTP, XS, definitions, elements, folder


def only(tmp_path: Path, abstract: str, bound: str, binding: str = f"<soap:binding {HTTP}/>") -> Operation:
    """Load a WSDL with one operation, and return it."""
    contract = loaded(tmp_path, wsdl(operation(abstract), operation(bound), binding))
    assert {} == contract.omitted
    return contract.operation("S", "P", "Do")


def test_document_literal(tmp_path: Path) -> None:
    """A document operation has the element of its part as root; action, documentation and address come along."""
    bound = f"<soap:operation soapAction='urn:do'/>{BODY}"
    documented = f"<wsdl:documentation> Does\n it. </wsdl:documentation>{ASKED}"
    contract = loaded(tmp_path, wsdl(operation(documented), operation(bound)))
    port = contract.services["S"].ports["P"]
    assert ("1.1", "http://erp/x", "{urn:t}B") == (port.soap_version, port.address, port.binding)
    made = port.operations["Do"]
    assert ("document", "literal", "urn:do", "Does it.") == (made.style, made.use, made.soap_action, made.doc)
    assert Message(contract.elements["{urn:t}Answer"]) == made.output
    assert ("a.wsdl", "urn:t") == (contract.file, contract.target_namespace)


def test_soap12(tmp_path: Path) -> None:
    """A binding of the SOAP 1.2 namespace makes a SOAP 1.2 port."""
    text = wsdl(operation(ASKED),
                operation("<soap12:operation soapAction='urn:do'/>" + BODY.replace("soap:", "soap12:")),
                f"<soap12:binding {HTTP}/>")  # fmt: skip
    port = loaded(tmp_path, text).services["S"].ports["P"]
    assert ("1.2", "urn:do") == (port.soap_version, port.operations["Do"].soap_action)


def test_chosen_parts(tmp_path: Path) -> None:
    """``parts`` of soap:body says which parts stand in it; a part of a header of the same message does not."""
    header = "<soap:header message='t:ask' part='context' use='literal' wsdl:required='true'/>"
    for inside in (f"<soap:body use='literal'/>{header}", f"<soap:body parts='body'/>{header}"):
        made = only(tmp_path, ASKED, f"<wsdl:input>{inside}</wsdl:input>")
        context = Element("Context", "urn:t", f"{XS}anyType")
        assert Message(Element("Ask", "urn:t", f"{XS}int"), (Header(context, True),)) == made.input
    made = only(tmp_path, ASKED, "<wsdl:input><soap:body parts=''/></wsdl:input>")
    assert Message(None) == made.input


def test_a_header_of_another_message(tmp_path: Path) -> None:
    """A header may come from a message of its own, and is not required unless it says so."""
    inside = "<wsdl:input><soap:body/><soap:header message='t:wrong' part='wrong' use='literal'/></wsdl:input>"
    (header,) = only(tmp_path, ASKED, inside).input.headers
    assert ("{urn:t}Wrong", False) == (header.element.tag, header.required)


def test_a_body_within_mime_parts(tmp_path: Path) -> None:
    """A body inside multipart/related is found; an attachment is beside it, and an element of bytes in the tree."""
    inside = (
        "<wsdl:input><mime:multipartRelated xmlns:mime='http://schemas.xmlsoap.org/wsdl/mime/'><mime:part><soap:body/>"
        "</mime:part><mime:part><mime:content part='context' type='image/png'/></mime:part>"
        "</mime:multipartRelated></wsdl:input>"
    )
    made = only(tmp_path, ASKED, inside).input
    assert (True, (Attachment("context", "image/png", True),)) == (made.bare, made.attachments)


def test_rpc_wrapper(tmp_path: Path) -> None:
    """An rpc body is a wrapper in the binding's namespace with unqualified parts; a reply's ends in Response."""
    rpc = f"<soap:binding style='rpc' {HTTP}/>"
    body = "<soap:body use='encoded' namespace='urn:r'/>"
    text = wsdl(
        operation("<wsdl:input message='t:values'/><wsdl:output message='t:nothing'/>"),
        operation(f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output>"),
        rpc,
    )
    contract = loaded(tmp_path, text)
    made = contract.operation("S", "P", "Do")
    assert ("rpc", "encoded") == (made.style, made.use)
    assert Message(Element("Do", "urn:r", "{urn:r}Do#input")) == made.input
    assert Message(Element("DoResponse", "urn:r", "{urn:r}Do#output")) == made.output
    assert [("a", f"{XS}int"), ("b", f"{XS}string")] == [
        (element.tag, element.type) for element in elements(contract, "{urn:r}Do#input")
    ]
    assert Record("{urn:r}Do#output") == contract.types["{urn:r}Do#output"]


def test_rpc_wrappers_do_not_mix(tmp_path: Path) -> None:
    """Two ports with one operation name and namespace but different messages have a wrapper type each."""
    extra = (
        "<wsdl:portType name='T2'>" + operation("<wsdl:input message='t:nothing'/>") + "</wsdl:portType>"
        f"<wsdl:binding name='B2' type='t:T2'><soap:binding style='rpc' {HTTP}/>{operation('')}</wsdl:binding>"
        "<wsdl:service name='S'><wsdl:port name='P' binding='t:B'/><wsdl:port name='P2' binding='t:B2'/></wsdl:service>"
    )
    text = wsdl(
        operation("<wsdl:input message='t:values'/>"), operation(""), f"<soap:binding style='rpc' {HTTP}/>", extra
    )
    contract = loaded(tmp_path, text)
    roots = [contract.operation("S", port, "Do").input.root for port in ("P", "P2")]
    assert ["Do#input", "Do#input.P2"] == [root.type for root in roots if root]
    assert isinstance(contract.types["Do#input"], Record)
    assert isinstance(contract.types["Do#input"].content, Group)
    assert Record("Do#input.P2") == contract.types["Do#input.P2"]


def test_an_operation_has_its_own_style(tmp_path: Path) -> None:
    """soap:operation may say another style than the binding."""
    assert "rpc" == only(tmp_path, "<wsdl:input message='t:values'/>", "<soap:operation style='rpc'/>").style


def test_one_way(tmp_path: Path) -> None:
    """An operation without an output is one-way."""
    assert only(tmp_path, "<wsdl:input message='t:ask'/>", "").output is None


def test_faults(tmp_path: Path) -> None:
    """A fault has the element of its one part, made from its name where it names a type; an unknown has none."""
    faults = "".join(f"<wsdl:fault name='{name}' message='t:{name}'/>" for name in ("wrong", "values", "lost"))
    assert (
        Fault("wrong", Element("Wrong", "urn:t", f"{XS}anyType")),
        Fault("values", Element("a", "", f"{XS}int")),
        Fault("lost", None),
    ) == only(tmp_path, ASKED + faults, BODY).faults


def test_imported_definitions(tmp_path: Path) -> None:
    """Messages, port types and bindings may stand in imported documents, schemas in a directly imported one."""
    whole = wsdl(operation(ASKED), operation(BODY))
    start = whole.index("<wsdl:service")
    wsdl_dir = folder(
        tmp_path,
        a__wsdl=definitions(
            "<wsdl:import namespace='urn:t' location='b.wsdl'/><wsdl:import namespace='urn:t' location='c.xsd'/>"
            + whole[start:].removesuffix("</wsdl:definitions>")
        ),
        b__wsdl=whole[:start].replace(TYPES, "") + "</wsdl:definitions>",
        c__xsd=TYPES.removeprefix("<wsdl:types>").removesuffix("</wsdl:types>"),
    )
    made = load(wsdl_dir, "a.wsdl").operation("S", "P", "Do")
    assert (True, ("{urn:t}Answer",)) == (made.input.bare, made.reply_tags)


def test_without_services_bindings_are_offered(tmp_path: Path) -> None:
    """A WSDL without any service offers each binding as a port and a service of its name."""
    contract = loaded(tmp_path, wsdl(operation(ASKED), operation(BODY), service=""))
    assert ("B", "", {"Do"}) == (
        contract.services["B"].name,
        contract.services["B"].ports["B"].address,
        set(contract.services["B"].ports["B"].operations),
    )


@pytest.mark.parametrize(
    ("abstract", "bound", "reason"),
    [
        ("<wsdl:input message='t:gone'/>", BODY, "there is no message {urn:t}gone"),
        ("<wsdl:input message='t:lost'/>", BODY, "there is no element {urn:t}Gone"),
        ("<wsdl:input message='u:ask'/>", BODY, "prefix 'u' is not declared"),
        ("<wsdl:output message='t:answer'/>", BODY, "it has no input: the server would call"),
        (
            ASKED,
            "<wsdl:input><soap:header message='t:ask' part='x'/></wsdl:input>",
            "a part 'x' that {urn:t}ask does not",
        ),
        (ASKED, "<wsdl:input><soap:body parts='body x'/></wsdl:input>", "parts that {urn:t}ask does not have: x"),
    ],
)
def test_what_cannot_be_resolved_is_left_out(tmp_path: Path, abstract: str, bound: str, reason: str) -> None:
    """One bad operation is left out with its reason; the others stay."""
    text = wsdl(operation(abstract) + operation(ASKED, "Good"), operation(bound) + operation(BODY, "Good"))
    contract = loaded(tmp_path, text)
    assert {"Good"} == set(contract.services["S"].ports["P"].operations)
    assert reason in str(contract.omitted["P.Do"])


@pytest.mark.parametrize(
    ("binding", "reason"),
    [
        ("<http:binding xmlns:http='http://schemas.xmlsoap.org/wsdl/http/' verb='GET'/>", "not-soap"),
        ("<soap:binding transport='urn:jms'/>", "not-http"),
    ],
)
def test_other_bindings_are_left_out(tmp_path: Path, binding: str, reason: str) -> None:
    """A port that does not speak SOAP over HTTP is left out, with the reason for each operation."""
    contract = loaded(tmp_path, wsdl(operation(ASKED), operation(BODY), binding))
    codes = {name: found.code for name, found in contract.omitted.items()}
    assert ({}, {"P.Do": reason}) == (contract.services["S"].ports, codes)


def test_a_port_without_binding_is_left_out(tmp_path: Path) -> None:
    """A port whose binding is not declared is left out."""
    service = "<wsdl:service name='S'><wsdl:port name='P' binding='t:Gone'/></wsdl:service>"
    (reason,) = loaded(tmp_path, wsdl("", "", service=service)).omitted.values()
    assert ("binding-missing", "there is no binding {urn:t}Gone") == (reason.code, reason.text)


@pytest.mark.parametrize("text", ["<html/>", "<description xmlns='http://www.w3.org/ns/wsdl'/>"])
def test_something_else_is_a_mistake(tmp_path: Path, text: str) -> None:
    """A root that is neither WSDL 1.1 nor a schema is a mistake with a remedy."""
    with pytest.raises(BuildError, match=r"wsdl/a.wsdl:1:0: is not a WSDL 1.1 document -> export"):
        loaded(tmp_path, text)
