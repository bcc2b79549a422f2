"""Small contracts and mappings made in a test: XSD and YAML text in, bound endpoints out."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.errors import BuildError, InvalidRequest, Mistake
from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.bound import Endpoint
from adapter.mapping.convert import Factory
from adapter.mapping.project import load_project
from adapter.messages import Checked, Request, Response
from adapter.steps.validate import validate
from adapter.wsdl.load import load

NS = "urn:t"
ROOT = Path(__file__).parents[2]

WSDL = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" targetNamespace="urn:t"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>{schema}</wsdl:types>
  <wsdl:message name="In"><wsdl:part name="p" element="t:In"/></wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="p" element="t:Out"/></wsdl:message>
  <wsdl:portType name="PT"><wsdl:operation name="Do">
    <wsdl:input message="t:In"/><wsdl:output message="t:Out"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="t:PT"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Do"><soap:operation soapAction="do"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation></wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="http://localhost/"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>"""

_MAPPING = """version: 1
resource: things
path: /v1/things
soap: {{wsdl: t.wsdl, service: S, port: P}}
types:
{types}
operations:
  {verb}:
    call: Do
{operation}
"""


def around(converters: Mapping[str, Factory] | None = None) -> Surroundings:
    """Settings that have every address and, as every value, 100."""
    return Surroundings(lambda key: "100", lambda key: "http://x", lambda service, port: "http://x", converters or {})


@cache
def erp() -> dict[str, Endpoint]:
    """The endpoints of the example project, by name."""
    endpoints, _ = load_project(ROOT, load, around())
    return {endpoint.name: endpoint for endpoint in endpoints}


def schema(content: str) -> str:
    """A whole schema, elements qualified, around global components."""
    return (
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" '
        f'elementFormDefault="qualified">{content}</xsd:schema>'
    )


def typed(content: str, name: str = "T") -> str:
    """A schema of In and Out, each holding one element X of complex type ``name``, whose inside is ``content``."""
    message = '<xsd:element name="{}"><xsd:complexType><xsd:sequence><xsd:element name="X" type="t:T"/>{}'
    end = "</xsd:sequence></xsd:complexType></xsd:element>"
    messages = "".join(message.format(each, "") + end for each in ("In", "Out"))
    return schema(f'{messages}<xsd:complexType name="{name}">{content}</xsd:complexType>')


def build(
    xsd: str,
    types: Mapping[str, Any],
    operation: Mapping[str, Any],
    converters: Mapping[str, Factory] | None = None,
    verb: str = "create",
) -> Endpoint:
    """Bind one operation of ``things`` on a schema. ``types`` and ``operation`` are sections as data."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "wsdl").mkdir()
        (project / "mappings").mkdir()
        (project / "wsdl" / "t.wsdl").write_text(WSDL.format(schema=xsd), "utf-8")
        # JSON is YAML, and keeps every text in quotes.
        lines = [f"  {name}: {json.dumps(section)}" for name, section in types.items()]
        sections = {"request": "POST /", **operation}
        parts = [f"    {key}: {json.dumps(section)}" for key, section in sections.items()]
        text = _MAPPING.format(types="\n".join(lines) or "  {}", verb=verb, operation="\n".join(parts))
        (project / "mappings" / "things.yaml").write_text(text, "utf-8")
        endpoints, _ = load_project(project, load, around(converters))
    return endpoints[0]


def echo(xsd: str, fields: Mapping[str, Any], **types: Any) -> Endpoint:
    """Bind an operation that sends and receives one object X of type T with ``fields``."""
    whole = {"T": {"fields": fields}, **types}
    return build(xsd, whole, {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}})


def mistakes(make: Callable[[], object]) -> list[Mistake]:
    """What a build says is wrong; none when it succeeds."""
    try:
        make()
    except BuildError as error:
        return list(error.mistakes)
    return []


def check(
    endpoint: Endpoint,
    body: Any = None,
    path: Mapping[str, str] | None = None,
    query: tuple[tuple[str, str], ...] = (),
    max_depth: int = 64,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
) -> Checked:
    """Send a request through ``validate`` and return what comes out, all rows as one body.

    ``body`` is bytes or a JSON value.
    """
    seen: list[Checked | None] = []

    def then(request: Request) -> Response:
        checked = request.checked
        if checked is not None and checked.rows is not None:
            checked = replace(checked, body=[row for batch in checked.rows for row in batch], rows=None)
        seen.append(checked)
        return Response(200)

    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(endpoint.name, "1", 0.0, endpoint.method, path or {}, query, data, content_type, headers or {})
    validate(endpoint, max_depth=max_depth, max_digits=1000)(then)(request)
    assert seen[0] is not None
    return seen[0]


def errors(endpoint: Endpoint, *arguments: Any, **more: Any) -> dict[str, str]:
    """What is wrong with a request, by pointer or parameter; empty when nothing is. Takes what ``check`` takes."""
    try:
        check(endpoint, *arguments, **more)
    except InvalidRequest as error:
        return {field.pointer: field.detail for field in error.fields}
    return {}


def calls(act: Callable[[], object]) -> int:
    """How many calls of Python functions something takes: a measure of its cost that is the same on every machine."""
    count = 0

    def counting(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def sent(element: Any) -> Any:
    """The element as it arrives on the other side: written and parsed again."""
    return etree.fromstring(etree.tostring(element))
