"""Commands about a project folder: check, routes, openapi, settings, serve, new."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter import virtual
from adapter.__main__ import main
from adapter.cli import serve
from adapter.cli.command import carried
from adapter.cli.new_project import FILES

ROOT = Path(__file__).parents[2]
SECRET = "tr0ub4dor-and-3"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example project, to spoil."""
    folder = tmp_path / "project"
    for name in ("mappings", "wsdl"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "adapter.env", folder)
    return folder


@pytest.fixture(scope="module")
def erp() -> Iterator[virtual.Server]:
    """The pretend ERP."""
    with virtual.running(ROOT) as server:
        yield server


def spoil(file: Path, right: str, wrong: str) -> int:
    """Replace the first ``right`` in a file; return the line where it stood."""
    text = file.read_text(encoding="utf-8")
    before, found, after = text.partition(right)
    assert found
    file.write_text(before + wrong + after, encoding="utf-8")
    return before.count("\n") + 1


def test_check_counts_what_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    """A project without mistakes is counted, and ends with 0."""
    assert 0 == main(["check", "--project", str(ROOT)])
    assert re.fullmatch(r"\d+ operations in \d+ mappings agree with 2 contracts\n", capsys.readouterr().out)


def test_check_prints_all_mistakes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mistakes in several files are all printed, sorted by place, with line and remedy, and counted."""
    spoil(project / "mappings" / "stock.yaml", "call: LeseBestand", "call: LeseBestant")
    items = spoil(project / "mappings" / "items.yaml", "name: Bez", "name: Betz")
    orders = spoil(project / "mappings" / "orders.yaml", "status: 404", "status: 9999")
    assert 1 == main(["check", "--project", str(project)])
    lines = capsys.readouterr().out.splitlines()
    mistakes, count = lines[:-2], lines[-1]
    assert [
        line for line in mistakes if line.startswith("mappings/stock.yaml:") and "did you mean LeseBestand?" in line
    ]
    assert [line for line in mistakes if line.startswith(f"mappings/items.yaml:{items}:") and " -> " in line]
    assert [line for line in mistakes if line.startswith(f"mappings/orders.yaml:{orders}:")]
    assert sorted(mistakes) == mistakes
    assert f"{len(mistakes)} mistakes" == count


def test_check_does_not_stop_at_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong setting does not hide what is wrong in the mapping files themselves."""
    spoil(project / "adapter.env", "ADAPTER_VALUE_CLIENT", "ADAPTER_VALEU_CLIENT")
    spoil(project / "mappings" / "orders.yaml", "status: 404", "status: 9999")
    assert 1 == main(["check", "--project", str(project)])
    printed = capsys.readouterr().out
    assert "adapter.env:" in printed
    assert "mappings/orders.yaml:" in printed
    assert "\n2 mistakes\n" in printed


