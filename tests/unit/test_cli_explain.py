"""``explain``: every step of a real call against the pretend ERP, why it ended so, and no secrets."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from adapter import virtual
from adapter.__main__ import main
from adapter.cli.secrets import Secrets, hide
from adapter.display import json_text, shortened, xml_text
from adapter.mapping.model import Constant, Place
from adapter.settings import Settings
from tests.strangler.standing import stand_in
from tests.unit.loopback import answer, once, serving

ROOT = Path(__file__).parents[2]
SECRET = "tr0ub4dor-and-3"


@pytest.fixture(scope="module")
def server() -> Iterator[virtual.Server]:
    """One pretend ERP for all tests."""
    with virtual.running(ROOT) as running:
        yield running


@pytest.fixture
def erp(server: virtual.Server, monkeypatch: pytest.MonkeyPatch) -> virtual.Server:
    """The pretend ERP, behaving, as the endpoint of every port."""
    server.control.clear()
    for port in ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE"):
        path = {"ERPSERVICE_ERPSOAP11": "/erp/soap11", "ERPSERVICE_ERPSOAP12": "/erp/soap12"}.get(port, "/lager")
        monkeypatch.setenv(f"ADAPTER_ENDPOINT_{port}", server.url(path))
    return server


class Explained:
    """What ``explain`` printed: the status it ended with, and its sections by title."""

    def __init__(self, status: int, text: str) -> None:
        parts = re.split(r"^--- (.*?) -+$\n", text, flags=re.MULTILINE)
        self.status, self.text = status, text
        self.titles = parts[1::2]
        self.sections = dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str]) -> object:
    """The command, as a function of its arguments."""

    def run(*arguments: str, project: Path = ROOT) -> Explained:
        status = main(["explain", *arguments, "--project", str(project)])
        return Explained(status, capsys.readouterr().out)

    return run


def copied(folder: Path) -> None:
    """Copy the example project into a folder."""
    for name in ("mappings", "wsdl"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "adapter.env", folder)


STEPS = ["operation", "JSON in", "values after the checks, as XML will hold them", "SOAP out", "SOAP in"]


def test_every_step_of_a_read(erp: virtual.Server, explain) -> None:
    """A call that succeeds shows values, both envelopes, the answer and the time of each part, and ends with 0."""
    told = explain("GET", "/v1/customers/42")
    assert 0 == told.status
    assert [*STEPS, "JSON out", "time"] == told.titles
    assert f"answered by soap at {erp.url('/erp/soap11')}" in told.sections["operation"]
    assert 'path  {"id":"0000000042"}' in told.sections[STEPS[2]]
    assert "PartnerNr>0000000042</" in told.sections["SOAP out"]
    assert "PartnerNr>0000000042</" in told.sections["SOAP in"]
    assert told.sections["JSON out"].startswith("200 OK\nContent-Type: application/json\n{\n")
    assert '"id": "42"' in told.sections["JSON out"]
    assert ["checks", "network and ERP"] == re.findall(r"ms  (checks|network and ERP)$", told.sections["time"], re.M)
    assert 1 == len(erp.control.log)


def test_rpc_encoded(erp: virtual.Server, explain) -> None:
    """An rpc/encoded operation is explained like any other."""
    told = explain("get", "/v1/stock/A-00001")
    assert 0 == told.status
    assert "LeseBestand" in told.sections["SOAP out"]


def test_body_from_argument_file_and_input(
    erp: virtual.Server, explain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body is given as text, as @file or on standard input."""
    body = '{"kind": "person", "note": null}'
    (tmp_path / "body.json").write_text(body, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body.encode())))
    for data in (body, f"@{tmp_path}/body.json", "-"):
        told = explain("PATCH", "/v1/customers/42", "--data", data)
        assert 0 == told.status
        assert '"note": null' in told.sections["JSON in"]
        assert re.search(r'Notiz [^>]*nil="true"', told.sections["SOAP out"])


