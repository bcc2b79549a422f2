"""Operations of one name, and messages of several parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.wsdl.load import load
from adapter.wsdl.types import Element, Message
from tests.unit.wsdl_operations import ASKED, BODY, TYPES, loaded, operation, wsdl
from tests.unit.wsdl_texts import CORPUS, HTTP, XS, elements

NAMED = "<wsdl:input name='{}' message='t:{}'/><wsdl:output message='t:answer'/>"


def test_overloaded_operations_have_names_of_their_own(tmp_path: Path) -> None:
    """Each of several operations of one name is called by the name of its input, and keeps its name on the wire."""
    abstract = operation(NAMED.format("x", "values")) + operation(NAMED.format("y", "nothing"))
    bound = "".join(operation(f"<wsdl:input name='{name}'><soap:body/></wsdl:input>") for name in ("y", "x"))
    made = loaded(tmp_path, wsdl(abstract, bound, f"<soap:binding style='rpc' {HTTP}/>")).services["S"].ports["P"]
    assert {"Do(y)": "Do", "Do(x)": "Do"} == {key: each.name for key, each in made.operations.items()}
    roots = {key: each.input.root for key, each in made.operations.items()}
    assert {"Do(y)": ("Do", "Do(y)#input"), "Do(x)": ("Do", "Do(x)#input")} == {
        key: (root.tag, root.type) for key, root in roots.items() if root
    }
    assert ["Do(y)", "Do(x)"] == [each.key for each in made.operations.values()]


@pytest.mark.parametrize(
    ("names", "bound", "keys"),
    [
        (("x", "y"), ("", ""), ("Do(x)", "Do(y)")),
        (("", ""), ("", ""), ("Do(1)", "Do(2)")),
        (("x", "x"), ("x", "x"), ("Do(1)", "Do(2)")),
        (("x", "y"), ("other", "y"), ("Do(other)", "Do(y)")),
    ],
)
def test_overloads_without_names_go_by_their_order(
    tmp_path: Path, names: tuple[str, str], bound: tuple[str, str], keys: tuple[str, str]
) -> None:
    """Where a binding leaves the names of inputs out, or they tell nothing, the order decides, and the number names."""

    def named(name: str) -> str:
        return f"name='{name}'" if name else ""

    inputs = zip(names, ("ask", "nothing"), strict=True)
    abstract = [operation(f"<wsdl:input {named(name)} message='t:{message}'/>") for name, message in inputs]
    inside = [operation(f"<wsdl:input {named(name)}><soap:body parts='body'/></wsdl:input>") for name in bound]
    text = wsdl("".join(abstract), "".join([inside[0], inside[1].replace(" parts='body'", "")]))
    made = loaded(tmp_path, text).services["S"].ports["P"].operations
    assert keys == tuple(made)
    assert [True, False] == [each.input.root is not None for each in made.values()]


def test_an_overload_may_be_left_out_alone(tmp_path: Path) -> None:
    """One overload that cannot be resolved is left out under its own name; the other is there."""
    abstract = operation(NAMED.format("x", "gone")) + operation(NAMED.format("y", "nothing"))
    bound = "".join(operation(f"<wsdl:input name='{name}'><soap:body/></wsdl:input>") for name in ("x", "y"))
    contract = loaded(tmp_path, wsdl(abstract, bound))
    assert (["Do(y)"], ["P.Do(x)"]) == ([*contract.services["S"].ports["P"].operations], [*contract.omitted])


def test_default_names_of_inputs(tmp_path: Path) -> None:
    """An input without a name is called after the operation (section 2.4.5), and a binding may name it so."""
    abstract = operation("<wsdl:input message='t:nothing'/><wsdl:output message='t:answer'/>") + operation(
        NAMED.format("x", "ask")
    )
    made = loaded(tmp_path, wsdl(abstract, operation("<wsdl:input name='DoRequest'><soap:body/></wsdl:input>")))
    assert made.operation("S", "P", "Do").input.root is None


def test_several_document_parts_are_the_body(tmp_path: Path) -> None:
    """Several parts of a document message are children of the body, in the order of ``parts`` where it is given."""
    contract = loaded(tmp_path, wsdl(operation(ASKED), operation(BODY)))
    made = contract.operation("S", "P", "Do").input
    assert Message(Element("Body", "", "{urn:t}Do#input"), bare=True) == made
    assert [("{urn:t}Ask", "{urn:t}Ask"), ("{urn:t}Context", "{urn:t}Context")] == [
        (element.tag, element.ref) for element in elements(contract, "{urn:t}Do#input")
    ]
    other = loaded(
        tmp_path / "other",
        wsdl(operation(ASKED), operation("<wsdl:input><soap:body parts='context body'/></wsdl:input>")),
    )
    assert ["Context", "Ask"] == [element.name for element in elements(other, "{urn:t}Do#input")]


def test_a_document_part_may_be_the_type_of_the_body(tmp_path: Path) -> None:
    """A part that names a type of elements is the type of the body (section 3.5); of a value, an element."""
    types = TYPES.replace(
        "<xs:element name='Wrong'/>",
        "<xs:element name='Wrong'/><xs:complexType name='Whole'><xs:sequence><xs:element name='A' type='xs:int'/>"
        "</xs:sequence></xs:complexType>",
    )
    for kind, expected in (
        ("t:Whole", Message(Element("Body", "", "{urn:t}Whole"), bare=True)),
        ("xs:int", Message(Element("a", "", f"{XS}int"))),
    ):
        text = wsdl(operation("<wsdl:input message='t:typed'/>"), operation(BODY)).replace(TYPES, types)
        part = f"<wsdl:message name='typed'><wsdl:part name='a' type='{kind}'/></wsdl:message><wsdl:message"
        made = loaded(tmp_path / kind[-3:], text.replace("<wsdl:message", part, 1)).operation("S", "P", "Do")
        assert expected == made.input


def test_an_overload_is_told_by_its_input(tmp_path: Path) -> None:
    """Where a port type is overloaded but the binding is not, the name of the input decides."""
    abstract = "".join(
        operation(f"<wsdl:input name='{name}' message='t:{message}'/>")
        for name, message in (("x", "ask"), ("y", "nothing"))
    )
    made = loaded(tmp_path, wsdl(abstract, operation("<wsdl:input name='y'><soap:body/></wsdl:input>")))
    assert made.operation("S", "P", "Do").input.root is None


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here (ADAPTER_CORPUS)")
def test_a_real_contract_with_overloads() -> None:
    """All operations of a real contract with three of one name are there, each with its own message."""
    made = load(CORPUS, "interop-apache/clash.wsdl").services["sharedName"].ports["nonSharedName"].operations
    keys = {"sharedName(sharedNameIn)", "sharedName(sharedNameIn2)", "sharedName(anotherIn3)", "op1"}
    assert keys == made.keys()
    assert 4 == len({each.input.root.type for each in made.values() if each.input.root is not None})
