"""Binary values beside the envelope: MTOM, references and parts of their own, in both directions and as they come."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import threading
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.app import create_app
from adapter.virtual import answering
from adapter.virtual.any.erp import AnyErp
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract, load
from adapter.wsdl.lock import write_lock
from tests import attachments
from tests.attachments.erp import Erp, envelope, related, running
from tests.everyone import EVERYONE

FOLDER = Path(attachments.__file__).parent
PATIENCE = 20.0
INCLUDE = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:{}"/>'
LARGE = os.urandom(5000)


@pytest.fixture
def erp() -> Iterator[Erp]:
    """The ERP, on loopback."""
    with running() as found:
        yield found


@pytest.fixture
def client(erp: Erp, tmp_path: Path) -> FlaskClient:
    """A client of the whole adapter, on the project of this folder."""
    for name in ("wsdl", "mappings"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    write_lock(tmp_path / "wsdl", [load(tmp_path / "wsdl", "files.wsdl")])
    return create_app(tmp_path, {**EVERYONE, "ADAPTER_ENDPOINT_S_P": erp.url}).test_client()


def file(tag: str, content: str, more: str = "") -> bytes:
    """An answer with a file in it."""
    inside = f"<Nr>7</Nr><Name>a.pdf</Name><Inhalt>{content}</Inhalt>{more}"
    return envelope(f'<{tag} xmlns="urn:files">{inside}</{tag}>')


def test_mtom_request(client: FlaskClient, erp: Erp) -> None:
    """A value that is not short goes as a part, a short one stays; the answer's parts come back as base64."""
    erp.answer = lambda taken: related(
        file("LegeAntwort", INCLUDE.format("c%40e")), {"other": b"?", "c@e": b"\0\1\2"}, xop=True
    )
    body = {"name": "a.pdf", "content": b64encode(LARGE).decode()}
    answer = client.post("/v1/files", json=body)
    (taken,) = erp.taken
    assert (201, {"id": "7", "name": "a.pdf", "content": "AAEC"}) == (answer.status_code, answer.json)
    assert LARGE == taken.value("Inhalt")
    assert 'type="application/xop+xml"' in taken.content_type
    assert 'start-info="text/xml"' in taken.content_type
    client.post("/v1/files", json={"content": "AAEC"})
    assert ("AAEC", {}) == (erp.taken[1].value("Inhalt"), erp.taken[1].parts)


def test_references(client: FlaskClient, erp: Erp) -> None:
    """A swaRef is base64 in JSON, and a part with a reference to it over the wire, in both directions."""
    preview = "<Vorschau>cid:p@e</Vorschau>"
    erp.answer = lambda taken: related(file("LegeAntwort", "AAEC", preview), {"p@e": b"preview"})
    answer = client.post("/v1/files", json={"preview": b64encode(b"\xff\xfe").decode()})
    assert b64encode(b"preview").decode() == answer.json["preview"]  # type: ignore[index]
    assert b"\xff\xfe" == erp.taken[0].value("Vorschau")


def test_parts_of_their_own(client: FlaskClient, erp: Erp) -> None:
    """Parts that the binding attaches are properties like others; the answer's are found by name, or in their order."""
    sent = {"name": "x", "picture": b64encode(b"\x89PNG\r\n--x").decode(), "note": "Grüße\r\n"}
    head = envelope('<Kopf xmlns="urn:files"><Name>y</Name></Kopf>')
    erp.answer = lambda taken: related(head, {"notiz=1@e": "ä".encode(), "bild=2@e": b"\0"})
    answer = client.post("/v1/parcels", json=sent)
    (taken,) = erp.taken
    contents = {name.partition("=")[0]: part.get_payload(decode=True) for name, part in taken.parts.items()}
    assert {"bild": b"\x89PNG\r\n--x", "notiz": "Grüße\r\n".encode()} == contents
    assert ["image/png", "text/plain"] == [part.get_content_type() for part in taken.parts.values()]
    assert [f"{{{'urn:files'}}}Kopf"] == [child.tag for child in next(taken.envelope.iter("{*}Body"))]
    assert {"name": "y", "picture": "AA==", "note": "ä"} == answer.json
    erp.answer = lambda taken: related(head, {"1@e": b"\0", "2@e": "ä".encode()})
    assert {"name": "y", "picture": "AA==", "note": "ä"} == client.post("/v1/parcels", json=sent).json


def test_long_value_is_a_link(client: FlaskClient, erp: Erp) -> None:
    """A value of more than the mapping's number of bytes is a link to the document, a shorter one is base64."""
    for content, expected in ((LARGE, {"href": "/v1/files/7/content", "bytes": 5000}), (b"\0", "AA==")):
        erp.answer = lambda taken, content=content: ("text/xml", file("LiesAntwort", b64encode(content).decode()))
        assert expected == client.get("/v1/files/7").json["content"]  # type: ignore[index]


def test_document_is_streamed(client: FlaskClient, erp: Erp) -> None:
    """A caller gets the beginning of a document before the ERP has sent its end."""
    go_on = threading.Event()
    kind, body = related(file("LiesAntwort", INCLUDE.format("c@e")), {"c@e": LARGE * 100}, xop=True)

    def pieces() -> Iterator[bytes]:
        yield body[:100_000]
        assert go_on.wait(PATIENCE)
        yield body[100_000:]

    erp.answer = lambda taken: (kind, pieces())
    answer = client.get("/v1/files/7/content", buffered=False)
    chunks = iter(answer.response)
    first = next(chunks)
    go_on.set()
    assert LARGE * 100 == first + b"".join(chunks)
    assert (200, 'attachment; filename="a.pdf"') == (answer.status_code, answer.headers["Content-Disposition"])
    answer.close()


