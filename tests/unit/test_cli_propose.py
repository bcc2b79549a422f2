"""``adapter propose``: from a WSDL in an empty folder to a project that passes ``check``, and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.cli import run
from adapter.cli.propose import asking
from adapter.mapping.proposal.resources import Placed, place
from adapter.mapping.proposal.whole import first_ports
from tests.unit.test_proposal_whole import orders

ROOT = Path(__file__).parents[2]
ERP = ROOT / "wsdl" / "erp" / "erp.wsdl"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_from_nothing_to_a_project_that_agrees(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mappings, contract, lock and settings are there; check has nothing to say; the WSDL's address is not called."""
    assert 0 == run(["propose", str(ERP)])
    assert 0 == run(["check"])
    assert "agree with 1 contract" in capsys.readouterr().out
    assert (empty / "wsdl" / "lock.json").is_file()
    settings = (empty / "adapter.env").read_text("utf-8")
    assert "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11=http://127.0.0.1:9101/" in settings
    assert 0 == run(["fmt", "--check"])


def test_again_changes_nothing(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every file is the same, byte for byte, and so is what a second folder gets."""
    run(["propose", str(ERP)])
    first = {path: path.read_bytes() for path in empty.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert 0 == run(["propose", str(ERP)])
    assert first == {path: path.read_bytes() for path in empty.rglob("*") if path.is_file()}
    assert "nothing is new" in capsys.readouterr().out


def test_only_some_and_then_the_rest(empty: Path) -> None:
    """A pattern proposes some; without it the others come, and those that are there stay."""
    assert 0 == run(["propose", str(ERP), "--only", "Lese*"])
    before = {path.name: path.read_text("utf-8").splitlines() for path in (empty / "mappings").glob("*.yaml")}
    assert 0 == run(["propose", str(ERP)])
    for name, lines in before.items():
        rest = iter((empty / "mappings" / name).read_text("utf-8").splitlines())
        assert all(line in rest for line in lines)
    assert 0 == run(["check"])


def test_what_cannot_be_asked_is_refused(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is no mappings folder, a port that is not there, questions without a terminal."""
    assert 2 == run(["propose", str(ERP), "-o", "elsewhere"])
    assert 2 == run(["propose", str(ERP), "--service", "Nobody"])
    assert 2 == run(["propose", str(ERP), "--interactive"])
    said = capsys.readouterr().err
    assert "elsewhere is not called mappings" in said
    assert "no such service and port; there are: ErpService ErpSoap11" in said


def doubtful() -> Placed:
    """An operation whose place is a guess."""
    made = orders()
    return next(each for each in place(made, first_ports(made)) if each.call == "Ping")


@pytest.mark.parametrize(
    ("answers", "route"),
    [([""], ("POST", "/v1/actions/ping")), (["..", "Check alive"], ("POST", "/v1/actions/check-alive")), (["-"], None)],
)
def test_questions(answers: list[str], route: tuple[str, str] | None) -> None:
    """Enter takes the guess, a minus leaves the operation out, a name makes it an action; anything else asks again."""
    told: list[str] = []
    found = asking(lambda prompt: answers.pop(0), told.append)(doubtful())
    assert route == (found.route if found is not None else None)
    assert ["Ping: POST /v1/actions/ping  (50 %: there is no noun in its name)"] == told
