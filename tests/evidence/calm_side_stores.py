"""calm.side_stores: Valkey and PostgreSQL are killed under load; what callers notice.

Valkey, in turns there and gone (killed, started again with nothing in it): two workers under a constant load of callers
who are not limited, whose latencies are compared, and of one who asks three times as often as its limit lets it. An
endpoint's places and turns are in Valkey too. PostgreSQL: reads with an API key go on, writes with an Idempotency-Key
are refused before anything is sent, and done once, with the same key, when it is back.
"""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from adapter import virtual
from tests.callers.known import wait_until_known
from tests.cases import SHAPES, shape_project
from tests.evidence import Result
from tests.resilience import engines
from tests.resilience.stand import made_key
from tests.resilience.tiring import tiring
from tests.stack import ROOT, erp_settings, gunicorn

ROUNDS, SPELL, PAUSE = 6, 4.0, 2.0
CROWD, GREEDY, LIMIT = 60, 90, 30
MOST_ADDED, NEAR = 0.005, 0.2
_LATEST: Final = 15.0
_OPERATION: Final = "LegeAuftragAn"
_ORDER: Final = {"customer_id": "1", "lines": [{"item_id": "A-00007", "quantity": "12.5"}]}


def measure() -> Result:
    """Lose one, then the other."""
    with tempfile.TemporaryDirectory(prefix="side-stores-") as folder:
        without_valkey = _without_valkey(Path(folder))
        without_postgres = _without_postgres(Path(folder))
    words = f"Valkey lost: {without_valkey.value}; PostgreSQL lost: {without_postgres.value}"
    return Result(words, without_valkey.ok and without_postgres.ok)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when it was to begin, on the clock of the measurement, how it ended (0: not), and its seconds."""

    at: float
    status: int
    seconds: float


def _without_valkey(folder: Path) -> Result:
    with engines.valkey() as valkey, _limited(folder, valkey.url) as port:
        crowd, greedy = asyncio.run(_in_turns(valkey, port))
    there, gone = _spells()
    added = _p99(_within(crowd, gone)) - _p99(_within(crowd, there))
    # All spells of a kind together: a second helping at each loss, LIMIT at once, would be a quarter more.
    rates = [_allowed(greedy, spells) / (ROUNDS * SPELL * LIMIT) for spells in (there, gone)]
    broken = sum(each.status >= 500 or not each.status for each in (*crowd, *greedy))
    others = Counter(each.status for each in crowd if each.status != 200)
    words = (
        f"5xx {broken} of {len(crowd) + len(greedy)}, p99 {_p99(_within(crowd, there)) * 1000:.1f} ms "
        f"{added * 1000:+.1f} ms, limits {rates[1] - 1:+.0%} (there {rates[0] - 1:+.0%})"
    )
    words += f", BUT not limited: {dict(others)}" if others else ""
    near = all(abs(rate - 1) <= NEAR for rate in rates)
    return Result(words, broken == 0 and not others and added <= MOST_ADDED and near)


@contextmanager
def _limited(folder: Path, url: str) -> Iterator[int]:
    """Run two workers on a project whose limit, places and turns are in Valkey; yield their port."""
    with tiring(2000) as erp:
        project = shape_project(SHAPES / "limit", folder / "limited", f"http://127.0.0.1:{erp}/")
        mapping = project / "mappings" / "mapping.yaml"
        text = mapping.read_text("utf-8")
        for old, new in (
            ("[10/second, 600/hour]", f"{LIMIT}/second"),
            ("port: AuftragPort}", "port: AuftragPort, guard: {concurrency: 64, rate: 5000/second}}"),
        ):
            assert old in text
            text = text.replace(old, new)
        mapping.write_text(text, "utf-8")
        environ = {"ADAPTER_SHARED": url, "ADAPTER_PROXIES": "1"}
        with gunicorn(project, environ, workers=2) as (where, _, _):
            yield urlsplit(where).port or 0


def _spells() -> tuple[Sequence[float], Sequence[float]]:
    """Return when Valkey is there and when it is gone, from so many seconds on for ``SPELL``."""
    whole = 2 * SPELL + PAUSE
    return [PAUSE + number * whole for number in range(ROUNDS)], [
        PAUSE + SPELL + number * whole for number in range(ROUNDS)
    ]


async def _in_turns(valkey: engines.ValkeyServer, port: int) -> tuple[list[Asked], list[Asked]]:
    start = time.monotonic() + 1
    addresses = itertools.cycle(f"198.51.{number // 250}.{number % 250}" for number in range(5000))
    steered = asyncio.create_task(_steer(valkey, start))
    crowd, greedy = await asyncio.gather(
        _load(port, start, CROWD, addresses), _load(port, start, GREEDY, itertools.repeat("192.0.2.1"))
    )
    await steered
    return crowd, greedy


async def _steer(valkey: engines.ValkeyServer, start: float) -> None:
    for gone in _spells()[1]:
        await asyncio.sleep(start + gone - time.monotonic())
        await asyncio.to_thread(valkey.kill)
        await asyncio.sleep(start + gone + SPELL - time.monotonic())
        await asyncio.to_thread(valkey.start)


async def _load(port: int, start: float, rate: int, addresses: Iterator[str]) -> list[Asked]:
    """Begin requests at a constant rate, whatever becomes of them."""
    tasks = []
    for number in range(int(rate * (PAUSE + ROUNDS * (2 * SPELL + PAUSE)))):
        due = number / rate
        if (wait := start + due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.ensure_future(_ask(port, due, next(addresses))))
    return list(await asyncio.gather(*tasks))


async def _ask(port: int, due: float, address: str) -> Asked:
    head = f"GET /v1/orders/7 HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\nConnection: close\r\n\r\n"
    begin, status, writer = time.monotonic(), 0, None
    try:
        async with asyncio.timeout(_LATEST):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode())
            status = int((await reader.read()).split(b" ", 2)[1])
    except (OSError, TimeoutError, IndexError):
        pass
    finally:
        if writer is not None:
            writer.close()
    return Asked(due, status, time.monotonic() - begin)


def _within(asked: Sequence[Asked], spells: Sequence[float]) -> list[Asked]:
    return [each for each in asked if any(begin <= each.at < begin + SPELL for begin in spells)]


def _allowed(asked: Sequence[Asked], spells: Sequence[float]) -> int:
    return sum(each.status == 200 for each in _within(asked, spells))


def _p99(asked: Sequence[Asked]) -> float:
    return sorted(each.seconds for each in asked)[int(0.99 * len(asked))]


def _without_postgres(folder: Path) -> Result:
    """Kill PostgreSQL, read and write for some seconds, start it, and write once more with the same keys."""
    with ExitStack() as opened:
        postgres = opened.enter_context(engines.postgres())
        erp = opened.enter_context(virtual.running(ROOT))
        environ = {
            **erp_settings(erp),
            "ADAPTER_STORE": postgres.database(),
            "ADAPTER_SUBJECTS": postgres.database(),
            "ADAPTER_STORE_KEY": "measured " * 4,
            "ADAPTER_CALLERS": "known",
        }
        key = made_key(ROOT, environ, "customers.read", "orders.read", "orders.write")
        metrics = folder / "metrics"
        metrics.mkdir()
        environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
        url, _, _ = opened.enter_context(gunicorn(ROOT, environ, workers=2))
        shop = _Shop(urlsplit(url).port or 0, key)
        wait_until_known(metrics, 2)  # no worker has served a request of anybody by then
        made = erp.control.counts[_OPERATION]
        postgres.kill()
        until, reads, writes = time.monotonic() + SPELL, Counter[Any](), Counter[Any]()
        for number in itertools.count():
            reads[shop.read()] += 1
            writes[shop.order(f"lost-{number % 3}")] += 1
            if time.monotonic() > until:
                break
        sent = erp.control.counts[_OPERATION] - made
        postgres.start()
        after = [shop.order("lost-0", patience=_LATEST), shop.order("lost-0")]
        once = erp.control.counts[_OPERATION] - made
    read_on = set(reads) == {(200, "")}
    clearly = set(writes) == {(503, "store-unavailable")} and sent == 0
    whole = after == [(201, "")] * 2 and once == 1
    words = f"{reads.total()} reads go on: {_yes(read_on)}, {writes.total()} writes refused clearly: {_yes(clearly)}"
    words += f", the same keys once it is back: {_yes(whole)}"
    if not (read_on and clearly and whole):
        words += f" (reads {dict(reads)}, writes {dict(writes)}, sent {sent}, {after}, done {once})"
    return Result(words, read_on and clearly and whole)


def _yes(so: bool) -> str:
    return "yes" if so else "NO"


@dataclass(frozen=True, slots=True)
class _Shop:
    """A caller with a key; what an answer is: its status and its problem."""

    port: int
    key: str

    def read(self) -> tuple[int, str]:
        return self._call("GET", "/v1/customers/1")

    def order(self, name: str, patience: float = 0.0) -> tuple[int, str]:
        """Order something under a key of its own; ``patience``: seconds for which it is tried again while refused."""
        until = time.monotonic() + patience
        while True:
            said = self._call("POST", "/v1/orders", _ORDER, {"Idempotency-Key": f'"{name}"'})
            if said[0] != 503 or time.monotonic() > until:
                return said
            time.sleep(0.5)

    def _call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        sent = {"X-API-Key": self.key, **({} if data is None else {"Content-Type": "application/json"})}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=_LATEST)) as connection:
            connection.request(method, path, data, {**sent, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        slug = str(json.loads(text)["type"]).rpartition("/")[2] if answer.status >= 400 else ""
        return answer.status, slug
