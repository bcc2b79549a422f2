"""The pretend ERP told to misbehave, seen from a raw socket; and the log of what it saw."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from contextlib import closing
from typing import Any

import pytest

from adapter import virtual
from adapter.virtual.misbehave import Control
from tests.unit.virtual_calls import envelope, fields, get, heard, post, say, wire

PATH = "/erp/soap11"
READ = "<d:LesePartner><d:PartnerNr>0000000001</d:PartnerNr></d:LesePartner>"
MAKE = "<d:LegeAuftragAn><d:Auftrag><o:PartnerNr>0000000001</o:PartnerNr></d:Auftrag></d:LegeAuftragAn>"
COUNT = "SELECT count(*) FROM auftrag"


def orders(erp: virtual.Server) -> int:
    """Return how many orders the ERP has."""
    with erp.erp.state.transaction():
        return int(erp.erp.state.one(COUNT))


def read(erp: virtual.Server) -> tuple[bytes, str]:
    """Read a partner over a raw socket; the last request of its connection."""
    return heard(erp, wire(PATH, "LesePartner", READ).replace(b"Host: erp", b"Host: erp\r\nConnection: close"))


@pytest.mark.parametrize("way", ["close", "reset"])
@pytest.mark.parametrize(
    ("place", "acted"), [("unread", False), ("read", False), ("executed", True), ("headers", True), ("body", True)]
)
def test_connection_is_cut(erp: virtual.Server, way: str, place: str, acted: bool) -> None:
    """A connection is cut, or reset, where the rule says; what was executed by then stays done, once."""
    erp.control.add("LegeAuftragAn", times=1, **{way: place})
    before = orders(erp)
    received, end = heard(erp, wire(PATH, "LegeAuftragAn", MAKE))
    assert before + acted == orders(erp)
    if way == "reset":
        assert "reset" == end
        return
    head, _, body = received.partition(b"\r\n\r\n")
    assert (place in ("headers", "body")) == head.startswith(b"HTTP/1.1 200 ")
    assert (place == "body") == body.startswith(b"<?xml")
    if head:
        (length,) = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
        assert len(body) == (length // 2 if place == "body" else 0)


def test_rule_is_gone_when_used_up(erp: virtual.Server) -> None:
    """A rule serves as many calls as it says, in the order of the queue, then things are as they were."""
    erp.control.add("LesePartner", times=2, fault={"text": "zu", "detail": "GP-999"})
    erp.control.add("*", times=1, html={"status": 502, "text": "weg"})
    replies = [say(erp, PATH, "LesePartner", READ) for _ in range(4)]
    assert [500, 500, 502, 200] == [reply.status for reply in replies]
    assert "GP-999" == replies[0].detail


def test_rule_is_for_its_operation(erp: virtual.Server) -> None:
    """A rule for one operation leaves the others alone; a standing rule stays until it is cleared."""
    erp.control.add("LeseAuftrag", times=None, html={})
    assert 200 == say(erp, PATH, "LesePartner", READ).status
    body = "<d:LeseAuftrag><d:AuftragNr>0000500001</d:AuftragNr></d:LeseAuftrag>"
    assert [503, 503] == [say(erp, PATH, "LeseAuftrag", body).status for _ in range(2)]
    erp.control.clear()
    assert 200 == say(erp, PATH, "LeseAuftrag", body).status


@pytest.mark.parametrize("path", [PATH, "/erp/soap12"])
def test_fault_of_choice(erp: virtual.Server, path: str) -> None:
    """A fault is answered in the port's version, with the wanted code, detail and HTTP status, here even 200."""
    erp.control.add("LesePartner", fault={"code": "Server", "text": "Sperre", "detail": "GP-423", "status": 200})
    reply = say(erp, path, "LesePartner", READ)
    assert (200, "Server" if path == PATH else "Receiver") == (reply.status, reply.code)
    assert ("Sperre", "GP-423") == (reply.text, reply.detail)


def test_web_page(erp: virtual.Server) -> None:
    """A web page comes instead of SOAP, as from a proxy on the way."""
    erp.control.add("LesePartner", html={"status": 503, "text": "Wartung"})
    reply = say(erp, PATH, "LesePartner", READ)
    assert (503, "text/html; charset=utf-8") == (reply.status, reply.content_type)
    assert b"<p>Wartung</p>" in reply.body


