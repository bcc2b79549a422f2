"""A document of about a megabyte, in and out, through a real gunicorn."""

from __future__ import annotations

import random
import urllib.request
from base64 import b64decode, b64encode
from pathlib import Path

from lxml import etree

from tests.cases import SHAPES, shape_project
from tests.replay import Replay, replaying
from tests.stack import gunicorn

MEGABYTE = random.Random(74).randbytes(1_000_003)
_REPLY = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{}</soap:Body></soap:Envelope>"""


def project(shape: str, folder: Path, replay: Replay, reply: str) -> Path:
    """Make the project of a shape, whose ERP always answers with ``reply``."""
    replay.reply = _REPLY.format(reply).encode()
    return shape_project(SHAPES / shape, folder / "project", replay.url)


def test_a_megabyte_goes_in(tmp_path: Path) -> None:
    """The ERP finds the very bytes, and the file name, in the envelope."""
    with replaying() as replay:
        made = project("upload", tmp_path, replay, '<LegeAbAntwort xmlns="urn:ablage"><Nr>9</Nr></LegeAbAntwort>')
        with gunicorn(made, {}) as (url, _, _):
            headers = {"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="big.pdf"'}
            request = urllib.request.Request(f"{url}/v1/files?order=1", MEGABYTE, headers, method="POST")
            with urllib.request.urlopen(request, timeout=30) as answer:
                status = answer.status
        text = etree.fromstring(replay.sent[0], etree.XMLParser(huge_tree=True)).findtext(".//{urn:ablage}Inhalt")

    assert 201 == status
    assert text is not None
    assert MEGABYTE == b64decode(text, validate=True)


def test_a_megabyte_comes_out(tmp_path: Path) -> None:
    """The caller gets the very bytes as an attachment, with their length."""
    content = (
        f"<Datei><Name>big.pdf</Name><Typ>application/pdf</Typ><Inhalt>{b64encode(MEGABYTE).decode()}</Inhalt></Datei>"
    )
    with replaying() as replay:
        made = project(
            "download", tmp_path, replay, f'<HoleBelegAntwort xmlns="urn:ablage">{content}</HoleBelegAntwort>'
        )
        with gunicorn(made, {}) as (url, _, _), urllib.request.urlopen(f"{url}/v1/files/7", timeout=30) as answer:
            came, headers = answer.read(), answer.headers

    assert MEGABYTE == came
    assert ("application/pdf", 'attachment; filename="big.pdf"', str(len(MEGABYTE)), "nosniff") == (
        headers["Content-Type"],
        headers["Content-Disposition"],
        headers["Content-Length"],
        headers["X-Content-Type-Options"],
    )
