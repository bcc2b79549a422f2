"""Golden cases: one REST call each, as four files or more, and how to run one of them through the whole adapter.

``tests/golden/<operation>/<case>/`` holds ``request.json`` (method, path with query, body), ``soap-request.xml`` and
``soap-reply.xml`` (whole envelopes; absent where nothing is sent) and ``reply.json`` (status, body, and Location where
there is one). Bytes of a document stand there as ``body_base64``, lines of NDJSON or CSV as ``body_text``, header
fields that matter as ``headers``; ``at`` is the moment of a call that depends on it. Where one REST call is several
SOAP calls, they are numbered: ``soap-request.2.xml``. ``tests/shapes/<shape>/<case>/`` has its contract and mapping.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from lxml import etree

from adapter import settings
from adapter.app import create_app
from adapter.rows import CSV, NDJSON
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.everyone import EVERYONE
from tests.moments import at
from tests.replay import Replay, Responder

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
SHAPES = ROOT / "tests" / "shapes"
PORTS = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")
_FAULT = re.compile(rb"<[\w-]*:?Fault[ >]")
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# What a comment in a golden envelope says of a value that is another one in each call.
_DAY = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}"
_MADE = {"now": f"{_DAY}T[0-9:]{{8}}Z", "today": _DAY, "uuid": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}
_MADE |= {"message id": f"urn:uuid:{_MADE['uuid']}", "endpoint": r"http://127\.0\.0\.1:[0-9]+/"}
_QNAMES = (_XSI_TYPE, "{http://schemas.xmlsoap.org/soap/encoding/}arrayType")


@dataclass(frozen=True)
class Case:
    """One golden folder."""

    operation: str
    name: str
    folder: Path

    def json(self, file: str) -> Any:
        """Return one of its JSON files."""
        return json.loads((self.folder / file).read_text("utf-8"))

    def xml(self, file: str) -> bytes | None:
        """Return one of its XML files, or None."""
        path = self.folder / file
        return path.read_bytes() if path.exists() else None

    def calls(self) -> list[tuple[bytes, bytes]]:
        """Return its SOAP calls, request and reply (empty where the file is absent), in the order of their numbers."""
        files = sorted(self.folder.glob("soap-request*.xml"), key=lambda file: (len(file.name), file.name))
        found = [(self.xml(file.name), self.xml(file.name.replace("request", "reply"))) for file in files]
        return [(request or b"", reply or b"") for request, reply in found]

    def envelopes(self) -> list[bytes]:
        """Return the requests that it sends, in canonical form and in an order of their own: calls may be parallel."""
        return sorted(canonical(request) for request, _ in self.calls())


@dataclass(frozen=True)
class Seen:
    """What running a case gave: every envelope sent, as they came, status, body as JSON, and Location."""

    requests: tuple[bytes, ...]
    status: int
    body: Any
    location: str | None
    cursor: str = ""
    content: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None

    def fits(self, expected: Mapping[str, Any]) -> bool:
        """Tell whether this is what ``reply.json`` says: status, body as JSON or in base64, Location, headers."""
        said = {"status": self.status, "body": self.body, "body_base64": self.content, "location": self.location}
        said["body_text"] = self.text
        same = all(expected.get(name) == value for name, value in said.items())
        return same and all(self.headers.get(name) == value for name, value in expected.get("headers", {}).items())

    @property
    def sent(self) -> bytes | None:
        """The first envelope sent, or None."""
        return self.requests[0] if self.requests else None

    def envelopes(self) -> list[bytes]:
        """Return what was sent as ``Case.envelopes`` does."""
        return sorted(canonical(request) for request in self.requests)


def cases() -> list[Case]:
    """Return every golden case, in the order of their names."""
    return _cases(GOLDEN)


def shape_cases() -> list[Case]:
    """Return every case of a shape; ``operation`` is the shape's name."""
    return _cases(SHAPES)


