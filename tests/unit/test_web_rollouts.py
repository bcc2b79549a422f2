"""``/v1/rollouts``: who may look, move and approve, and what each is told who may not or asks wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from adapter.__main__ import main
from adapter.app import create_app
from adapter.errors import BuildError
from adapter.store import audit
from tests.callers.known import SECRET, durable, made_key
from tests.everyone import EVERYONE
from tests.strangler.project import moving_reads
from tests.unit.edge import slug

WISH = {"epoch": 0, "reason": "begin"}
PEOPLE = {
    "ann": ("rollout.read", "rollout.operate"),
    "bob": ("rollout.read", "rollout.approve"),
    "eve": ("customers.read",),
}


class Site:
    """An application with a feature, and people with keys."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        settings = {
            "ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / "subjects.db"),
            "ADAPTER_STORE_KEY": SECRET, "ADAPTER_CONSOLE": "on",
        }  # fmt: skip
        self.client: FlaskClient = create_app(moving_reads(folder), {**settings, **environ}).test_client()
        self.keys = {name: made_key(durable(folder), name, scopes) for name, scopes in PEOPLE.items()}

    def ask(self, who: str, path: str = "", body: Any = None, **more: Any) -> TestResponse:
        """Ask as somebody; a body makes it a POST."""
        headers = {"X-API-Key": self.keys[who]} if who else {}
        method = "GET" if body is None else "POST"
        return self.client.open(f"/v1/rollouts{path}", method=method, headers=headers, json=body, **more)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose callers have to be known."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site in which nothing is ever moved."""
    return Site(tmp_path_factory.mktemp("untouched"))


def test_where_features_stand(site: Site) -> None:
    """All of them, and one with what was done to it."""
    found = site.ask("bob").json
    assert found is not None
    names = ("feature", "epoch", "stage", "next", "two_persons", "since")
    assert [("customers", 0, "legacy", "shadow", False, None)] == [
        tuple(each[name] for name in names) for each in found["items"]
    ]
    site.ask("ann", "/customers/advance", WISH)
    one = site.ask("bob", "/customers").json
    assert one is not None
    assert ("shadow", "key:ann", "begin", ["customers.list", "customers.read"]) == (
        one["stage"], one["actor"], one["reason"], one["operations"],
    )  # fmt: skip
    assert [("advance", "key:ann", "shadow")] == [
        (each["action"], each["actor"], each["details"]["to"]) for each in one["history"]
    ]


def test_the_actor_is_the_caller(site: Site) -> None:
    """Whatever he says; the audit has his id."""
    assert 422 == site.ask("ann", "/customers/advance", {**WISH, "actor": "bob"}).status_code
    answer = site.ask("ann", "/customers/advance", WISH)
    assert (200, "shadow") == (answer.status_code, answer.json["stage"])  # type: ignore[index]
    entries = durable(site.folder).store.read(lambda connection: audit.about(connection, "customers", "rollout.", 9))
    assert ["key:ann"] == [each.actor for each in entries]


@pytest.mark.parametrize(
    ("who", "path", "body", "said"),
    [
        ("", "", None, (401, "unauthenticated")),
        ("eve", "", None, (403, "forbidden")),
        ("eve", "/customers", None, (403, "forbidden")),
        ("bob", "/customers/advance", WISH, (403, "forbidden")),
        ("bob", "/customers/rollback", WISH, (403, "forbidden")),
        ("ann", "/customers/approve", WISH, (403, "forbidden")),
        ("ann", "/orders", None, (404, "no-such-feature")),
        ("ann", "/orders/hold", WISH, (404, "no-such-feature")),
        ("ann", "/customers/explode", WISH, (404, "no-such-path")),
        ("ann", "/customers/advance", {"epoch": 3, "reason": "x"}, (409, "stale-epoch")),
        ("ann", "/customers/resume", WISH, (409, "not-allowed-now")),
        ("bob", "/customers/approve", WISH, (409, "not-allowed-now")),
        ("ann", "/customers/advance", {"epoch": 0}, (422, "invalid-request")),
        ("ann", "/customers/advance", {"reason": "x"}, (422, "invalid-request")),
        ("ann", "/customers/advance", {"epoch": 0, "reason": " "}, (422, "invalid-request")),
        ("ann", "/customers/advance", {**WISH, "to": "life"}, (422, "invalid-request")),
        ("ann", "/customers/advance", {**WISH, "to": "live"}, (422, "invalid-request")),
        ("ann", "/customers/advance", {**WISH, "until": "2030-01-01T00:00:00Z"}, (422, "invalid-request")),
        ("ann", "/customers/advance", {**WISH, "despite": 1}, (422, "invalid-request")),
        ("ann", "/customers/advance", {**WISH, "epoch": True}, (422, "invalid-request")),
        ("ann", "/customers/advance", {**WISH, "epoch": "0"}, (422, "invalid-request")),
        ("ann", "/customers/pin", {**WISH, "until": "tomorrow"}, (422, "invalid-request")),
        ("ann", "/customers/pin", {**WISH, "until": "2030-01-01T00:00:00"}, (422, "invalid-request")),
        ("ann", "/customers/advance", [], (422, "invalid-request")),
    ],
)  # fmt: skip
def test_what_is_refused(untouched: Site, who: str, path: str, body: Any, said: tuple[int, str]) -> None:
    """Each by its own problem, and nothing is changed."""
    assert said == slug(untouched.ask(who, path, body))
    assert 0 == untouched.ask("ann", "/customers").json["epoch"]  # type: ignore[index]


