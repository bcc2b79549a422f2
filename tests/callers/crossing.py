"""Many callers at one API whose every answer of the ERP is another one: who reads an answer that was made for whom.

The ERP answers each call with a serial number. An answer with a number that was made for another caller has crossed,
and so has one that a caller got who was to be refused, or a 304 to a caller who showed the ETag of another's answer.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.callers.issuing import claims, token
from tests.callers.known import durable, made_key
from tests.cases import SHAPES, shape_project
from tests.replay import Replay

MAPPING: Final = """version: 1
resource: parcels
path: /v1/parcels
scopes: {read: [parcels.read], write: [parcels.write]}
soap: {wsdl: shape.wsdl, service: PaketeService, port: PaketePort}
types:
  Parcel: {fields: {place: Ort}}
  Number: {fields: {number: Nr}}
operations:
  read: {request: "GET /{number}", call: Zeige, path: {number: Nr}, reply: {one: Parcel}}
  kept: {request: "GET /{number}/kept", call: Zeige, path: {number: Nr}, reply: {one: Parcel}, cache: {fresh: 300}}
  soon: {request: "GET /{number}/soon", call: Zeige, path: {number: Nr}, reply: {one: Parcel},
         cache: {fresh: 1, stale: 300, stale_if_error: 600}}
  same: {request: "GET /{number}/same", call: Zeige, path: {number: Nr}, reply: {one: Parcel},
         cache: {fresh: 300, shared: true}}
  open: {request: "GET /{number}/open", call: Zeige, path: {number: Nr}, reply: {one: Parcel}, scopes: public,
         cache: {fresh: 300}}
  plain: {request: "POST /{number}/plain", call: Halte, path: {number: Nr}, reply: {one: Parcel, status: 200}}
  hold: {request: "POST /{number}/hold", call: Halte, path: {number: Nr}, reply: {one: Parcel, status: 200},
         write: {key: optional}}
  create: {request: POST /, call: Halte, body: {one: Number}, reply: {one: Parcel}, write: {key: required}}
"""
READS: Final = ("", "/kept", "/soon", "/same", "/open")
WRITES: Final = ("/plain", "/hold", "create")
SHARED: Final = "/same"
PUBLIC: Final = "/open"
# By operation and number, the ETag that each caller was given last.
Etags = dict[tuple[str, str], dict[str, str]]
_SERIAL = re.compile(rb"serial-([0-9]+)")
_REPLY = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><k:PaketAntwort xmlns:k="urn:pakete">'
    "<k:Ort>serial-{}</k:Ort></k:PaketAntwort></e:Body></e:Envelope>"
)


@dataclass(frozen=True, slots=True)
class Who:
    """One credential. ``id`` is the caller that it stands for; ``reads`` and ``writes`` say what it may."""

    name: str
    id: str
    fields: tuple[tuple[str, str], ...]
    reads: bool = True
    writes: bool = True

    def may(self, place: str) -> bool:
        """Whether it may call an operation."""
        return place == PUBLIC or (self.reads if place in READS else self.writes)


@dataclass(frozen=True, slots=True)
class Cell:
    """One call: who, which operation and number, which Idempotency-Key, and whether a foreign ETag is shown."""

    who: Who
    place: str
    number: str
    key: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a call was answered: the status, the ERP's serial numbers in it, its ETag."""

    cell: Cell
    status: int
    serials: tuple[int, ...]
    etag: str


def numbering(replay: Replay) -> None:
    """Let the ERP answer each call with the next number, slowly enough for calls to meet."""
    numbers, lock = itertools.count(1), threading.Lock()

    def respond(body: bytes) -> tuple[int, bytes]:
        time.sleep(0.003)
        with lock:
            return 200, _REPLY.format(next(numbers)).encode()

    replay.responder = respond


def project(folder: Path, url: str) -> Path:
    """Write the project."""
    made = shape_project(SHAPES / "scopes", folder, url)
    (made / "mappings" / "mapping.yaml").write_text(MAPPING, "utf-8")
    return made


