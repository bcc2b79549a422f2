"""Bad input at a whole installation (gunicorn, ``adapter work``, an ERP): clear answers, nothing lost or doubled.

Each test has an ERP's customer of its own, so that none waits behind another's writes, and counts what the store and
the ERP have of it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapter.store.writes import DELIVERING, DONE, PARKED, QUEUED, UNKNOWN
from tests.callers.issuing import AUDIENCE, ISSUER, claims, token
from tests.callers.provider import providing
from tests.resilience.case import LATER, PATIENCE, Case, problem
from tests.resilience.project import open_project
from tests.resilience.stand import Stand, made_key, stand

HOUR = 3600.0
CREATE = "LegeAuftragAn"
_KINDS = ("too long", "empty", "bare", "two", "not ASCII")
PRIVATE = (
    "http://127.0.0.1/told",
    "https://10.0.0.1/told",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/told",
    "http://[::ffff:192.168.0.1]/told",
    "http://127.1/told",
    "http://2130706433/told",
    "http://0x7f000001/told",
    "http://localhost/told",
    "https://user@shop.example/told",
    "file:///etc/passwd",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stand, Iterator[str]]]:
    """One installation for all tests, and customers that nobody has used."""
    with providing() as provider:
        more = {
            "ADAPTER_CALLBACKS": "https://shop.example",
            "ADAPTER_CREDENTIAL_CALLBACK_SECRET": "a secret of tests that is long enough",
            "ADAPTER_ISSUER_LOGIN_URL": ISSUER,
            "ADAPTER_ISSUER_LOGIN_AUDIENCE": AUDIENCE,
            "ADAPTER_ISSUER_LOGIN_JWKS": provider.url,
        }
        with stand(tmp_path_factory.mktemp("bad-input"), "sqlite", open_project, more) as there:
            yield there, iter(there.journal.settle_people(40))


@pytest.fixture
def case(whole: tuple[Stand, Iterator[str]]) -> Iterator[Case]:
    """A customer of the test's own; clock, ERP and background process are put right afterwards."""
    there, people = whole
    customer = next(people)
    yield Case(there, f"bad {customer} ", customer)
    there.clock(0)
    there.journal.behave()
    there.worker.start()


def test_a_key_with_another_body(case: Case) -> None:
    """422, and the first answer stays the answer to the key."""
    first = case.order("again")
    assert 201 == first.status
    rows = case.rows()
    problem(case.order("again", note="another"), 422, "idempotency-key-reused")
    problem(case.order("again", note="another", **LATER), 422, "idempotency-key-reused")
    replayed = case.order("again")
    assert (201, first.body, "true") == (replayed.status, replayed.body, replayed.headers["idempotent-replayed"])
    assert (rows, 1) == (case.rows(), case.effects)


@pytest.mark.parametrize("field", ['"' + "k" * 256 + '"', '""', "bare", '"a" "b"', '"caf\xe9"'], ids=_KINDS)
def test_a_key_that_is_none(case: Case, field: str) -> None:
    """Too long, empty, not in quotes, two, not ASCII: 400 that says what a key is; nothing is kept or sent."""
    rows = case.rows()
    found = problem(case.order(Idempotency_Key=field), 400, "idempotency-key-invalid")
    assert found["detail"]
    assert (rows, 0) == (case.rows(), case.effects)


def test_the_longest_key(case: Case) -> None:
    """255 characters are a key, once as always."""
    key = "k" * (255 - len(case.name))
    assert [201, 201] == [case.order(key).status for _ in range(2)]
    assert 1 == case.effects


@pytest.mark.parametrize("url", PRIVATE)
def test_a_callback_to_where_none_may_go(case: Case, url: str) -> None:
    """422 that names the header field; neither a write nor an address is kept."""
    rows = case.rows()
    found = problem(case.order(**LATER, Callback_Url=url), 422, "invalid-request")
    assert [("header", "Callback-Url")] == [(each["in"], each["pointer"]) for each in found["errors"]]
    assert (rows, 0) == (case.rows(), case.effects)


