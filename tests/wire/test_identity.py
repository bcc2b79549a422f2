"""Logging in over real connections: each kind of identity, from the mapping's line to the bytes that the ERP gets."""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from adapter.errors import BuildError
from tests.unit.exchanges import ca_file, certificate, own_authority, silence
from tests.unit.logins import OK, REFUSED, SECRET, SOAP11, WSSE, WSU, accepting, call, client, field, granting, sent
from tests.unit.loopback import Script, answer, replying, serving

BEARER = {"CLIENT_ID": "adapter", "CLIENT_SECRET": SECRET}


def test_basic(tmp_path: Path) -> None:
    """User and password go in UTF-8 (RFC 7617)."""
    with serving(replying(OK)) as erp:
        opened = client(tmp_path, {"basic": "erp"}, erp.url, USER="jürgen", PASSWORD=SECRET)
        assert (200, {"name": "a"}) == call(opened)
    expected = base64.b64encode(f"jürgen:{SECRET}".encode()).decode()
    assert f"Basic {expected}" == field(erp.requests[0], "Authorization")


def test_basic_refused_is_not_repeated(tmp_path: Path) -> None:
    """A password that is refused once is refused again: the call is sent once."""
    with serving(replying(REFUSED)) as erp:
        status, problem = call(client(tmp_path, {"basic": "erp"}, erp.url, USER="u", PASSWORD=SECRET))
    assert (502, "/problems/backend-refused-us", 1) == (status, problem["type"], len(erp.requests))


def test_password_text(tmp_path: Path) -> None:
    """Without digest the token holds the password; the header block must be understood."""
    with serving(replying(OK)) as erp:
        opened = client(tmp_path, {"username_token": "erp"}, erp.url, USER="u", PASSWORD=SECRET)
        assert 200 == call(opened)[0]
    security = sent(erp.requests[0]).find(f"{{*}}Header/{{{WSSE}}}Security")
    assert "1" == security.get(f"{{{SOAP11}}}mustUnderstand")
    assert ["u", SECRET] == [element.text for element in security[0]]
    assert security[0][1].get("Type").endswith("#PasswordText")


def test_password_digest(tmp_path: Path) -> None:
    """The digest is Base64(SHA-1(nonce + created + password)), with nonce and time of this call, beside a Timestamp."""
    with serving(replying(OK)) as erp:
        rule = {"username_token": "erp", "digest": True, "timestamp": True}
        opened = client(tmp_path, rule, erp.url, USER="u", PASSWORD=SECRET)
        assert [200, 200] == [call(opened)[0], call(opened)[0]]
    tokens = [sent(request).find(f"{{*}}Header/*/{{{WSSE}}}UsernameToken") for request in erp.requests]
    for token in tokens:
        password, nonce, created = (
            token.findtext(f"{{{space}}}{name}")
            for space, name in ((WSSE, "Password"), (WSSE, "Nonce"), (WSU, "Created"))
        )
        digest = hashlib.sha1(base64.b64decode(nonce) + created.encode() + SECRET.encode()).digest()
        assert base64.b64encode(digest).decode() == password
    assert 2 == len({token.findtext(f"{{{WSSE}}}Nonce") for token in tokens})
    begin, end = (
        datetime.fromisoformat(sent(erp.requests[0]).findtext(f".//{{{WSU}}}Timestamp/{{{WSU}}}{name}"))
        for name in ("Created", "Expires")
    )
    assert 300 == (end - begin).total_seconds()
    assert SECRET.encode() not in b"".join(erp.requests)


