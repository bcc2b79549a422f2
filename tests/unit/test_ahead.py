"""What workers have ready before the first request."""

from __future__ import annotations

import http.client
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from adapter import ahead, app
from adapter.durable import Durable
from adapter.settings import Settings
from tests.callers.known import SECRET, made_key, settings, wait_until_known
from tests.stack import ROOT, gunicorn


def test_cold_workers_know_keys_while_the_store_is_away(tmp_path: Path) -> None:
    """Two workers that nobody has asked yet, and a store that is lost: who has a key is known to both.

    The key has no scope that counts: 403 is the answer to somebody who is known.
    """
    text = made_key(Durable(Settings(store_key=SECRET), tmp_path), scopes=("nothing.read",))
    metrics = tmp_path / "metrics"
    metrics.mkdir()
    environ = {
        "ADAPTER_CALLERS": "known",
        "ADAPTER_STORE": str(tmp_path / "adapter.db"),
        "ADAPTER_SUBJECTS": str(tmp_path / "subjects.db"),
        "ADAPTER_STORE_KEY": SECRET,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    with gunicorn(ROOT, environ, workers=2) as (url, _, _):
        wait_until_known(metrics, 2)
        (tmp_path / "adapter.db").rename(tmp_path / "gone.db")
        (tmp_path / "adapter.db").mkdir()
        assert {403: 60} == Counter(_status(urlsplit(url).port or 0, text) for _ in range(60))


def test_nothing_is_begun_before_somebody_says_so(tmp_path: Path) -> None:
    """Building an application opens no store: it is built before workers are forked."""
    app.create_app(ROOT, settings(tmp_path, "http://127.0.0.1:1/"))
    assert [] == list(tmp_path.iterdir())


def test_an_application_of_others_has_nothing_to_begin() -> None:
    """The file for gunicorn serves them too, in measurements."""
    ahead.begin(Flask("another"))
    ahead.begin(object())


def _status(port: int, key: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/v1/customers/1", headers={"X-API-Key": key})
        return connection.getresponse().status