def _cases(below: Path) -> list[Case]:
    folders = sorted(path.parent for path in below.glob("*/*/request.json"))
    return [Case(folder.parent.name, folder.name, folder) for folder in folders]


def shape_project(shape: Path, project: Path, url: str) -> Path:
    """Make a project of a shape in the folder ``project``, with every SOAP port at ``url``; return the folder.

    ``shape`` holds ``shape.wsdl``, ``mapping.yaml``, and maybe ``settings.env`` with more settings and the
    Python modules that they name.
    """
    for folder, name in (("wsdl", "shape.wsdl"), ("mappings", "mapping.yaml")):
        (project / folder).mkdir(parents=True)
        shutil.copy(shape / name, project / folder)
    contract = load(project / "wsdl", "shape.wsdl")
    write_lock(project / "wsdl", [contract])
    for module in shape.glob("*.py"):
        shutil.copy(module, project)
    own = (shape / "settings.env").read_text("utf-8") if (shape / "settings.env").exists() else ""
    lines = ["" if "ADAPTER_CALLERS=" in own else "ADAPTER_CALLERS=everyone", own]
    lines += [f"{settings.endpoint_names(service, '')[1]}={url}" for service in contract.services]
    (project / settings.FILE).write_text("\n".join(lines), "utf-8")
    return project


class ShapeApps:
    """The adapter on the project of each shape, made once; once for each case where a shape keeps what it was told.

    Then every case stands alone: it begins by asking for the table.
    """

    def __init__(self, replay: Replay, folder: Path) -> None:
        self._replay, self._folder = replay, folder
        self._apps: dict[str, Flask] = {}

    def app(self, case: Case) -> Flask:
        """Return the adapter for a case."""
        shape = case.operation
        keeps = re.search("\n(lookups|    (cache|limit)):", (SHAPES / shape / "mapping.yaml").read_text("utf-8"))
        name = f"{shape}-{case.name}" if keeps else shape
        if name not in self._apps:
            self._apps[name] = create_app(shape_project(SHAPES / shape, self._folder / name, self._replay.url), {})
        return self._apps[name]


def replay_app(replay: Replay) -> Flask:
    """Return the adapter on the clone's own project, with every SOAP port at ``replay``."""
    return create_app(ROOT, {f"ADAPTER_ENDPOINT_{port}": replay.url for port in PORTS} | EVERYONE)


def run(case: Case, app: Flask, replay: Replay) -> Seen:
    """Send a case's request through the application while the ERP answers with the case's replies.

    A case that is ``after`` another goes on with the cursor of its answer, if any. Cursors are shown as ``(cursor)``.
    """
    request = case.json("request.json")
    path = request["path"]
    if "after" in request:
        before = replace(case, name=request["after"], folder=case.folder.parent / request["after"])
        path += (cursor := run(before, app, replay).cursor) and f"?cursor={cursor}"
    replay.sent.clear()
    head = {"Host": "localhost", **request.get("headers", {})}
    answering, samples = _answering(case), _samples(case)
    replay.responder, replay.media_type = lambda body: answering(_settled(body, samples)), _media_type(case)
    try:
        with at(request.get("at")):
            answer = app.test_client().open(path, method=request["method"], headers=head, **_body(request))
    finally:
        replay.responder = None
    is_json = (answer.mimetype or "").endswith(("/json", "+json"))
    body = json.loads(answer.data) if answer.data and is_json else None
    if isinstance(body, dict) and answer.status_code >= 400:
        body.pop("instance", None)
    requests = tuple(_settled(sent, samples) for sent in replay.sent)
    text = answer.data.decode("utf-8") if answer.mimetype in (NDJSON, CSV) else None
    content = b64encode(answer.data).decode("ascii") if answer.data and not is_json and text is None else None
    cursor, headers = "", dict(answer.headers)
    if isinstance(body, dict) and isinstance(body.get("page"), dict) and "next" in body["page"]:
        cursor, body["page"]["next"] = body["page"]["next"], "(cursor)"
    return Seen(requests, answer.status_code, body, answer.headers.get("Location"), cursor, content, headers, text)


