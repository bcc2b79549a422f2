"""Sessions of an ERP's own over real connections: one login for all, and one more when the token expired."""

from __future__ import annotations

import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from adapter import app
from adapter.backends.soap.login import logging_in
from adapter.errors import BuildError
from adapter.identity import Credentials
from adapter.opened import open_backends
from tests.unit.logins import REFUSED, SECRET, call, field, sent
from tests.unit.loopback import answer, serving
from tests.unit.ticket_erp import (
    SessionErp,
    environ,
    fault,
    in_header,
    logged_in,
    mapping,
    opened,
    project,
    said,
    session,
)

PARTS = {"ERP_USER": "me", "ERP_PASSWORD": SECRET}


def test_login(tmp_path: Path) -> None:
    """The login gets its constants, and every call shows the token that it answered; one login serves all calls."""
    erp = SessionErp(in_header)
    project(tmp_path, mapping({"identity": session(), "headers": {"Sitzung.Sprache": "DE"}}))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert [(200, {"name": "a"})] * 3 == [call(client) for _ in range(3)]
    (login,) = erp.logins
    assert ["me", SECRET, "100"] == [element.text for element in sent(login).find("{*}Body/{*}Anmelden")]
    assert sent(login).find("{*}Header") is None
    assert ["ticket-1"] * 3 == erp.calls


PLACES = (
    ({"header": "Sitzung.Id"}, in_header),
    ({"http_header": "X-Session"}, lambda request: field(request, "X-Session")),
    ({"cookie": "JSESSIONID"}, lambda request: field(request, "Cookie").removeprefix("JSESSIONID=")),
    ({"body": "SitzungsId"}, lambda request: sent(request).findtext("{*}Body/{*}In/{*}SitzungsId")),
)


@pytest.mark.parametrize(("place", "shows"), PLACES, ids=[next(iter(place)) for place, _ in PLACES])
def test_an_expired_session_is_renewed_once(tmp_path: Path, place: dict[str, str], shows: Any) -> None:
    """The token stands at its place; when the ERP says that it expired, one login and one repetition follow."""
    erp = SessionErp(shows)
    project(tmp_path, mapping({"identity": session(place=place)}))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert 200 == call(client)[0]
        erp.expire()
        assert 200 == call(client)[0]
    assert ["ticket-1", "ticket-1", "ticket-2"] == erp.calls


def test_the_cookie_of_the_login(tmp_path: Path) -> None:
    """Without ``token`` the cookie that the login sets is the token."""
    language = b"Set-Cookie: lang=de; Expires=Wed, 21 Oct 2037 07:28:00 GMT"

    def grants(number: int) -> bytes:
        fields = b"\r\n%s\r\nSet-Cookie: SID=ticket-%d; Path=/\r\n\r\n" % (language, number)
        return said("<AnmeldenAntwort/>").replace(b"\r\n\r\n", fields, 1)

    erp = SessionErp(lambda request: field(request, "Cookie").removeprefix("SID="), grants=grants)
    project(tmp_path, mapping({"identity": session(token=None, place={"cookie": "SID"})}))
    with serving(erp.script) as server:
        assert 200 == call(opened(tmp_path, environ(server.url, **PARTS)))[0]
    assert ["ticket-1"] == erp.calls


def refusing(code: str) -> bytes:
    """Say no inside a normal reply."""
    return said(f"<Out><Erfolg>false</Erfolg><Grund>{code}</Grund></Out>")


@pytest.mark.parametrize(
    ("expired", "refuses"),
    [
        ({"code": "GONE"}, fault("GONE")),
        ({"text": "session timed out"}, fault("Server", "Your Session Timed Out.")),
        ({"detail": "InvalidSessionFault"}, fault("Server", "x", "InvalidSessionFault")),
        ({"code": "GONE"}, refusing("GONE")),
        ({"code": "GONE"}, REFUSED),
    ],
    ids=["code", "text", "detail", "refused", "401"],
)
def test_signs_of_an_expired_session(tmp_path: Path, expired: dict[str, str], refuses: bytes) -> None:
    """Code, detail or text of a fault, a refusal in a normal reply, and 401 without an envelope mean it."""
    erp = SessionErp(in_header, refuses)
    signs = {"where": "Erfolg", "is": ["false"], "code": "Grund"}
    reply = {"one": "T", "from": "X", "status": 200, "refused": signs}
    project(tmp_path, mapping({"identity": session(expired=[expired])}, reply=reply))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert 200 == call(client)[0]
        erp.expire()
        assert 200 == call(client)[0]
    assert (2, 3) == (len(erp.logins), len(erp.calls))