def test_check_finds_two_operations_at_one_path(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two mappings that claim the same method and path are a mistake, though each is right by itself."""
    spoil(project / "mappings" / "invoices.yaml", "path: /v1/invoices", "path: /v1/items")
    assert 1 == main(["check", "--project", str(project)])
    assert "items.list has the same method and path as invoices.list" in capsys.readouterr().out


def test_mistakes_stop_other_commands(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A command that needs a project without mistakes prints them to standard error and ends with 1."""
    spoil(project / "mappings" / "items.yaml", "name: Bez", "name: Betz")
    assert 1 == main(["routes", "--project", str(project)])
    printed = capsys.readouterr()
    assert "" == printed.out
    assert "mappings/items.yaml:" in printed.err
    assert "1 mistake" in printed.err


def test_routes(capsys: pytest.CaptureFixture[str]) -> None:
    """Each operation is a line with method, path, name, what it moves to, SOAP operation, port and timeout."""
    assert 0 == main(["routes", "--project", str(ROOT)])
    lines = [re.split(r"\s{2,}", line) for line in capsys.readouterr().out.splitlines()]
    assert ["METHOD", "PATH", "OPERATION", "MOVES TO", "SOAP OPERATION", "PORT", "TIMEOUT"] == lines[0]
    expected = ["GET", "/v1/stock/{item_id}", "stock.list", "-", "LeseBestand", "LagerService.LagerPort", "10 s"]
    assert expected in lines
    assert "customers" == next(line[3] for line in lines if line[2] == "customers.read")


def test_openapi(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The document goes to standard output or to a file, the same in both."""
    assert 0 == main(["openapi", "--project", str(ROOT)])
    printed = capsys.readouterr().out
    assert 0 == main(["openapi", "--project", str(ROOT), "-o", str(tmp_path / "openapi.json")])
    assert printed == (tmp_path / "openapi.json").read_text(encoding="utf-8")
    assert "/v1/customers/{id}" in json.loads(printed)["paths"]


def test_settings_hide_secrets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every setting is listed with value, default and help; constants of mappings are named but not shown."""
    monkeypatch.setenv("ADAPTER_VALUE_CLIENT", SECRET)
    monkeypatch.setenv("ADAPTER_TIMEOUT", "2.5")
    assert 0 == main(["settings", "--project", str(ROOT)])
    printed = capsys.readouterr().out
    assert "ADAPTER_TIMEOUT\n    value    2.5\n    default  10\n    How long" in printed
    assert "    ADAPTER_VALUE_CLIENT=(set; hidden)\n" in printed
    assert "    ADAPTER_ENDPOINT_LAGERSERVICE=http://127.0.0.1:9101/lager\n" in printed
    assert SECRET not in printed


def test_settings_that_are_wrong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A setting that cannot be read is a mistake."""
    monkeypatch.setenv("ADAPTER_TIMEOUT", "soon")
    assert 1 == main(["settings", "--project", str(ROOT)])
    assert "ADAPTER_TIMEOUT: not a number of seconds" in capsys.readouterr().err


def test_gunicorn_takes_the_projects_own_configuration(project: Path) -> None:
    """``serve`` uses the project's ops/gunicorn.conf.py, and the one that comes with the adapter where it has none."""
    command = serve.gunicorn(project, "127.0.0.1:1", 3)
    shipped = str(carried() / "ops" / "gunicorn.conf.py")
    options = ["--config", shipped, "--bind", "127.0.0.1:1", "--workers", "3"]
    assert [sys.executable, "-m", "gunicorn", *options, "adapter.app:create_app()"] == command
    (project / "ops").mkdir()
    shutil.copy(shipped, project / "ops")
    assert str(project / "ops" / "gunicorn.conf.py") in serve.gunicorn(project, "127.0.0.1:1", 3)


def test_serve_prints_mistakes_first(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mistakes are printed before gunicorn is started."""
    spoil(project / "mappings" / "items.yaml", "name: Bez", "name: Betz")
    assert 1 == main(["serve", "--project", str(project)])
    assert "mappings/items.yaml:" in capsys.readouterr().err


def test_new_project_works_with_the_pretend_erp(
    tmp_path: Path, erp: virtual.Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project that ``new`` writes passes its check once the contract is there, and answers a call."""
    folder = tmp_path / "mine"
    assert 0 == main(["new", str(folder)])
    assert f"adapter check --project {folder}" in capsys.readouterr().out
    in_it = ["--project", str(folder)]
    assert 1 == main(["check", *in_it])
    assert "adapter wsdl add" in capsys.readouterr().out
    assert 0 == main(["wsdl", "add", erp.url("/erp/soap12?wsdl"), "--name", "erp", *in_it])
    assert 0 == main(["wsdl", "lock", *in_it])
    assert 0 == main(["check", *in_it])
    assert "2 operations in 1 mapping agree with 1 contract\n" in capsys.readouterr().out
    monkeypatch.setenv("ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12", erp.url("/erp/soap12"))
    assert 0 == main(["explain", "GET", "/v1/items?limit=1", *in_it])
    assert '"currency": "EUR"' in capsys.readouterr().out


@pytest.mark.parametrize("there", sorted(FILES))
def test_new_overwrites_nothing(there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where one of its files exists, nothing is written at all."""
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine", encoding="utf-8")
    assert 2 == main(["new", str(tmp_path)])
    assert f"already has {there}" in capsys.readouterr().err
    assert [tmp_path / there] == [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "mine" == (tmp_path / there).read_text(encoding="utf-8")