def test_document_costs_no_memory(client: FlaskClient, erp: Erp) -> None:
    """A document many times as large as a reply may be passes through, and is never held."""
    kind, body = related(file("LiesAntwort", INCLUDE.format("c@e")), {"c@e": b"@@"}, xop=True)
    head, tail = body.split(b"@@")
    piece, count = b"x" * 65_536, 1_000
    erp.answer = lambda taken: (kind, itertools.chain([head], itertools.repeat(piece, count), [tail]))
    tracemalloc.start()
    answer = client.get("/v1/files/7/content", buffered=False)
    size = sum(map(len, answer.response))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    answer.close()
    assert (count * len(piece), True) == (size, peak < 8_000_000)


@pytest.mark.parametrize("content", [LARGE, b"\0"])
def test_document_in_one_piece(client: FlaskClient, erp: Erp, content: bytes) -> None:
    """An ERP that answers without parts, or with another order of them, is understood as well."""
    erp.answer = lambda taken: ("text/xml", file("LiesAntwort", b64encode(content).decode()))
    assert content == client.get("/v1/files/7/content").data


@pytest.mark.parametrize("path", ["/v1/files/7/content", "/v1/files/7"])
def test_envelope_after_the_document(client: FlaskClient, erp: Erp, path: str) -> None:
    """The part that ``start`` names is the envelope, wherever it stands (RFC 2387, section 3.2)."""
    kind, body = related(file("LiesAntwort", INCLUDE.format("c@e")), {"c@e": b"early"}, xop=True)
    root, document, end = body.split(b"--x")[1:]
    erp.answer = lambda taken: (kind, b"--x" + b"--x".join([document, root, end]))
    answer = client.get(path)
    assert (200, True) == (answer.status_code, answer.data == b"early" or b64encode(b"early") in answer.data)


def test_document_that_breaks_off(client: FlaskClient, erp: Erp) -> None:
    """A caller can tell that a document is not whole: the connection breaks, it does not end."""
    kind, body = related(file("LiesAntwort", INCLUDE.format("c@e")), {"c@e": LARGE * 100}, xop=True)
    erp.answer = lambda taken: (kind, body[:300_000])
    answer = client.get("/v1/files/7/content", buffered=False)
    with pytest.raises(ConnectionResetError):
        b"".join(answer.response)
    answer.close()


@pytest.mark.parametrize("parts", [{}, {"other@e": b"x"}], ids=["no part", "another part"])
def test_missing_part(client: FlaskClient, erp: Erp, parts: dict[str, bytes]) -> None:
    """A reference to a part that does not come makes the answer invalid, streamed or not."""
    erp.answer = lambda taken: related(file("LiesAntwort", INCLUDE.format("c@e")), parts, xop=True)
    for path in ("/v1/files/7", "/v1/files/7/content"):
        answer = client.get(path)
        assert (502, "backend-reply-invalid") == (
            answer.status_code,
            json.loads(answer.data)["type"].rpartition("/")[2],
        )


class Uploading(io.RawIOBase):
    """A request body whose second half waits until the ERP has begun to read the first."""

    def __init__(self, content: bytes, begun: threading.Event) -> None:
        self._content, self._begun, self._at = content, begun, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give the next bytes."""
        if self._at >= len(self._content) // 2:
            assert self._begun.wait(PATIENCE)
        piece = self._content[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


@pytest.mark.parametrize("announced", [True, False])
def test_upload_is_sent_on(client: FlaskClient, erp: Erp, announced: bool) -> None:
    """The ERP gets the beginning of a document before the caller has sent its end; its size is said where known."""
    content = LARGE * 200
    erp.answer = lambda taken: ("text/xml", file("LegeAntwort", ""))
    environ: dict[str, Any] = {"wsgi.input": Uploading(content, erp.begun), "wsgi.input_terminated": True}
    if announced:
        environ["CONTENT_LENGTH"] = str(len(content))
    answer = client.put("/v1/files/7/content", content_type="application/pdf", environ_overrides=environ)
    (taken,) = erp.taken
    assert (204, content, not announced) == (answer.status_code, taken.value("Inhalt"), taken.chunked)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"", "application/pdf", 422), (b"x", "text/plain", 415), (b"x" * 2_000_000, "application/pdf", 413)],
)
def test_upload_that_is_refused(client: FlaskClient, erp: Erp, body: bytes, kind: str, status: int) -> None:
    """What is refused never reaches the ERP."""
    answer = client.put("/v1/files/7/content", data=body, content_type=kind)
    assert (status, []) == (answer.status_code, erp.taken)


def test_pretend_erp_speaks_in_parts(tmp_path: Path) -> None:
    """The pretend ERP of any contract takes and answers attachments: what the adapter sends is what it understands."""
    for name in ("wsdl", "mappings"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    write_lock(tmp_path / "wsdl", [load(tmp_path / "wsdl", "files.wsdl")])
    documents = read_documents(tmp_path / "wsdl", "files.wsdl")
    with answering(AnyErp(documents, contract(documents))) as server:
        (place,) = server.erp.places
        app = create_app(tmp_path, {**EVERYONE, "ADAPTER_ENDPOINT_S_P": server.url(place.path)}).test_client()
        parcel = app.post("/v1/parcels", json={"name": "x", "picture": "AAEC", "note": "y"})
        file = app.post("/v1/files", json={"name": "x", "content": b64encode(LARGE).decode(), "preview": "AAEC"})
    assert (200, 201) == (parcel.status_code, file.status_code)
    assert {"picture", "note"} <= set(parcel.json or {})