def test_fault_that_a_rule_matches(erp: virtual.Server, explain) -> None:
    """The fault's code and the place of the rule that matched are named; the exit status is 1."""
    told = explain("GET", "/v1/customers/4711")
    lines = (ROOT / "mappings" / "customers.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "code: GP-404" in text)
    assert 1 == told.status
    assert [*STEPS, "problem out", "why", "time"] == told.titles
    assert "its code is GP-404." in told.sections["why"]
    expected = f"mappings/customers.yaml:{line}: {{code: GP-404}} matches first -> 404 customer-not-found."
    assert expected in told.sections["why"]


def test_fault_that_no_rule_matches(erp: virtual.Server, explain) -> None:
    """For a fault that nobody mapped, the line that would map it is printed."""
    erp.control.add("LesePartner", fault={"code": "Server", "text": "Quartalsabschluss", "detail": "XX-999"})
    told = explain("GET", "/v1/customers/42")
    assert "502" in told.sections["problem out"]
    assert "No line of the fault table matches." in told.sections["why"]
    assert "{code: XX-999, status: …, problem: …, title: …}" in told.sections["why"]


def test_reply_that_is_empty(erp: virtual.Server, explain) -> None:
    """Where ``when_empty`` decided, its place is named."""
    told = explain("GET", "/v1/invoices/4711")
    assert told.sections["problem out"].startswith("404")
    assert re.search(r"^The reply holds nothing .*, and mappings/invoices.yaml:\d+ says", told.sections["why"])


def test_microservice_that_answers(explain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation that a microservice answers is explained with its URL, and its refusals are not called faults."""
    copied(tmp_path)
    stand_in(tmp_path, "customers", "live")
    refusal = b'{"type": "/problems/customer-not-found", "status": 404}'
    customer = json.loads((ROOT / "ops" / "demo" / "customers.json").read_bytes())[41]
    with serving(once(answer(json.dumps(customer).encode(), media_type="application/json"))) as server:
        monkeypatch.setenv("ADAPTER_SERVICE_CUSTOMERS", server.url)
        told = explain("GET", "/v1/customers/42", project=tmp_path)
        assert 0 == told.status
        assert f"answered by http at {server.url}/customers" in told.sections["operation"]
        assert "since customers stands at live (epoch 1), bucket " in told.sections["operation"]
        assert '"id": "42"' in told.sections["JSON out"]
        assert "network and microservice" in told.sections["time"]
    with serving(once(answer(refusal, status="404 Not Found", media_type="application/problem+json"))) as server:
        monkeypatch.setenv("ADAPTER_SERVICE_CUSTOMERS", server.url)
        told = explain("GET", "/v1/customers/43", project=tmp_path)
        assert 1 == told.status
        assert "not with a SOAP fault" in told.sections["why"]


def test_answer_that_is_no_soap(erp: virtual.Server, explain) -> None:
    """An answer that is no SOAP is shown as it came, with the cause."""
    erp.control.add("LesePartner", html={"status": 503, "text": "Wartung"})
    told = explain("GET", "/v1/customers/42")
    assert 1 == told.status
    assert "Wartung" in told.sections["SOAP in"]
    assert "is not what erp/erp.wsdl and mappings/customers.yaml say." in told.sections["why"]
    assert "Cause, as it is logged: " in told.sections["why"]


def test_connection_that_breaks(erp: virtual.Server, explain) -> None:
    """A call without an answer has no SOAP in, and says that the ERP may have acted."""
    erp.control.add("LesePartner", close="executed")
    told = explain("GET", "/v1/customers/42")
    assert 1 == told.status
    assert "SOAP in" not in told.sections
    assert "may have acted" in told.sections["why"]
    assert "network and ERP, without a whole answer" in told.sections["time"]


def test_endpoint_where_nobody_listens(explain, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ERP that is not running is said to be so, with its URL."""
    with virtual.running(ROOT) as gone:
        url = gone.url("/erp/soap11")
    monkeypatch.setenv("ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11", url)
    told = explain("GET", "/v1/customers/42")
    assert 1 == told.status
    assert f"No connection to {url}." in told.sections["why"]
    assert "Nothing was sent." in told.sections["why"]


def test_request_that_is_refused(erp: virtual.Server, explain) -> None:
    """A request that fails the checks sends nothing, and the problem names each field."""
    told = explain("POST", "/v1/orders", "--data", '{"colour": "red"}')
    assert 1 == told.status
    assert ["operation", "JSON in", "problem out", "why", "time"] == told.titles
    assert '"pointer": "/colour"' in told.sections["problem out"]
    assert 0 == len(erp.control.log)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("GET", "/v1/nix"), 404), (("PURGE", "/v1/customers/42"), 405), (("PUT", "/v1/customers/42", "--data", "{}",
     "--header", "Content-Type: text/csv"), 415)],
)  # fmt: skip
def test_request_that_reaches_no_pipeline(explain, arguments: tuple[str, ...], status: int) -> None:
    """What the edge refuses is said to be refused there, by the same matching as in the web process."""
    told = explain(*arguments)
    assert 1 == told.status
    assert told.sections["problem out"].startswith(str(status))
    assert "why" in told.titles


