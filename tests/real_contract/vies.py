"""The adapter on the VIES contract of the corpus, and a responder of ours that speaks as the real service does."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from lxml import etree

from adapter.app import create_app
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.cases import ROOT
from tests.everyone import EVERYONE
from tests.replay import Replay, replaying

CORPUS = Path(os.environ.get("ADAPTER_CORPUS", ROOT.parent / "shared" / "corpus"))
CONTRACT = CORPUS / "wsdl" / "vies"
TYPES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_REPLY = """<env:Envelope xmlns:env="{envelope}"><env:Header/><env:Body>
<ns2:checkVatResponse xmlns:ns2="{types}"><ns2:countryCode>{country}</ns2:countryCode>
<ns2:vatNumber>{number}</ns2:vatNumber><ns2:requestDate>2026-11-22+01:00</ns2:requestDate>
<ns2:valid>{valid}</ns2:valid><ns2:name>{name}</ns2:name><ns2:address>{address}</ns2:address></ns2:checkVatResponse>
</env:Body></env:Envelope>"""
_FAULT = """<env:Envelope xmlns:env="{envelope}"><env:Body><env:Fault><faultcode>env:Server</faultcode>
<faultstring>{text}</faultstring></env:Fault></env:Body></env:Envelope>"""


def answer(envelope: bytes) -> tuple[int, bytes]:
    """Answer a call: one number is valid, one country's register is down, one input is refused, all others are unknown.

    A request that the contract's schema does not allow gets no SOAP answer at all.
    """
    root: Any = etree.fromstring(envelope)
    call = root.find(f"{{{_ENVELOPE}}}Body")[0]
    if not _schema().validate(etree.ElementTree(call)):
        return 400, b"not what the contract says"
    country, number = (call.findtext(f"{{{TYPES}}}{name}") for name in ("countryCode", "vatNumber"))
    if country in ("XX", "MS"):
        text = "INVALID_INPUT" if country == "XX" else "MS_UNAVAILABLE"
        return 500, _FAULT.format(envelope=_ENVELOPE, text=text).encode()
    known = (country, number) == ("LU", "26375245")
    name, address = ("MUSTER &amp; CIE S.A.R.L.", "5, RUE PLAETIS\nL-2338  LUXEMBOURG") if known else ("---", "---")
    reply = _REPLY.format(
        envelope=_ENVELOPE,
        types=TYPES,
        country=country,
        number=number,
        valid=str(known).lower(),
        name=name,
        address=address,
    )
    return 200, reply.encode()


def _schema() -> etree.XMLSchema:
    wsdl: Any = etree.parse(str(CONTRACT / "vies.wsdl"))
    schema = wsdl.find("{*}types/{http://www.w3.org/2001/XMLSchema}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


@contextmanager
def vies_app() -> Iterator[tuple[Flask, Replay]]:
    """Yield the adapter on a temporary project with a copy of the contract, and the responder."""
    with tempfile.TemporaryDirectory() as folder, replaying(answer) as responder:
        project = Path(folder)
        shutil.copytree(CONTRACT, project / "wsdl" / "vies")
        (project / "mappings").mkdir()
        shutil.copy(Path(__file__).parent / "vat-numbers.yaml", project / "mappings")
        write_lock(project / "wsdl", [load(project / "wsdl", "vies/vies.wsdl")])
        yield create_app(project, {**EVERYONE, "ADAPTER_ENDPOINT_CHECKVATSERVICE": responder.url}), responder


def asking(app: Flask) -> Callable[[str], tuple[int, Any]]:
    """Return how a VAT number is asked for: path below /v1/vat-numbers in, status and JSON out."""

    def ask(path: str) -> tuple[int, Any]:
        got = app.test_client().get(f"/v1/vat-numbers/{path}", headers={"Host": "localhost"})
        document: Any = got.json
        return got.status_code, {name: value for name, value in document.items() if name != "instance"}

    return ask


KNOWN = {
    "country": "LU", "number": "26375245", "checked_on": "2026-11-22+01:00", "valid": True,
    "name": "MUSTER & CIE S.A.R.L.", "address": "5, RUE PLAETIS\nL-2338  LUXEMBOURG",
}  # fmt: skip
UNKNOWN = {
    "country": "DE", "number": "123456789", "checked_on": "2026-11-22+01:00", "valid": False,
    "name": "---", "address": "---",
}  # fmt: skip
# fmt: off
EXPECTED: dict[str, tuple[int, dict[str, Any]]] = {
    "LU/26375245": (200, KNOWN),
    "DE/123456789": (200, UNKNOWN),
    "XX/99": (422, {"type": "/problems/invalid-vat-number", "title": "This can be no VAT number", "status": 422}),
    "MS/1234": (
        503,
        {"type": "/problems/country-unavailable", "title": "The country's register does not answer", "status": 503},
    ),
}
# fmt: on