def test_another_fault_brings_no_login(tmp_path: Path) -> None:
    """What is not declared as expired goes through the fault table, and nothing is repeated."""
    erp = SessionErp(lambda request: None, fault("Server", "No more stock"))
    project(tmp_path, mapping({"identity": session()}))
    with serving(erp.script) as server:
        assert 409 == call(opened(tmp_path, environ(server.url, **PARTS)))[0]
    assert (1, 1) == (len(erp.logins), len(erp.calls))


def test_refused_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A token that is refused as soon as it was granted ends in a clear problem, without a loop."""
    erp = SessionErp(lambda request: None)
    project(tmp_path, mapping({"identity": session()}))
    with serving(erp.script) as server:
        status, problem = call(opened(tmp_path, environ(server.url, **PARTS)))
    assert (502, "/problems/backend-refused-us") == (status, problem["type"])
    assert (2, 2) == (len(erp.logins), len(erp.calls))
    assert '"cause":"things.create: session expired, fault Client"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answered", "status", "problem", "cause"),
    [
        (fault("NO_SUCH_USER"), 502, "backend-refused-us", "login: fault NO_SUCH_USER"),
        (logged_in(""), 502, "backend-refused-us", "login: the reply holds no token"),
        (said("<AnmeldenAntwort/>"), 502, "backend-refused-us", "login: the reply holds no token"),
        (said("<Out/>"), 502, "backend-reply-invalid", "login: session: the body holds another element"),
        (REFUSED, 502, "backend-refused-us", "login: status 401"),
        (answer(b"", status="503 Busy"), 502, "backend-reply-invalid", "login: status 503"),
    ],
)
def test_login_refused(
    tmp_path: Path, answered: bytes, status: int, problem: str, cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the login answers, the caller gets a clear problem, and the ERP never sees the call."""
    erp = SessionErp(in_header, grants=lambda number: answered)
    project(tmp_path, mapping({"identity": session()}))
    with serving(erp.script) as server:
        got, told = call(opened(tmp_path, environ(server.url, **PARTS)))
    log = capsys.readouterr().out
    assert (status, f"/problems/{problem}", []) == (got, told["type"], erp.calls)
    assert "Nothing was sent" in told["detail"]
    assert '"sent":"no"' in log
    assert f'"cause":"{cause}' in log


@pytest.mark.parametrize(("place", "token"), [({"http_header": "X-S"}, "a&#13;&#10;b"), ({"cookie": "S"}, "a;b")])
def test_a_token_that_cannot_be_shown(tmp_path: Path, place: dict[str, str], token: str) -> None:
    """A token cannot add fields or cookies of its own."""
    erp = SessionErp(in_header, grants=lambda number: logged_in(token))
    project(tmp_path, mapping({"identity": session(place=place)}))
    with serving(erp.script) as server:
        got, told = call(opened(tmp_path, environ(server.url, **PARTS)))
    assert (502, "/problems/backend-reply-invalid", []) == (got, told["type"], erp.calls)


def test_two_hundred_calls_log_in_once(tmp_path: Path) -> None:
    """However many calls find the session expired, late ones too, one login follows and every call succeeds."""
    erp = SessionErp(in_header)
    project(tmp_path, mapping({"identity": session()}))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert 200 == call(client)[0]
        erp.expire()
        with ThreadPoolExecutor(200) as pool:
            calls = [pool.submit(call, client.application.test_client()) for _ in range(200)]
            assert {200} == {each.result()[0] for each in calls}
    assert 2 == len(erp.logins)


def test_a_failed_login_is_tried_again_by_the_next_call(tmp_path: Path) -> None:
    """The failure belongs to the calls that waited for it; one that comes later asks again."""
    erp = SessionErp(in_header, grants=lambda number: fault("LOCKED") if number == 1 else logged_in("ticket-2"))
    project(tmp_path, mapping({"identity": session()}))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert [502, 200] == [call(client)[0] for _ in range(2)]
    assert 2 == len(erp.logins)


def test_two_resources_share_a_session(tmp_path: Path) -> None:
    """The same rule at the same endpoint is one session, whichever resource is called."""
    erp = SessionErp(in_header)
    soap = {"identity": session()}
    project(tmp_path, mapping(soap), mapping(soap, "others"))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert 200 == call(client)[0]
        assert 200 == client.post("/v1/others", json={"name": "a"}).status_code
    assert (1, 2) == (len(erp.logins), len(erp.calls))


