"""Right answers as others write them, the canonical form against another implementation, times, keys, and secrets."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signxml import SignatureConstructionMethod, XMLSigner
from signxml.algorithms import CanonicalizationMethod

from adapter import app
from adapter.cli.explain import explained
from adapter.errors import BuildError
from adapter.wsse.keys import load_signer
from adapter.wsse.refused import Unverified
from adapter.wsse.times import Replays
from adapter.wsse.xmldsig import canonical
from tests.everyone import EVERYONE
from tests.unit.logins import SOAP11, WSSE, call
from tests.unit.loopback import serving
from tests.wsse.erp import HONEST, confirmed, envelope, honest, party, signing, stamp, stranger, trusting

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def by_signxml(request: Any) -> bytes:
    """Return an answer that signxml signed, with its certificate in X509Data."""
    root, erp = envelope(), party("erp.example")
    security = etree.SubElement(root.find(f"{{{SOAP11}}}Header"), f"{{{WSSE}}}Security")
    security.append(stamp())
    signer = XMLSigner(SignatureConstructionMethod.detached, c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)  # fmt: skip  # noqa: E501
    security.append(signer.sign(root, key=erp.key, cert=erp.certificate.decode(), reference_uri=["#body", "#ts"]))
    return etree.tostring(root)


def test_an_answer_by_signxml(tmp_path: Path) -> None:
    """Another implementation's signature is accepted."""
    with serving(signing(by_signxml)) as erp:
        assert (200, {"name": HONEST}) == call(trusting(tmp_path, erp.url))


@pytest.mark.parametrize("key_info", ["token", "x509", "none"])
def test_a_pinned_certificate(tmp_path: Path, key_info: str) -> None:
    """It counts without its authority, also where the answer only says that it was signed; another's does not."""
    pinned = party("erp.example").certificate
    answers = [lambda _, who=who: etree.tostring(honest(who=who, key_info=key_info)) for who in
               (party("erp.example"), party("other.example"))]  # fmt: skip
    with serving(signing(*answers)) as erp:
        opened = trusting(tmp_path, erp.url, trust=[pinned])
        assert [200, 502] == [call(opened)[0] for _ in answers]


def test_two_pinned_certificates(tmp_path: Path) -> None:
    """While the ERP changes its certificate the old and the new one count."""
    both = [party("old-erp.example"), stranger()]
    answers = [lambda _, who=who: etree.tostring(honest(who=who)) for who in both]
    with serving(signing(*answers)) as erp:
        opened = trusting(tmp_path, erp.url, trust=[who.certificate for who in both])
        assert [200, 200] == [call(opened)[0] for _ in both]