def test_redrive_of_what_was_delivered(case: Case) -> None:
    """The command says so and changes nothing, whatever it is told; ``discard`` as well."""
    id = case.until(case.later(), DONE).id
    before = case.row(id)
    for words in (("redrive", id), ("redrive", id, "--send"), ("discard", id, "--reason", "I may")):
        done = case.stand.command("deliveries", *words)
        assert 2 == done.returncode
        assert f"{id} was delivered; sent again, it would be done twice" in done.stderr
        assert "Traceback" not in done.stderr
    assert (before, 1) == (case.row(id), case.effects)


def test_redrive_of_what_is_not_there(case: Case) -> None:
    """An id that nobody has is told as such."""
    done = case.stand.command("deliveries", "redrive", "00000000-0000-4000-8000-000000000000", "--send")
    assert (2, True) == (done.returncode, "there is no write" in done.stderr)


def _flipped(sealed: bytes) -> bytes:
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


@pytest.mark.parametrize(
    "spoil",
    [_flipped, lambda sealed: sealed[:5], lambda sealed: b"x", lambda sealed: bytes(len(sealed))],
    ids=["one bit", "cut", "a letter", "noughts"],
)
def test_an_answer_whose_bytes_were_changed(case: Case, spoil: Callable[[bytes], bytes]) -> None:
    """The key is answered 410 with what is known: it was done. It is not sent again, with other words neither."""
    id = case.id_of(case.order("spoilt"))
    rows = case.rows()
    case.set(id, answer=spoil(case.row(id).answer))
    for answer in (case.order("spoilt"), case.order("spoilt", **LATER)):
        found = problem(answer, 410, "first-answer-gone")
        assert ("done", f"/v1/operations/{id}") == (found["outcome"], found["operation"])
    found = problem(case.stand.call("GET", f"/v1/operations/{id}"), 410, "first-answer-gone")
    assert "done" == found["outcome"]
    shown = case.stand.command("deliveries", "show", id)
    assert (1, True, False) == (shown.returncode, "damaged" in shown.stderr, "Traceback" in shown.stderr)
    assert (rows, 1, DONE) == (case.rows(), case.effects, case.row(id).state)


def test_an_answer_of_another_row(case: Case) -> None:
    """Sealed bytes that were moved from row to row are as broken as any."""
    first, second = (case.id_of(case.order(key, note=key)) for key in ("mine", "other"))
    case.set(first, answer=case.row(second).answer)
    problem(case.order("mine", note="mine"), 410, "first-answer-gone")
    assert 2 == case.effects


def test_a_request_whose_bytes_were_changed(case: Case) -> None:
    """It was promised, and nobody can read it any more: it is parked and not sent, and the operator is told why."""
    case.stand.worker.pause()
    try:
        id = case.later("spoilt")
        case.set(id, request=_flipped(case.row(id).request))
    finally:
        case.stand.worker.go_on()
    case.until(id, PARKED)
    assert "parked" == case.shown(id)["status"]
    assert 202 == case.order("spoilt", **LATER).status
    for words in (("redrive", id), ("redrive", id, "--send")):
        done = case.stand.command("deliveries", *words)
        assert (2, True) == (done.returncode, f"{id} cannot be read: it is damaged" in done.stderr)
    assert (PARKED, 0) == (case.row(id).state, case.effects)
    assert 0 == case.stand.command("deliveries", "discard", id, "--reason", "the caller was asked").returncode
    assert "discarded" == case.shown(id)["status"]


def test_the_clock_is_set_back_between_a_key_and_its_repetition(case: Case) -> None:
    """The answer is still the answer."""
    first = case.order("before")
    case.stand.clock(-HOUR)
    again, other = case.order("before"), case.order("after", note="after")
    assert (201, first.body, 201) == (again.status, again.body, other.status)
    case.stand.clock(0)
    last = case.order("after", note="after")
    assert (201, other.body) == (last.status, last.body)
    assert 2 == case.effects


