"""What an answer says of the endpoint: bodies as ERPs and what stands before them send them, and how each counts."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from adapter.backends.soap.answer import open_answer
from adapter.errors import (
    AdapterError,
    BackendError,
    BackendFault,
    BackendLost,
    BackendTimeout,
    BackendUnreachable,
    InvalidRequest,
    RequestError,
    SessionExpired,
)
from adapter.exchange import Reply
from adapter.guard.failures import verdict
from adapter.guard.gates import refused
from adapter.mapping.bound import Endpoint
from adapter.translate.fault import FaultParts, fault_reader
from adapter.translate.reader import reader
from tests.unit.mapped import erp
from tests.unit.test_translate_fault import with_rules

SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
XML, HTML = "text/xml; charset=utf-8", "text/html"
OLD, NEW = ("soapenv:Client", "soapenv:Server"), ("soapenv:Sender", "soapenv:Receiver")
RULES = (
    {"code": "GP-404", "status": 404, "problem": "customer-not-found"},
    {"code": "SYS-1", "status": 503, "problem": "erp-closed"},
    {"text": "deadlock", "status": 500, "problem": "erp-busy"},
    {"detail": "SperrFehler", "status": 423, "problem": "record-locked"},
)


def envelope(body: str, namespace: str = SOAP11) -> bytes:
    """Return an envelope."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{namespace}"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'.encode()
    )


def fault(code: str, text: str = "it failed", detail: str = "") -> bytes:
    """Return a fault of SOAP 1.1."""
    inside = f"<faultcode>{code}</faultcode><faultstring>{text}</faultstring>"
    more = f'<detail xmlns:f="urn:muster-erp:fehler">{detail}</detail>' if detail else ""
    return envelope(f"<soapenv:Fault>{inside}{more}</soapenv:Fault>")


def erp_code(code: str) -> str:
    """Return the detail in which the example ERP says its own code."""
    return f"<f:ErpFehler><f:Code>{code}</f:Code></f:ErpFehler>"


def fault12(value: str, subcode: str = "", text: str = "it failed", detail: str = "") -> bytes:
    """Return a fault of SOAP 1.2."""
    below = f"<soapenv:Subcode><soapenv:Value>{subcode}</soapenv:Value></soapenv:Subcode>" if subcode else ""
    code = f"<soapenv:Code><soapenv:Value>{value}</soapenv:Value>{below}</soapenv:Code>"
    reason = f'<soapenv:Reason><soapenv:Text xml:lang="en">{text}</soapenv:Text></soapenv:Reason>'
    more = f'<soapenv:Detail xmlns:f="urn:muster-erp:fehler">{detail}</soapenv:Detail>' if detail else ""
    return envelope(f"<soapenv:Fault>{code}{reason}{more}</soapenv:Fault>", SOAP12)


