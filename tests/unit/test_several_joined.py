"""Joined reads over real HTTP: what runs side by side, which failure counts, what an optional call may do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from adapter.app import create_app
from adapter.mapping.taking import unfit
from adapter.wsdl.types import Facets, Scalar
from tests.cases import SHAPES, shape_project
from tests.evidence.map_sequence import failing, taking
from tests.replay import replaying

PATIENCE = 20.0
HEAD = "<Kopf><AuftragNr>4711</AuftragNr><KundenNr>{}</KundenNr></Kopf>"
ANSWERS = {
    "LeseKopf": HEAD.format("K-9"),
    "LesePositionen": "",
    "LesePartner": "<Partner><PartnerNr>K-9</PartnerNr><Name1>Anna</Name1></Partner>",
}
Act = Callable[[], str]


def envelope(content: str) -> bytes:
    """Return an answer."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}"><s:Body>{content}</s:Body></s:Envelope>'.encode()


@contextmanager
def reading(tmp_path: Path, **acts: Act) -> Iterator[Callable[[], TestResponse]]:
    """Run the adapter on the shape; ``acts`` make the contents of answers, by operation. None: a fault."""

    def respond(body: bytes) -> tuple[int, bytes]:
        name = next(name for name in ANSWERS if f"{name} ".encode() in body or f"{name}>".encode() in body)
        content = acts[name]() if name in acts else ANSWERS[name]
        if content.startswith("fault"):
            return 500, envelope(f"<s:Fault><faultcode>s:{content[6:]}</faultcode><faultstring/></s:Fault>")
        return 200, envelope(f'<{name}Antwort xmlns="urn:stuecke">{content}</{name}Antwort>')

    with replaying(respond) as replay:
        app = create_app(shape_project(SHAPES / "joined-calls", tmp_path / "project", replay.url), {})
        yield lambda: app.test_client().get("/v1/orders/4711", headers={"Host": "localhost"})


def test_what_needs_nothing_runs_beside_the_main_call(tmp_path: Path) -> None:
    """Main call and lines are answered only once both have arrived."""
    both = threading.Barrier(2)

    def meet(content: str) -> Act:
        def act() -> str:
            both.wait(PATIENCE)
            return content

        return act

    with reading(tmp_path, LeseKopf=meet(ANSWERS["LeseKopf"]), LesePositionen=meet("")) as read:
        assert {"id": 4711, "lines": [], "customer": {"id": "K-9", "name": "Anna"}} == read().get_json()


def test_a_failure_of_the_main_call_does_not_wait(tmp_path: Path) -> None:
    """The caller gets the main call's problem while another is under way; what that brings is dropped."""
    answered = threading.Event()

    def late() -> str:
        answered.wait(PATIENCE)
        return ""

    with reading(tmp_path, LeseKopf=lambda: "fault Gesperrt", LesePositionen=late) as read:
        assert 423 == read().status_code
        answered.set()


def test_the_first_failure_of_the_mapping_counts(tmp_path: Path) -> None:
    """Lines stand before the customer: their failure is told, though the customer's value is refused earlier."""
    with reading(
        tmp_path, LeseKopf=lambda: HEAD.format("far-too-long"), LesePositionen=lambda: "fault Gesperrt"
    ) as read:
        assert "/problems/order-locked" == read().get_json()["type"]


def test_a_value_that_does_not_fit_is_not_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The reply holds a longer number than the other request allows: the optional call failed, and the log says why."""
    with reading(tmp_path, LeseKopf=lambda: HEAD.format("far-too-long")) as read:
        assert ["customer"] == read().get_json()["incomplete"]
    assert "incomplete: customer: 502 backend-reply-invalid" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("builtin", "facets", "other", "others", "why"),
    [
        ("string", {}, "int", {}, "it is of type string, and int is asked for"),
        ("int", {}, "string", {}, ""),
        ("short", {}, "decimal", {}, ""),
        ("decimal", {}, "int", {}, "it is of type decimal, and int is asked for"),
        ("date", {}, "dateTime", {}, "it is of type date, and dateTime is asked for"),
        ("string", {"max_length": 9}, "string", {"max_length": 8}, "it may have 9 characters, and 8 are allowed"),
        ("string", {}, "string", {"max_length": 8}, ""),
        ("token", {"enumeration": ("A", "B")}, "token", {"enumeration": ("A",)}, "it may be B, which is not allowed"),
    ],
)
def test_types_must_fit(builtin: str, facets: Any, other: str, others: Any, why: str) -> None:
    """What cannot be right is a mistake while building; what the contract leaves open is checked when it is taken."""
    source, target = Scalar("a", builtin, Facets(**facets)), Scalar("b", other, Facets(**others))
    assert why == unfit(source, target)


def test_lists_cannot_be_taken() -> None:
    """A list or a union has no one value."""
    assert "" != unfit(None, Scalar("b", "string"))


@pytest.mark.parametrize(
    ("step", "way", "cause"),
    [
        ("undo", "fault", "orders.create.lines: unmapped fault KR-009); undo: 502 backend-fault (orders.create.undo"),
        ("commit", "garbage", "orders.create.commit: the body holds another element"),
    ],
)
def test_the_log_names_what_broke(step: str, way: str, cause: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What may be left is a warning, with the call and its cause."""
    with taking() as (app, taker):
        capsys.readouterr()
        assert "" == failing(app, taker, step, way)
    line = capsys.readouterr().out
    assert '"level":"warning"' in line
    assert cause.replace("unmapped fault KR-009", "fault KR-009") in line


def test_nothing_is_sent_when_a_later_value_is_wrong() -> None:
    """A bad second line is found before the header is made."""
    with taking() as (app, taker):
        body = {"lines": [{"item": "A-1", "quantity": 2}, {"item": "B-7", "quantity": "many"}]}
        answer = app.test_client().post("/v1/orders", json=body, headers={"Host": "localhost"})
        assert (422, None) == (answer.status_code, taker.order)
        assert ["/lines/1/quantity"] == [each["pointer"] for each in answer.get_json()["errors"]]