def test_the_clock_is_set_back_while_writes_wait(case: Case) -> None:
    """They are sent all the same, in order and once, also one that was put off since the ERP could not be asked."""
    case.stand.journal.kill()
    try:
        ids = [case.later(note=str(number)) for number in range(3)]
        end = time.monotonic() + PATIENCE
        while not (row := case.row(ids[0])).cause or row.state not in (QUEUED, UNKNOWN):
            assert time.monotonic() < end, row
            threading.Event().wait(0.05)
        case.stand.clock(-HOUR)
    finally:
        case.stand.journal.start()
    for id in ids:
        case.until(id, DONE)
    made = [each.note[-1] for each in case.stand.journal.effects(case.name)]
    assert ["0", "1", "2"] == made


def test_the_clock_is_set_back_while_a_write_is_sent(case: Case) -> None:
    """Who sent it is killed, and its lease ends in an hour by the old clock: it begins anew, and the ERP is asked."""
    case.stand.journal.misbehave(CREATE, close="executed", delay=2)
    id = case.later()
    case.until(id, DELIVERING)
    while case.stand.journal.counts().get(CREATE, 0) == 0:
        threading.Event().wait(0.02)
    case.stand.worker.kill()
    case.stand.clock(-HOUR)
    case.stand.worker.start()
    case.until(id, DONE)
    assert 1 == case.effects


def test_the_clock_is_set_back_while_an_outcome_is_unknown(case: Case) -> None:
    """The answer is lost and the clock moves: repeated with the key there is an answer, and one order."""
    case.stand.journal.misbehave(CREATE, close="executed")
    case.stand.journal.misbehave("SucheAuftraege", times=3, close="read")
    first = case.order("lost")
    case.stand.clock(-HOUR)
    end = time.monotonic() + PATIENCE
    while first.status != 201:
        assert time.monotonic() < end, first
        assert first.status < 500 or first.problem in ("outcome-unknown", "backend-lost"), first
        threading.Event().wait(0.3)
        first = case.order("lost")
    assert 1 == case.effects


def test_a_key_or_token_without_the_scope(case: Case) -> None:
    """403 that names what is missing, by both; nothing is kept, sent or shown."""
    stand = case.stand
    folder = Path(stand.environ["ADAPTER_PROJECT"])
    key = made_key(folder, stand.environ, "orders.read", owner="reader")
    bearer = token(claims(time.time(), sub="reader", scope="orders.read items.read"))
    rows, id = case.rows(), case.until(case.later(), DONE).id
    for fields in ({"X-API-Key": key}, {"Authorization": f"Bearer {bearer}"}):
        end = time.monotonic() + PATIENCE
        while stand.anonymous("GET", "/v1/orders/500001", headers=fields).status != 200:  # a new key is seen soon
            assert time.monotonic() < end
            threading.Event().wait(0.1)
        found = problem(case.asked(fields), 403, "forbidden")
        assert ["orders.write"] == found["missing"]
    assert (rows + 1, 1) == (case.rows(), case.effects)
    problem(stand.call("GET", f"/v1/operations/{id}", headers={"X-API-Key": key}), 404, "no-such-operation")


def test_who_is_not_known_can_ask_for_what_nobody_in_particular_made(case: Case) -> None:
    """A public operation's 202 leads somewhere; what a caller made it does not show, nor says whether it is there."""
    stand = case.stand
    answer = stand.anonymous("PATCH", "/v1/orders/500001", {"note": case.name}, LATER)
    assert 202 == answer.status, answer.body
    where = answer.headers["location"]
    assert (200, 200) == (stand.anonymous("GET", where).status, stand.call("GET", where).status)
    case.until(where.rpartition("/")[2], DONE)
    assert "done" == json.loads(stand.anonymous("GET", where).body)["status"]
    problem(stand.anonymous("DELETE", where), 409, "operation-begun")
    theirs = case.until(case.later(), DONE).id
    for id in (theirs, "00000000-0000-4000-8000-000000000000"):
        for method in ("GET", "DELETE"):
            problem(stand.anonymous(method, f"/v1/operations/{id}"), 401, "unauthenticated")
