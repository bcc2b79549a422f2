"""Serve one contract of the corpus end to end: propose, check, and call every operation over HTTP."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from flask.testing import FlaskClient
from lxml import etree

from adapter.app import application, openapi
from adapter.mapping.bound import Endpoint
from adapter.telemetry import Telemetry
from adapter.virtual import Server, answering
from adapter.virtual.any import AnyErp
from adapter.virtual.any.ports import Place, address
from adapter.virtual.any.requests import AnyCall
from adapter.virtual.envelope import Answer
from tests.served.answers import Judge
from tests.served.project import Loaded, checked, laid_out, loaded, proposed
from tests.served.requests import requests


@dataclass(slots=True)
class Served:
    """What became of a contract: its operations by ``port.operation``, and why some were not served."""

    file: str
    operations: int = 0
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of operations that were served."""
        return 1 - len(self.missing) / self.operations if self.operations else 1.0


class _Kept(AnyErp):
    """Keeps its last reply, for the judge, and its last objection."""

    last = b""
    objection = ""

    def answer(self, call: AnyCall) -> Answer:
        """Answer, and keep the answer."""
        answer = super().answer(call)
        self.last = whole(answer)
        return answer

    def refusal(self, port: Place, problem: object) -> Answer:
        """Refuse, and keep why."""
        self.objection = getattr(problem, "text", "")
        return super().refusal(port, problem)  # type: ignore[arg-type]


def whole(answer: Answer) -> bytes:
    """Return an answer as one document: what travels beside the envelope stands behind it, as base64 and as text."""
    if not answer.content_type.startswith("multipart/"):
        return answer.body
    parsed = message_from_bytes(f"Content-Type: {answer.content_type}\r\n\r\n".encode() + answer.body)
    first, *others = (bytes(part.get_payload(decode=True) or b"") for part in parsed.walk() if not part.is_multipart())
    document = etree.Element("answer")
    document.append(etree.fromstring(first))
    for each in others:
        etree.SubElement(document, "part").text = base64.b64encode(each).decode()
        if each.isascii() and each.decode().isprintable():
            etree.SubElement(document, "part").text = each.decode()
    return etree.tostring(document)


def serve(corpus: Path, file: str) -> Served:
    """Serve a contract. Every operation that its ports offer counts, but not those whose messages are missing."""
    source = loaded(corpus, file)
    served = Served(file)
    erp = _Kept(source.documents, source.contract)
    with answering(erp) as server:
        for place in erp.places:
            _port(corpus, source, erp, server, place, served)
    return served


def _port(corpus: Path, source: Loaded, erp: _Kept, server: Server, place: Place, served: Served) -> None:
    service = source.contract.services[place.service]
    port = service.ports[place.port]
    served.operations += len(port.operations)
    files, left_out = proposed(source.contract, service, port)
    called = _called(corpus, source, erp, server, place, files) if files else {}
    for name in port.operations:
        why = called.get(name, left_out.get(name, "not proposed"))
        if why:
            served.missing[f"{place.port}.{name}"] = why


def _called(
    corpus: Path, source: Loaded, erp: _Kept, server: Server, place: Place, files: Mapping[str, str]
) -> dict[str, str]:
    """Return why each operation was not served, empty where it was."""
    with tempfile.TemporaryDirectory() as folder:
        laid_out(Path(folder), corpus, source, files)
        built, wrong = checked(Path(folder), place.service, place.port, address(server.url(), place))
        if built is None:
            names = source.contract.services[place.service].ports[place.port].operations
            return dict.fromkeys(names, f"check: {wrong}")
        judge = Judge(openapi(built))
        client = application(built, Telemetry("ERROR")).test_client()
        return {called_by(each): _one(each, client, erp, judge) for each in built.endpoints}


def _one(endpoint: Endpoint, client: FlaskClient, erp: _Kept, judge: Judge) -> str:
    """Call one operation with the first request that the adapter takes. Return what went wrong, empty for nothing."""
    refused = "no request could be made"
    try:
        for sent in requests(endpoint, erp.answers.ground):
            erp.last, erp.objection = b"", ""
            headers = {"Content-Type": "application/json"} if sent.body is not None else {}
            answer = client.open(
                sent.path, method=sent.method, query_string=sent.query, data=sent.body, headers=headers
            )
            if answer.status_code in (400, 422):
                refused = f"{answer.status_code}: {answer.get_data(as_text=True)[-160:]}"
                continue
            if not 200 <= answer.status_code < 300:
                return f"{answer.status_code}: {erp.objection or answer.get_data(as_text=True)[-160:]}"
            read = json.loads(answer.data) if answer.data else None
            return judge.objection(endpoint, answer.status_code, read, erp.last)
    except LookupError as error:
        return f"no request could be made: {error.args[0]}"
    return refused


def called_by(endpoint: Endpoint) -> str:
    """Return the name that the contract tree has for the operation that an endpoint calls."""
    return next(name for name, each in endpoint.port.operations.items() if each is endpoint.operation)
