"""calm.one_key: 1,000 requests at once with one Idempotency-Key, on two worker processes and on both engines.

The ERP takes its time over the first call, so that all the others come meanwhile. Every answer has to be that of the
first: status, body, type and Location; and the ERP may see one call and hold one order.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from adapter import virtual
from tests.evidence import Result
from tests.resilience.stores import place
from tests.stack import ROOT, erp_settings, gunicorn

REQUESTS, WORKERS, SLOW = 1000, 2, 3.0
OPERATION = "LegeAuftragAn"
ORDER = {"customer_id": "1", "lines": [{"item_id": "A-00007", "quantity": "12.5"}]}
Told = tuple[int, str, str, bytes]


def measure() -> Result:
    """Ask on SQLite and on PostgreSQL, each with a fresh ERP."""
    found = {engine: _asked(engine) for engine in ("sqlite", "postgres")}
    words = [f"{engine}: {calls} ERP calls, {len(told)} kinds of answers" for engine, (calls, told) in found.items()]
    others = [f"{each.most_common(3)[1:]}" for _, each in found.values() if len(each) > 1]
    good = all(calls == 1 and len(told) == 1 and next(iter(told))[0] == 201 for calls, told in found.values())
    whole = all(told.total() == REQUESTS for _, told in found.values())
    return Result("; ".join([*words, *others])[:300], good and whole)


def _asked(engine: str) -> tuple[int, Counter[Told]]:
    """Return how many calls and orders the ERP saw (the larger), and the answers, counted."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        where = place(engine, folder)
        orders = virtual.VirtualErp(ROOT)
        before = int(orders.state.one("SELECT count(*) FROM auftrag"))
        erp = opened.enter_context(virtual.answering(orders))
        erp.control.add(OPERATION, 1, delay=SLOW)
        environ = {
            **erp_settings(erp),
            "ADAPTER_STORE": where.store_url,
            "ADAPTER_SUBJECTS": where.subjects_url,
            "ADAPTER_STORE_KEY": "measured " * 4,
            "ADAPTER_TIMEOUT": "120",
        }
        url, _, _ = opened.enter_context(gunicorn(ROOT, environ, WORKERS))
        told = asyncio.run(_all(url))
        made = int(orders.state.one("SELECT count(*) FROM auftrag")) - before
        return max(erp.control.counts[OPERATION], made), told


async def _all(url: str) -> Counter[Told]:
    body = json.dumps(ORDER).encode()
    head = (
        f"POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f'Content-Length: {len(body)}\r\nIdempotency-Key: "one"\r\nConnection: close\r\n\r\n'
    )
    parts = urlsplit(url)
    asked = [_one(str(parts.hostname), int(parts.port or 80), head.encode() + body) for _ in range(REQUESTS)]
    return Counter(await asyncio.gather(*asked))


async def _one(host: str, port: int, request: bytes) -> Told:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, fields = int(head.split(b" ", 2)[1]), _fields(head)
    return status, fields.get("location", ""), fields.get("content-type", ""), body


def _fields(head: bytes) -> Mapping[str, str]:
    pairs = re.findall(r"(?m)^([A-Za-z-]+): ?(.*?)\r?$", head.decode("latin-1"))
    return {name.lower(): value for name, value in pairs}
