"""Recording a real service and saying it again: what is written, what never is, and what matches."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from adapter.errors import BuildError
from adapter.virtual.any import Recorder, Replayer
from adapter.virtual.any.cassettes import Cassette, read_all, write
from adapter.virtual.any.hiding import Hidden
from tests.unit.any_erp import Caller, calling, erp, reason, texts

SECURITY = (
    '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">'
    "<w:UsernameToken><w:Username>SECRET-USER</w:Username></w:UsernameToken></w:Security>"
)
PASSWORD = "<password>SECRET-WORD</password>"


def recorder(tmp_path: Path, service: Caller, *rules: str, path: str = "/orders") -> Recorder:
    """A recorder of a service, that hides by rules and writes into ``cassettes``."""
    return Recorder(erp(tmp_path), service.server.url(path), tmp_path / "cassettes", Hidden.of(rules))


def written(tmp_path: Path) -> dict[str, str]:
    """Every recording, by the name of its file."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((tmp_path / "cassettes").glob("*"))}


def test_what_is_recorded_is_said_again(tmp_path: Path) -> None:
    """One file for each exchange, named by operation and request; replayed, the answer is the same."""
    with calling(erp(tmp_path)) as service, calling(recorder(tmp_path, service)) as recording:
        first, second = (etree.tostring(recording.get_order(number)[1]) for number in (7, 8))
        assert first == etree.tostring(recording.get_order(7)[1])
    names = list(written(tmp_path))
    assert 2 == len(names)
    assert {"GetOrder"} == {name.partition("-")[0] for name in names}
    with calling(Replayer(erp(tmp_path), tmp_path / "cassettes")) as again:
        spaced = again.send('<x:GetOrder xmlns:x="urn:t">  <x:id>7</x:id></x:GetOrder>', header=SECURITY)
        assert (200, first) == (spaced[0], etree.tostring(spaced[1]))
        assert second == etree.tostring(again.get_order(8)[1])
        status, unknown = again.get_order(9)
        assert (500, "no recording of GetOrder with this body in cassettes; record it with --record") == (
            status, reason(unknown)[1],
        )  # fmt: skip


def test_nothing_that_is_hidden_is_written(tmp_path: Path) -> None:
    """Fields by rule, WS-Security and Authorization are gone before anything is written; they match all the same."""
    rules = ("GetOrder.password", "Order.@rev")
    with calling(erp(tmp_path)) as service, calling(recorder(tmp_path, service, *rules)) as recording:
        host, port = recording.server.server_address[:2]
        envelope = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>'
            f'{SECURITY}</e:Header><e:Body><GetOrder xmlns="urn:t"><id>7</id>{PASSWORD}</GetOrder>'
            "</e:Body></e:Envelope>"
        )
        fields = {"Content-Type": "text/xml", "SOAPAction": '"urn:get"', "Authorization": "Basic SECRET-BASIC"}
        assert 200 == recording.raw("/orders", envelope.encode(), fields)[0]
        seen = service.server.control.report()["requests"]
        assert "SECRET-WORD" in seen[0]["envelope"]
        assert "Basic SECRET-BASIC" == seen[0]["headers"]["Authorization"]
        assert (host, port) == recording.server.server_address[:2]
    (text,) = written(tmp_path).values()
    assert "SECRET" not in text
    assert 'rev="(hidden)"' in text
    with calling(Replayer(erp(tmp_path), tmp_path / "cassettes")) as again:
        assert 200 == again.get_order(7, "<password>another</password>")[0]
        assert 500 == again.get_order(7)[0]


def test_faults_are_recorded_too(tmp_path: Path) -> None:
    """A fault of the service is an answer like any other."""
    with calling(erp(tmp_path)) as service, calling(recorder(tmp_path, service)) as recording:
        rule = {"do": {"fault": {"text": "gone", "detail": "NoSuchOrder"}}, "operation": "GetOrder"}
        service.raw("/_control", json.dumps(rule).encode(), {})
        assert 500 == recording.get_order(7)[0]
    with calling(Replayer(erp(tmp_path), tmp_path / "cassettes")) as again:
        status, envelope = again.get_order(7)
        assert (500, "gone", ["7"]) == (status, reason(envelope)[1], texts(envelope, ".//t:NoSuchOrder/t:Id"))


def test_what_is_no_envelope_is_not_kept_beside_rules(tmp_path: Path) -> None:
    """A page cannot be searched for hidden fields, so with rules only its status is written."""
    for rules, kept in (((), "down"), (("password",), None)):
        with calling(erp(tmp_path)) as service, calling(recorder(tmp_path, service, *rules)) as recording:
            service.raw("/_control", json.dumps({"do": {"html": {"status": 503, "text": "down"}}}).encode(), {})
            body = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><GetOrder xmlns="urn:t">'
            body += b"<id>7</id></GetOrder></e:Body></e:Envelope>"
            fields = {"Content-Type": "text/xml", "SOAPAction": '"urn:get"'}
            assert (503, "text/html") == recording.raw("/orders", body, fields)[:2]
        (text,) = written(tmp_path).values()
        assert (kept is not None) == ("<p>down</p>" in text)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """A service that sends us elsewhere, or cannot be reached, is a fault, and nothing is written."""
    with calling(erp(tmp_path)) as service, calling(recorder(tmp_path, service)) as recording:
        raw = {"raw": {"status": 302, "headers": {"Location": "http://elsewhere.test/"}}}
        service.raw("/_control", json.dumps({"do": raw}).encode(), {})
        status, envelope = recording.get_order(7)
        assert 502 == status
        assert "the real service did not answer" in reason(envelope)[1]
    with calling(recorder(tmp_path, service)) as recording:
        assert 502 == recording.get_order(7)[0]
    assert not (tmp_path / "cassettes").exists()


def test_rules_and_recordings_are_checked(tmp_path: Path) -> None:
    """A rule that names nothing, an address that is none, and a file that is no recording are refused with a reason."""
    with pytest.raises(ValueError, match="is no name or path of names"):
        Hidden.of(["a..b"])
    with pytest.raises(ValueError, match="http"):
        Recorder(erp(tmp_path), "ftp://x", tmp_path, Hidden(()))
    folder = tmp_path / "cassettes"
    folder.mkdir()
    (folder / "x.yaml").write_text("operation: GetOrder\n", encoding="utf-8")
    with pytest.raises(BuildError, match="cassettes/x.yaml: is no recording: it has to have content_type"):
        Replayer(erp(tmp_path), folder)


@given(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)))
@example(b"")
@example(b"<a>\n\n  <b/>\r\n</a>\n")
@example("<a>\u0085\u2028\U0001f600\ufeff: #</a>".encode())
@example(b"<a>\n  <b/>\n</a>")
@example(b"<a/>\n")
def test_any_answer_is_read_as_it_was_written(body: bytes) -> None:
    """Whatever bytes a service sends, the recording gives back the same."""
    with tempfile.TemporaryDirectory() as folder:
        cassette = Cassette("Do it", "0123", Hidden.of(["a.b"]), "<a>ä</a>", 200, "text/xml", body)
        write(Path(folder), cassette)
        assert (cassette,) == read_all(Path(folder))
