"""Code tables by lookup over real HTTP: which calls are made, what the log, the documentation and explain say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from adapter.app import build, create_app, openapi
from adapter.cli.explain import explained
from tests.cases import SHAPES, shape_project
from tests.replay import Replay, replaying

LIST = '<SucheKundenAntwort xmlns="urn:laender"><Kunde><Name>Anna</Name><Land>{}</Land></Kunde></SucheKundenAntwort>'
HOST = {"Host": "localhost"}


@dataclass
class Erp:
    """The pretend ERP of the shape: its table, and the code that its customers have."""

    client: Callable[[], TestResponse]
    replay: Replay
    project: Path
    rows: dict[str, str] = field(default_factory=lambda: {"D": "Germany"})
    code: str = "D"

    def asked(self) -> list[str]:
        """Which calls were made, in order."""
        return ["table" if b"LeseLaender" in sent else "main" for sent in self.replay.sent]


@contextmanager
def erp(tmp_path: Path) -> Iterator[Erp]:
    """Run the adapter on the shape."""
    made: list[Erp] = []

    def respond(body: bytes) -> tuple[int, bytes]:
        content = LIST.format(made[0].code)
        if b"LeseLaender" in body:
            rows = "".join(
                f"<Land><Code>{code}</Code><Name>{word}</Name></Land>" for code, word in made[0].rows.items()
            )
            content = f'<LeseLaenderAntwort xmlns="urn:laender"><Laender>{rows}</Laender></LeseLaenderAntwort>'
        soap = "http://schemas.xmlsoap.org/soap/envelope/"
        return 200, f'<s:Envelope xmlns:s="{soap}"><s:Body>{content}</s:Body></s:Envelope>'.encode()

    with replaying(respond) as replay:
        project = shape_project(SHAPES / "lookup", tmp_path / "project", replay.url)
        app = create_app(project, {})
        made.append(Erp(lambda: app.test_client().get("/v1/customers", headers=HOST), replay, project))
        yield made[0]


def test_operations_share_a_table(tmp_path: Path) -> None:
    """A list asks for it; the create behind it does not."""
    with erp(tmp_path) as there:
        client = create_app(there.project, {}).test_client()
        assert 200 == client.get("/v1/customers", headers=HOST).status_code
        client.post("/v1/customers", headers=HOST, json={"name": "A", "country": "Germany"})
        assert ["table", "main", "main"] == there.asked()


def test_a_new_code_is_found_without_a_second_main_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is asked for again and the same reply is read once more."""
    with erp(tmp_path) as there:
        assert 200 == there.client().status_code
        there.rows["F"], there.code = "France", "F"
        monkeypatch.setattr("adapter.backends.soap.tables.PAUSE", 0)
        answer = there.client()
        assert (200, "France") == (answer.status_code, answer.get_json()["items"][0]["country"])
        assert ["table", "main", "main", "table"] == there.asked()


def test_an_unknown_code_is_named_by_its_lookup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log says which lookup does not know it, and not what it is."""
    with erp(tmp_path) as there:
        there.code = "QQQ"
        assert 502 == there.client().status_code
    log = "".join(capsys.readouterr())
    assert "country: a code that the lookup countries does not know" in log
    assert "QQQ" not in log


def test_the_documentation_says_where_words_come_from(tmp_path: Path) -> None:
    """The property, the parameter, and the problem of an unusable table."""
    with erp(tmp_path) as there:
        document: dict[str, Any] = openapi(build(there.project, {}))
    said = "One of the words of the table countries, which the system behind this API answers (LeseLaender)."
    properties = [each.get("properties", {}) for each in document["components"]["schemas"].values()]
    found = {each["country"]["description"] for each in properties if "country" in each}
    (country,) = document["paths"]["/v1/customers"]["get"]["parameters"]
    assert {f"Where the customer lives. {said}"} == found
    assert said == country["schema"]["description"]
    assert "lookup-unusable" in document["components"]["examples"]


def test_explain_shows_the_call_of_the_table(tmp_path: Path) -> None:
    """With its answer, before the main call; and why an unusable one is refused."""
    with erp(tmp_path) as there:
        built = build(there.project, {})
        status, text = explained(built, "GET", "/v1/customers")
        places = [text.index(f"--- {title} -") for title in ("SOAP out lookup countries", "SOAP out", "JSON out")]
        assert (200, sorted(places)) == (status, places)
        assert "lookup-countries, from" in text
        there.rows.clear()
        status, text = explained(build(there.project, {}), "GET", "/v1/customers")
        assert 502 == status
        assert "lookup countries: the table has no rows" in text