def test_only_headers_of_the_list_are_shown(erp: virtual.Server, explain) -> None:
    """Of the request's headers only those that may reach a pipeline are seen."""
    told = explain("GET", "/v1/customers/42", "--header", f"Authorization: Bearer {SECRET}", "--header", "If-Match: 3")
    assert 0 == told.status
    assert "if-match: 3" in told.sections["operation"]
    assert SECRET not in told.text


@pytest.mark.parametrize(
    "arguments",
    [["GET", "v1/customers"], ["GET", "/", "--header", "novalue"], ["GET", "/", "--data", "@/nowhere.json"]],
)
def test_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A path without slash, a header without colon and a file that is not there are usage errors."""
    assert 2 == main(["explain", *arguments, "--project", str(ROOT)])
    assert capsys.readouterr().err.startswith("adapter: ")


def test_secrets_are_hidden(erp: virtual.Server, explain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants of ``setting:`` are hidden in header blocks and body, and where the ERP or an answer repeats them."""
    copied(tmp_path)
    items = tmp_path / "mappings" / "items.yaml"
    text = items.read_text(encoding="utf-8")
    text = re.sub(r"\n.*soap: Suche.Bez,.*", "", text)
    text = text.replace("    call: SucheArtikel\n", "    call: SucheArtikel\n    set: {Suche.Bez: {setting: word}}\n")
    text = text.replace("faults:\n", "faults:\n  - {text: Kennwort, status: 403, problem: no-entry, message: true}\n")
    items.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ADAPTER_VALUE_WORD", SECRET)
    erp.control.add("SucheArtikel", fault={"code": "Server", "text": f"Kennwort {SECRET} falsch", "detail": "KW-1"})
    told = explain("GET", f"/v1/items?group={SECRET}", project=tmp_path)
    assert 1 == told.status
    assert "Bez>(hidden)</" in told.sections["SOAP out"]
    assert "Mandant>(hidden)</" in told.sections["SOAP out"]
    assert "Kennwort (hidden) falsch" in told.sections["SOAP in"]
    assert '"detail": "Kennwort (hidden) falsch"' in told.sections["problem out"]
    assert SECRET in erp.control.log[0].envelope
    assert SECRET not in told.text


def test_short_secrets_are_hidden_by_their_place() -> None:
    """A value too short to be recognized elsewhere is hidden where the mapping puts it: element, attribute, text."""
    place = Place("mappings/x.yaml", 1, 1)
    constants = [Constant(path, place, setting="pin") for path in ("Login.Pin", "Login.@pin", "Konto.Nr.#text")]
    root = etree.fromstring(
        '<e:E xmlns:e="urn:e"><e:Body><f:F xmlns:f="urn:f"><f:Login f:pin="7" x="7"><f:Pin>7</f:Pin></f:Login>'
        "<f:Konto><Nr>7</Nr></f:Konto><f:Menge>7</f:Menge></f:F></e:Body></e:E>"
    )
    hide(root.iterfind("{*}Body/*"), constants)
    shown = re.sub(r' xmlns:\w="\w+:\w"', "", etree.tostring(root, encoding="unicode"))
    expected = '<f:Login f:pin="(hidden)" x="7"><f:Pin>(hidden)</f:Pin></f:Login><f:Konto><Nr>(hidden)</Nr></f:Konto>'
    assert f"<e:E><e:Body><f:F>{expected}<f:Menge>7</f:Menge></f:F></e:Body></e:E>" == shown


def test_escaped_secrets_are_hidden() -> None:
    """A secret with characters that JSON or XML escape is recognized in both."""
    value = 'a"b&c<d'
    shown = Secrets(None, Settings(value={"WORD": value}))
    element = etree.Element("e", a=value)
    element.text = value
    assert '"(hidden)"' == shown.text(json.dumps(value))
    assert '<e a="(hidden)">(hidden)</e>' == shown.text(etree.tostring(element, encoding="unicode"))


def test_shown_messages_are_not_changed() -> None:
    """Showing a message keeps exact numbers and the white space of its values, and takes what cannot be parsed."""
    assert '{\n  "a": 1.50\n}' == json_text(b'{"a":1.50}')
    assert "<a>\n  <b> </b>\n  <c/>\n</a>" == xml_text(b"<a><b> </b><c/></a>")
    assert "<a>" == xml_text(b"<a>")
    assert "no JSON" == json_text(b"no JSON")


def test_shown_entities_are_not_expanded() -> None:
    """An answer with entities is shown without reading a file for them."""
    shown = xml_text(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>')
    assert "&x;" in shown


def test_long_text_is_shortened() -> None:
    """Only the first lines are kept, with the number of the others; one line more is not worth it."""
    assert "a\nb\n… 2 more lines" == shortened("a\nb\nc\nd", 2)
    assert "a\nb\nc" == shortened("a\nb\nc", 2)
