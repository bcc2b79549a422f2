"""No secret of an identity leaves the process by any way but to the ERP: logs, problems, metrics, explain, reprs."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from adapter import app, settings
from adapter.__main__ import main
from adapter.backends.soap.security import Security
from adapter.cli.explain import explained
from tests.everyone import EVERYONE
from tests.unit.logins import SECRET, SOAP11, WSSE, call, client, field, granting, project, sent
from tests.unit.loopback import Peer, answer, serving

FORMS = (SECRET, escape(SECRET), json.dumps(SECRET)[1:-1])


def echoing(peer: Peer) -> None:
    """Play an ERP whose fault repeats everything that it was told: header field and security header."""
    while request := peer.request():
        told = [field(request, "Authorization"), *(each.text or "" for each in sent(request).iter(f"{{{WSSE}}}*"))]
        text = escape(" ".join(["No:", *(part.split()[-1] for part in told if part.strip())]))
        inside = f"<S:Fault><faultcode>S:Server</faultcode><faultstring>{text}</faultstring></S:Fault>"
        body = f'<S:Envelope xmlns:S="{SOAP11}"><S:Body>{inside}</S:Body></S:Envelope>'
        peer.send(answer(body.encode(), status="500 Oops"))


KINDS: tuple[tuple[Mapping[str, Any], Mapping[str, str]], ...] = (
    ({"basic": "erp"}, {"USER": "u", "PASSWORD": SECRET}),
    ({"username_token": "erp"}, {"USER": "u", "PASSWORD": SECRET}),
    ({"username_token": "erp", "digest": True, "timestamp": True}, {"USER": "u", "PASSWORD": SECRET}),
    ({"bearer": "erp"}, {"CLIENT_ID": "c", "CLIENT_SECRET": SECRET}),
)


def leaked(text: str, requests: list[bytes]) -> list[str]:
    """Return the secrets that a text holds: the seeded one, and what each request carried."""
    carried = [field(request, "Authorization").rpartition(" ")[2] for request in requests]
    for request in requests:
        carried += [element.text for element in sent(request).iter(f"{{{WSSE}}}Password", f"{{{WSSE}}}Nonce")]
    return [form for form in (*FORMS, *filter(None, carried)) if form in text]


@pytest.mark.parametrize(("identity", "parts"), KINDS, ids=lambda each: "-".join(each))
def test_what_the_erp_repeats_is_hidden(
    tmp_path: Path, identity: Mapping[str, Any], parts: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An ERP that repeats our login in its fault puts it into no problem, log line, metric or explanation."""
    with serving(granting(3600)) as login, serving(echoing) as erp:
        given = {**parts, **({"TOKEN_URL": login.url} if "bearer" in identity else {})}
        opened = client(tmp_path, identity, erp.url, **given)
        status, problem = call(opened)
        metrics = opened.get("/-/metrics").get_data(as_text=True)
        environ = {**EVERYONE, "ADAPTER_ENDPOINT_S": erp.url} | {
            f"ADAPTER_CREDENTIAL_ERP_{key}": given[key] for key in given
        }
        built = app.build(tmp_path, environ)
        _, shown = explained(built, "POST", "/v1/things", b'{"name": "a"}')
    assert (409, 2) == (status, len(erp.requests))
    assert "(hidden)" in problem["detail"]
    log = capsys.readouterr().out
    assert "things.create" in log
    assert "SOAP out" in shown
    for text in (json.dumps(problem), log, metrics, shown, repr(built), repr(built.settings)):
        assert [] == leaked(text, erp.requests)


def test_settings_hide_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``adapter settings`` names the variables and shows none of their values."""
    monkeypatch.setenv("ADAPTER_CREDENTIAL_ERP_PASSWORD", SECRET)
    assert 0 == main(["settings", "--project", str(tmp_path)])
    shown = capsys.readouterr().out
    assert "ADAPTER_CREDENTIAL_ERP_PASSWORD=(set; hidden)" in shown
    assert SECRET not in shown


def test_a_crash_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug while the token is written ends as 500, and neither problem nor log holds what was in its hands."""

    def broken(self: Security, envelope: Any, headers: dict[str, str]) -> Any:
        raise RuntimeError(f"{self._login!r} {self._login.password()}")

    with serving(echoing) as erp:
        opened = client(tmp_path, {"username_token": "erp"}, erp.url, USER="u", PASSWORD=SECRET)
        monkeypatch.setattr(Security, "apply", broken)
        status, problem = call(opened)
    log = capsys.readouterr().out
    assert 500 == status
    assert '"event":"bug"' in log
    assert [] == leaked(log + json.dumps(problem), [])


def test_a_mistake_does_not_repeat_a_secret(tmp_path: Path) -> None:
    """A password with a control character is refused without being shown."""
    project(tmp_path, {"basic": "erp"})
    environ = {**EVERYONE, "ADAPTER_ENDPOINT_S": "http://127.0.0.1:1/", "ADAPTER_CREDENTIAL_ERP_USER": "u"}
    environ["ADAPTER_CREDENTIAL_ERP_PASSWORD"] = f"{SECRET}\x07"
    with pytest.raises(app.BuildError) as caught:
        app.build(tmp_path, environ)
    said = "".join(traceback.format_exception(caught.value))
    assert "ADAPTER_CREDENTIAL_ERP_PASSWORD: holds a control character" in said
    assert [] == leaked(said, [])


def test_a_variable_that_no_identity_asks_for_is_a_mistake(tmp_path: Path) -> None:
    """A part of another kind, or of a misspelt name, is found while building."""
    project(tmp_path, {"basic": "erp"})
    environ = {**EVERYONE, "ADAPTER_ENDPOINT_S": "http://127.0.0.1:1/"}
    for part in ("ERP_USER", "ERP_PASSWORD", "EPR_PASSWORD", "ERP_SCOPE"):
        environ[f"ADAPTER_CREDENTIAL_{part}"] = "x"
    with pytest.raises(app.BuildError) as caught:
        app.build(tmp_path, environ)
    assert [f"{settings.PREFIX}CREDENTIAL_{part}" for part in ("EPR_PASSWORD", "ERP_SCOPE")] == [
        mistake.text.partition(" ")[0] for mistake in caught.value.mistakes
    ]
