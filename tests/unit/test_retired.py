"""After the end of a migration: what can go, the file without a contract, and operations that answer as before."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapter.__main__ import main
from adapter.app import build, create_app, credentials_of, openapi
from adapter.durable import Durable
from adapter.errors import BuildError, RequestError
from adapter.messages import Caller, Request
from adapter.openapi import with_parts
from adapter.opened import open_backends
from adapter.pipeline import Limits
from adapter.retired import handlers
from adapter.rollout.stages import Standing
from adapter.settings import environment, read
from adapter.store import rollouts
from adapter.store.observed import Batch, add
from adapter.strict_json import encode
from tests.cases import SHAPES, shape_project
from tests.unit.loopback import Peer, answer, serving

DAY = 86400
LIMITS = Limits(64, 100)
ROLLOUT = "rollout: {steps: [shadow, dualwrite, live, rampdown, complete], retire: 30}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one feature."""
    for name in ("ADAPTER_STORE_KEY", "ADAPTER_STORE"):
        monkeypatch.delenv(name, raising=False)
    folder = shape_project(SHAPES / "new-side", tmp_path / "project", "http://127.0.0.1:1")
    with (folder / "adapter.env").open("a", encoding="utf-8") as env:
        env.write("\nADAPTER_STORE_KEY=a-secret-of-the-tests-of-forty-characters\n")
    mapping = folder / "mappings" / "mapping.yaml"
    text = mapping.read_text("utf-8").replace("types:\n", f"{ROLLOUT}types:\n", 1)
    text = text.replace("    call: LegePartnerAn\n", "    call: LegePartnerAn\n    write: {key: optional}\n")
    text = text.replace("types:\n", "scopes: {read: [partners.read], write: [partners.write]}\ntypes:\n", 1)
    mapping.write_text(text.replace("    call: LesePartner\n", "    call: LesePartner\n    limit: 9/minute\n"), "utf-8")
    return folder


