"""Rows go on to the ERP while they arrive: all of them or none, whoever ends it before the end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.loopback import PATIENCE, Peer, answer, serving
from tests.unit.uploads import (
    CLOSED,
    DONE,
    GOOD,
    NDJSON,
    WRONG,
    Taking,
    client,
    early,
    logged,
    problem,
    taking,
    upload,
)


def test_while_they_arrive(tmp_path: Path) -> None:
    """The ERP has the first row before the second is sent, and what stands after the rows comes last."""
    taken = Taking()

    def pieces() -> Iterator[bytes]:
        yield GOOD
        taken.until(b"</n0:Buchung>")
        yield GOOD.replace(b"1200", b"4711")

    with serving(taking(taken, answer(DONE))) as server:
        answered = upload(client(server, tmp_path), pieces())

    assert (200, {"taken": 7}, True) == (answered.status_code, answered.json, taken.whole)
    assert 2 == taken.body.count(b"<n0:Buchung>")
    assert taken.body.index(b"Mandant") < taken.body.index(b"1200") < taken.body.index(b"4711")
    assert taken.body.index(b"4711") < taken.body.index(b"Freigabe")


@pytest.mark.parametrize(
    ("kind", "before", "piece", "status"),
    [
        (NDJSON, GOOD, WRONG, (422, "invalid-request")),
        (NDJSON, GOOD, b"{\n", (400, "malformed-json")),
        (NDJSON, GOOD, b'{"account": "' + b"x" * 2**20, (413, "request-too-large")),
        ("application/json", b"[" + GOOD + b",", GOOD + b"]]", (400, "malformed-json")),
        ("text/csv", b"account,amount\n1200,1\n", b"1200\n", (400, "malformed-csv")),
        ("text/csv", b"account,amount\n1200,1\n", b"1200,\xff\n", (400, "malformed-csv")),
        ("text/csv", b"account,amount\n1200,1\n", b"1200,much\n", (422, "invalid-request")),
    ],
)
def test_wrong_in_the_middle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, before: bytes, piece: bytes, status: tuple[int, str]
) -> None:
    """A wrong row ends the request to the ERP before its end; nothing more is asked of the caller."""
    taken = Taking()

    def pieces() -> Iterator[bytes]:
        yield before
        taken.until(b"</n0:Buchung>")
        yield piece
        if status[0] != 413:
            raise AssertionError("asked for more")

    with serving(taking(taken, answer(DONE))) as server:
        answered = upload(client(server, tmp_path), pieces(), kind=kind)
        assert taken.ended.wait(PATIENCE)

    assert (status, False) == (problem(answered), taken.whole)
    assert b"Freigabe" not in taken.body
    assert "no" == logged(capsys)["sent"]


def test_pointer_of_a_wrong_row(tmp_path: Path) -> None:
    """The caller is told which row, and which value in it, of all wrong rows that have arrived."""
    with serving(taking(Taking(), answer(DONE))) as server:
        answered = upload(client(server, tmp_path), [GOOD, GOOD + WRONG + GOOD + WRONG, WRONG])

    assert ["/2/amount", "/4/amount"] == [each["pointer"] for each in json.loads(answered.data)["errors"]]


def test_first_row_wrong(tmp_path: Path) -> None:
    """The ERP is not even called."""
    with serving(taking(Taking(), answer(DONE))) as server:
        answered = upload(client(server, tmp_path), [WRONG])

    assert ((422, "invalid-request"), 0) == (problem(answered), server.connections)


@pytest.mark.parametrize(
    ("error", "status"), [(TimeoutError(), (408, "request-timeout")), (OSError(), (400, "bad-request"))]
)
def test_caller_breaks_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: OSError, status: tuple[int, str]
) -> None:
    """A caller who leaves, or says nothing for too long, ends the request to the ERP before its end."""
    taken = Taking()

    def pieces() -> Iterator[bytes]:
        yield GOOD
        taken.until(b"</n0:Buchung>")
        raise error

    with serving(taking(taken, answer(DONE))) as server:
        answered = upload(client(server, tmp_path), pieces())
        assert taken.ended.wait(PATIENCE)

    assert (status, False, "no") == (problem(answered), taken.whole, logged(capsys)["sent"])


@pytest.mark.parametrize("close", [False, True], ids=["kept open", "closed"])
@pytest.mark.parametrize(
    ("said", "status"),
    [
        (answer(CLOSED, status="500 No"), (409, "month-closed")),
        (answer(DONE), (502, "backend-reply-invalid")),
        (answer(b"", status="411 Length Required"), (502, "backend-reply-invalid")),
    ],
    ids=["fault", "success", "refusal"],
)
def test_early_answer(tmp_path: Path, said: bytes, status: tuple[int, str], close: bool) -> None:
    """An ERP that says no before the end is believed, one that says yes is not; no more is read of the caller."""
    taken, done = Taking(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield GOOD
        assert done.wait(PATIENCE)
        yield GOOD
        raise AssertionError("asked for more")

    with serving(early(taken, said, done, close)) as server:
        answered = upload(client(server, tmp_path), pieces())

    assert (status, False) == (problem(answered), taken.whole)


def test_early_success_of_a_list(tmp_path: Path) -> None:
    """Nor is an answer that would leave row by row."""
    taken, done = Taking(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield GOOD
        assert done.wait(PATIENCE)
        yield GOOD

    with serving(early(taken, answer(DONE), done)) as server:
        answered = upload(client(server, tmp_path), pieces(), "check")

    assert (502, "backend-reply-invalid") == problem(answered)


def test_erp_goes_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An ERP that breaks the connection before the end has taken nothing, and the caller is told so."""
    taken, gone = Taking(), threading.Event()

    def script(peer: Peer) -> None:
        next(taken.chunks(peer))
        peer.reset()
        gone.set()

    def pieces() -> Iterator[bytes]:
        yield GOOD
        assert gone.wait(PATIENCE)
        while True:
            yield GOOD

    with serving(script) as server:
        answered = upload(client(server, tmp_path), pieces())

    assert (502, "backend-lost") == problem(answered)
    assert "Nothing was taken" in json.loads(answered.data)["detail"]
    assert "no" == logged(capsys)["sent"]