def test_one_token_for_all_calls(tmp_path: Path) -> None:
    """Two hundred calls at once fetch one token."""
    gate = threading.Event()
    with serving(granting(3600, gate=gate)) as login, serving(replying(OK)) as erp:
        opened = client(tmp_path, {"bearer": "erp"}, erp.url, TOKEN_URL=login.url, SCOPE="orders read", **BEARER)
        with ThreadPoolExecutor(200) as pool:
            calls = [pool.submit(call, opened.application.test_client()) for _ in range(200)]
            gate.set()
            assert {200} == {each.result()[0] for each in calls}
    assert 1 == len(login.requests)
    assert {"Bearer token-1"} == {field(request, "Authorization") for request in erp.requests}
    assert login.requests[0].endswith(b"\r\n\r\ngrant_type=client_credentials&scope=orders+read")
    assert field(login.requests[0], "Authorization").startswith("Basic ")


def test_an_expired_token_is_replaced(tmp_path: Path) -> None:
    """A token whose life is over is not sent; the next one is."""
    with serving(granting(0, 3600)) as login, serving(replying(OK)) as erp:
        opened = client(tmp_path, {"bearer": "erp"}, erp.url, TOKEN_URL=login.url, **BEARER)
        assert [200] * 3 == [call(opened)[0] for _ in range(3)]
    assert [f"Bearer token-{number}" for number in (1, 2, 2)] == [field(each, "Authorization") for each in erp.requests]


def test_a_refused_token_is_renewed_once(tmp_path: Path) -> None:
    """401 brings a new token and one repetition; refused again, the caller is told."""
    with serving(granting(3600)) as login, serving(accepting(lambda who: who == "Bearer token-2")) as erp:
        opened = client(tmp_path, {"bearer": "erp"}, erp.url, TOKEN_URL=login.url, **BEARER)
        assert 200 == call(opened)[0]
        assert (2, 2) == (len(erp.requests), len(login.requests))
    with serving(granting(3600)) as login, serving(replying(REFUSED)) as erp:
        opened = client(tmp_path, {"bearer": "erp"}, erp.url, TOKEN_URL=login.url, **BEARER)
        status, problem = call(opened)
        assert (502, "/problems/backend-refused-us") == (status, problem["type"])
        assert (2, 2) == (len(erp.requests), len(login.requests))


def test_a_fault_with_401_is_not_repeated(tmp_path: Path) -> None:
    """An envelope comes from the service itself, which may have acted."""
    fault = (
        f'<S:Envelope xmlns:S="{SOAP11}"><S:Body><S:Fault><faultstring>No</faultstring></S:Fault></S:Body></S:Envelope>'
    )
    with serving(granting(3600)) as login, serving(replying(answer(fault.encode(), status="401 No"))) as erp:
        opened = client(tmp_path, {"bearer": "erp"}, erp.url, TOKEN_URL=login.url, **BEARER)
        assert 409 == call(opened)[0]
    assert 1 == len(erp.requests)


def fault(text: str) -> bytes:
    """Return a SOAP fault with a text."""
    inside = f"<S:Fault><faultcode>S:Server</faultcode><faultstring>{text}</faultstring></S:Fault>"
    return f'<S:Envelope xmlns:S="{SOAP11}"><S:Body>{inside}</S:Body></S:Envelope>'.encode()


def said(body: bytes, status: str = "200 OK", media_type: str = "application/json") -> Script:
    """Answer every request like this."""
    return replying(answer(body, status=status, media_type=media_type))


