"""NTLM over real connections, against the server side of pyspnego: one handshake for each connection."""

from __future__ import annotations

import base64
import hashlib
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import spnego
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from tests.unit.exchanges import ca_file, certificate
from tests.unit.logins import OK, SECRET, call, client, field
from tests.unit.loopback import Peer, answer, serving

USER = "FIRMA\\adapter"
PARTS = {"USER": USER, "PASSWORD": SECRET}
CLOSING = answer(b"", status="401 No", media_type="text/plain")


@pytest.fixture(autouse=True)
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the file from which the server side knows its users."""
    (tmp_path / "users").write_text(f"FIRMA:adapter:{SECRET}\n", "utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "users"))


def challenge(token: bytes) -> bytes:
    """Return a 401 with a challenge."""
    field = b"\r\nWWW-Authenticate: NTLM " + base64.b64encode(token) + b"\r\n\r\n"
    return CLOSING.replace(b"\r\n\r\n", field, 1)


class Iis:
    """A server that asks each connection for NTLM once. ``binding`` is what it knows of its own TLS channel."""

    def __init__(self, binding: GssChannelBindings | None = None, persistent: bool = True) -> None:
        self.binding, self.persistent = binding, persistent
        self.handshakes, self.answered = 0, 0

    def script(self, peer: Peer) -> None:
        """Answer what comes on one connection."""
        context: Any = None
        known = False
        while request := peer.request():
            token = field(request, "Authorization").removeprefix("NTLM ")
            if token and context is None:
                context = spnego.server("unspecified", "HTTP", channel_bindings=self.binding, protocol="ntlm",
                                        options=spnego.NegotiateOptions.use_ntlm)  # fmt: skip
                peer.send(challenge(context.step(base64.b64decode(token))))
                continue
            if token:
                known, context = self._proved(context, token), None
            if not known:
                peer.send(CLOSING)
                continue
            self.answered += 1
            known = self.persistent
            peer.send(OK if known else OK.replace(b"\r\n\r\n", b"\r\nPersistent-Auth: false\r\n\r\n", 1))

    def _proved(self, context: Any, token: str) -> bool:
        try:
            context.step(base64.b64decode(token))
        except SpnegoError:
            return False
        self.handshakes += bool(context.complete)
        return bool(context.complete)


def test_one_handshake_for_each_connection(tmp_path: Path) -> None:
    """Three calls on one connection are proved once; the empty request before them carries no call."""
    server = Iis()
    with serving(server.script) as erp:
        opened = client(tmp_path, {"ntlm": "erp"}, erp.url, **PARTS)
        assert [200] * 3 == [call(opened)[0] for _ in range(3)]
    assert (1, 3, 4) == (server.handshakes, server.answered, len(erp.requests))
    assert b"Envelope" not in erp.requests[0]


def test_a_server_that_forgets_after_each_request(tmp_path: Path) -> None:
    """``Persistent-Auth: false`` makes the next request on that connection begin anew."""
    server = Iis(persistent=False)
    with serving(server.script) as erp:
        opened = client(tmp_path, {"ntlm": "erp"}, erp.url, **PARTS)
        assert [200] * 3 == [call(opened)[0] for _ in range(3)]
    assert (3, 3) == (server.handshakes, server.answered)


def test_a_wrong_password(tmp_path: Path) -> None:
    """The server does not accept us: a clear problem, one try, and no secret in what was sent."""
    server = Iis()
    with serving(server.script) as erp:
        status, problem = call(client(tmp_path, {"ntlm": "erp"}, erp.url, USER=USER, PASSWORD="wrong"))
    assert (502, "/problems/backend-refused-us", 2) == (status, problem["type"], len(erp.requests))


def test_a_new_password_counts_from_the_next_handshake(tmp_path: Path) -> None:
    """The file is read whenever a handshake begins; a refused connection begins anew."""
    (tmp_path / "password").write_text("wrong", "utf-8")
    server = Iis()
    with serving(server.script) as erp:
        opened = client(tmp_path, {"ntlm": "erp"}, erp.url, USER=USER, PASSWORD_FILE="password")
        assert 502 == call(opened)[0]
        (tmp_path / "password").write_text(SECRET, "utf-8")
        assert 200 == call(opened)[0]


def test_the_handshake_is_bound_to_the_tls_channel(tmp_path: Path) -> None:
    """Servers that demand it (Extended Protection) see the hash of their own certificate in our answer."""
    context, server = certificate(), Iis()
    ca_file(tmp_path)
    with serving(server.script, tls=context) as erp:
        opened = client(tmp_path, {"ntlm": "erp"}, erp.url, CA="ca.pem", **PARTS)
        server.binding = GssChannelBindings(application_data=b"tls-server-end-point:" + _hash_of(erp.url, tmp_path))
        assert 200 == call(opened)[0]
    assert 1 == server.handshakes


def _hash_of(url: str, folder: Path) -> bytes:
    parts = urlsplit(url)
    pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 0), ca_certs=str(folder / "ca.pem"))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest()


def test_a_server_that_asks_for_nothing(tmp_path: Path) -> None:
    """Without a challenge the call goes out as it is, and the server's own answer counts."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.send(OK if b"Envelope" in request else CLOSING)

    with serving(script) as erp:
        assert 200 == call(client(tmp_path, {"ntlm": "erp"}, erp.url, **PARTS))[0]


@pytest.mark.parametrize("token", [b"no challenge at all", b"NTLMSSP\0\2"])
def test_a_challenge_that_cannot_be_answered(tmp_path: Path, token: bytes) -> None:
    """Nothing is sent, and the caller is told so."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(challenge(token))

    with serving(script) as erp:
        status, problem = call(client(tmp_path, {"ntlm": "erp"}, erp.url, **PARTS))
    assert (503, "/problems/backend-unreachable") == (status, problem["type"])
    assert b"Envelope" not in b"".join(erp.requests)
