"""``adapter wsdl``: contracts are brought in, locked and compared."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from lxml import etree

from adapter.__main__ import main
from adapter.cli import wsdl

ROOT = Path(__file__).parents[2]
LAGER = ROOT / "wsdl" / "warehouse" / "lager.wsdl"
ALLOWED = "Basic " + base64.b64encode(b"me:hush").decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "mappings").mkdir()
    (tmp_path / "wsdl").mkdir()
    return tmp_path


@pytest.fixture
def guarded() -> Iterator[str]:
    """The URL of a WSDL behind a password, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers.get("Authorization") == ALLOWED
            body = LAGER.read_bytes() if allowed else b""
            self.send_response(200 if allowed else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/Lager.svc?wsdl"
        server.shutdown()
        thread.join()


def test_add_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file comes in with its imports, and what a mapping and the settings have to say is printed."""
    assert 0 == main(["wsdl", "add", str(ROOT / "wsdl" / "erp" / "erp.wsdl"), "--project", str(project)])
    printed = capsys.readouterr().out
    assert "wrote wsdl/erp/erp.wsdl\n" in printed
    assert "wrote wsdl/erp/xsd/partner.xsd\n" in printed
    assert "soap: {wsdl: erp/erp.wsdl, service: …, port: …}" in printed
    assert (
        "service ErpService, port ErpSoap11 (SOAP 1.1), called at ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11:\n" in printed
    )
    assert "LesePartner" in printed


def test_add_behind_a_password(
    project: Path, guarded: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A URL that needs a password gets the one of the environment; without it, the refusal is told."""
    assert 1 == main(["wsdl", "add", guarded, "--project", str(project)])
    assert "status 401" in capsys.readouterr().err
    monkeypatch.setenv("ADAPTER_WSDL_PASSWORD", "hush")
    assert 0 == main(["wsdl", "add", guarded, "--user", "me", "--project", str(project)])
    assert LAGER.read_bytes() == (project / "wsdl" / "Lager" / "Lager.wsdl").read_bytes()
    assert "hush" not in capsys.readouterr().out


def test_add_needs_a_password(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A user without a password, and nobody to ask for it, is a usage error."""
    assert 2 == main(["wsdl", "add", str(LAGER), "--user", "me", "--project", str(project)])
    assert "set ADAPTER_WSDL_PASSWORD" in capsys.readouterr().err


def test_add_what_is_not_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source that cannot be read is a mistake, and nothing is written."""
    assert 1 == main(["wsdl", "add", str(project / "none.wsdl"), "--project", str(project)])
    assert "none.wsdl" in capsys.readouterr().err
    assert [] == list((project / "wsdl").iterdir())


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://erp.example/services/Orders?wsdl", "Orders"),
        ("/tmp/My Service.wsdl", "My-Service"),
        ("https://erp.example/Lager.svc?singleWsdl", "Lager"),
        ("https://erp.example/?wsdl", "contract"),
    ],
)
def test_name_from_the_source(source: str, name: str) -> None:
    """Without --name, a contract is called like its file."""
    assert name == wsdl.name_of(source)


def test_lock_of_an_empty_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a contract there is nothing to lock, and the next step is named."""
    assert 2 == main(["wsdl", "lock", "--project", str(project)])
    assert "adapter wsdl add" in capsys.readouterr().err


def test_lock_then_change(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lock names the contracts; a file that changes afterwards is a difference until it is locked again."""
    in_it = ["--project", str(project)]
    shutil.copytree(ROOT / "wsdl" / "erp", project / "wsdl" / "erp")
    assert 0 == main(["wsdl", "lock", *in_it])
    assert "wrote wsdl/lock.json: erp/erp.wsdl\n" == capsys.readouterr().out
    assert 0 == main(["wsdl", "diff", *in_it])
    assert "wsdl/ says what its lock file says\n" == capsys.readouterr().out
    file = project / "wsdl" / "erp" / "erp.wsdl"
    file.write_text(file.read_text(encoding="utf-8").replace("LeseArtikel", "HoleArtikel"), encoding="utf-8")
    schema = project / "wsdl" / "erp" / "xsd" / "nachrichten" / "artikel.xsd"
    schema.write_text(schema.read_text(encoding="utf-8").replace("LeseArtikel", "HoleArtikel"), encoding="utf-8")
    assert 1 == main(["wsdl", "diff", *in_it])
    assert "HoleArtikel (new)" in capsys.readouterr().out
    assert 0 == main(["wsdl", "lock", *in_it])
    assert 0 == main(["wsdl", "diff", *in_it])


def test_lock_leaves_out_imported_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A WSDL that another one imports is part of that contract, and a contract by itself only if a mapping names it."""
    shutil.copy(LAGER, project / "wsdl" / "inner.wsdl")
    namespace = etree.parse(LAGER).getroot().get("targetNamespace")
    (project / "wsdl" / "outer.wsdl").write_text(
        f'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:outer">'
        f'<w:import namespace="{namespace}" location="inner.wsdl"/></w:definitions>',
        encoding="utf-8",
    )
    assert 0 == main(["wsdl", "lock", "--project", str(project)])
    assert "wrote wsdl/lock.json: outer.wsdl\n" == capsys.readouterr().out
    mapping = (ROOT / "mappings" / "stock.yaml").read_text(encoding="utf-8")
    mapping = mapping.replace("warehouse/lager.wsdl", "inner.wsdl")
    (project / "mappings" / "stock.yaml").write_text(mapping, encoding="utf-8")
    assert 0 == main(["wsdl", "lock", "--project", str(project)])
    assert "wrote wsdl/lock.json: inner.wsdl, outer.wsdl\n" == capsys.readouterr().out


def test_lock_tells_what_is_wrong(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A contract that cannot be read is told, and no lock is written."""
    (project / "wsdl" / "broken.wsdl").write_text("<definitions", encoding="utf-8")
    assert 1 == main(["wsdl", "lock", "--project", str(project)])
    assert "wsdl/broken.wsdl" in capsys.readouterr().err
    assert not (project / "wsdl" / "lock.json").exists()


def test_diff_of_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Changes are listed with their kind and counted; one that breaks ends with 1."""
    changed = tmp_path / "lager.wsdl"
    changed.write_text(LAGER.read_text(encoding="utf-8").replace("BucheBewegung", "Buche"), encoding="utf-8")
    assert 0 == main(["wsdl", "diff", str(LAGER), str(LAGER)])
    assert "0 breaking, 0 compatible\n" == capsys.readouterr().out
    assert 1 == main(["wsdl", "diff", str(LAGER), str(changed)])
    lines = capsys.readouterr().out.splitlines()
    assert "breaking    operation LagerService.LagerPort.BucheBewegung: is gone" in lines
    assert "compatible  operation LagerService.LagerPort.Buche: is new" in lines
    assert lines[-1].startswith("1 breaking, ")


@pytest.mark.parametrize("files", [[str(LAGER)], [str(LAGER), "/nowhere.wsdl"]])
def test_diff_asked_wrongly(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One file alone, or one that is not there, is a usage error."""
    assert 2 == main(["wsdl", "diff", *files])
    assert capsys.readouterr().err.startswith("adapter: ")
