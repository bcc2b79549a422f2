"""What a process opens for features that move, and the steps that know of two sides."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from adapter import following
from adapter.cache.keys import way
from adapter.durable import Durable
from adapter.errors import BuildError, StoreUnavailable
from adapter.mapping.model import Place
from adapter.mapping.model.cache import CacheRule
from adapter.mapping.model.write import MatchRule
from adapter.messages import Request, Response
from adapter.settings import Settings
from adapter.steps.if_match import if_match
from adapter.steps.read_first import read_first
from adapter.telemetry import Telemetry
from tests.unit.mapped import erp

HERE = Place("mappings/customers.yaml", 1, 1)


def test_nothing_that_moves_needs_nothing(tmp_path: Path) -> None:
    """A project without a feature has no follower and no notes."""
    others = [each for each in erp().values() if each.resource.name != "customers"]
    durable = Durable(Settings(), tmp_path)
    assert not following.follows(others)
    assert following.moving(Settings(), durable, others, Telemetry()) is None
    assert following.follows(erp().values())


def test_a_store_that_is_away_is_told_once_in_a_while() -> None:
    """A worker looks four times a second, and a store may be away for hours."""
    lines = io.StringIO()
    now = [100.0]
    failed = following.rarely(Telemetry(stream=lines), "rollouts-not-read", lambda: now[0])
    for seconds in (0.0, 0.25, 59.0, 1.0, 0.25):
        now[0] += seconds
        failed(StoreUnavailable("store-unavailable", 503, cause="locked"))
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [("rollouts-not-read", "503 store-unavailable (locked)")] * 2 == [(a["event"], a["cause"]) for a in said]


def test_the_secret_of_the_buckets(tmp_path: Path) -> None:
    """It is empty, a text, or in a file; one that no keyed hash takes is a mistake of the settings."""
    assert b"" == Durable(Settings(), tmp_path).buckets_key()
    assert b"own" == Durable(Settings(buckets_key="own"), tmp_path).buckets_key()
    (tmp_path / "buckets.key").write_text("in a file\n", "utf-8")
    assert b"in a file" == Durable(Settings(buckets_key_file="buckets.key"), tmp_path).buckets_key()
    (tmp_path / "buckets.key").write_text("x" * 65, "utf-8")
    for file in ("buckets.key", "nowhere"):
        with pytest.raises(BuildError, match="ADAPTER_BUCKETS_KEY_FILE"):
            Durable(Settings(buckets_key_file=file), tmp_path).buckets_key()
    known = Durable(Settings(buckets_key_file="nowhere", store_key="x" * 32), tmp_path).check()
    assert ["ADAPTER_BUCKETS_KEY_FILE: nowhere cannot be read (FileNotFoundError)"] == [each.text for each in known]


def test_kept_answers_are_of_a_side_and_an_epoch() -> None:
    """And of what a tester asked for; an operation that does not move pays nothing for it."""
    moves, stays = (
        way(replace(endpoint, policy=replace(endpoint.policy, cache=CacheRule(HERE, 30))), 10.0)
        for endpoint in (erp()["customers.read"], erp()["items.read"])
    )
    request = Request("o", "1", 0.0, path={"id": "42"})
    others = [
        replace(request, side="http"),
        replace(request, epoch=1),
        replace(request, side="http", epoch=1),
        replace(request, headers={"rollout-side": "http"}),
    ]
    assert 5 == len({moves.key(each) for each in (request, *others)})
    assert 1 == len({stays.key(each) for each in (request, *others)})
    assert ("Accept-Language, Rollout-Side", "") == (moves.vary, stays.vary)


def test_the_new_service_gets_a_change_as_it_is() -> None:
    """Where the ERP has to be given the whole record, it is read first; the new service merges by itself."""
    asked: list[Request] = []

    def ask(request: Request) -> tuple[object, tuple[str, ...]]:
        asked.append(request)
        return None, ()

    handle = read_first(erp()["customers.read"], ask)(lambda request: Response(200, request.body))
    assert b"{}" == handle(Request("o", "1", 0.0, path={"id": "42"}, body=b"{}", side="http")).body
    assert [] == asked


def test_the_new_service_gets_if_match_itself() -> None:
    """Only the ERP has the version in the body."""
    endpoint = erp()["orders.update"]
    rule = MatchRule(HERE, "version", "", False)
    handle = if_match(endpoint, rule, max_depth=9, max_digits=99)(lambda request: Response(200, request.body))
    request = Request("o", "1", 0.0, body=b"{}", headers={"if-match": '"7"'})
    assert b'{"version":7}' == handle(request).body
    assert b"{}" == handle(replace(request, side="http")).body
