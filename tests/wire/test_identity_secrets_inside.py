"""No secret that stands inside our messages leaves the process, nor stands in what shows or stores the configuration.

Credentials in header blocks and bodies, computed blocks, passwords and tokens of sessions.
"""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from adapter import app
from adapter.cli.explain import explained
from adapter.opened import open_backends
from tests.unit.logins import SECRET, call, field, sent
from tests.unit.loopback import Peer, serving
from tests.unit.test_identity_headers import COMPUTED, PASSPORT, SHOP
from tests.unit.ticket_erp import environ, fault, logged_in, mapping, opened, project, session

TOKEN = "s3ssion-<&>-t1cket"
SECRETS = (SECRET, TOKEN, SHOP["SHOP_CONSUMER_SECRET"], SHOP["SHOP_TOKEN_SECRET"], SHOP["SHOP_TOKEN"])
PARTS = {"ERP_USER": "the-user", "ERP_PASSWORD": SECRET}
IN_BODY = {"Kennwort": {"credential": "erp", "part": "PASSWORD"}}
_FIELDS = ("X-Session", "Cookie")
_SHOWN = "password token nonce signature Id Kennwort SitzungsId".split()


def shown(request: bytes) -> list[str]:
    """Return the secrets that a request carries, by their places."""
    found = [element.text for name in _SHOWN for element in sent(request).iter(f"{{*}}{name}")]
    return [*filter(None, found), *filter(None, (field(request, name).removeprefix("SID=") for name in _FIELDS))]


def echoing(peer: Peer) -> None:
    """Play an ERP that logs us in and then repeats in a fault whatever it was told."""
    while request := peer.request():
        if sent(request).find("{*}Body/{*}Anmelden") is not None:
            peer.send(logged_in(escape(TOKEN)))
        else:
            peer.send(fault("Server", escape(" ".join(["No:", *shown(request)]))))


def refusing(peer: Peer) -> None:
    """Play an ERP that refuses our login and repeats it."""
    while request := peer.request():
        peer.send(fault("Client", escape(" ".join(["No:", *shown(request)])), "InvalidSessionFault"))


KINDS: Mapping[str, tuple[dict[str, Any], dict[str, Any], Mapping[str, str], int]] = {
    "header": ({"headers": PASSPORT}, {}, PARTS, 409),
    "body": ({}, {"set": IN_BODY}, {"ERP_PASSWORD": SECRET}, 409),
    "computed": ({"headers": COMPUTED}, {}, SHOP, 409),
    "session in a header": ({"identity": session()}, {}, PARTS, 409),
    "session in the body": ({"identity": session(place={"body": "SitzungsId"})}, {}, PARTS, 409),
    "session in a field": ({"identity": session(place={"http_header": "X-Session"})}, {}, PARTS, 409),
    "session in a cookie": ({"identity": session(place={"cookie": "SID"})}, {}, PARTS, 409),
    "session that always expired": ({"identity": session(expired=[{"text": "No:"}])}, {}, PARTS, 502),
}


def found(text: str, requests: list[bytes]) -> list[str]:
    """Return the secrets that a text holds, in any form: the seeded ones, and what each request carried."""
    texts = {*SECRETS, *(each for request in requests for each in shown(request))}
    forms = {form for each in texts for form in (each, escape(each), json.dumps(each)[1:-1])}
    return sorted(form for form in forms if form in text)


def looked_at(
    folder: Path, kind: str, script: Callable[[Peer], None], capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[str], list[bytes]]:
    """Make a call and explain one. Return status, everything that was shown, and the requests that the ERP got."""
    soap, operation, parts, _ = KINDS[kind]
    project(folder, mapping(soap, **operation))
    with serving(script) as erp:
        settings = environ(erp.url, **parts)
        client = opened(folder, settings)
        status, problem = call(client)
        built = app.build(folder, settings)
        _, explanation = explained(built, "POST", "/v1/things", b'{"name": "a"}')
        metrics = client.get("/-/metrics").get_data(as_text=True)
    log = capsys.readouterr().out
    assert "things.create" in log
    return status, [json.dumps(problem), log, metrics, explanation, repr(built), repr(built.settings)], erp.requests


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_erp_repeats_is_hidden(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An ERP that repeats what we told it puts it into no problem, log line, metric or explanation."""
    status, texts, requests = looked_at(tmp_path, kind, echoing, capsys)
    assert KINDS[kind][3] == status
    assert any(shown(request) for request in requests)
    assert [] == [secret for text in texts for secret in found(text, requests)]
    if status == 409:
        assert "(hidden)" in texts[0]
        assert "SOAP out" in texts[3]


@pytest.mark.parametrize("kind", ["session in a header", "session in a cookie"])
def test_what_a_refused_login_repeats_is_hidden(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fault of a login that repeats the password is told by its code alone."""
    status, texts, requests = looked_at(tmp_path, kind, refusing, capsys)
    assert 502 == status
    assert any(SECRET in shown(request) for request in requests)
    assert [] == [secret for text in texts for secret in found(text, requests)]


def stored(value: object) -> str:
    """Return what a pickle of a value holds, "" where it cannot be pickled."""
    try:
        return pickle.dumps(value).decode("latin-1")
    except (TypeError, AttributeError, pickle.PicklingError):
        return ""


def test_a_dump_of_the_configuration(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Settings, endpoints, what was built and what was opened show no secret, neither by repr nor by pickle."""
    file = tmp_path / "password"
    file.write_text(SECRET, "utf-8")
    value = "wert-<&>-geheim"
    headers = {**PASSPORT, **COMPUTED, "Passport.account": {"setting": "konto"}}
    project(tmp_path, mapping({"identity": session(), "headers": headers}))
    settings = environ("http://127.0.0.1:1/", ERP_USER="u", ERP_PASSWORD_FILE="password", **SHOP)
    built = app.build(tmp_path, {**settings, "ADAPTER_VALUE_KONTO": value})
    credentials = app.credentials_of(built.project, built.settings)
    backends = open_backends(built.settings, built.endpoints, built.contracts, credentials)
    (endpoint,) = built.endpoints
    parts = (built, built.settings, endpoint, endpoint.session, endpoint.headers, backends, credentials)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").debug("%r", parts)
    for text in (caplog.text, *map(repr, parts), *map(stored, parts)):
        assert [] == [*found(text, []), *([value] if value in text else [])]
    with pytest.raises(TypeError, match="secrets"):
        pickle.dumps(built.settings)