GOOD = envelope(
    '<LesePartnerAntwort xmlns="urn:muster-erp:partner:v1"><Partner xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    "</LesePartnerAntwort>"
)
FAILED = {
    "HTML of a proxy": (502, HTML, b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
    "HTML with 200": (200, HTML, b"<html><body>Maintenance until 6 am</body></html>"),
    "login page with 200": (200, HTML, b'<html><form action="/login"><input name="j_username"></form></html>'),
    "XHTML with 200": (200, XML, b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'),
    "text": (500, "text/plain", b"java.lang.OutOfMemoryError: Java heap space"),
    "JSON of a gateway": (503, "application/json", b'{"message": "no healthy upstream"}'),
    "nothing with 200": (200, XML, b""),
    "nothing with 500": (500, XML, b""),
    "nothing with 404": (404, XML, b""),
    "blanks": (200, XML, b" \r\n "),
    "503 of a balancer": (503, HTML, b"<html>Service Unavailable</html>"),
    "429 of a gateway": (429, HTML, b"Too Many Requests"),
    "404 of a server that lost its application": (404, HTML, b"<html>Not Found</html>"),
    "truncated": (200, XML, GOOD[:-20]),
    "truncated fault": (500, XML, fault("soapenv:Server")[:-30]),
    "truncated in the head": (200, XML, b"<soapenv:Envelope xmlns:soapen"),
    "two documents": (200, XML, GOOD + GOOD),
    "packed and not said": (200, XML, gzip.compress(GOOD)),
    "a doctype": (200, XML, b'<!DOCTYPE x SYSTEM "http://x/">' + GOOD),
    "another root": (200, XML, b"<Fehler><Text>kaputt</Text></Fehler>"),
    "an envelope of nobody's": (200, XML, envelope("", "urn:other")),
    "an envelope without a body": (200, XML, f'<e:Envelope xmlns:e="{SOAP11}"/>'.encode()),
    "success with status 500": (500, XML, GOOD),
    "Server": (500, XML, fault("soapenv:Server")),
    "Server with 200": (200, XML, fault("soapenv:Server")),
    "Server without a prefix": (500, XML, fault("Server")),
    "Server.Database": (500, XML, fault("soapenv:Server.Database", "ORA-03113: end-of-file")),
    "Server with a code that nobody mapped": (500, XML, fault("soapenv:Server", detail=erp_code("XY-9"))),
    "Receiver": (500, XML, fault12("soapenv:Receiver")),
    "Receiver with a subcode": (500, XML, fault12("soapenv:Receiver", "m:Timeout")),
    "mapped to 503": (500, XML, fault("soapenv:Server", detail=erp_code("SYS-1"))),
    "mapped to 500 by its text": (500, XML, fault("soapenv:Server", "Transaction was deadlocked: deadlock victim")),
    "a code of its own, mapped to 503": (500, XML, fault("SYS-1")),
    "a 1.2 subcode, mapped to 503": (500, XML, fault12("soapenv:Receiver", "m:SYS-1")),
}
ANSWERED = {
    "Client": (500, XML, fault("soapenv:Client")),
    "Client with 200": (200, XML, fault("soapenv:Client")),
    "Client without a prefix": (500, XML, fault("Client")),
    "Client.Authentication": (500, XML, fault("soapenv:Client.Authentication")),
    "Client, mapped to 503": (500, XML, fault("soapenv:Client", detail=erp_code("SYS-1"))),
    "Sender": (400, XML, fault12("soapenv:Sender")),
    "Sender with a subcode": (500, XML, fault12("soapenv:Sender", "m:Ungueltig")),
    "Sender, mapped to 503 by its subcode": (500, XML, fault12("soapenv:Sender", "m:SYS-1")),
    "VersionMismatch": (500, XML, fault("soapenv:VersionMismatch")),
    "MustUnderstand": (500, XML, fault("soapenv:MustUnderstand")),
    "DataEncodingUnknown": (500, XML, fault12("soapenv:DataEncodingUnknown")),
    "mapped to 404": (500, XML, fault("soapenv:Server", detail=erp_code("GP-404"))),
    "mapped to 423 by its detail": (500, XML, fault("soapenv:Server", detail="<f:SperrFehler/>")),
    "a code of its own that nobody mapped": (500, XML, fault("ERR-77")),
    "no code at all": (500, XML, envelope("<soapenv:Fault><faultstring>x</faultstring></soapenv:Fault>")),
    "401 without an envelope": (401, HTML, b"<html>Unauthorized</html>"),
    "403 without an envelope": (403, HTML, b"<html>Forbidden</html>"),
}


def ended(status: int, media_type: str, body: bytes) -> BackendError | None:
    """Return how a call ends that is answered so."""
    endpoint = with_rules(*map(dict, RULES))
    try:
        answer = open_answer(Reply(status, {"content-type": media_type}, body), "1.1", endpoint.operation.output)
    except BackendError as error:
        return error
    return None if answer.fault is None else fault_reader(endpoint)(answer.fault)


@pytest.mark.parametrize("name", FAILED)
def test_an_erp_that_is_not_well(name: str) -> None:
    """These count against the endpoint."""
    error = ended(*FAILED[name])
    assert error is not None
    assert "failed" == verdict(error), error


@pytest.mark.parametrize("name", ANSWERED)
def test_an_erp_that_says_no(name: str) -> None:
    """These do not: it is up, and what it refuses is the caller's or our own mistake."""
    error = ended(*ANSWERED[name])
    assert error is not None
    assert "answered" == verdict(error), error


def test_there_are_as_many_as_were_promised() -> None:
    """The table holds at least forty bodies."""
    assert len(FAILED) + len(ANSWERED) >= 40


@pytest.mark.parametrize(
    ("expected", "error"),
    [
        ("answered", None),
        ("failed", BackendUnreachable("backend-unreachable", 503, sent="no")),
        ("failed", BackendTimeout("backend-timeout", 504)),
        ("failed", BackendTimeout("backend-timeout", 504, sent="no")),
        ("failed", BackendLost("backend-lost", 502)),
        ("failed", BackendFault("backend-busy", 503, code="http-503", side="server")),
        ("answered", BackendFault("backend-busy", 503, code="http-429", side="client")),
        ("answered", BackendFault("backend-refused-us", 502, code="http-401", side="server")),
        ("answered", SessionExpired("backend-refused-us", 502, sent="yes")),
        ("unknown", BackendUnreachable("backend-unreachable", 503, sent="no", elsewhere=True)),
        ("unknown", refused("breaker", 1)),
        ("unknown", InvalidRequest("invalid-request", 422)),
        ("unknown", RequestError("", 499, cause="the caller went away")),
        ("unknown", AdapterError()),
        ("unknown", KeyError("ours")),
        ("unknown", KeyboardInterrupt()),
        ("unknown", GeneratorExit()),
    ],
)
def test_other_ends(expected: str, error: BaseException | None) -> None:
    """What the network does, what callers do, and what is our own."""
    assert expected == verdict(error)


def test_time_that_was_gone_before_is_not_the_erps_fault() -> None:
    """A call that had to wait here for most of its time, and then ran out of it, says nothing of the endpoint."""
    late = BackendTimeout("backend-timeout", 504)
    assert "unknown" == verdict(late, share=0.4)
    assert "failed" == verdict(late, share=0.6)
    assert "failed" == verdict(BackendLost("backend-lost", 502), share=0.1)


def test_a_refusal_in_a_normal_reply_is_an_answer() -> None:
    """Whatever status it is mapped to: it has no side, since it is no fault of SOAP's."""
    read = fault_reader(with_rules(*map(dict, RULES)))
    assert ["answered"] * 3 == [verdict(read(FaultParts(code, ""))) for code in ("SYS-1", "GP-404", "XY-9")]


def test_a_reply_that_cannot_be_read_is_a_failure() -> None:
    """A value of the wrong type too: what the contract does not allow is no answer."""
    endpoint: Endpoint = replace(erp()["customers.read"])
    body = GOOD.replace(b"<Partner ", b"<Partner><Unbekannt/></Partner><Partner ")
    answer = open_answer(Reply(200, {"content-type": XML}, body), "1.1", endpoint.operation.output)
    with pytest.raises(BackendError) as caught:
        reader(endpoint)(answer.child)
    assert "failed" == verdict(caught.value)