def callers(folder: Path) -> list[Who]:
    """Return callers of every kind: two keys of one owner, names that look alike, too few rights, nobody."""
    store, both, now = durable(folder), ("parcels.read", "parcels.write"), time.time()

    def key(name: str, owner: str, scopes: tuple[str, ...]) -> Who:
        fields = (("X-API-Key", made_key(store, owner, scopes)),)
        return Who(name, f"key:{owner}", fields, "parcels.read" in scopes, "parcels.write" in scopes)

    def bearer(name: str, subject: str, scopes: tuple[str, ...] = both) -> Who:
        text = token(claims(now, sub=subject, scope=" ".join(scopes), exp=int(now) + 3600))
        fields = (("Authorization", f"Bearer {text}"),)
        return Who(name, f"token:{subject}", fields, "parcels.read" in scopes, "parcels.write" in scopes)

    return [
        key("shop", "shop", both),
        key("shop, second key", "shop", both),
        key("app", "app", both),
        bearer("token of shop", "shop"),
        bearer("token with the name of a key", "key:shop"),
        bearer("token of a mail address", "shop@shop.example"),
        key("shop, only reads", "shop", ("parcels.read",)),
        key("shop, only writes", "shop", ("parcels.write",)),
        key("shop, nothing", "shop", ()),
        bearer("token without rights", "app", ()),
        Who("nobody", "", (), reads=False, writes=False),
    ]


def cells(who: Sequence[Who], numbers: Iterable[str]) -> Iterator[Cell]:
    """Yield the matrix: caller x operation x ETag of another, and caller x write x Idempotency-Key."""
    for number, each in itertools.product(numbers, who):
        for place in READS:
            yield Cell(each, place, number)
            yield Cell(each, place, number, foreign=True)
        for place, key in itertools.product(WRITES, ("", f"same-of-all-{number}", f"own-{number}-{each.id}")):
            yield Cell(each, place, number, key)


def run(url: str, wanted: list[Cell], seed: int, etags: Etags) -> list[Seen]:
    """Make all calls, many at once and in no order. ``etags`` are those of answers before; it grows."""
    random.Random(seed).shuffle(wanted)
    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(lambda cell: _call(url, cell, etags), wanted))
    for each in seen:
        if each.etag and each.cell.place in READS:
            etags.setdefault((each.cell.place, each.cell.number), {})[each.cell.who.id] = each.etag
    return seen


def _call(url: str, cell: Cell, etags: Etags) -> Seen:
    fields = dict(cell.who.fields) | ({"Idempotency-Key": f'"{cell.key}"'} if cell.key else {})
    if cell.foreign:
        known = etags.get((cell.place, cell.number), {})
        others = [etag for id, etag in known.items() if id != cell.who.id and etag != known.get(cell.who.id)]
        fields |= {"If-None-Match": ", ".join(others)} if others else {}
    method, path, body = "GET", f"/v1/parcels/{cell.number}{cell.place}", ""
    if cell.place in WRITES:
        method = "POST"
    if cell.place == "create":
        path, body = "/v1/parcels", json.dumps({"number": cell.number})
        fields |= {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request(method, path, body or None, fields)
        answer = connection.getresponse()
        serials = tuple(map(int, _SERIAL.findall(answer.read())))
        return Seen(cell, answer.status, serials, answer.headers.get("ETag", ""))
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Judged:
    """``crossed`` answers, what else was ``wrong``, and how often an answer was given again where it may be.

    Without the last nothing was tried: ``kept`` reads, ``same`` ones of a shared operation, ``replayed`` writes.
    """

    crossed: list[Seen]
    wrong: list[Seen]
    kept: int
    same: int
    replayed: int


def judged(seen: Sequence[Seen]) -> Judged:
    """Judge all answers."""
    made: dict[int, list[Seen]] = defaultdict(list)
    crossed, wrong = [], [each for each in seen if not _expected(each)]
    for each in seen:
        if each.serials and not each.cell.who.may(each.cell.place):
            crossed.append(each)
        if each.status == 304 and each.cell.place != SHARED:
            crossed.append(each)
        for serial in each.serials:
            made[serial].append(each)
    kept = same = replayed = 0
    for readers in made.values():
        first, *others = readers
        places = {(each.cell.place, each.cell.number) for each in readers}
        ids = {each.cell.who.id for each in readers}
        if len(places) > 1 or (len(ids) > 1 and first.cell.place != SHARED):
            crossed += others
        elif first.cell.place == SHARED:
            same += len(ids) - 1
        elif first.cell.place in READS:
            kept += len(others)
        elif len({each.cell.key for each in readers}) > 1 or (others and not first.cell.key):
            wrong += others
        else:
            replayed += len(others)
    return Judged(crossed, wrong, kept, same, replayed)


def _expected(seen: Seen) -> bool:
    """Whether a status is that of the matrix: refused by name, refused for a right, or answered."""
    who, place = seen.cell.who, seen.cell.place
    if not who.may(place):
        return seen.status == (403 if who.fields else 401)
    if place == "create" and not seen.cell.key:
        return seen.status == 400
    return seen.status in ((200, 201) if place in WRITES else (200, 304))
