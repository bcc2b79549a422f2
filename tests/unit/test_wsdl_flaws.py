"""What a mistake in a contract costs: the operations that reach it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.mapping.paths import PathError, derived
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import examine, load
from adapter.wsdl.reasons import REASONS
from adapter.wsdl.types import Contract
from tests.unit.wsdl_texts import HTTP, definitions, folder, of_type, schema

GOOD = "<xs:element name='Good' type='xs:string'/>"


def wsdl(body: str, types: str = "", **elements: str) -> str:
    """A WSDL with one operation for each element: its name, and what is asked (and answered)."""
    parts = elements or {"DoGood": "t:Good", "DoBad": "t:Bad"}
    messages = "".join(
        f"<wsdl:message name='{name}'><wsdl:part name='p' element='{element}'/></wsdl:message>"
        for name, element in parts.items()
    )
    abstract = "".join(
        f"<wsdl:operation name='{name}'><wsdl:input message='t:{name}'/><wsdl:output message='t:{name}'/>"
        "</wsdl:operation>"
        for name in parts
    )
    bound = "".join(
        f"<wsdl:operation name='{name}'><soap:operation soapAction=''/><wsdl:input><soap:body use='literal'/>"
        "</wsdl:input><wsdl:output><soap:body use='literal'/></wsdl:output></wsdl:operation>"
        for name in parts
    )
    return definitions(
        f"<wsdl:types>{types or schema(GOOD + body)}</wsdl:types>{messages}<wsdl:portType name='PT'>{abstract}"
        f"</wsdl:portType><wsdl:binding name='B' type='t:PT'><soap:binding {HTTP}/>{bound}</wsdl:binding>"
        "<wsdl:service name='S'><wsdl:port name='P' binding='t:B'><soap:address location='http://localhost/'/>"
        "</wsdl:port></wsdl:service>"
    )


def loaded(tmp_path: Path, text: str) -> Contract:
    """Load a text as a contract."""
    return load(folder(tmp_path, a__wsdl=text), "a.wsdl")


def codes(contract: Contract) -> dict[str, str]:
    """Return why each operation is left out."""
    return {name: reason.code for name, reason in contract.omitted.items()}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<xs:element name='Bad' type='t:Gone'/>", "type-missing"),
        ("<xs:element name='Bad' type='u:Gone'/>", "unreadable"),
        ("<xs:element name='Bad' type='t:A'/>" + of_type("<xs:element ref='t:gone'/>"), "element-missing"),
        ("<xs:element name='Bad' type='t:A'/>" + of_type("<xs:element name='a' minOccurs='x'/>"), "unreadable"),
        ("<xs:element name='Bad' type='t:A'/>" + of_type("<xs:element name=''/>"), "unreadable"),
        ("<xs:element name='Bad' type='t:A'/>" + of_type("<element name='a' type='xs:int'/>"), "unreadable"),
        (
            "<xs:element name='Bad' type='t:A'/>" + of_type("<xs:element name='b' type='t:B'/>")
            + of_type("<xs:group ref='t:G'/>", name="B")
            + "<xs:group name='G'><xs:sequence><xs:element name='c' type='t:Gone'/></xs:sequence></xs:group>",
            "type-missing",
        ),
        (
            "<xs:element name='Bad'><xs:complexType><xs:complexContent><xs:extension base='t:A'/></xs:complexContent>"
            "</xs:complexType></xs:element>" + of_type("<xs:element name='a' type='t:L'/>")
            + "<xs:simpleType name='L'><xs:list itemType='t:Gone'/></xs:simpleType>",
            "type-missing",
        ),
        ("", "element-missing"),
    ],
)  # fmt: skip
def test_a_flaw_costs_the_operations_that_reach_it(tmp_path: Path, body: str, code: str) -> None:
    """However far away the mistake is, the operation that needs it is left out with a reason; the other is served."""
    contract = loaded(tmp_path, wsdl(body))
    assert {"DoGood"} == set(contract.services["S"].ports["P"].operations)
    assert {"P.DoBad": code} == codes(contract)
    assert contract.omitted["P.DoBad"].line


def test_a_flaw_that_nothing_reaches_costs_nothing(tmp_path: Path) -> None:
    """A wrong type that no operation needs is only a warning."""
    text = wsdl("<xs:element name='Bad' type='xs:int'/>" + of_type("<xs:element name='a' type='t:Gone'/>"))
    examined = examine(read_documents(folder(tmp_path, a__wsdl=text), "a.wsdl"))
    assert {} == examined.contract.omitted
    assert ["there is no type {urn:t}Gone"] == [flaw.mistake.text for flaw in examined.flaws]


def test_a_flawed_fault_costs_its_detail_only(tmp_path: Path) -> None:
    """A call works without the element of a declared fault."""
    text = wsdl("<xs:element name='Bad' type='t:Gone'/>", DoGood="t:Good", Wrong="t:Bad").replace(
        "<wsdl:output message='t:DoGood'/>", "<wsdl:output message='t:DoGood'/><wsdl:fault name='F' message='t:Wrong'/>"
    )
    contract = loaded(tmp_path, text)
    assert [("F", None)] == [(f.name, f.element) for f in contract.operation("S", "P", "DoGood").faults]


def test_a_mapping_cannot_name_a_flawed_type(tmp_path: Path) -> None:
    """A derived type that is wrong does not cost the operation, but whoever names it is told file and line."""
    extension = (
        "<xs:complexType name='B'><xs:complexContent><xs:extension base='t:A'><xs:sequence>\n"
        "<xs:element name='b' type='t:Gone'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
    )
    text = wsdl("<xs:element name='Bad' type='t:A'/>" + of_type("<xs:element name='a' type='xs:int'/>") + extension)
    contract = loaded(tmp_path, text)
    assert {} == contract.omitted
    with pytest.raises(PathError, match=r"B cannot be used: type-missing: .* \(wsdl/a.wsdl:2\)"):
        derived(contract, "{urn:t}A", "B")


def test_drafts_of_xml_schema_are_named(tmp_path: Path) -> None:
    """A schema of 1999 or 2000 is not guessed at: what needs it is left out with a reason of its own."""
    old = "<old:schema xmlns:old='http://www.w3.org/1999/XMLSchema' targetNamespace='urn:t'/>"
    contract = loaded(tmp_path, wsdl("", old))
    assert {"P.DoGood": "schema-1999", "P.DoBad": "schema-1999"} == codes(contract)


def test_an_import_of_what_is_not_there_costs_what_needs_it(tmp_path: Path) -> None:
    """A missing import is no reason to refuse what does not need it, or what another document brings."""
    types = schema("<xs:import namespace='urn:u' schemaLocation='gone.xsd'/>" + GOOD) + schema(
        "<xs:element name='Bad' type='xs:int'/>"
    )
    assert {} == loaded(tmp_path, wsdl("", types)).omitted


def test_names_that_are_empty(tmp_path: Path) -> None:
    """A part or an operation without a name is named, not carried."""
    text = wsdl("", DoGood="t:Good", DoBad="t:Good").replace("name='DoBad'", "name=''", 3)
    assert {"P.": "binding-missing"} == codes(
        loaded(tmp_path, text.replace("name=''><wsdl:part", "name='DoBad'><wsdl:part"))
    )


def test_reasons_are_a_closed_list() -> None:
    """Each code has a text, and is one word for logs."""
    assert all(text and code.replace("-", "").isalnum() for code, text in REASONS.items())


def test_a_schema_alone_is_held_to_everything(tmp_path: Path) -> None:
    """Where the root is a schema nothing else is asked, so a missing import is a mistake."""
    with pytest.raises(BuildError, match=r"import of 'gone.xsd'"):
        load(folder(tmp_path, a__xsd=schema("<xs:include schemaLocation='gone.xsd'/>")), "a.xsd")