_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF) | st.sampled_from("\r\n\t<>&\"'"), max_size=12)
_NAMES = st.sampled_from(["a", "b", "{urn:p}a", "{urn:q}b", "{urn:p}c"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> Any:
    """Draw an element with attributes, texts, and namespaces declared where they are needed and where not."""
    # One prefix for each namespace: the other implementation forgets which of several stood where.
    nsmap = {"x": "urn:p", "y": "urn:q", **draw(st.sampled_from([{}, {"z": "urn:r"}]))}
    element = etree.Element(draw(_NAMES), draw(st.dictionaries(_NAMES, _TEXT, max_size=3)), nsmap=nsmap)
    element.text = draw(_TEXT)
    for child in draw(st.lists(trees(depth - 1), max_size=3)) if depth else ():
        child.tail = draw(_TEXT)
        element.append(child)
    return element


@given(trees())
def test_the_canonical_form_is_that_of_another_implementation(tree: Any) -> None:
    """Python's own C14N 2.0, whose plain form is the exclusive one, makes the same bytes of what arrived."""
    data = etree.tostring(tree)
    out = io.StringIO()
    ET.canonicalize(data.decode(), out=out)
    assert out.getvalue().encode() == canonical(etree.fromstring(data))


@given(trees())
def test_the_place_of_an_element_does_not_change_its_canonical_form(tree: Any) -> None:
    """Moved into another document, with other prefixes around it, an element keeps its digest, without its tail."""
    data = etree.tostring(tree)
    around = b'<S xmlns="" xmlns:x="urn:other" xmlns:w="urn:w">before' + data + b"behind</S>"
    assert canonical(etree.fromstring(data)) == canonical(etree.fromstring(around)[0])


def test_text_with_comments_and_sections(tmp_path: Path) -> None:
    """What is put into a signed text afterwards and is no text does not cut it: a comment, an instruction, CDATA."""
    signed = etree.tostring(honest())

    def commented(request: Any) -> bytes:
        return signed.replace(b"honest", b"ho<!-- x -->ne<![CDATA[st]]>")

    def instructed(request: Any) -> bytes:
        root = honest(transforms=("http://www.w3.org/2001/10/xml-exc-c14n#",))
        return etree.tostring(root).replace(b"honest", b"ho<?x?>nest")

    with serving(signing(commented, instructed)) as erp:
        opened = trusting(tmp_path, erp.url)
        assert [(200, {"name": HONEST})] * 2 == [call(opened), call(opened)]


def test_replays() -> None:
    """A value counts again only after its time, and where the memory is full nothing counts."""
    memory = Replays(most=2)
    memory.check(b"a", NOW)
    memory.check(b"b", NOW + timedelta(seconds=1))
    for value, seconds, said in ((b"a", 359, "before"), (b"c", 359, "too many")):
        with pytest.raises(Unverified, match=said):
            memory.check(value, NOW + timedelta(seconds=seconds))
    memory.check(b"c", NOW + timedelta(seconds=360))
    memory.check(b"a", NOW + timedelta(seconds=361))


def test_unsigned_answers_are_read_when_the_mapping_says_so(tmp_path: Path) -> None:
    """Then nothing is checked."""
    with serving(signing(lambda request: etree.tostring(envelope()))) as erp:
        assert 200 == call(trusting(tmp_path, erp.url, {"signature": "erp", "unsigned_answers": True}))[0]


def encrypted() -> bytes:
    """Return our key, encrypted."""
    form = serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    return bytes(party("adapter.example").private().private_bytes(serialization.Encoding.PEM, *form))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("our.key", party("other.example").key, "CERTIFICATE: no usable PEM file (the key is not that of the cert"),
        ("our.key", encrypted(), "CERTIFICATE: no usable PEM file"),
        ("our.pem", b"nothing", "CERTIFICATE: no usable PEM file"),
        ("erp.pem", b"nothing", "VERIFY: holds no PEM certificate"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """They are found while building, with the variable that names them."""
    trusting(tmp_path, "http://127.0.0.1:1/")
    (tmp_path / name).write_bytes(data)
    environ = {f"ADAPTER_CREDENTIAL_ERP_{part}": file for part, file in
               (("CERTIFICATE", "our.pem"), ("KEY", "our.key"), ("VERIFY", "erp.pem"))}  # fmt: skip
    with pytest.raises(BuildError) as caught:
        app.build(tmp_path, {**EVERYONE, "ADAPTER_ENDPOINT_S": "http://127.0.0.1:1/", **environ})
    assert said in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


def test_the_private_key_stays_inside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No line of its PEM text is in a log, a problem, a repr or an explanation, which shows the signature itself."""
    us = party("adapter.example")
    # The certificate holds the public half, which everybody may see.
    key = [line for line in us.key.decode().splitlines() if len(line) > 20 and line not in us.der()]
    assert len(key) > 15
    environ = {f"ADAPTER_CREDENTIAL_ERP_{part}": file for part, file in
               (("CERTIFICATE", "our.pem"), ("KEY", "our.key"), ("VERIFY", "erp.pem"))}  # fmt: skip
    with serving(signing(lambda request: etree.tostring(confirmed(request)), lambda request: b"<no/>")) as erp:
        opened = trusting(tmp_path, erp.url)
        built = app.build(tmp_path, {**EVERYONE, "ADAPTER_ENDPOINT_S": erp.url, **environ})
        said = [json.dumps(call(opened)[1]), json.dumps(call(opened)[1])]
        shown = explained(built, "POST", "/v1/things", b'{"name": "a"}')[1]
    assert "Signature" in shown
    for text in (*said, shown, capsys.readouterr().out, repr(built), repr(built.settings)):
        assert [] == [line for line in key if line in text]


def test_a_key_of_a_kind_that_cannot_sign(tmp_path: Path) -> None:
    """Ed25519 has no place in XML Signature 1.1, and is refused when the key is read."""
    key = ed25519.Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    certificate = tmp_path / "cert.pem"
    certificate.write_bytes(party("adapter.example").certificate)
    with pytest.raises(ValueError, match="neither RSA"):
        load_signer(certificate, file)
