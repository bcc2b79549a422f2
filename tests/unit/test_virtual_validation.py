"""Messages that the contract does not allow: each is a fault of the right version that says what was wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapter import virtual
from tests.unit.virtual_calls import CONTEXT, ENVELOPES, ROOT, Reply, envelope, fields, post, say

READ = "<d:LesePartner><d:PartnerNr>{}</d:PartnerNr></d:LesePartner>"
GOOD = READ.format("0000000001")
PATHS = {"/erp/soap11": (500, "Client"), "/erp/soap12": (400, "Sender")}


@pytest.fixture(scope="module")
def erp() -> Iterator[virtual.Server]:
    """A running ERP that no test of this file changes."""
    with virtual.running(ROOT) as server:
        yield server


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (READ.format("1"), "PartnerNr"),
        (READ.format(""), "PartnerNr"),
        ("<d:LesePartner/>", "PartnerNr"),
        ("<d:LesePartner><PartnerNr>0000000001</PartnerNr></d:LesePartner>", "PartnerNr"),
        (GOOD + GOOD, "LesePartner"),
        ("<d:LoeschePartner/>", "LoeschePartner"),
        ("", "empty"),
        ("<d:LegePartnerAn><d:Partner><p:Name1>x</p:Name1></d:Partner></d:LegePartnerAn>", "abstract"),
        ('<d:LegePartnerAn><d:Partner xsi:type="t:AdresseTyp"/></d:LegePartnerAn>', "AdresseTyp"),
        ("<d:SuchePartner><d:Blatt><t:MaxAnz>0</t:MaxAnz></d:Blatt></d:SuchePartner>", "MaxAnz"),
        ("<d:SuchePartner><d:Suche><d:Status>X</d:Status></d:Suche></d:SuchePartner>", "Status"),
    ],
)
def test_invalid_body(erp: virtual.Server, path: str, body: str, said: str) -> None:
    """A body that the schema does not allow is the sender's fault, and the text names the element."""
    operation = body.partition(":")[2].partition(">")[0].partition("/")[0] or "LesePartner"
    reply = say(erp, path, operation, body)
    assert PATHS[path] == (reply.status, reply.code)
    assert said in reply.text


@pytest.mark.parametrize("path", PATHS)
def test_header_is_demanded(erp: virtual.Server, path: str) -> None:
    """A message without Aufrufkontext, or with one that is not valid, is refused."""
    for header, said in {"": "Aufrufkontext", CONTEXT.replace("DE", "XX"): "Sprache"}.items():
        reply = say(erp, path, "LesePartner", GOOD, header)
        assert PATHS[path] == (reply.status, reply.code)
        assert said in reply.text


@pytest.mark.parametrize("path", PATHS)
def test_must_understand(erp: virtual.Server, path: str) -> None:
    """A block that must be understood and is not known is refused; on a known one the attribute is fine."""
    strange = '<x:Siegel xmlns:x="urn:x" s:mustUnderstand="1"/>'
    assert "MustUnderstand" == say(erp, path, "LesePartner", GOOD, CONTEXT + strange).code
    assert 200 == say(erp, path, "LesePartner", GOOD, CONTEXT.replace("<k:Mandant", "<k:Mandant", 1)).status
    known = CONTEXT.replace(
        ' xmlns:k="urn:muster-erp:kontext"', ' xmlns:k="urn:muster-erp:kontext" s:mustUnderstand="1"'
    )
    assert 200 == say(erp, path, "LesePartner", GOOD, known).status
    assert 200 == say(erp, path, "LesePartner", GOOD, CONTEXT + strange.replace('"1"', '"0"')).status


@pytest.mark.parametrize("path", PATHS)
def test_wrong_version(erp: virtual.Server, path: str) -> None:
    """An envelope of the other version is a VersionMismatch, in the version of the port."""
    other = next(each for each in PATHS if each != path)
    reply = post(erp, path, envelope(other, GOOD), fields(path, "LesePartner"))
    assert (500, "VersionMismatch") == (reply.status, reply.code)
    assert f"{{{ENVELOPES[path]}}}Envelope" == reply.root.tag


