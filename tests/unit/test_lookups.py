"""Code tables by lookup: who asks for them and when, how old they may be, what happens to codes that they lack."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.backends.soap.tables import PAUSE, STALE, Kept
from adapter.errors import BackendError, BackendReplyInvalid, BackendTimeout, BackendUnreachable
from adapter.mapping.tables import Table, UnknownCode, Words, by_lookup, words
from adapter.messages import Request
from adapter.translate.reading import invalid

PATIENCE = 20.0
WAITING = 20
KEEP = 100


@dataclass
class Source:
    """Answers tables in turn, or fails with what stands there; the last one again and again. ``now`` is the clock."""

    answers: list[Words | BackendError]
    now: float = 1000.0
    asked: list[float] = field(default_factory=list)

    def ask(self, request: Request) -> Words:
        """Answer."""
        self.asked.append(request.deadline)
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(found, BackendError):
            raise found
        return found

    def kept(self, table: Table) -> Kept:
        """Return what keeps the table."""
        return Kept(table, KEEP, self.ask, lambda: self.now)


def request(seconds: float = PATIENCE) -> Request:
    """A request with so much time left."""
    return Request("customers.list", "1", time.monotonic() + seconds)


def down() -> BackendUnreachable:
    """The ERP is not there."""
    return BackendUnreachable("backend-unreachable", 503, cause="refused", sent="no")


OLD, NEW = words([("D", "Germany")]), words([("D", "Germany"), ("F", "France")])


def lacking(table: Table, code: str) -> BackendReplyInvalid:
    """The error of a reply that holds a code, as the reader raises it; the table must lack it."""
    try:
        by_lookup(table, "LeseLaender").read(code)
    except UnknownCode as unknown:
        error = invalid("customers.list", str(unknown))
        error.__cause__ = unknown
        return error
    raise AssertionError(code)


@pytest.mark.parametrize("failing", [False, True])
def test_however_many_wait_one_asks(failing: bool) -> None:
    """Twenty calls need the table at once: it is asked for once, and all get it, or the same failure."""
    gate, arrived, asked = threading.Event(), threading.Semaphore(0), list[str]()
    table = Table("countries")

    def clock() -> float:
        arrived.release()
        return time.monotonic()

    def ask(request: Request) -> Words:
        asked.append(request.id)
        gate.wait(PATIENCE)
        if failing:
            raise down()
        return NEW

    kept = Kept(table, KEEP, ask, clock)

    def ready() -> tuple[str, str]:
        try:
            kept.ready(request())
        except BackendError as error:
            return error.cause, error.sent
        return "", ""

    with ThreadPoolExecutor(WAITING) as pool:
        calls = [pool.submit(ready) for _ in range(WAITING)]
        for _ in range(WAITING):
            assert arrived.acquire(timeout=PATIENCE)
        gate.set()
        expected = ("lookup countries: refused", "no") if failing else ("", "")
        assert {expected} == {call.result(PATIENCE) for call in calls}
    assert 1 == len(asked)
    assert (None if failing else NEW) is table.words


def test_who_waits_longer_than_its_deadline_has_sent_nothing() -> None:
    """Another asks and has no answer yet: a call whose time is over ends with 504."""
    gate, asking = threading.Event(), threading.Event()

    def ask(request: Request) -> Words:
        asking.set()
        gate.wait(PATIENCE)
        return NEW

    kept = Kept(Table("countries"), KEEP, ask)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(kept.ready, request())
        assert asking.wait(PATIENCE)
        with pytest.raises(BackendTimeout) as caught:
            kept.ready(request(0))
        gate.set()
        assert () == first.result(PATIENCE)
    assert ("no", "lookup countries: waited too long") == (caught.value.sent, caught.value.cause)


def test_a_table_is_asked_for_again_after_keep() -> None:
    """Until then nobody asks; then one call does, with half of the time that it has left."""
    table, source = Table("countries"), Source([OLD, NEW])
    kept = source.kept(table)
    for later in (0.0, KEEP - 1):
        source.now = 1000 + later
        assert () == kept.ready(request())
    assert (1, OLD) == (len(source.asked), table.words)
    source.now = 1000 + KEEP
    asked = request()
    assert () == kept.ready(asked)
    assert (2, NEW) == (len(source.asked), table.words)
    assert source.asked[1] < asked.deadline - PATIENCE / 4


def test_an_old_table_goes_on_while_one_renews_it() -> None:
    """One call waits for the new table; the others have the old one at once."""
    gate, asking, now = threading.Event(), threading.Event(), [0.0]
    table, asked = Table("countries"), list[str]()

    def ask(request: Request) -> Words:
        asked.append(request.id)
        if len(asked) == 1:
            return OLD
        asking.set()
        gate.wait(PATIENCE)
        return NEW

    kept = Kept(table, KEEP, ask, lambda: now[0])
    kept.ready(request())
    now[0] = KEEP + PAUSE
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(kept.ready, request())
        assert asking.wait(PATIENCE)
        now[0] += PAUSE
        assert [()] * WAITING == [kept.ready(request()) for _ in range(WAITING)]
        assert OLD is table.words
        gate.set()
        assert () == renewing.result(PATIENCE)
    assert (2, NEW) == (len(asked), table.words)


def test_an_old_table_goes_on_where_renewing_fails_but_not_for_ever() -> None:
    """Once a minute a call tries and notes that; after ten times ``keep`` the ERP's own problem comes up."""
    table, source = Table("countries"), Source([OLD, down()])
    kept = source.kept(table)
    kept.ready(request())
    source.now += KEEP
    assert ("stale: 503 backend-unreachable (lookup countries: refused)",) == kept.ready(request())
    source.now += PAUSE - 1
    assert () == kept.ready(request())
    source.now += 1
    assert 1 == len(kept.ready(request()))
    assert (3, OLD) == (len(source.asked), table.words)
    source.now = 1000 + KEEP * STALE
    with pytest.raises(BackendUnreachable) as caught:
        kept.ready(request())
    assert ("backend-unreachable", "no") == (caught.value.problem, caught.value.sent)


