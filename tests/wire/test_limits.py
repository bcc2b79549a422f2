"""Limits of callers under a real gunicorn: two workers share one through a real Valkey, to the last request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.resilience import engines
from tests.resilience.project import project
from tests.stack import Answer, Stack, stack

LIMIT, ASKED = 40, 100
READ = "    call: LesePartner\n"


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Stack]:
    """Two workers behind one proxy, an operation with a limit that does not come back meanwhile."""
    changes = {"mappings/customers.yaml": ((READ, f"{READ}    limit: [{LIMIT}/hour, 500/day]\n"),)}
    try:
        server = engines.shared_valkey()
    except engines.Absent as absent:
        pytest.skip(str(absent))
    environ = {"ADAPTER_SHARED": server.url, "ADAPTER_PROXIES": "1", "ADAPTER_CORS_ORIGINS": "https://shop.example"}
    with stack(project(tmp_path / "project", changes), environ, workers=2) as running:
        yield running


def ask(running: Stack, address: str) -> Answer:
    """Ask for a customer, as a proxy would say it."""
    sent = {"X-Forwarded-For": f"10.9.9.9, {address}", "Origin": "https://shop.example"}
    return running.call("GET", "/v1/customers/1", headers=sent)


def test_two_workers_share_a_limit_to_the_last_request(limited: Stack) -> None:
    """However requests arrive, as many as the limit says are answered; another address has a limit of its own."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: ask(limited, "192.0.2.1"), range(ASKED)))
    assert {200: LIMIT, 429: ASKED - LIMIT} == Counter(each.status for each in answers)
    left = sorted(int(each.headers["x-ratelimit-remaining"]) for each in answers if each.status == 200)
    assert list(range(LIMIT)) == left

    refused = next(each for each in answers if each.status == 429)
    assert ("/problems/quota-exceeded", ["hour"]) == (refused.json["type"], refused.json["violated-policies"])
    assert 0 < int(refused.headers["retry-after"]) <= 3600 // LIMIT
    assert f'"hour";q={LIMIT};w=3600, "day";q=500;w=86400' == refused.headers["ratelimit-policy"]
    assert "RateLimit" in refused.headers["access-control-expose-headers"]

    other = ask(limited, "192.0.2.2")
    assert (200, str(LIMIT - 1)) == (other.status, other.headers["x-ratelimit-remaining"])
    metrics = limited.call("GET", "/metrics").data.decode()
    assert f'adapter_limited_total{{operation="customers.read"}} {ASKED - LIMIT}.0' in metrics
