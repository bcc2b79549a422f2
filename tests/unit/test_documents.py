"""Documents: bytes over HTTP, base64 or hexadecimal digits in XML, and what is said about them in header fields."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.app import build as build_project
from adapter.errors import BackendReplyInvalid, BuildError, InvalidRequest, RequestError
from adapter.mapping.binary import binary_codec
from adapter.mapping.bound import Endpoint
from adapter.mapping.file_names import attachment, name_in, safe
from adapter.mapping.media_types import served
from adapter.messages import Request, Response
from adapter.respond import respond
from adapter.steps.validate import validate
from adapter.translate.writer import writer
from adapter.wsdl.types import Facets
from tests.cases import SHAPES, shape_project
from tests.replay import Replay
from tests.unit.mapped import build, check, mistakes, schema, sent
from tests.unit.openapi_project import described, operation
from tests.unit.twins import reader

CONTENT = """
<xsd:element name="In" type="t:Message"/><xsd:element name="Out" type="t:Message"/>
<xsd:complexType name="Message"><xsd:sequence>
  <xsd:element name="Name" type="xsd:string" minOccurs="0"/>
  <xsd:element name="Typ" type="xsd:string" minOccurs="0"/>
  <xsd:element name="Inhalt" type="{}" {}/>
</xsd:sequence></xsd:complexType>"""
PLACES = {"document": "Inhalt", "media_type": "Typ", "file_name": "Name"}
PDF = {"content_type": "application/pdf"}


def document(kind: str = "xsd:base64Binary", more: str = "", **reply: Any) -> Endpoint:
    """An operation that takes and answers the document X."""
    body = {**PLACES, "media_types": ["application/pdf", "image/png"]}
    operation = {"body": body, "reply": {**PLACES, **reply}}
    return build(schema(CONTENT.format(kind, more)), {}, operation)


def answer(endpoint: Endpoint, element: Any) -> Response:
    """What a caller gets when the ERP answers with this element."""
    return respond(endpoint)(reader(endpoint)(element), Request("a", "1", 0.0))


def reply(content: str) -> Any:
    """An answer of the ERP."""
    return etree.fromstring(f'<Out xmlns="urn:t">{content}</Out>')


BASE64, HEX = document(), document("xsd:hexBinary")
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zs", "Zl", "Zp")), min_size=1)


@given(st.binary(min_size=1, max_size=2000), st.sampled_from([BASE64, HEX]), NAMES)
def test_what_goes_in_comes_out(content: bytes, endpoint: Endpoint, name: str) -> None:
    """Whatever bytes are accepted come back the same, with their media type and the same file name."""
    checked = check(endpoint, content, **PDF, headers={"content-disposition": attachment(name)})
    message = sent(writer(endpoint)(checked))
    message.tag = "{urn:t}Out"
    came = answer(endpoint, message)

    assert (content, "application/pdf") == (came.body, came.content_type)
    assert safe(name) == name_in(came.headers["Content-Disposition"])


@given(st.binary(max_size=100), st.sampled_from(["base64Binary", "hexBinary"]))
def test_bytes_are_written_one_way(content: bytes, builtin: str) -> None:
    """Bytes become text and the same bytes again; white space that an ERP puts in between does not count."""
    codec = binary_codec(builtin, Facets())
    text = codec.write(content)

    assert content == codec.read(text)
    assert content == codec.read("\n ".join([*text, ""]))


@pytest.mark.parametrize("text", ["A", "QQ", "QQ=", "QR==", "QQ==QQ==", "Q-==", "Ö===", "=", "QQ==\u00a0", "QQQ=="])
def test_bad_base64_is_no_document(text: str) -> None:
    """What is not base64 with its padding fails the reply with 502; nobody gets half a document."""
    with pytest.raises(BackendReplyInvalid) as caught:
        answer(BASE64, reply(f"<Inhalt>{text}</Inhalt>"))
    assert 502 == caught.value.status
    assert caught.value.cause.endswith("not base64Binary")


def test_bad_hexadecimal_digits_are_no_document() -> None:
    """An odd number of digits, or another letter, fails the reply."""
    for text in ("0", "0G", "Ä0"):
        with pytest.raises(BackendReplyInvalid):
            answer(HEX, reply(f"<Inhalt>{text}</Inhalt>"))


@pytest.mark.parametrize("content", ["<Inhalt/>", "<Inhalt> </Inhalt>", ""])
def test_no_document_is_no_content(content: str) -> None:
    """Where the contract lets it be missing, an absent and an empty document are 204, without when_empty."""
    came = answer(document(more='minOccurs="0"'), reply(content))
    assert (204, b"", {}) == (came.status, came.body, came.headers)


@pytest.mark.parametrize("content", ["<Inhalt/>", ""])
def test_no_document_is_the_problem_of_when_empty(content: str) -> None:
    """With when_empty its problem is told, even where the contract promises the element."""
    endpoint = document(when_empty={"status": 404, "problem": "no-file"})
    with pytest.raises(RequestError) as caught:
        answer(endpoint, reply(content))
    assert ("no-file", 404) == (caught.value.problem, caught.value.status)


def test_a_promised_document_that_is_missing_fails_the_reply() -> None:
    """The contract requires it, and no when_empty says what to make of that."""
    with pytest.raises(BackendReplyInvalid):
        answer(BASE64, reply("<Name>x</Name>"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("application/pdf", "application/pdf"),
        (" IMAGE/PNG ", "image/png"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        *[
            (active, "application/octet-stream")
            for active in (
                *("text/html", "TEXT/HTML", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"),
                *("text/javascript", "application/x-javascript", "application/ecmascript", "application/xml-dtd"),
                *("multipart/related", "message/rfc822", "text/xsl", "text/javascript1.5", "application/x-xml"),
                *("", "PDF", "application/pdf; x=1", "a/b/c", "application/pdf\r\nX: y", "*/*", "a b/c", "text/"),
            )
        ],
    ],
)
def test_media_types_that_act_are_not_served(said: str, expected: str) -> None:
    """Plain types go out in small letters; what a browser would render or run, and what is no type, as bytes."""
    assert expected == served(said)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=a.pdf", "a.pdf"),
        ('form-data; name="x"; FILENAME = "a.pdf" ; y=1', "a.pdf"),
        ("attachment; filename=\"x\"; filename*=UTF-8'de'%C3%BC.pdf", "ü.pdf"),
        ("attachment; filename*=utf-8''%FF; filename=plain", "plain"),
        ('attachment; filename="ü.pdf"'.encode().decode("latin-1"), "ü.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Temp\\\\x.pdf"', "x.pdf"),
        ("attachment; filename*=UTF-8''a%00%0d%0ab%E2%80%AE.pdf", "ab.pdf"),
        *[(none, "") for none in ('attachment; filename=".."', "attachment", "", "filename=x", "inline;", ";;;=")],
        ('attachment; title="filename=x"', ""),
    ],
)
def test_file_names_are_only_names(field: str, expected: str) -> None:
    """Of what callers send remains a name: no path, no control or invisible character."""
    assert expected == name_in(field)


@given(st.text(max_size=40))
def test_any_field_value_is_read(text: str) -> None:
    """Whatever a header field holds, it is read without an error, and what is left can stand in XML."""
    name = name_in(f"attachment; filename={text}")
    assert not set(name) & set("/\\\r\n\0")
    assert name == safe(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", 'attachment; filename="a.pdf"'),
        ("", "attachment"),
        ("..", "attachment"),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("100%25.pdf", "attachment; filename=\"100_25.pdf\"; filename*=UTF-8''100%2525.pdf"),
        ("注文.pdf", "attachment; filename=\".pdf\"; filename*=UTF-8''%E6%B3%A8%E6%96%87.pdf"),
        ("注文", "attachment; filename*=UTF-8''%E6%B3%A8%E6%96%87"),
        ("x\r\nSet-Cookie: a=b", "attachment; filename=\"xSet-Cookie_ a=b\"; filename*=UTF-8''xSet-Cookie%3A%20a%3Db"),
    ],
)
def test_the_file_name_of_a_download(name: str, expected: str) -> None:
    """ASCII names stand as they are; others twice, in the encoding of RFC 8187 and in letters that all clients know."""
    assert expected == attachment(name)


def test_what_is_wrong_with_an_upload_is_told_where_it_stands() -> None:
    """No bytes, a name that the contract requires, and facets name the body or the header field."""
    xsd = schema(
        CONTENT.format("xsd:base64Binary", "").replace(
            'name="Name" type="xsd:string" minOccurs="0"', 'name="Name" type="t:Kurz"'
        )
        + '<xsd:simpleType name="Kurz"><xsd:restriction base="xsd:string"><xsd:maxLength value="5"/></xsd:restriction>'
        "</xsd:simpleType>"
    )
    body = {**PLACES, "media_types": ["application/pdf"]}
    endpoint = build(xsd, {}, {"body": body, "reply": {"status": 204}})

    def told(content: bytes, disposition: str = "") -> list[tuple[str, str]]:
        with pytest.raises(InvalidRequest) as caught:
            check(endpoint, content, **PDF, headers={"content-disposition": disposition})
        return [(field.place, field.pointer) for field in caught.value.fields]

    assert [("body", "")] == told(b"")
    assert [("header", "Content-Disposition")] == told(b"x")
    assert [("header", "Content-Disposition")] == told(b"x", "attachment; filename=longer.pdf")
    assert {"document": "eA==", "media_type": "application/pdf", "file_name": "a.pdf"} == check(
        endpoint, b"x", **PDF, headers={"content-disposition": "attachment; filename=a.pdf"}
    ).body


def test_bytes_are_not_read_as_json() -> None:
    """What would be deep or broken JSON is only bytes here, and stays out of what is shown of the call."""
    shown: list[bytes] = []
    content = b"[" * 100_000
    request = Request("a", "1", 0.0, "POST", body=content, content_type="application/pdf")
    traced = replace(request, trace=lambda kind, text: shown.append(text))
    validate(BASE64, max_depth=4, max_digits=4)(lambda checked: Response(200))(traced)

    assert len(shown[0]) < 200
    assert b64encode(content).decode() == check(BASE64, content, **PDF).body["document"]


def test_max_bytes_above_the_house_s_is_a_mistake(tmp_path: Path) -> None:
    """Nobody could ever send so much, so it is said while building."""
    with Replay() as replay:
        project = shape_project(SHAPES / "upload", tmp_path / "project", replay.url)
        settings = project / "adapter.env"
        settings.write_text(settings.read_text("utf-8").replace("5000000", "4999999"), "utf-8")
        with pytest.raises(BuildError) as caught:
            build_project(project, {})
    (mistake,) = caught.value.mistakes
    assert "max_bytes: 5000000 is more than ADAPTER_MAX_REQUEST_BYTES takes, which is 4999999" == mistake.text
    assert ("mappings/mapping.yaml", 14) == (mistake.file, mistake.line)


def test_a_media_type_that_the_contract_does_not_take_is_a_mistake() -> None:
    """Each media type that callers may send must fit into its element."""
    xsd = schema(
        CONTENT.format("xsd:base64Binary", "").replace('name="Typ" type="xsd:string"', 'name="Typ" type="xsd:NCName"')
    )
    body = {**PLACES, "media_types": ["application/pdf"]}
    (mistake,) = mistakes(lambda: build(xsd, {}, {"body": body, "reply": {"status": 204}}))
    assert "things.create: Typ does not take application/pdf: not a NCName in XML Schema form" == mistake.text


def test_openapi_says_binary() -> None:
    """Bytes both ways, the header of the file name, 204 for no document; no JSON, and no type of their own."""
    found = described(document(media_type={"value": "application/pdf"}))
    here = operation(found, "things.create")
    binary = {"schema": {"type": "string", "format": "binary"}}

    assert {"application/pdf": binary, "image/png": binary} == here["requestBody"]["content"]
    assert {"application/pdf": binary} == here["responses"]["201"]["content"]
    assert "Content-Disposition" in here["responses"]["201"]["headers"]
    assert "content" not in here["responses"]["204"]
    assert ["Content-Disposition"] == [each["name"] for each in here["parameters"]]
    assert ["Problem"] == list(found["components"]["schemas"])
    assert "malformed-json" not in here["responses"]["400"]["$ref"]
