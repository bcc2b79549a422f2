"""calm.soak: half an hour of reads and writes on one worker, with an ERP that fails at random.

Connections are cut or stall at every place of a message, answers are web pages, broken, or late. Writes have keys, some
of them again and again. The ERP remembers the references of orders that it took and can be asked for one, and ``adapter
work`` runs beside: so what became of a write that broke is found out, as it is in production.
``SOAK_SECONDS`` shortens it, for trying out; a shorter one counts as short.
"""

from __future__ import annotations

import json
import os
import random
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench import openloop, standin
from tests.bench.messages import LARGE, SMALL, WRITE
from tests.bench.openloop import Call, Load
from tests.bench.servers import endpoint
from tests.bench.soak import answered, steady, watched
from tests.bench.standin import Rule
from tests.everyone import EVERYONE
from tests.evidence import Result
from tests.processes import children
from tests.resilience.chaos import Worker
from tests.resilience.faults import HEALTHY, Cut, Fault, html, truncated
from tests.resilience.message import Message
from tests.resilience.proxy import Proxy
from tests.stack import ROOT, gunicorn

SECONDS = 1800
RATE = 150.0
SHARE = 0.03
_JSON = {"Content-Type": "application/json"}
_FAULTS = (
    Fault(cut=Cut("reply", "head")),
    Fault(cut=Cut("reply", "middle", "reset")),
    Fault(cut=Cut("request", "middle", "reset")),
    Fault(cut=Cut("reply", "middle", "stall")),
    Fault(stall=True),
    Fault(latency=0.5, jitter=1.0),
    Fault(piece=200, pause=0.02, ways=frozenset(["reply"])),
    Fault(instead=html(502)),
    Fault(instead=html()),
    Fault(spoil=truncated),
)
_TAKEN = "0000500009"
_REFERENCE = "FremdRef>([^<]+)<"
# What an ERP that fails may lead to; anything else is wrong.
_FAILED = (502, 503, 504)


def measure() -> Result:
    """Load a worker, watch it, and say by how much its memory grew."""
    length = float(os.environ.get("SOAK_SECONDS", SECONDS))
    with (
        tempfile.TemporaryDirectory(prefix="calm-soak-") as folder,
        standin.answering(_rules()) as (erp, _),
        Proxy(("127.0.0.1", erp)) as proxy,
        gunicorn(ROOT, _settings(Path(folder), proxy.port)) as (url, process, _),
        Worker(ROOT, _settings(Path(folder), proxy.port), Path(folder) / "work.log"),
    ):
        proxy.choose(_chooser())
        (worker,) = children(process.pid)
        with openloop.started(urlsplit(url).port or 0, _calls(), RATE, length) as load:
            samples = watched(worker, lambda: load.poll() is None)
            said, _ = load.communicate()
        if children(process.pid) != [worker]:
            return Result("the worker was replaced", ok=False)
        spoiled = sum(count for what, count in proxy.seen.items() if what != "connections")
    return _result(steady(samples, length), Load(**json.loads(said)), length, spoiled)


def _result(held: tuple[str, bool], load: Load, length: float, exchanges: int) -> Result:
    wrong = sum(load.failures.values())
    value = f"{held[0]}; {length / 60:.1f} min, {load.calls} calls, {exchanges} exchanges, {answered(load)}"
    # An ERP that is hardly asked, since a breaker is open all the time, would show nothing.
    return Result(value, held[1] and not wrong and exchanges > load.calls / 2 and length >= SECONDS)


def _chooser() -> Callable[[Message], Fault]:
    """Return what says how an exchange goes."""
    source = random.Random(0)
    return lambda request: source.choice(_FAULTS) if source.random() < SHARE else HEALTHY


def _settings(folder: Path, erp: int) -> dict[str, str]:
    ports = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")
    return {
        **{f"ADAPTER_ENDPOINT_{port}": endpoint(erp) for port in ports},
        "ADAPTER_STORE": str(folder / "adapter.db"),
        "ADAPTER_SUBJECTS": str(folder / "subjects.db"),
        "ADAPTER_STORE_KEY": "a secret of this soak alone and of nothing else",
        "ADAPTER_TIMEOUT": "3",
        **EVERYONE,
    }


def _rules() -> list[Rule]:
    """Return what the ERP does: it takes orders and remembers them, finds one by its reference, and reads it."""
    answer, taken = "LegeAuftragAnAntwort", WRITE.reply.decode().replace("0000500001", _TAKEN)
    found = taken.replace(answer, "SucheAuftraegeAntwort").replace("SHOP-2026-0001", "{}")
    found = found.replace("<d:Auftrag>", "<d:GesamtAnz>1</d:GesamtAnz><d:Auftraege><Auftrag>")
    found = found.replace("</d:Auftrag>", "</Auftrag></d:Auftraege>")
    nothing = re.sub("1</d:GesamtAnz>(.*)<Auftrag>.*</Auftrag>", r"0</d:GesamtAnz>\1", found)
    return [
        Rule(SMALL.soap, SMALL.reply.decode()),
        Rule("SucheAuftraege", nothing, by=_REFERENCE, known=found),
        Rule(_TAKEN, taken.replace(answer, "LeseAuftragAntwort")),
        Rule(LARGE.soap, LARGE.reply.decode()),
        Rule(WRITE.soap, taken, by=_REFERENCE),
    ]


def _calls() -> list[Call]:
    """Return the calls with their shares of a hundred.

    A write whose outcome is not known yet holds back later writes of its customer (409 ``earlier-write-open``). So each
    is another customer's: else some of them would hold back all others. Only who sends a key again and again may be
    told 409, since an earlier request with the key is still under way.
    """
    order = {name: value for name, value in json.loads(WRITE.body).items() if name != "reference"}
    few = json.dumps({**order, "lines": order["lines"][:3]})
    own = json.dumps({**order, "lines": order["lines"][:3], "customer_id": "{number}"})
    fresh, again = {**_JSON, "Idempotency-Key": '"{new}"'}, {**_JSON, "Idempotency-Key": '"the same"'}
    return [
        Call("GET", SMALL.path, statuses=(200, *_FAILED), weight=60),
        Call("GET", LARGE.path, statuses=(200, *_FAILED), weight=4),
        Call("POST", WRITE.path, own, _JSON, (201, *_FAILED), weight=6),
        Call("POST", WRITE.path, own, fresh, (201, *_FAILED), weight=12),
        Call("POST", WRITE.path, few, again, (201, 409, *_FAILED), weight=6),
        Call("GET", "/v1/customers/forty-two", statuses=(422,), weight=6),
        Call("GET", "/v1/nothing", statuses=(404,), weight=2),
        Call("GET", SMALL.path, statuses=(200, *_FAILED), weight=4, leaves=0.01),
    ]
