"""Dead letters on the operators' page: looked at, edited, seen as they would be sent, sent, and discarded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter import virtual
from adapter.store import audit, writes
from adapter.store.writes import DISCARDED, PARKED, UNKNOWN, Write
from tests.console.filled import HOSTILE, park
from tests.console.site import Site, refused
from tests.console.visiting import Page
from tests.resilience.project import kept_orders
from tests.stack import ROOT, erp_settings


class Letters:
    """A site with writes that wait for a person."""

    def __init__(self, folder: Path, erp: virtual.Server) -> None:
        self.erp, now = erp, time.time()
        self.site = Site(folder, kept_orders, **erp_settings(erp))
        self.ids = park(self.site.durable, now)
        self.ann = self.site.visitor("ann")
        self.place = f"/console/deliveries/{self.ids[0]}"

    def row(self) -> Write:
        """Return the first of them as it is."""
        found = self.site.store.read(lambda connection: writes.by_id(connection, self.ids[0]))
        assert found is not None
        return found

    def audited(self) -> list[tuple[str, str]]:
        """Return who did what to it."""
        entries = self.site.store.read(lambda connection: list(audit.entries(connection)))
        return [(each.actor, each.action) for each in entries if each.about == self.ids[0]]

    def opened(self) -> Page:
        """Open the first of them."""
        answer = self.ann.send("", self.ann.page(self.place).form("/open"))
        assert 200 == answer.status_code
        return Page(answer.text)

    def drafted(self, **fields: str) -> Any:
        """Ask what would be sent of it."""
        return self.ann.send("", self.opened().form("/draft"), **fields)


@pytest.fixture(scope="module")
def erp() -> Iterator[virtual.Server]:
    """The pretend ERP."""
    with virtual.running(ROOT) as running:
        yield running


@pytest.fixture
def letters(tmp_path: Path, erp: virtual.Server) -> Iterator[Letters]:
    """A site with three of them."""
    made = Letters(tmp_path, erp)
    yield made
    made.site.store.close()


def test_what_is_parked_is_listed_without_what_was_sent(letters: Letters) -> None:
    """With its cause; who may not operate does not see it."""
    words = letters.ann.page("/console/deliveries").words
    for each in (*letters.ids, "503 backend-unreachable", "nothing says how to find out"):
        assert each in words
    assert "SHOP-0" not in words + letters.ann.page(letters.place).words
    bob = letters.site.visitor("bob")
    refused(bob.get("/console/deliveries"), 403)
    refused(bob.get(letters.place), 403)
    assert "Deliveries" not in bob.page("/console").words
    token = bob.page("/console").forms[0].fields["token"]
    for action in ("open", "draft", "send", "discard"):
        refused(bob.send(f"{letters.place}/{action}", None, token=token, reason="x", body="{}"), 403)
    assert [] == letters.audited()


def test_who_looks_is_audited(letters: Letters) -> None:
    """Before he sees anything."""
    form = letters.opened().form("/draft")
    assert form is not None
    assert '"reference": "SHOP-0"' in form.fields["body"]
    assert [("key:ann", "write.shown")] == letters.audited()


def test_a_draft_shows_the_message_and_sends_nothing(letters: Letters) -> None:
    """And what the ERP says about it."""
    before = letters.erp.control.counts["LegeAuftragAn"]
    words = Page(letters.drafted().text).words
    for each in ("the ERP does not have it", "LegeAuftragAn", "SHOP-0"):
        assert each in words
    assert (PARKED, before) == (letters.row().state, letters.erp.control.counts["LegeAuftragAn"])


def test_what_was_edited_is_what_is_sent(letters: Letters) -> None:
    """It is due again, and asked about first; the audit has that it was edited."""
    form = letters.opened().form("/draft")
    assert form is not None
    answer = letters.ann.send("", form, body=form.fields["body"].replace("SHOP-0", "SHOP-77"))
    page = Page(answer.text)
    assert "as you edited it" in page.words
    assert "SHOP-77" in page.words
    answer = letters.ann.send("", page.form("/send"))
    assert (303, UNKNOWN) == (answer.status_code, letters.row().state)
    assert "asked about it first" in letters.ann.page(answer.headers["Location"]).words.replace("is asked", "asked")
    assert ("key:ann", "write.redriven") == letters.audited()[-1]
    entry = letters.site.store.read(lambda connection: audit.latest(connection, 1))[0]
    assert '"edited":true' in entry.details


def test_what_was_not_edited_is_sent_as_it_was(letters: Letters) -> None:
    """To the byte, though it was shown in another layout."""
    page = Page(letters.drafted().text)
    assert "as you edited it" not in page.words
    letters.ann.send("", page.form("/send"))
    entry = letters.site.store.read(lambda connection: audit.latest(connection, 1))[0]
    assert '"edited":false' in entry.details


@pytest.mark.parametrize("body", ["", "{", '{"customer_id": 1}', HOSTILE, "[]"])
def test_a_body_that_cannot_be_sent(letters: Letters, body: str) -> None:
    """Is told why, and stays as it was typed."""
    answer = letters.drafted(body=body)
    page = Page(answer.text)
    assert 422 == answer.status_code
    assert "cannot be sent as it is" in page.words
    assert "<script>alert" not in answer.text
    form = page.form("/draft")
    assert form is not None
    assert body == form.fields["body"]
    assert PARKED == letters.row().state


def test_discarding_takes_a_reason(letters: Letters) -> None:
    """The second who decides is told that somebody was quicker."""
    form = letters.ann.page(letters.place).form("/discard")
    refused(letters.ann.send("", form, reason=" "), 422)
    assert PARKED == letters.row().state
    answer = letters.ann.send("", form, reason="ordered by telephone")
    assert (303, DISCARDED) == (answer.status_code, letters.row().state)
    assert "discarded" in refused(letters.ann.send("", form, reason="again"), 409)
    assert [("key:ann", "write.discarded")] == letters.audited()
    assert letters.ann.page(letters.place).form("/open") is None


def test_what_cannot_be_read_is_told(letters: Letters) -> None:
    """Its subject was erased, or it is damaged."""
    letters.site.store.run(
        lambda connection: writes.change(connection, letters.ids[0], (PARKED,), time.time(), request=b"x" * 80)
    )
    assert "cannot be read" in refused(letters.ann.send("", letters.ann.page(letters.place).form("/open")), 409)