def stand(folder: Path, stage: Any, days: float, called: float | None = None) -> None:
    """Let the feature stand at a stage since some days, and the ERP have answered it then."""
    now, store = time.time(), Durable(read(folder, environment()), folder).store
    after = Standing("partners", 1, stage, since=now - days * DAY, actor="ann", reason="done")
    assert store.run(lambda connection: rollouts.put(connection, Standing("partners"), after, now, "advance"))
    if called is not None:
        minute = int((now - called * DAY) // 60)
        batch = Batch("partners", 1, calls={("partners.read", "soap", minute, "ok", 0): 1})
        store.run(lambda connection: add(connection, batch))


def retire(folder: Path, *words: str) -> int:
    """Run the command."""
    return main(["rollout", "retire", "partners", *words, "--project", str(folder)])


@pytest.mark.parametrize(
    ("stage", "days", "called", "why"),
    [
        ("live", 90, None, "it stands at live"),
        ("complete", 29, None, "the ERP answered 29.0 days ago"),
        ("complete", 90, 3, "the ERP answered 3.0 days ago"),
    ],
)
def test_not_yet(
    stage: str, days: float, called: float | None, why: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As long as the ERP may be asked nothing is written, and it says why."""
    stand(project, stage, days, called)
    before = (project / "mappings" / "mapping.yaml").read_text("utf-8")
    assert 1 == retire(project, "--write")
    assert f"not yet: {why}" in capsys.readouterr().out
    assert before == (project / "mappings" / "mapping.yaml").read_text("utf-8")


def test_what_can_go(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lines are named, the setting and the contract that nobody else needs too; list says so by itself."""
    stand(project, "complete", 31, 31)
    assert 0 == retire(project)
    said = capsys.readouterr().out
    lines = (project / "mappings" / "mapping.yaml").read_text("utf-8").splitlines()
    assert re.search(r"^mappings/mapping.yaml:4-4 +soap$", said, re.MULTILINE)
    assert lines[3].startswith("soap:")
    assert "wsdl/shape.wsdl" in said
    assert "ADAPTER_ENDPOINT_PARTNERSERVICE" in said
    assert 0 == main(["rollout", "list", "--project", str(project)])
    assert "partners: the ERP was not asked for 31 days" in capsys.readouterr().out


def test_a_feature_that_is_not_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no mapping has is a mistake of who asks."""
    assert 2 == main(["rollout", "retire", "nobody", "--project", str(project)])
    assert "no mapping with `rollout:` has the resource nobody" in capsys.readouterr().err


def retired(project: Path) -> Path:
    """Retire the feature, and take the contract and its setting away."""
    stand(project, "complete", 31)
    assert 0 == retire(project, "--write")
    shutil.rmtree(project / "wsdl")
    env = [line for line in (project / "adapter.env").read_text("utf-8").splitlines() if "ENDPOINT" not in line]
    (project / "adapter.env").write_text("\n".join(env), "utf-8")
    return project


def test_openapi_stays_as_it_is(project: Path) -> None:
    """Callers read the same of the operations, without a contract and without their mapping."""
    before = openapi(build(project, environment()))
    after = openapi(build(retired(project), environment()))
    assert encode(before["paths"]["/v1/partners/{id}"]) == encode(after["paths"]["/v1/partners/{id}"])
    assert encode(before["paths"]["/v1/partners"]) == encode(after["paths"]["/v1/partners"])
    assert before["components"]["schemas"]["Partner"] == after["components"]["schemas"]["Partner"]
    mapping = (project / "mappings" / "mapping.yaml").read_text("utf-8")
    assert ["version", "resource", "path", "http", "openapi"] == [
        line.partition(":")[0] for line in mapping.splitlines() if line[0] != " "
    ]


@pytest.fixture
def ask(project: Path) -> Any:
    """Ask the retired project while the service answers as the shape's case says; the requests that came are there."""
    said: dict[str, bytes] = {}

    def script(peer: Peer) -> None:
        while peer.request():
            answered = json.loads(said["case"])["answered"]
            body = json.dumps(answered["body"]).encode()
            where = f"Location: /erp{answered['location']}\r\n" if "location" in answered else ""
            head = {"status": f"{answered['status']} Said", "fields": where}
            peer.send(answer(body, media_type="application/json", **head))

    folder = retired(project)
    with serving(script) as server:
        client = create_app(folder, {"ADAPTER_SERVICE_PARTNERS": f"{server.url}/api"}).test_client()

        def asked(case: str, **more: Any) -> tuple[int, Any, Any, list[bytes]]:
            said["case"] = (SHAPES / "new-side" / case / "service.json").read_bytes()
            given = json.loads((SHAPES / "new-side" / case / "request.json").read_bytes()) | more
            body = {"json": given["body"]} if "body" in given else {}
            found = client.open(given["path"], method=given["method"], headers={"Host": "localhost"}, **body)
            return found.status_code, found.json, found.headers, server.requests

        yield asked


@pytest.mark.parametrize("case", ["read", "created", "listed", "nobody"])
def test_it_answers_as_before(case: str, ask: Callable[..., Any]) -> None:
    """Each case of the shape is answered as it was by both sides."""
    wanted = json.loads((SHAPES / "new-side" / case / "reply.json").read_bytes())
    status, body, headers, requests = ask(case)
    assert wanted["status"] == status
    assert wanted.get("location") == headers.get("Location")
    asked = json.loads((SHAPES / "new-side" / case / "service.json").read_bytes())["asked"]
    assert f"{asked['method']} /erp{asked['target']} HTTP/1.1" == requests[-1].split(b"\r\n")[0].decode()
    if status < 400:
        assert json.dumps(wanted["body"]).replace("1500.50", "1500.5") == json.dumps(body)
    else:
        assert wanted["body"]["type"] == body["type"]


def test_scopes_stay(project: Path) -> None:
    """Who may call is as it was, where callers are known."""
    built = build(retired(project), environment())
    credentials = credentials_of(project, built.settings)
    opened = open_backends(built.settings, built.endpoints, built.contracts, credentials, retired=built.retired)
    observed = (lambda: None, lambda outcome: None)
    made = {each.served.name: handle for each, handle in handlers(built.retired, opened, LIMITS, observed, known=True)}
    caller = Caller("bob", frozenset(("partners.read",)))
    request = Request("partners.create", "1", time.monotonic() + 9, "POST", body=b"{}", caller=caller)
    with pytest.raises(RequestError) as caught:
        made["partners.create"](request)
    assert 403 == caught.value.status


def test_names_that_mean_something_else_today() -> None:
    """A component that another resource has by now under the same name keeps it; the kept one gets a number."""
    ref = {"$ref": "#/components/schemas/Partner"}
    part = {"paths": {"/a": {"get": {"x": ref}}}, "components": {"schemas": {"Partner": {"type": "string"}}}}
    whole: dict[str, Any] = {"paths": {}, "components": {"schemas": {"Partner": {"type": "object"}}}, "tags": []}
    found = with_parts(whole, [part])
    assert {"Partner": {"type": "object"}, "Partner2": {"type": "string"}} == found["components"]["schemas"]
    assert "#/components/schemas/Partner2" == found["paths"]["/a"]["get"]["x"]["$ref"]


def test_limits_stay(ask: Callable[..., Any]) -> None:
    """How often a caller may ask is as it was."""
    assert "q=9" in ask("read")[2]["RateLimit-Policy"]


@pytest.mark.parametrize(
    ("case", "more", "pointer"),
    [
        ("created", {"body": {"status": "active"}}, "/name"),
        ("created", {"body": {"name": "M", "status": "gone"}}, "/status"),
        ("created", {"body": {"name": "M", "status": "active", "x": 1}}, ""),
        ("created", {"body": {"name": "M", "status": "active", "limit": None}}, ""),
        ("created", {"body": {"name": "M", "status": "active", "address": {"street": 1, "city": "W"}}},
         "/address/street"),
        ("created", {"body": [1]}, ""),
        ("listed", {"path": "/v1/partners?colour=red"}, "colour"),
        ("listed", {"path": "/v1/partners?limit=1&limit=2"}, "limit"),
        ("read", {"method": "GET", "body": {}}, ""),
    ],
)  # fmt: skip
def test_what_callers_send_is_still_checked(case: str, more: Any, pointer: str, ask: Callable[..., Any]) -> None:
    """Names, words, kinds and what is missing are looked at before the service is asked."""
    status, body, _, requests = ask(case, **more)
    assert (422, "/problems/invalid-request") == (status, body["type"])
    assert pointer in [each["pointer"] for each in body["errors"]]
    assert [] == requests


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda file: file.unlink(), "there is no mappings/retired/partners.json"),
        (lambda file: file.write_text("{}"), "is not what `adapter rollout retire` wrote"),
        (lambda file: file.write_text("[1"), "is not what `adapter rollout retire` wrote"),
        (lambda file: file.write_text(file.read_text().replace('"known"', '"unknown"')), "is not what"),
    ],
)
def test_a_document_that_nobody_wrote(change: Callable[[Path], Any], text: str, project: Path) -> None:
    """A document that is not there, or is another one, is told while building, with what to do."""
    folder = retired(project)
    change(folder / "mappings" / "retired" / "partners.json")
    with pytest.raises(BuildError, match=text):
        build(folder, environment())


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda text: text.replace("openapi: retired/partners.json", "openapi: partners.json"), "such as retired/cust"),
        (lambda text: text.replace("path: /v1/partners", "title: x"), "title: means nothing without a contract"),
        (lambda text: text.replace("path: /v1/partners", ""), "needs the key 'path'"),
        (lambda text: text.replace("timeout: 2", "timeout: 2s"), "timeout: must be a number"),
        (lambda text: text + "soap: {wsdl: shape.wsdl, service: S, port: P}\n", "openapi: means nothing beside a"),
    ],
)
def test_a_file_that_was_edited(change: Callable[[str], str], text: str, project: Path) -> None:
    """What is wrong in a file without a contract is told with its place, and so is one beside a contract."""
    mapping = retired(project) / "mappings" / "mapping.yaml"
    mapping.write_text(change(mapping.read_text("utf-8")), "utf-8")
    with pytest.raises(BuildError, match=text):
        build(project, environment())