def test_another_service_logs_in(tmp_path: Path) -> None:
    """The login may stand in another service of the contract, with an endpoint of its own."""
    door, erp = SessionErp(in_header), SessionErp(in_header)
    erp.valid = "ticket-1"
    project(tmp_path, mapping({"identity": session(service="Login", port="Door")}))
    with serving(door.script) as first, serving(erp.script) as server:
        settings = {**environ(server.url, **PARTS), "ADAPTER_ENDPOINT_LOGIN": first.url}
        assert 200 == call(opened(tmp_path, settings))[0]
    assert (1, 0, ["ticket-1"]) == (len(door.logins), len(erp.logins), erp.calls)


def test_the_life_of_a_token(tmp_path: Path) -> None:
    """A token is good for ``life`` seconds, without it until the ERP says so."""
    lives = []
    for more in ({"life": 1200}, {}):
        erp = SessionErp(in_header)
        project(tmp_path, mapping({"identity": session(**more)}))
        with serving(erp.script) as server:
            built = app.build(tmp_path, environ(server.url, **PARTS))
            credentials = Credentials(built.settings.credential_of, built.settings.credential, tmp_path)
            backends = open_backends(built.settings, built.endpoints, built.contracts, credentials)
            (endpoint,) = built.endpoints
            assert endpoint.session is not None
            port = backends.soap[endpoint.resource.soap.key]
            lives.append(logging_in(port, endpoint.session, credentials.value)(time.monotonic() + 20))
    assert [("ticket-1", 1200.0), ("ticket-1", math.inf)] == lives


def mistakes(folder: Path, soap: dict[str, Any], **operation: Any) -> list[str]:
    """Return what a build says about an identity."""
    project(folder, mapping(soap, **operation))
    with pytest.raises(BuildError) as caught:
        app.build(folder, environ("http://127.0.0.1:1/", **PARTS))
    return [mistake.text for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"call": "Anmeldn"}, "session: Main has no operation Anmeldn"),
        ({"set": {"Benutzer": "a", "Kennwort": "b"}}, "session: Anmelden requires Mandant, and nothing fills it"),
        ({"token": "Ergebnis.Sitzung"}, "session: token: there is no Sitzung in Ergebnis"),
        ({"token": "Ergebnis"}, "session: token: Ergebnis holds elements, not a value"),
        ({"place": {"header": "Sitzung.Nr"}}, "Nr: there is no Nr in Sitzung"),
        ({"place": {"header": "Sizung.Id"}}, "session: Do declares no header Sizung, so it cannot show the token"),
        ({"place": {"body": "Sitzung"}}, "Sitzung: there is no Sitzung in In"),
        ({"expired": [{"detail": "Gone"}]}, "session: the operations declare no fault with the detail Gone"),
        ({"service": "Longin"}, "session: t.wsdl has no service Longin"),
        ({"service": "Login", "port": "Dor"}, "session: Login has no SOAP port Dor"),
        ({"service": "Login"}, "the settings do not say where Login Door is called"),
    ],
)
def test_what_the_contract_knows(tmp_path: Path, more: dict[str, Any], text: str) -> None:
    """Login, its required parts, the token's path and its place are proved while building, each mistake once."""
    assert [text] == mistakes(tmp_path, {"identity": session(**more)})


def test_an_operation_without_the_header_is_a_mistake(tmp_path: Path) -> None:
    """Every operation must be able to show the token."""
    assert ["session: Bare declares no header Sitzung, so it cannot show the token"] == mistakes(
        tmp_path, {"identity": session()}, call="Bare"
    )


def test_every_call_of_several_shows_the_token(tmp_path: Path) -> None:
    """An operation of two calls logs in once, and each of its calls is made again when it expired."""
    erp = SessionErp(in_header)
    further = {"again": {"call": "Do", "set": {"X.Name": "b"}, "reply": {"one": "T", "from": "X"}}}
    read = {"request": "GET /", "call": "Do", "set": {"X.Name": "a"}, "calls": further, "body": None, "faults": None}
    section = json.loads(mapping({"identity": session()}, **read))
    operation = section["operations"].pop("create")
    section["operations"]["read"] = {key: value for key, value in operation.items() if value is not None}
    project(tmp_path, json.dumps(section))
    with serving(erp.script) as server:
        client = opened(tmp_path, environ(server.url, **PARTS))
        assert {"name": "a", "again": {"name": "a"}} == client.get("/v1/things").get_json()
        erp.expire()
        assert 200 == client.get("/v1/things").status_code
    assert 2 == len(erp.logins)
    assert 2 == erp.calls.count("ticket-2")
