"""``adapter wsdl diff`` and ``watch``: what a change touches, and a contract that changes at its address."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from adapter.__main__ import main
from adapter.cli import watch

ROOT = Path(__file__).parents[2]
LAGER = ROOT / "wsdl" / "warehouse" / "lager.wsdl"


class Live:
    """A server that answers every path with one contract, which a test can change."""

    def __init__(self) -> None:
        self.body: bytes | None = LAGER.read_bytes()
        live = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if live.body is not None else 503)
                self.send_header("Content-Length", str(len(live.body or b"")))
                self.end_headers()
                self.wfile.write(live.body or b"")

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/Lager.svc?wsdl"

    def replace(self, old: str, new: str) -> None:
        """Change the contract."""
        text = LAGER.read_text("utf-8")
        assert old in text
        self.body = text.replace(old, new).encode()


@pytest.fixture
def live() -> Iterator[Live]:
    """A running server."""
    found = Live()
    with found.server as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def project(tmp_path: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project with the contract that the server has now."""
    (tmp_path / "mappings").mkdir()
    assert 0 == main(["wsdl", "add", live.url, "--name", "lager", "--project", str(tmp_path)])
    assert 0 == main(["wsdl", "lock", "--project", str(tmp_path)])
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The example ERP's contract with an element under another name."""
    folder = tmp_path / "release"
    shutil.copytree(ROOT / "wsdl" / "erp", folder)
    changed = folder / "xsd" / "partner.xsd"
    changed.write_text(changed.read_text("utf-8").replace('"SperrKz"', '"SperrKennzeichen"'), "utf-8")
    return folder / "erp.wsdl"


def line_of(name: str) -> str:
    """The line of a property in the example's mapping of customers."""
    lines = (ROOT / "mappings" / "customers.yaml").read_text("utf-8").splitlines()
    return f"mappings/customers.yaml:{next(at for at, line in enumerate(lines, 1) if line.strip().startswith(name))}"


def test_diff_names_endpoints_and_lines(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is gone touches the endpoints that map it, at its line; what is new and optional touches none."""
    old = str(ROOT / "wsdl" / "erp" / "erp.wsdl")
    assert 1 == main(["wsdl", "diff", old, str(release), "--project", str(ROOT)])
    lines = capsys.readouterr().out.splitlines()
    gone = next(
        at for at, line in enumerate(lines) if "FirmenPartnerTyp/{urn:muster-erp:partner}SperrKz: is gone" in line
    )
    everywhere = "customers.create, customers.list, customers.patch, customers.read, customers.update"
    assert f"touches {everywhere} at {line_of('blocked:')}" == lines[gone + 1].strip()
    new = next(at for at, line in enumerate(lines) if "SperrKennzeichen: is new and optional" in line)
    assert "touches" not in lines[new + 1]


def test_diff_for_machines(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as one JSON object; the exit status is the same too."""
    old = str(ROOT / "wsdl" / "erp" / "erp.wsdl")
    assert 1 == main(["wsdl", "diff", old, str(release), "--project", str(ROOT), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["breaking"] is True
    touched = [each for each in found["changes"] if each["endpoints"]]
    assert {"breaking"} == {each["kind"] for each in touched}
    assert [line_of("blocked:")] == touched[0]["lines"]


def test_a_new_required_element_touches_who_writes_its_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody maps it yet, and every request with that record breaks."""
    folder = tmp_path / "release"
    shutil.copytree(ROOT / "wsdl" / "erp", folder)
    changed = folder / "xsd" / "partner.xsd"
    new = '<xsd:element name="Neu" type="xsd:string"/>'
    text = changed.read_text("utf-8")
    changed.write_text(text.replace('<xsd:element name="SperrKz"', f'{new}<xsd:element name="SperrKz"', 1), "utf-8")
    main(["wsdl", "diff", str(ROOT / "wsdl/erp/erp.wsdl"), str(folder / "erp.wsdl"), "--project", str(ROOT)])
    lines = capsys.readouterr().out.splitlines()
    at = next(at for at, line in enumerate(lines) if "Neu: is new and required" in line)
    assert "customers.create" in lines[at + 1]


def test_watch_sees_nothing_then_a_break(project: Path, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    """The same contract is 0; one that lost an operation is 1, and the project is not changed by looking."""
    before = (project / "wsdl" / "lager" / "lager.wsdl").read_bytes()
    assert 0 == main(["wsdl", "watch", live.url, "--project", str(project)])
    assert "0 breaking, 0 compatible" in capsys.readouterr().out
    live.replace('name="', 'name="x')
    assert 1 == main(["wsdl", "watch", "--all", "--json", "--project", str(project)])
    found = json.loads(capsys.readouterr().out)
    assert live.url == found["lager/lager.wsdl"]["url"]
    assert found["lager/lager.wsdl"]["breaking"] is True
    assert before == (project / "wsdl" / "lager" / "lager.wsdl").read_bytes()


def test_watch_tells_a_server_that_does_not_answer_from_a_break(
    project: Path, live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    """A contract that cannot be fetched is exit status 3, with the reason."""
    live.body = None
    assert 3 == main(["wsdl", "watch", "--all", "--project", str(project)])
    assert "status 503" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name the URL"),
        (["--all", "http://x.example/"], "name the URL"),
        (["http://x.example/other?wsdl"], "has no contract from http://x.example/other?wsdl"),
        (["--all", "--every", "5s"], "from 60s to 7d"),
        (["--all", "--every", "often"], "from 60s to 7d"),
        (["--all", "--every", "8d"], "from 60s to 7d"),
    ],
)
def test_watch_asked_wrongly(project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    """What cannot be done is said with what to do instead, before anything is fetched."""
    assert 2 == main(["wsdl", "watch", *words, "--project", str(project)])
    assert said in capsys.readouterr().err


def test_watching_on_prints_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    """The same text is printed once; the wait is what was asked for; an interrupt ends it well."""
    texts, waits = iter([(0, "calm"), (0, "calm"), (1, "gone"), (0, "calm")]), list[float]()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            raise KeyboardInterrupt

    assert 0 == watch.again(lambda: next(texts), 3600, wait)
    assert [3600] * 4 == waits
    assert "calm\ngone\ncalm\n" == capsys.readouterr().out


def test_the_address_is_kept_as_it_was_asked_for(project: Path, live: Live) -> None:
    """catalog.json has the whole URL, so that the same is asked again."""
    assert {live.url: "lager/lager.wsdl"} == json.loads((project / "wsdl" / "catalog.json").read_text("utf-8"))
