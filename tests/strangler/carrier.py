"""A carrier's SOAP replies and its REST successor's answers to like calls, both read as one contract and compared.

The files are of the corpus (``dhl-bcs``): each reply that has the successor's answer beside it. The SOAP side goes
through the whole adapter, the other through the backend that asks the new service; the mapping is
``dhl/shipments.yaml``.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter import settings
from adapter.app import create_app
from adapter.backends.http import served
from adapter.built import build, credentials_of
from adapter.errors import RequestError
from adapter.guard import UNGUARDED
from adapter.messages import Handler, Request
from adapter.opened import open_backends
from adapter.rollout.compare import Answered, Comparer
from adapter.rollout.differences import Difference
from adapter.rollout.rules import CompareRule
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.netsuite.contract import ABSENT, CORPUS
from tests.replay import Replay, replaying
from tests.unit.loopback import Peer, answer, serving

__all__ = ["ABSENT", "FOLDER", "Pair", "compared", "pairs"]

FOLDER = CORPUS / "wsdl" / "dhl-bcs"
MAPPING = Path(__file__).parent / "dhl" / "shipments.yaml"
# Values of another shipment on each side: their fixtures are of like cases, not of the same parcels.
RULE = CompareRule(ignore=("/items/*/number", "/items/*/label", "/items/*/return_label"))
_SECONDS = 60.0
_CALLS: Mapping[str, tuple[str, str, str]] = {
    "cancelshipment": ("cancel", "DELETE", "/v1/shipments/222201010035559339"),
    "createshipment": ("create", "POST", "/v1/shipments"),
    "validateshipment": ("validate", "POST", "/v1/shipments/validate"),
    "getversion": ("version", "GET", "/v1/shipments/version"),
}


@dataclass(frozen=True)
class Pair:
    """One SOAP reply and the successor's answer to a like call: the folder of the call, and the case."""

    call: str
    case: str

    def soap(self) -> bytes:
        """Return the envelope."""
        return (FOLDER / "messages" / self.call / f"{self.case}.xml").read_bytes()

    def rest(self) -> bytes:
        """Return the JSON."""
        return (FOLDER / "messages" / self.call / f"{self.case}.json").read_bytes()

    def __str__(self) -> str:
        """Name it."""
        return f"{self.call}/{self.case}"


def pairs() -> list[Pair]:
    """Return all pairs; none where the corpus is not here."""
    found = sorted((FOLDER / "messages").glob("*/*.xml"))
    return [Pair(file.parent.name, file.stem) for file in found if file.with_suffix(".json").exists()]


def compared(folder: Path) -> dict[Pair, tuple[Difference, ...]]:
    """Return what the two answers of each pair differ in. ``folder`` is empty, and gets the project."""
    said: dict[str, bytes] = {}
    with replaying() as erp, serving(_service(said)) as service, _asking(folder, erp, service.url) as (soap, rest):
        found = {}
        for pair in pairs():
            erp.reply, said["json"] = pair.soap(), pair.rest()
            found[pair] = Comparer(RULE).answers(soap(pair), rest(pair))
        return found


def _service(said: Mapping[str, bytes]) -> Any:
    """Answer each request as the successor does: its status in HTTP is the one that its JSON has."""

    def script(peer: Peer) -> None:
        while peer.request():
            status = json.loads(said["json"]).get("status", {}).get("statusCode", 200)
            peer.send(answer(said["json"], status=f"{status} Said", media_type="application/json"))

    return script


@contextmanager
def _asking(folder: Path, erp: Replay, service: str) -> Iterator[tuple[Any, Any]]:
    environ = _project(folder, erp.url, service)
    client = create_app(folder, environ).test_client()
    handlers = _handlers(folder, environ)

    def soap(pair: Pair) -> Answered:
        _, method, path = _CALLS[pair.call]
        body: dict[str, Any] = (
            {"json": {"orders": [{"number": "1", "shipment": _SHIPMENT}]}} if method == "POST" else {}
        )
        answered = client.open(path, method=method, headers={"Host": "localhost"}, **body)
        document = json.loads(answered.data)
        if answered.status_code >= 400:
            return Answered(answered.status_code, problem=document["type"].rpartition("/")[2])
        return Answered(answered.status_code, document)

    def rest(pair: Pair) -> Answered:
        verb, method, _ = _CALLS[pair.call]
        sent = b'{"orders": []}' if method == "POST" else b""
        path = {"number": "1"} if verb == "cancel" else {}
        request = Request(f"shipments.{verb}", "1", time.monotonic() + _SECONDS, method, path, body=sent)
        try:
            response = handlers[verb](request)
        except RequestError as error:
            return Answered(error.status, problem=error.problem)
        assert isinstance(response.body, bytes)
        return Answered(response.status, json.loads(response.body))

    yield soap, rest


def _project(folder: Path, erp: str, service: str) -> dict[str, str]:
    """Make the project; return its settings."""
    (folder / "mappings").mkdir(parents=True)
    shutil.copytree(FOLDER, folder / "wsdl" / "dhl", ignore=shutil.ignore_patterns("messages"))
    shutil.copy(MAPPING, folder / "mappings")
    (contract,) = (folder / "wsdl" / "dhl").glob("*.wsdl")
    write_lock(folder / "wsdl", [load(folder / "wsdl", f"dhl/{contract.name}")])
    (folder / settings.FILE).write_text("ADAPTER_CALLERS=everyone\n", "utf-8")
    return {settings.endpoint_names("GVAPI_2_0_de", "")[1]: erp, "ADAPTER_SERVICE_PARCELS": service}


def _handlers(folder: Path, environ: Mapping[str, str]) -> Mapping[str, Handler]:
    built = build(folder, environ)
    opened = open_backends(built.settings, built.endpoints, built.contracts, credentials_of(folder, built.settings))
    return {each.verb: served(each, opened.http["parcels"], UNGUARDED, opened.login) for each in built.endpoints}


_SHIPMENT = "<Shipment/>"