def test_a_lacking_code_asks_at_most_once_a_minute() -> None:
    """A new table is tried, and one that another call has renewed; what is as new as that is not asked for again."""
    table, source = Table("countries"), Source([OLD, NEW])
    kept = source.kept(table)
    kept.ready(request())
    early, other = lacking(table, "F"), lacking(table, "X")
    assert not kept.again(early, request())
    assert 1 == len(source.asked)
    source.now += PAUSE
    assert kept.again(early, request())
    assert kept.again(other, request())
    assert not kept.again(lacking(table, "X"), request())
    assert 2 == len(source.asked)


def test_a_lacking_code_stays_so_where_asking_fails() -> None:
    """The reply is refused as it is, and the table stays."""
    table, source = Table("countries"), Source([OLD, down()])
    kept = source.kept(table)
    kept.ready(request())
    source.now += PAUSE
    assert not kept.again(lacking(table, "F"), request())
    assert OLD is table.words


def test_other_refusals_ask_for_nothing() -> None:
    """Only a code of this table does."""
    table, source = Table("countries"), Source([OLD, NEW])
    other = Table("units")
    other.words = OLD
    kept = source.kept(table)
    kept.ready(request())
    source.now += PAUSE
    assert not kept.again(invalid("customers.list", "nil"), request())
    assert not kept.again(lacking(other, "F"), request())
    assert 1 == len(source.asked)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "the table has no rows"),
        ([("D", "Germany"), ("F", "")], "row 2 has no word"),
        ([(None, "Germany")], "row 1 has no code"),
        ([("D", "Germany"), ("D", "France")], "row 2 has another word"),
        ([("D", "Germany"), ("F", "Germany")], "row 2 has another code"),
    ],
)
def test_what_is_no_code_table(rows: list[tuple[str | None, str | None]], why: str) -> None:
    """It is refused with the row, and never with a value."""
    with pytest.raises(ValueError, match=why) as caught:
        words(rows)
    assert "Germany" not in str(caught.value)


def test_a_row_that_stands_there_twice_is_one() -> None:
    """It says nothing new."""
    assert {"D": "Germany"} == words([("D", "Germany"), ("D", "Germany")]).by_code


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1)))
def test_every_word_comes_back(table: dict[str, str]) -> None:
    """Whatever table is usable: each word is written as a code that is read as this word."""
    rows = {code.strip(): word.strip() for code, word in table.items() if code.strip() and word.strip()}
    unique = {word: code for code, word in rows.items()}
    if not unique:
        return
    known = Table("t")
    known.words = words([(code, word) for word, code in unique.items()])
    converter = by_lookup(known, "Lese")
    assert list(unique) == [converter.read(f" {converter.write(word)} ") for word in unique]
