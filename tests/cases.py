"""Golden cases: one call each, as four files, and how to run one of them through the whole adapter.

``tests/golden/<operation>/<case>/`` holds ``request.json`` (method, path with query, body), ``soap-request.xml`` and
``soap-reply.xml`` (whole envelopes; absent where nothing is sent) and ``reply.json`` (status, body, and Location where
there is one). ``tests/shapes/<shape>/<case>/`` holds the same beside a small contract and a mapping of their own.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from lxml import etree

from adapter import settings
from adapter.app import create_app
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.replay import Replay

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
SHAPES = ROOT / "tests" / "shapes"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
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


@dataclass(frozen=True)
class Seen:
    """What running a case gave: the envelope sent (None: nothing), status, body as JSON, and Location."""

    sent: bytes | None
    status: int
    body: Any
    location: str | None


def cases() -> list[Case]:
    """Return every golden case, in the order of their names."""
    return _cases(GOLDEN)


def shape_cases() -> list[Case]:
    """Return every case of a shape; ``operation`` is the shape's name."""
    return _cases(SHAPES)


def _cases(below: Path) -> list[Case]:
    folders = sorted(path.parent for path in below.glob("*/*/request.json"))
    return [Case(folder.parent.name, folder.name, folder) for folder in folders]


def shape_project(shape: Path, project: Path, replay: Replay) -> Path:
    """Make a project of a shape in the folder ``project``, with every SOAP port at ``replay``; return the folder.

    ``shape`` holds ``shape.wsdl``, ``mapping.yaml``, and maybe ``settings.env`` with more settings.
    """
    for folder, name in (("wsdl", "shape.wsdl"), ("mappings", "mapping.yaml")):
        (project / folder).mkdir(parents=True)
        shutil.copy(shape / name, project / folder)
    contract = load(project / "wsdl", "shape.wsdl")
    write_lock(project / "wsdl", [contract])
    more = shape / "settings.env"
    lines = [f"{settings.endpoint_names(service, '')[1]}={replay.url}" for service in contract.services]
    text = "\n".join([*lines, more.read_text("utf-8") if more.exists() else ""])
    (project / settings.FILE).write_text(text, "utf-8")
    return project


def replay_app(replay: Replay) -> Flask:
    """Return the adapter on the clone's own project, with every SOAP port at ``replay``."""
    ports = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")
    return create_app(ROOT, {f"ADAPTER_ENDPOINT_{port}": replay.url for port in ports})


def run(case: Case, app: Flask, replay: Replay) -> Seen:
    """Send a case's request through the application while the ERP answers with the case's reply."""
    reply = case.xml("soap-reply.xml")
    replay.sent.clear()
    replay.reply = reply or b""
    replay.status = 500 if reply is not None and re.search(rb"<[\w-]*:?Fault[ >]", reply) else 200
    soap12 = reply is not None and b"http://www.w3.org/2003/05/soap-envelope" in reply
    replay.media_type = "application/soap+xml; charset=utf-8" if soap12 else "text/xml; charset=utf-8"
    request = case.json("request.json")
    answer = app.test_client().open(
        request["path"], method=request["method"], headers={"Host": "localhost"},
        **({"json": request["body"]} if "body" in request else {}),
    )  # fmt: skip
    body = json.loads(answer.data) if answer.data else None
    if isinstance(body, dict) and answer.status_code >= 400:
        body.pop("instance", None)
    sent = replay.sent[0] if replay.sent else None
    return Seen(sent, answer.status_code, body, answer.headers.get("Location"))


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
        copy.append(_plain(child))
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