def test_truncated_xml(erp: virtual.Server) -> None:
    """Half of the XML comes as a whole HTTP answer."""
    whole = say(erp, PATH, "LesePartner", READ).body
    erp.control.add("LesePartner", truncate=True)
    reply = say(erp, PATH, "LesePartner", READ)
    assert (200, whole[: len(whole) // 2]) == (reply.status, reply.body)


def test_raw_answer(erp: virtual.Server) -> None:
    """Status, fields and bytes are sent as given, a wrong Content-Length too."""
    body = base64.b64encode(b"\xff\x00abc").decode()
    erp.control.add("LesePartner", raw={"status": 299, "headers": {"X-A": "b", "Content-Length": "9"}, "body": body})
    received, _ = read(erp)
    head, _, content = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 299 ")
    assert b"X-A: b" in head
    assert b"Content-Length: 9" in head
    assert b"\xff\x00abc" == content


def test_drip(erp: virtual.Server) -> None:
    """An answer that drips is whole in the end."""
    whole = say(erp, PATH, "LesePartner", READ).body
    erp.control.add("LesePartner", drip={"bytes": 200, "seconds": 0})
    assert whole == say(erp, PATH, "LesePartner", READ).body


def test_delay_ends_when_cleared(erp: virtual.Server) -> None:
    """A call that is held answers nothing until the control is cleared, and then answers as always."""
    erp.control.add("LesePartner", delay=600)
    replies: list[int] = []
    caller = threading.Thread(target=lambda: replies.append(say(erp, PATH, "LesePartner", READ).status))
    caller.start()
    for _ in range(1000):
        if erp.control.counts["LesePartner"]:
            break
        caller.join(0.01)
    assert [] == replies
    for _ in range(100):
        erp.control.clear()
        caller.join(0.05)
        if not caller.is_alive():
            break
    assert [200] == replies


def test_control_over_http(erp: virtual.Server) -> None:
    """Rules are set, shown and cleared over HTTP; the log shows what arrived; reset brings the seed back."""
    rule = {"operation": "LegeAuftragAn", "times": None, "do": {"close": "executed"}}
    assert 200 == post(erp, "/_control", json.dumps(rule).encode(), {}).status
    assert (b"", "end") == heard(erp, wire(PATH, "LegeAuftragAn", MAKE))
    report: dict[str, Any] = json.loads(get(erp, "/_control"))
    assert [rule] == report["rules"]
    assert {"LegeAuftragAn": 1} == report["counts"]
    assert envelope(PATH, MAKE).decode() == report["requests"][0]["envelope"]
    assert PATH == report["requests"][0]["path"]
    assert 49 == orders(erp)
    assert 200 == post(erp, "/_control/reset", b"", {}).status
    assert 48 == orders(erp)
    assert 200 == post(erp, "/_control", b"", {}, method="DELETE").status
    assert [] == json.loads(get(erp, "/_control"))["rules"]


@pytest.mark.parametrize(
    "rule",
    [
        b"{}",
        b"[]",
        b"x",
        b'{"do": {}}',
        b'{"do": {"explode": 1}}',
        b'{"do": {"close": "never"}}',
        b'{"do": {"html": 3}}',
        b'{"times": 0, "do": {"truncate": true}}',
        b'{"do": {"raw": {"body": "%"}}}',
        b'{"do": {"drip": {"bytes": 1}}}',
        b'{"do": {"truncate": true, "html": {}}}',
        b'{"do": {"delay": "long"}}',
        b'{"color": 1, "do": {"truncate": true}}',
    ],
)
def test_wrong_rule_is_refused(erp: virtual.Server, rule: bytes) -> None:
    """A rule that cannot be carried out is refused with the reason, and none is added."""
    reply = post(erp, "/_control", rule, {})
    assert 400 == reply.status
    assert json.loads(reply.body)["error"]
    assert [] == erp.control.report()["rules"]


def test_order_of_the_queue_holds_before_the_body_is_read() -> None:
    """A cut before the body is read waits for its turn behind another rule of the same operation."""
    control = Control()
    control.add("LesePartner", html={})
    control.add("LesePartner", close="unread")
    assert control.take("LesePartner", unread=True).cut_at("unread") is None
    assert (503, "") == control.take("LesePartner").html
    assert control.take("LesePartner", unread=True).cut_at("unread") is not None


def test_connection_is_kept(erp: virtual.Server) -> None:
    """One connection serves many calls, after a fault too."""
    host, port = erp.server_address[:2]
    with closing(http.client.HTTPConnection(str(host), port, timeout=10)) as connection:
        for body in (READ, READ.replace("0000000001", "0000000999"), READ):
            connection.request("POST", PATH, envelope(PATH, body), fields(PATH, "LesePartner"))
            connection.getresponse().read()
    assert 1 == erp.control.connections
    assert 3 == erp.control.counts["LesePartner"]


def test_many_callers_at_once(erp: virtual.Server) -> None:
    """Orders made at the same time get numbers of their own."""
    callers = [threading.Thread(target=say, args=(erp, PATH, "LegeAuftragAn", MAKE)) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert 64 == orders(erp)
