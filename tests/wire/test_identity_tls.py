"""PEM files that change while the adapter runs: new connections use them, half-written ones stop nothing."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

import pytest
import trustme

from adapter.exchange.tls import Context
from tests.unit.exchanges import certificate, own_authority
from tests.unit.logins import OK, SECRET, call, client
from tests.unit.loopback import replying, serving
from tests.wire.test_identity import mutual

PARTS = {"USER": "u", "PASSWORD": SECRET, "CA": "ca.pem"}


def write(folder: Path, authority: trustme.CA, *names: str) -> None:
    """Write a client certificate of an authority: ``cert.pem``, ``key.pem`` or both."""
    issued = authority.issue_cert("adapter.example")
    for name, pem in (("cert.pem", issued.cert_chain_pems[0]), ("key.pem", issued.private_key_pem)):
        if name in names:
            pem.write_to_path(str(folder / name))


def test_a_new_authority_counts_from_the_next_connection(tmp_path: Path) -> None:
    """The ERP's certificate is of another authority than ours; its file arrives, and calls go through."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with serving(replying(OK), tls=certificate()) as erp:
        opened = client(tmp_path, {"basic": "erp"}, erp.url, **PARTS)
        assert (503, "/problems/backend-unreachable") == (call(opened)[0], call(opened)[1]["type"])
        own_authority().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        assert 200 == call(opened)[0]


def test_a_new_client_certificate_counts_from_the_next_connection(tmp_path: Path) -> None:
    """Certificate and key are two files: between their writing the old pair goes on, then the new one is shown."""
    own_authority().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    write(tmp_path, trustme.CA(), "cert.pem", "key.pem")
    parts = {"CERTIFICATE": "cert.pem", "KEY": "key.pem", "CA": "ca.pem"}
    with serving(replying(OK), tls=mutual()) as erp:
        opened = client(tmp_path, {"certificate": "erp"}, erp.url, **parts)
        assert 502 == call(opened)[0]
        write(tmp_path, own_authority(), "key.pem")
        assert 502 == call(opened)[0]
        write(tmp_path, own_authority(), "cert.pem", "key.pem")
        assert 200 == call(opened)[0]


def test_files_that_cannot_be_used_are_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Unchanged files make no new context; gone or half-written ones keep the last, and one line names the host."""
    file = tmp_path / "ca.pem"
    own_authority().cert_pem.write_to_path(str(file))
    context = Context("erp.example", file, None, None)
    first = context()
    assert first is context()
    with caplog.at_level(logging.WARNING):
        for content in (file.read_bytes()[:200], b"", b"no certificate"):
            file.write_bytes(content)
            assert [first, first] == [context(), context()]
        file.unlink()
        assert first is context()
        assert ["erp.example"] == [record.getMessage().partition(":")[0] for record in caplog.records]
        own_authority().cert_pem.write_to_path(str(file))
        second = context()
        assert second is not first
        file.unlink()
        assert second is context()
        assert 2 == len(caplog.records)


def test_files_must_be_usable_at_the_start(tmp_path: Path) -> None:
    """There is no last one to go on with."""
    (tmp_path / "ca.pem").write_bytes(b"x")
    with pytest.raises(ssl.SSLError):
        Context("erp.example", tmp_path / "ca.pem", None, None)
