"""`adapter deliveries`: what a person sees of parked writes, and what he can decide."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter import virtual
from adapter.app import create_app
from adapter.built import build
from adapter.cli import run
from adapter.cli.deliveries_shown import WAITING
from adapter.store import Store, audit, due, writes
from adapter.store.tables import WRITES
from adapter.store.writes import DISCARDED, DONE, PARKED, QUEUED, UNKNOWN, Write
from adapter.telemetry import Telemetry
from adapter.work import Work
from tests.resilience.stores import place
from tests.stack import ROOT, erp_settings

ORDER = {"customer_id": "42", "reference": "SHOP-1", "lines": [{"item_id": "A-00001", "quantity": "2"}]}
CREATE = "LegeAuftragAn"


class Site:
    """An installation with one parked order."""

    def __init__(self, erp: virtual.Server, environ: dict[str, str], store: Store) -> None:
        self.erp, self.environ, self.store = erp, environ, store
        client = create_app(ROOT, environ).test_client()
        answer = client.post("/v1/orders", json=ORDER, headers={"Prefer": "respond-async"})
        self.id = str(answer.json["id"])  # type: ignore[index]
        self.set(state=PARKED, cause="12 attempts")

    def set(self, **values: object) -> None:
        """Change columns of the row."""
        self.store.run(lambda connection: connection.execute(WRITES.update().values(**values)))

    def row(self) -> Write:
        """The row as it is."""
        found = self.store.read(lambda connection: writes.by_id(connection, self.id))
        assert found is not None
        return found

    def audited(self) -> list[str]:
        """What the audit says was done to it."""
        entries = self.store.read(lambda connection: list(audit.entries(connection)))
        return [each.action for each in entries if each.about == self.id]

    def deliver(self) -> Write | None:
        """Look at the row once, as `adapter work` does."""
        return Work(build(ROOT, self.environ), Telemetry("ERROR", sys.stderr)).deliveries.deliver(self.id)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """One installation on SQLite, in the environment of this process."""
    where = place("sqlite", tmp_path)
    store = where.store(patience=60.0)
    with virtual.running(ROOT) as erp:
        environ = {
            **erp_settings(erp),
            "ADAPTER_PROJECT": str(ROOT),
            "ADAPTER_STORE": where.store_url,
            "ADAPTER_SUBJECTS": where.subjects_url,
            "ADAPTER_CALLERS": "everyone",
        }
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield Site(erp, environ, store)
    store.close()


def test_parked_writes_are_listed_with_their_cause(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """By state, operation and age; what has ended only where it is asked for."""
    assert 0 == run(["deliveries", "list"])
    printed = capsys.readouterr().out
    assert site.id in printed
    assert "12 attempts" in printed
    for more in (["--state", "queued"], ["--operation", "orders.cancel"], ["--older", "3600"], ["--most", "0"]):
        assert 0 == run(["deliveries", "list", *more])
        assert site.id not in capsys.readouterr().out
    assert PARKED in WAITING


def test_a_write_is_shown_opened_and_who_looked_is_audited(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The body stands in the store as noise; here it is text."""
    assert b"A-00001" not in site.row().request
    assert 0 == run(["deliveries", "show", site.id])
    assert '"item_id": "A-00001"' in capsys.readouterr().out
    assert ["write.shown"] == site.audited()


def test_a_redrive_shows_what_would_be_sent_and_sends_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The envelope by the mapping as it is now, and what the ERP says about the reference."""
    assert 0 == run(["deliveries", "redrive", site.id])
    printed = capsys.readouterr().out
    assert "the ERP does not have it" in printed
    assert f"{CREATE}>" in printed or f":{CREATE}" in printed
    assert "SHOP-1" in printed
    assert (0, PARKED, []) == (site.erp.control.counts[CREATE], site.row().state, site.audited())


def test_a_redrive_that_sends_asks_first(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The row goes to `adapter work`, which asks the ERP, and then sends."""
    assert 0 == run(["deliveries", "redrive", site.id, "--send"])
    assert (UNKNOWN, 0) == (site.row().state, site.row().attempts)
    assert [QUEUED, DONE] == [row.state for row in (site.deliver(), site.deliver()) if row is not None]
    assert (1, ["write.redriven"]) == (site.erp.control.counts[CREATE], site.audited())
    assert 2 == run(["deliveries", "redrive", site.id])
    assert "done twice" in capsys.readouterr().err


def test_what_the_erp_has_is_not_sent_again(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """It is settled with what is found."""
    create_app(ROOT, site.environ).test_client().post("/v1/orders", json=ORDER)
    assert 1 == site.erp.control.counts[CREATE]
    assert 0 == run(["deliveries", "redrive", site.id, "--send"])
    assert "the ERP HAS it" in capsys.readouterr().out
    site.deliver()
    assert (DONE, 1) == (site.row().state, site.erp.control.counts[CREATE])


def test_who_has_looked_himself_need_not_ask(site: Site) -> None:
    """Then it is queued."""
    assert 0 == run(["deliveries", "redrive", site.id, "--send", "--without-asking"])
    assert QUEUED == site.row().state


def test_another_body_is_checked_and_sent(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that is not valid is refused with its fields; a valid one keeps the reference of the first attempt."""
    file = tmp_path / "body.json"
    file.write_text(json.dumps({**ORDER, "lines": [{"item_id": "A-00001", "quantity": "x"}]}))
    assert 1 == run(["deliveries", "redrive", site.id, "--send", "--body", str(file)])
    assert "/lines/0/quantity" in capsys.readouterr().err
    assert PARKED == site.row().state
    file.write_text(json.dumps({**ORDER, "lines": [{"item_id": "A-00001", "quantity": "7"}]}))
    assert 0 == run(["deliveries", "redrive", site.id, "--send", "--without-asking", "--body", str(file)])
    row = site.deliver()
    assert row is not None
    assert DONE == row.state
    assert 0 == run(["deliveries", "show", site.id])
    assert '"quantity": "7"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "why"),
    [({"state": DONE}, "done twice"), ({"state": QUEUED}, "not parked"), ({"request": b"\x01damaged"}, "damaged")],
)
def test_what_cannot_be_redriven_says_why(
    site: Site, values: dict[str, object], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A delivered row, one that waits by itself, a damaged one: nothing changes."""
    site.set(**values)
    before = site.row()
    assert 2 == run(["deliveries", "redrive", site.id, "--send"])
    assert why in capsys.readouterr().err
    assert before == site.row()


def test_what_was_erased_cannot_be_redriven(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can read it any more; it can be discarded."""
    assert 0 == run(["erase", "42"])
    assert 2 == run(["deliveries", "redrive", site.id])
    assert "erased" in capsys.readouterr().err
    assert 0 == run(["deliveries", "discard", site.id, "--reason", "erased at the customer's wish"])


def test_a_discard_has_a_reason_and_lets_the_next_one_go(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The reason stands in the audit, and the row is ended."""
    assert 2 == run(["deliveries", "discard", site.id, "--reason", " "])
    assert 0 == run(["deliveries", "discard", site.id, "--reason", "by telephone"])
    assert (DISCARDED, "by telephone", ["write.discarded"]) == (site.row().state, site.row().cause, site.audited())
    assert 2 == run(["deliveries", "discard", site.id, "--reason", "again"])
    assert [] == site.store.read(due.depths)


def test_what_is_not_there_is_said(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """For each of the parts."""
    for words in (["show"], ["redrive"], ["discard", "--reason", "x"]):
        assert 2 == run(["deliveries", words[0], "nothing", *words[1:]])
        assert "there is no write nothing" in capsys.readouterr().err
