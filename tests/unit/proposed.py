"""Small contracts made in a test, and what is proposed for them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from adapter.errors import Mistake
from adapter.mapping import reading
from adapter.mapping.agreement.whole import agree
from adapter.mapping.bound import Endpoint
from adapter.mapping.files import Document
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.mapped import WSDL, around, schema


def contract(content: str) -> Contract:
    """A contract whose schema holds these global components, beside ``In`` and ``Out`` where they are not there."""
    more = "".join(
        f'<xsd:element name="{name}" type="xsd:int"/>' for name in ("In", "Out") if f'"{name}"' not in content
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.wsdl").write_text(WSDL.format(schema=schema(content + more)), "utf-8")
        return load(Path(folder), "t.wsdl")


def complex_type(name: str, inside: str) -> str:
    """A complex type that is a sequence of elements."""
    return f'<xsd:complexType name="{name}"><xsd:sequence>{inside}</xsd:sequence></xsd:complexType>'


def element(name: str, type_: str = "xsd:string", **attributes: str) -> str:
    """An element declaration; attributes are called as in XML Schema."""
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<xsd:element name="{name}" type="{type_}"{more}/>'


def derived(name: str, base: str, inside: str = "") -> str:
    """A complex type that extends another."""
    content = f'<xsd:extension base="t:{base}"><xsd:sequence>{inside}</xsd:sequence></xsd:extension>'
    return f'<xsd:complexType name="{name}"><xsd:complexContent>{content}</xsd:complexContent></xsd:complexType>'


def bound(document: Document, of: Contract) -> tuple[list[Endpoint], list[Mistake]]:
    """What a proposed file is, read and bound to its contract."""
    resource, mistakes = reading.resource(document)
    if resource is None:
        return [], mistakes
    return agree([resource], {of.file: of}, around())