def test_settings_are_asked_for_still(project: Path) -> None:
    """Where the service is and who we are there has to be set, and scopes to be there where callers are known."""
    folder = retired(project)
    env = (folder / "adapter.env").read_text("utf-8")
    lines = [line for line in env.splitlines() if "PARTNERS" not in line]
    (folder / "adapter.env").write_text("\n".join(lines).replace("everyone", "known"), "utf-8")
    beside = folder / "mappings" / "retired" / "partners.json"
    document = json.loads(beside.read_text("utf-8"))
    document["x-operations"] = [{**each, "scopes": None} for each in document["x-operations"]]
    beside.write_text(json.dumps(document), "utf-8")
    with pytest.raises(BuildError) as caught:
        build(folder, environment())
    said = str(caught.value)
    for text in ("where the service partners is", "credentials 'partners'", "partners.read: no scopes"):
        assert text in said


def test_two_files_of_one_resource(project: Path) -> None:
    """A contract's file and one without of the same resource are a mistake."""
    mapping = (project / "mappings" / "mapping.yaml").read_text("utf-8")
    stand(project, "complete", 31)
    assert 0 == retire(project, "--write")
    (project / "mappings" / "other.yaml").write_text(mapping, "utf-8")
    with pytest.raises(BuildError, match="the resource partners stands in another file too"):
        build(project, environment())