def test_a_pin_has_a_time(site: Site) -> None:
    """With its offset; the answer has it in UTC."""
    site.ask("ann", "/customers/pin", {**WISH, "until": "2099-01-01T01:00:00+01:00"})
    pinned = site.ask("ann", "/customers").json["pinned"]  # type: ignore[index]
    assert {"actor": "key:ann", "reason": "begin", "until": "2099-01-01T00:00:00.000Z"} == pinned
    assert (409, "not-allowed-now") == slug(site.ask("ann", "/customers/advance", {"epoch": 1, "reason": "x"}))


def test_two_persons(site: Site) -> None:
    """One operates, another approves; who approved is shown."""
    for epoch in range(4):
        body = {"epoch": epoch, "reason": "on", "despite": True}
        assert 200 == site.ask("ann", "/customers/advance", body).status_code
    last = {"epoch": 4, "reason": "done", "despite": True}
    assert (409, "approval-needed") == slug(site.ask("ann", "/customers/advance", last))
    answer = site.ask("bob", "/customers/approve", {"epoch": 4, "reason": "seen"})
    assert ["key:ann", "key:bob"] == [each["actor"] for each in answer.json["approvals"]]  # type: ignore[index]
    assert "complete" == site.ask("ann", "/customers/advance", last).json["stage"]  # type: ignore[index]


def test_a_demonstration_is_moved_from_its_own_machine(tmp_path: Path) -> None:
    """By whoever is there, by the name that he says; from elsewhere it is looked at only."""
    site = Site(tmp_path, ADAPTER_CONSOLE="demo", **EVERYONE)
    here, elsewhere = {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}}, {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    assert (403, "forbidden") == slug(site.ask("", "/customers/advance", {**WISH, "actor": "ann"}, **elsewhere))
    assert 200 == site.ask("", "", **elsewhere).status_code
    assert "demo:ann" == site.ask("", "/customers/advance", {**WISH, "actor": "ann"}, **here).json["actor"]  # type: ignore[index]
    answer = site.ask("", "/customers/hold", {"epoch": 1, "reason": "x"}, **here)
    assert "demo:somebody" == answer.json["actor"]  # type: ignore[index]


def test_where_nobody_is_known_nothing_is_moved(tmp_path: Path) -> None:
    """Not even from the machine itself: a proxy may stand there."""
    site = Site(tmp_path, **EVERYONE)
    here = {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}}
    assert 200 == site.ask("", "/customers", **here).status_code
    assert (403, "forbidden") == slug(site.ask("", "/customers/hold", WISH, **here))


def test_nothing_is_there_unless_it_is_asked_for(tmp_path: Path) -> None:
    """Neither the paths, nor in the document."""
    site = Site(tmp_path, ADAPTER_CONSOLE="off")
    assert (404, "no-such-path") == slug(site.ask("ann"))
    assert "/v1/rollouts" not in site.client.get("/openapi.json").json["paths"]  # type: ignore[index]


@pytest.mark.parametrize(
    "environ",
    [{}, {**EVERYONE, "ADAPTER_HOSTS": "localhost,api.example"}, {**EVERYONE, "ADAPTER_HOSTS": "10.0.0.1:8080"}],
)
def test_a_demonstration_is_none_anywhere_else(tmp_path: Path, environ: dict[str, str]) -> None:
    """It lets anybody move features, so it does not start where callers are known, or under another name."""
    with pytest.raises(BuildError) as raised:
        Site(tmp_path, **{"ADAPTER_CONSOLE": "demo", **environ})
    assert "ADAPTER_CONSOLE: demo" in str(raised.value)


def test_the_document_has_every_path(site: Site) -> None:
    """It is valid, and names the scope of each."""
    found: Any = site.client.get("/openapi.json").json
    validate(found)
    scopes = {
        path.removeprefix("/v1/rollouts"): each["security"][0]["api-key"]
        for path, item in found["paths"].items()
        if path.startswith("/v1/rollouts")
        for each in item.values()
    }
    served = {
        rule.rule.replace("<feature>", "{feature}").removeprefix("/v1/rollouts")
        for rule in site.client.application.url_map.iter_rules()
        if rule.rule.startswith("/v1/rollouts")
    }
    assert served == scopes.keys()
    assert (["rollout.read"], ["rollout.approve"], ["rollout.operate"]) == (
        scopes[""], scopes["/{feature}/approve"], scopes["/{feature}/advance"],
    )  # fmt: skip


def test_keys_may_have_these_scopes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`adapter keys create` knows them, where something moves."""
    monkeypatch.setenv("ADAPTER_STORE_KEY", SECRET)
    words = ["keys", "create", "--owner", "ann", "--scopes", "rollout.read,rollout.operate", "--project"]
    assert 0 == main([*words, str(moving_reads(tmp_path))])
    assert "sa_" in capsys.readouterr().out
