"""How the demonstration's microservice differs from its contract when it is told to, over real HTTP."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ops.demo.customers import serve

Ask = Callable[..., tuple[int, http.client.HTTPMessage, bytes]]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Ask a service with a new database that begins with wrong-rounding; each time on a connection of its own."""
    with serve(0, str(tmp_path / "customers.sqlite3"), ["wrong-rounding"]) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def ask(target: str, body: Any = None) -> tuple[int, http.client.HTTPMessage, bytes]:
            with closing(http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)) as line:
                line.request("GET" if body is None else "POST", target, None if body is None else json.dumps(body))
                answer = line.getresponse()
                return answer.status, answer.headers, answer.read()

        yield ask
        server.shutdown()
        thread.join()


def read(ask: Ask, *names: str, number: int = 2) -> Any:
    """Return one customer while the service deviates so."""
    assert 200 == ask("/_deviate", {"names": names})[0]
    return json.loads(ask(f"/customers/{number}")[2])


def test_it_begins_as_it_was_started(ask: Ask) -> None:
    """What was named at the start is on, and is said."""
    assert {"names": ["wrong-rounding"]} == json.loads(ask("/_deviate")[2])


def test_each_name_changes_what_it_says(ask: Ask) -> None:
    """One property differs for each name, and nothing once all are off."""
    right = read(ask)
    assert right == read(ask)
    changed = {name: read(ask, name) for name in ("status-word", "status-code", "status-missing", "phones-order")}
    assert {**right, "status": "dormant"} == changed["status-word"]
    assert {**right, "status": "A"} == changed["status-code"]
    assert right.keys() - {"status"} == changed["status-missing"].keys()
    assert right["phones"] != right["phones"][::-1] == changed["phones-order"]["phones"]
    assert "somewhere" == read(ask, "wrong-shape")["address"]


def test_limits_are_rounded(ask: Ask) -> None:
    """A limit that is no whole thousand is another amount, in a list as well."""
    items = [each["credit_limit"] for each in json.loads(ask("/customers?limit=2")[2])["items"]]
    ask("/_deviate", {"names": []})
    right = [each["credit_limit"] for each in json.loads(ask("/customers?limit=2")[2])["items"]]
    assert (["1500.00", "3000.00"], ["2000.00", "3000.00"]) == (right, items)


def test_null_and_absent_change_places(ask: Ask) -> None:
    """What was absent is null, and nothing else is."""
    right, changed = read(ask), read(ask, "null-absent")
    assert changed.keys() - right.keys() == {name for name, value in changed.items() if value is None}


@pytest.mark.parametrize(("share", "fails"), [("100", 10), ("30", 3), ("0", 0)])
def test_a_share_fails(ask: Ask, share: str, fails: int) -> None:
    """Of ten requests in a row so many fail."""
    ask("/_deviate", {"names": [f"failing={share}"]})
    assert fails == [ask("/customers/42")[0] for _ in range(10)].count(500)


def test_answers_that_are_no_answers(ask: Ask) -> None:
    """A page, and more than anybody wants to read."""
    ask("/_deviate", {"names": ["html"]})
    assert "text/html" == ask("/customers/42")[1]["Content-Type"]
    ask("/_deviate", {"names": ["huge"]})
    assert int(ask("/customers/42")[1]["Content-Length"]) > 10_485_760


def test_a_hanging_answer_ends_when_it_is_switched_off(ask: Ask) -> None:
    """No byte comes, and the connection closes once nothing hangs any more."""
    ask("/_deviate", {"names": ["hang"]})
    ended: list[type[Exception]] = []

    def wait() -> None:
        try:
            ask("/customers/42")
        except Exception as error:  # it is looked at below
            ended.append(type(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while waiting.is_alive():  # the switch may come before the request that hangs, so it is made again
        ask("/_deviate", {"names": []})
        waiting.join(0.05)
    assert [] == ended or [http.client.RemoteDisconnected] == ended


@pytest.mark.parametrize("body", [{"names": ["unheard-of"]}, {"names": ["html=3"]}, {"names": ["slow=x"]}, {"a": 1}])
def test_other_names_are_refused(ask: Ask, body: Any) -> None:
    """What is no deviation is said, and what was on stays on."""
    assert 422 == ask("/_deviate", body)[0]
    assert {"names": ["wrong-rounding"]} == json.loads(ask("/_deviate")[2])