@pytest.mark.parametrize("path", PATHS)
def test_wrong_media_type(erp: virtual.Server, path: str) -> None:
    """The media type of the other version, or JSON, is refused with 415."""
    other = next(each for each in PATHS if each != path)
    for wrong in (fields(other, "LesePartner"), {"Content-Type": "application/json", "SOAPAction": ""}):
        assert 415 == post(erp, path, envelope(path, GOOD), wrong).status


def test_soap_action(erp: virtual.Server) -> None:
    """SOAP 1.1 demands a SOAPAction that belongs to the body; SOAP 1.2 takes none, but not a wrong one."""
    text = {"Content-Type": "text/xml"}
    soap = {"Content-Type": "application/soap+xml"}
    assert "missing" in post(erp, "/erp/soap11", envelope("/erp/soap11", GOOD), text).text
    for path in PATHS:
        wrong = post(erp, path, envelope(path, GOOD), fields(path, "LeseAuftrag"))
        assert "LeseAuftrag" in wrong.text
    assert 200 == post(erp, "/erp/soap12", envelope("/erp/soap12", GOOD), soap).status


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "well-formed"),
        (b"{}", "well-formed"),
        (b"<a/>", "not a SOAP envelope"),
        (envelope("/erp/soap11", GOOD)[:-9], "well-formed"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + envelope("/erp/soap11", "&e;"), "document type"),
    ],
)
def test_not_a_message(erp: virtual.Server, data: bytes, said: str) -> None:
    """What is no SOAP message is answered by a fault, never by silence; a document type is not allowed."""
    reply = post(erp, "/erp/soap11", data, fields("/erp/soap11", "LesePartner"))
    assert (500, "Client") == (reply.status, reply.code)
    assert said in reply.text


def test_charset_of_the_media_type_counts(erp: virtual.Server) -> None:
    """A message in another encoding is read as the media type says; an unknown encoding is refused."""
    latin = envelope("/erp/soap11", "<d:SuchePartner><d:Suche><d:Name>Müller</d:Name></d:Suche></d:SuchePartner>")
    headers = fields("/erp/soap11", "SuchePartner")
    read = post(
        erp, "/erp/soap11", latin.decode().encode("latin-1"), headers | {"Content-Type": "text/xml; charset=iso-8859-1"}
    )
    assert "3" == read.root.findtext(".//{*}GesamtAnz")
    assert "charset" in post(erp, "/erp/soap11", latin, headers | {"Content-Type": "text/xml; charset=klingon"}).text


def test_chunked_request(erp: virtual.Server) -> None:
    """A request may come in chunks."""
    data = envelope("/erp/soap11", GOOD)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(data[i : i + 100]), data[i : i + 100]) for i in range(0, len(data), 100))
    headers = fields("/erp/soap11", "LesePartner") | {"Transfer-Encoding": "chunked"}
    assert 200 == post(erp, "/erp/soap11", chunks + b"0\r\n\r\n", headers).status


def test_faults_of_business_carry_their_code(erp: virtual.Server) -> None:
    """An unknown number is a Server (Receiver) fault with HTTP 500; the code, and the field, stand in the detail."""
    for path, code in {"/erp/soap11": "Server", "/erp/soap12": "Receiver"}.items():
        reply = say(erp, path, "LesePartner", READ.format("0000000999"))
        assert (500, code, "GP-404") == (reply.status, reply.code, reply.detail)
        assert "PartnerNr" == reply.root.findtext(".//{urn:muster-erp:fehler}Feld")
        assert reply.content_type.startswith("text/xml" if path == "/erp/soap11" else "application/soap+xml")


def test_language_and_client_of_the_header_count(erp: virtual.Server) -> None:
    """Sprache chooses the language of fault texts; another Mandant than 100 is not set up."""

    def fault(context: str) -> Reply:
        return say(erp, "/erp/soap11", "LesePartner", READ.format("0000000999"), context)

    assert "nicht vorhanden" in fault(CONTEXT).text
    assert "does not exist" in fault(CONTEXT.replace("DE", "EN")).text
    assert "MD-404" == fault(CONTEXT.replace("100", "200")).detail
