"""Rows go on to the ERP while they arrive: all of them or none, whoever ends it before the end."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapter.app import build, create_app
from adapter.cli.explain import explained
from tests.cases import SHAPES, shape_project
from tests.replay import Replay
from tests.unit.logins import REFUSED, granting
from tests.unit.loopback import PATIENCE, Peer, Server, answer, serving
from tests.unit.uploads import CLOSED, DONE, Taking, early, taking

NDJSON = "application/x-ndjson"
GOOD = b'{"account": "1200", "amount": "12.50"}\n'
WRONG = b'{"account": "1200", "amount": "much"}\n'


class Pieces(io.RawIOBase):
    """A request body that gives one piece at a time, each when it is asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what is left of a piece, else the next one."""
        self._left = self._left or next(self._pieces, b"")
        here, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(here)] = here
        return len(here)


def client(server: Server, folder: Path) -> FlaskClient:
    """The adapter in front of an ERP."""
    project = shape_project(SHAPES / "rows-in", folder / "project", cast(Replay, server))
    return create_app(project, {"ADAPTER_TIMEOUT": "5"}).test_client()


def upload(adapter: FlaskClient, pieces: Iterable[bytes], path: str = "import", kind: str = NDJSON) -> TestResponse:
    """Send pieces of unknown length."""
    environ: dict[str, Any] = {"wsgi.input": Pieces(pieces), "wsgi.input_terminated": True}
    return adapter.post(f"/v1/postings/{path}", content_type=kind, environ_overrides=environ)


def problem(answered: TestResponse) -> tuple[int, str]:
    """The status of an answer, and its problem."""
    return answered.status_code, json.loads(answered.data)["type"].rpartition("/")[2]


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The log line of the only request."""
    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines() if '"event":"request"' in text]
    return cast(dict[str, Any], line)


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


def test_login_that_ended(tmp_path: Path) -> None:
    """A token that is refused once rows were sent is not renewed: what was sent is gone, and not sent as no rows."""
    taken = Taking()
    with serving(taking(taken, REFUSED)) as erp, serving(granting(3600)) as login:
        project = shape_project(SHAPES / "rows-in", tmp_path / "project", cast(Replay, erp))
        mapping = project / "mappings" / "mapping.yaml"
        mapping.write_text(
            mapping.read_text().replace("port: BuchhaltungPort}", "port: BuchhaltungPort, identity: {bearer: erp}}")
        )
        parts = {"TOKEN_URL": login.url, "CLIENT_ID": "c", "CLIENT_SECRET": "s" * 20}
        adapter = create_app(project, {f"ADAPTER_CREDENTIAL_ERP_{part}": text for part, text in parts.items()})
        answered = upload(adapter.test_client(), [GOOD])
        calls, logins = erp.connections, len(login.requests)

    assert ((502, "backend-refused-us"), 1, 1) == (problem(answered), calls, logins)
    assert b"Bearer token-1" in taken.head


def test_explained(tmp_path: Path) -> None:
    """`adapter explain` shows the request with its rows, as it was sent."""
    with serving(taking(Taking(), answer(DONE))) as server:
        built = build(shape_project(SHAPES / "rows-in", tmp_path / "project", cast(Replay, server)), {})
        status, text = explained(built, "POST", "/v1/postings/import", GOOD, {"Content-Type": NDJSON})

    assert (200, 1) == (status, text.count("<n0:Konto>1200</n0:Konto>"))
    assert text.index("SOAP out") < text.index("<n0:Konto>") < text.index("<n0:Freigabe>") < text.index("SOAP in")
    assert "(rows, each checked when it comes)" in text


def test_explained_where_it_was_cut_off(tmp_path: Path) -> None:
    """Of an upload with a wrong row, what was sent before it is shown; of one whose first rows are wrong, nothing."""
    taken = Taking()
    with serving(taking(taken, answer(DONE))) as server:
        built = build(shape_project(SHAPES / "rows-in", tmp_path / "project", cast(Replay, server)), {})
        first = explained(built, "POST", "/v1/postings/import", WRONG, {"Content-Type": NDJSON})[1]
        later = explained(built, "POST", "/v1/postings/import", GOOD * 100 + WRONG, {"Content-Type": NDJSON})[1]

    assert "Nothing was sent." in first
    assert "SOAP out" not in first
    assert "here it was cut off" in later
    assert "A row was refused after others had been sent" in later
