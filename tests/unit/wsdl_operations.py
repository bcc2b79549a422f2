"""A small WSDL with one port, for tests of operations and messages: port type and binding are written by the test."""

from __future__ import annotations

from pathlib import Path

from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.wsdl_texts import HTTP, definitions, folder, schema

TYPES = "<wsdl:types>{}</wsdl:types>".format(
    schema(
        "<xs:element name='Ask' type='xs:int'/><xs:element name='Answer' type='xs:int'/><xs:element name='Context'/>"
        "<xs:element name='Wrong'/>"
    )
)
MESSAGES = """
<wsdl:message name='ask'><wsdl:part name='body' element='t:Ask'/>
<wsdl:part name='context' element='t:Context'/></wsdl:message>
<wsdl:message name='answer'><wsdl:part name='body' element='t:Answer'/></wsdl:message>
<wsdl:message name='wrong'><wsdl:part name='wrong' element='t:Wrong'/></wsdl:message>
<wsdl:message name='values'><wsdl:part name='a' type='xs:int'/>
<wsdl:part name='b' type='soapenc:string'/></wsdl:message>
<wsdl:message name='nothing'/>
<wsdl:message name='lost'><wsdl:part name='x' element='t:Gone'/></wsdl:message>
"""
ASKED = "<wsdl:input message='t:ask'/><wsdl:output message='t:answer'/>"
BODY = "<wsdl:input><soap:body use='literal'/></wsdl:input><wsdl:output><soap:body use='literal'/></wsdl:output>"


def operation(inside: str, name: str = "Do") -> str:
    """An operation, of a port type or of a binding."""
    return f"<wsdl:operation name='{name}'>{inside}</wsdl:operation>"


def wsdl(abstract: str, bound: str, binding: str = f"<soap:binding {HTTP}/>", service: str | None = None) -> str:
    """A whole WSDL with one port type, one binding and one port."""
    services = (
        "<wsdl:service name='S'><wsdl:port name='P' binding='t:B'><soap:address location='http://erp/x'/></wsdl:port>"
    )
    return definitions(
        f"{TYPES}{MESSAGES}<wsdl:portType name='T'>{abstract}</wsdl:portType>"
        f"<wsdl:binding name='B' type='t:T'>{binding}{bound}</wsdl:binding>"
        + (f"{services}</wsdl:service>" if service is None else service)
    )


def loaded(tmp_path: Path, text: str) -> Contract:
    """Load one WSDL text."""
    return load(folder(tmp_path, a__wsdl=text), "a.wsdl")