def test_erp_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once all of it was sent, an ERP without an answer may have carried it out."""
    taken = Taking()

    def script(peer: Peer) -> None:
        for _ in taken.chunks(peer):
            pass

    with serving(script) as server:
        answered = upload(client(server, tmp_path), [GOOD])

    assert ((502, "backend-lost"), "maybe", True) == (problem(answered), logged(capsys)["sent"], taken.whole)


@pytest.mark.parametrize(
    ("path", "pieces", "errors"),
    [
        ("remove", [b'{"number": 1}\n'], {"": "must have at least 2 items"}),
        ("remove", [b'{"number": 1}\n'] * 4, {"": "must have at most 3 items"}),
        ("remove", [b'{"number": 1}\n', b"null\n"], {"/1": "must not be null"}),
        ("import", [b"5\n"], {"/0": "must be an object"}),
        ("import", [b'{"account": "\\u0001"}\n'], {"/0/account": "Holds a character that XML cannot carry."}),
    ],
)
def test_counted_and_whole(tmp_path: Path, path: str, pieces: list[bytes], errors: dict[str, str]) -> None:
    """The number of rows is that of the contract and of the mapping; each row is an object."""
    with serving(taking(Taking(), answer(DONE))) as server:
        answered = upload(client(server, tmp_path), pieces, path)

    assert errors == {each["pointer"]: each["detail"] for each in json.loads(answered.data)["errors"]}


def test_too_many_bytes(tmp_path: Path) -> None:
    """An upload of unknown length ends at max_bytes, in the middle of whatever it was."""
    taken = Taking()

    def pieces() -> Iterator[bytes]:
        yield b'{"number": 1}\n'
        taken.until(b"Beleg")
        while True:
            yield b" " * 100 + b"\n"

    with serving(taking(taken, answer(DONE))) as server:
        answered = upload(client(server, tmp_path), pieces(), "remove")
        assert taken.ended.wait(PATIENCE)

    assert ((413, "request-too-large"), False) == (problem(answered), taken.whole)


def test_announced_too_large(tmp_path: Path) -> None:
    """One that says that it is too large is refused before anything of it is read."""
    with serving(taking(Taking(), answer(DONE))) as server:
        answered = client(server, tmp_path).post("/v1/postings/remove", data=b" " * 1001, content_type=NDJSON)

    assert ((413, "request-too-large"), 0) == (problem(answered), server.connections)


def test_more_than_the_house_takes_otherwise(tmp_path: Path) -> None:
    """ADAPTER_MAX_REQUEST_BYTES bounds one row, not the upload."""
    taken = Taking()
    with serving(taking(taken, answer(DONE))) as server:
        answered = upload(client(server, tmp_path), [GOOD * 1000] * 40)

    assert (200, 40_000) == (answered.status_code, taken.body.count(b"<n0:Buchung>"))