def _body(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the test client is given the body of ``request.json``."""
    for key, made in (("body_base64", b64decode), ("body_text", str.encode)):
        if key in request:
            return {"data": made(request[key])}
    return {"json": request["body"]} if "body" in request else {}


def _answering(case: Case) -> Responder:
    """Return what answers a case's calls: each request has its own reply; of equal ones each reply is given once.

    A request that is none of the golden ones gets the reply of one that asks for the same operation, so that the test
    shows how they differ.
    """
    waiting = [(canonical(request), reply) for request, reply in case.calls()]
    lock = threading.Lock()

    def answer(body: bytes) -> tuple[int, bytes]:
        sent = canonical(body)
        with lock:
            same = [call for call in waiting if call[0] == sent] or [
                call for call in waiting if _asks_for(call[0]) == _asks_for(sent)
            ]
            if not same:
                return 500, b"no golden reply"
            waiting.remove(same[0])
        reply = same[0][1]
        return (500 if _FAULT.search(reply) else 200), reply

    return answer


def _samples(case: Case) -> dict[str, tuple[str, str]]:
    """Return what is another value in each call: its element's tag, the kind that a comment in it names, a sample."""
    found = {}
    for request, _ in case.calls():
        for comment in etree.fromstring(request).iter(etree.Comment):
            element, kind = comment.getparent(), (comment.text or "").strip()
            if element is not None and kind in _MADE:
                found[str(element.tag)] = (kind, element.text or "")
    return found


def _settled(envelope: bytes, samples: dict[str, tuple[str, str]]) -> bytes:
    """Return an envelope with the samples in place of what was made for this call, where it has the right form."""
    if not samples:
        return envelope
    root = etree.fromstring(envelope)
    for tag, (kind, sample) in samples.items():
        for element in root.iter(tag):
            if re.fullmatch(_MADE[kind], element.text or ""):
                element.text = sample
    return etree.tostring(root)


def _asks_for(envelope: bytes) -> str:
    body = etree.fromstring(envelope).find("{*}Body")
    return str(body[0].tag) if body is not None and len(body) else ""


def _media_type(case: Case) -> str:
    soap12 = any(b"http://www.w3.org/2003/05/soap-envelope" in reply for _, reply in case.calls())
    return "application/soap+xml; charset=utf-8" if soap12 else "text/xml; charset=utf-8"


def canonical(envelope: bytes) -> bytes:
    """Return an envelope in exclusive canonical form (C14N), with prefixes handed out in document order.

    Two envelopes are the same message exactly when these bytes are equal: white space between elements does not count,
    and QNames in values (xsi:type, arrayType) are resolved.
    """
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, resolve_entities=False)
    root = etree.fromstring(envelope, parser)
    return etree.tostring(_plain(root), method="c14n", exclusive=True)


def _plain(element: Any) -> Any:
    attributes = {}
    for name, value in element.attrib.items():
        attributes[name] = _resolved(value, element.nsmap) if name in _QNAMES else value
    copy = etree.Element(element.tag, dict(sorted(attributes.items())), nsmap=_prefixes(element))
    copy.text = element.text
    for child in element:
        made = _plain(child)
        # Text between elements counts where it is more than the layout of a file.
        made.tail = child.tail if child.tail and child.tail.strip() else None
        copy.append(made)
    return copy


def _prefixes(element: Any) -> dict[str, str]:
    names = [element.tag, *element.attrib]
    spaces = sorted({etree.QName(name).namespace for name in names} - {None})
    return {f"p{index}": str(space) for index, space in enumerate(spaces)}


def _resolved(value: str, nsmap: Any) -> str:
    prefix, _, local = value.strip().rpartition(":")
    return f"{{{nsmap.get(prefix or None, '')}}}{local}"


def operations() -> Iterator[str]:
    """Yield the names of all operations that have a folder."""
    yield from sorted({case.operation for case in cases()})
