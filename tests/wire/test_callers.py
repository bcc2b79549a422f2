"""Who is asking, over HTTP: 401, 403, 400, on both ways through the edge, and nothing of a credential anywhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapter.callers.keytext import id_of
from adapter.store import keys
from tests.callers.issuing import claims, token
from tests.callers.known import durable, made_key, settings
from tests.callers.provider import providing
from tests.stack import ROOT, Answer, Stack, stack

PATH = "/v1/customers/7"


@dataclass(frozen=True)
class Known:
    """A running adapter whose callers have to be known, and the folder of its store."""

    running: Stack
    folder: Path

    def call(self, path: str = PATH, method: str = "GET", **headers: str) -> Answer:
        """Make one call; ``_`` in the name of a header field stands for ``-``."""
        return self.running.call(method, path, headers={name.replace("_", "-"): each for name, each in headers.items()})

    def problem(self, path: str = PATH, method: str = "GET", **headers: str) -> tuple[int, str, str]:
        """Status, slug and challenge of a refused call."""
        answer = self.call(path, method, **headers)
        said = answer.json or {"type": ""}
        return answer.status, said["type"].rpartition("/")[2], answer.headers.get("www-authenticate", "")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """The example project with keys and an issuer."""
    folder = tmp_path_factory.mktemp("callers")
    with providing() as issuer, stack(ROOT, settings(folder, issuer.url)) as running:
        yield Known(running, folder)


@pytest.fixture(scope="module")
def key(known: Known) -> str:
    """A key that may read customers."""
    return made_key(durable(known.folder), "shop", ("customers.read",))


def test_who_says_nothing_is_asked(known: Known) -> None:
    """401 with a challenge without an error code (RFC 6750, section 3.1), on each way and for each method."""
    asked = (401, "unauthenticated", 'Bearer realm="api"')
    assert asked == known.problem()
    assert asked == known.problem("/v1/customers/a%2Fb")  # Flask's way
    assert asked == known.problem("/v1/customers/7", "PATCH")
    assert 401 == known.call(method="HEAD").status
    assert 204 == known.call(method="OPTIONS").status


def test_the_pages_of_the_house_ask_nobody(known: Known) -> None:
    """Documents, problems, health, readiness and metrics are as they were."""
    pages = ("/docs", "/openapi.json", "/problems", "/problems/forbidden", "/healthz", "/readyz", "/metrics")
    assert [200] * len(pages) == [known.call(path).status for path in pages]


def test_a_key_in_either_header(known: Known, key: str) -> None:
    """X-API-Key or Authorization: Bearer; not both at once."""
    assert 200 == known.call(X_API_Key=key).status
    assert 200 == known.call(Authorization=f"Bearer {key}").status
    assert 200 == known.call(Authorization=f"bearer {key}", method="HEAD").status
    assert (400, "bad-request", "") == known.problem(Authorization=f"Bearer {key}", X_API_Key=key)
    both = {"Authorization": f"Bearer {token(claims(time.time()))}", "X_API_Key": key}
    assert (400, "bad-request", "") == known.problem(**both)


@pytest.mark.parametrize(
    "headers",
    [
        {"X_API_Key": ""},
        {"X_API_Key": "sa_"},
        {"X_API_Key": "a b"},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a b"},
        {"Authorization": "Basic bWU6bWU="},
        {"Authorization": "Bearer x, Bearer y"},
    ],
)
def test_what_is_no_credential(known: Known, headers: dict[str, str]) -> None:
    """Each is 401 with ``invalid_token``, and never a 500."""
    status, slug, challenge = known.problem(**headers)
    assert (401, "unauthenticated") == (status, slug)
    assert 'error="invalid_token"' in challenge


def test_a_key_in_the_query_is_nobody(known: Known, key: str) -> None:
    """Addresses are logged everywhere, so they hold no credentials."""
    assert (401, "unauthenticated", 'Bearer realm="api"') == known.problem(f"{PATH}?api_key={key}&access_token={key}")


def test_a_scope_that_is_missing_is_named(known: Known, key: str) -> None:
    """403, before the body is looked at; the challenge says what is needed."""
    answer = known.running.call("POST", "/v1/customers", b"no JSON", {"X-API-Key": key})
    assert (403, ["customers.write"]) == (answer.status, answer.json["missing"])
    assert 'error="insufficient_scope", scope="customers.write"' in answer.headers["www-authenticate"]


def test_a_token_of_the_issuer(known: Known) -> None:
    """It is held against keys that were fetched from where the settings say."""
    good = token(claims(time.time()))
    assert 200 == known.call(Authorization=f"Bearer {good}").status
    assert 403 == known.call("/v1/items/A-00001", Authorization=f"Bearer {good}").status
    assert 401 == known.call(Authorization=f"Bearer {good[:-8]}").status
    assert 401 == known.call(X_API_Key=good).status


def test_a_revoked_key_ends_within_two_seconds(known: Known) -> None:
    """No process has to be started anew."""
    store = durable(known.folder)
    text = made_key(store, "gone", ("customers.read",))
    deadline = time.monotonic() + 20
    while known.call(X_API_Key=text).status != 200:
        assert time.monotonic() < deadline
    store.store.run(lambda connection: keys.revoke(connection, id_of(text), time.time()))
    while known.call(X_API_Key=text).status != 401:
        assert time.monotonic() < deadline


def test_nothing_of_a_credential_is_left_behind(known: Known, key: str) -> None:
    """Not in the log, not in the metrics, not in what the ERP got; the caller's id is in the log."""
    good = token(claims(time.time()))
    assert 200 == known.call(X_API_Key=key).status
    assert 200 == known.call(Authorization=f"Bearer {good}").status
    log, metrics = known.running.log.read_text("utf-8"), known.call("/metrics").data.decode()
    assert '"caller":"key:shop"' in log
    assert '"caller":"login:shop"' in log
    for secret in (key, key[15:], good, good.rpartition(".")[2]):
        assert secret not in log
        assert secret not in metrics


def test_each_credential_is_one_line_in_the_openapi_document(known: Known) -> None:
    """Both schemes, the scopes of each operation, and what it may answer."""
    document = known.call("/openapi.json").json
    listed = document["paths"]["/v1/customers"]["get"]
    assert [{"api-key": ["customers.read"]}, {"token": ["customers.read"]}] == listed["security"]
    assert {"api-key", "token"} == document["components"]["securitySchemes"].keys()
    assert {"401", "403"} <= listed["responses"].keys()


def test_serve_says_that_nobody_could_be_let_in(tmp_path: Path) -> None:
    """Neither keys nor tokens: a mistake before anything is served."""
    (tmp_path / "mappings").mkdir()
    (tmp_path / "wsdl").symlink_to(ROOT / "wsdl")
    shutil.copy(ROOT / "mappings" / "items.yaml", tmp_path / "mappings")
    lines = "ADAPTER_ENDPOINT_ERPSERVICE=http://127.0.0.1:1/\nADAPTER_VALUE_CLIENT=100\n"
    (tmp_path / "adapter.env").write_text(lines, "utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    command = [sys.executable, "-m", "adapter", "serve", "--project", str(tmp_path), "--bind", "127.0.0.1:0"]
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=60, check=False)
    assert 1 == done.returncode
    assert "nothing to know them by" in done.stderr