@pytest.mark.parametrize(
    ("script", "status", "problem"),
    [
        (said(b"<html>Log in</html>", media_type="text/html"), 502, "backend-reply-invalid"),
        (said(b"[]"), 502, "backend-reply-invalid"),
        (said(b'{"access_token": "a b", "token_type": "bearer"}'), 502, "backend-reply-invalid"),
        (said(b'{"access_token": "a\\r\\nX: y", "token_type": "bearer"}'), 502, "backend-reply-invalid"),
        (said(b'{"access_token": "a", "token_type": "mac"}'), 502, "backend-reply-invalid"),
        (said(b'{"access_token": "a", "token_type": "bearer", "expires_in": -1}'), 502, "backend-reply-invalid"),
        (said(b'{"error": "invalid_client"}', "401 Unauthorized"), 502, "backend-refused-us"),
        (said(b"no", "403 Forbidden", "text/plain"), 502, "backend-refused-us"),
        (said(b"", "503 Busy"), 503, "backend-busy"),
        (said(b"", "500 Oops"), 502, "backend-reply-invalid"),
        (silence, 504, "backend-timeout"),
        (lambda peer: peer.request() and peer.reset(), 502, "backend-lost"),
    ],
)
def test_no_token(tmp_path: Path, script: Script, status: int, problem: str) -> None:
    """Whatever the token endpoint does, the caller gets a clear problem in time, and the ERP never sees the call."""
    with serving(script) as login, serving(replying(OK)) as erp:
        opened = client(tmp_path, {"bearer": "erp"}, erp.url, timeout=0.5, TOKEN_URL=login.url, **BEARER)
        got, told = call(opened)
    assert (status, f"/problems/{problem}", 0) == (got, told["type"], len(erp.requests))
    assert SECRET not in str(told)
    assert "Nothing was sent" in told["detail"]


def test_nobody_at_the_token_endpoint(tmp_path: Path) -> None:
    """Without a connection it is 503."""
    with serving(silence) as gone:
        pass
    with serving(replying(OK)) as erp:
        status, told = call(client(tmp_path, {"bearer": "erp"}, erp.url, TOKEN_URL=gone.url, **BEARER))
    assert (503, "/problems/backend-unreachable", 0) == (status, told["type"], len(erp.requests))


def mutual(name: str = "127.0.0.1") -> ssl.SSLContext:
    """Return the TLS context of a server that asks for a certificate of our authority."""
    context = certificate(name)
    own_authority().configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_client_certificate(tmp_path: Path) -> None:
    """The server asks for a certificate and gets it, with HTTP Basic inside; without one nobody gets in."""
    issued = own_authority().issue_cert("adapter.example")
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    ca_file(tmp_path)
    parts = {"USER": "u", "PASSWORD": SECRET, "CA": "ca.pem"}
    with serving(replying(OK), tls=mutual()) as erp:
        shown = {"certificate": "erp", "basic": "erp"}
        assert 200 == call(client(tmp_path, shown, erp.url, CERTIFICATE="cert.pem", KEY="key.pem", **parts))[0]
        assert field(erp.requests[0], "Authorization").startswith("Basic ")
        status, told = call(client(tmp_path, {"basic": "erp"}, erp.url, **parts))
    assert (502, "/problems/backend-lost", 1) == (status, told["type"], len(erp.requests))


def test_a_certificate_without_its_key_is_a_mistake(tmp_path: Path) -> None:
    """A key of another certificate is found while building."""
    one, other = (own_authority().issue_cert("a.example") for _ in range(2))
    one.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    other.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    with pytest.raises(BuildError, match="ADAPTER_CREDENTIAL_ERP_CERTIFICATE: no usable PEM file"):
        client(tmp_path, {"certificate": "erp"}, "https://127.0.0.1:1/", CERTIFICATE="cert.pem", KEY="key.pem")


def test_a_rotated_password_counts_from_the_next_call(tmp_path: Path) -> None:
    """The file is read again when it changed; while it is gone the last text goes on."""
    file = tmp_path / "password"
    file.write_text("first\n", "utf-8")
    with serving(replying(OK)) as erp:
        opened = client(tmp_path, {"basic": "erp"}, erp.url, USER="u", PASSWORD_FILE="password")
        call(opened)
        file.write_text("second\n", "utf-8")
        call(opened)
        file.unlink()
        assert 200 == call(opened)[0]
        file.write_text("third\n", "utf-8")
        call(opened)
    passwords = [base64.b64decode(field(each, "Authorization")[6:]).decode() for each in erp.requests]
    assert ["u:first", "u:second", "u:second", "u:third"] == passwords
