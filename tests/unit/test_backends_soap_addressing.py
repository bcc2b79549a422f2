"""WS-Addressing of a call: the header blocks that go out, and what an answer says it belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.unit.loopback import Peer, answer, replying, serving
from tests.unit.test_backends_soap import OK11, SOAP11, documents, envelope, handling, request, sent_by


def test_addressing(tmp_path: Path) -> None:
    """With WS-Addressing a call says what is asked, of whom, and where the answer goes; without it, nothing of this."""
    docs = documents(tmp_path)
    for namespace, anonymous in (
        ("http://www.w3.org/2005/08/addressing", "/anonymous"),
        ("http://schemas.xmlsoap.org/ws/2004/08/addressing", "/role/anonymous"),
    ):
        with serving(replying(OK11)) as server, handling(docs, server, call="Routed", addressing=namespace) as handle:
            handle(request())
        header = etree.fromstring(server.requests[0].partition(b"\r\n\r\n")[2]).find("{*}Header")
        assert header is not None
        texts = {str(block.tag): block.findtext("*") or block.text for block in header}
        message_id = texts.pop(f"{{{namespace}}}MessageID") or ""
        assert {"Action": "urn:routed", "To": server.url, "ReplyTo": namespace + anonymous} == {
            tag.removeprefix(f"{{{namespace}}}"): text for tag, text in texts.items()
        }
        assert message_id.startswith("urn:uuid:")
        assert ["Action", "To"] == [
            etree.QName(block).localname for block in header if block.get(f"{{{SOAP11}}}mustUnderstand") == "1"
        ]
    with serving(replying(OK11)) as server, handling(docs, server, call="Routed") as handle:
        handle(request())
    assert b"addressing" not in server.requests[0]


def test_one_way_addressing_waits_for_nobody(tmp_path: Path) -> None:
    """Where nobody waits for an answer, nothing says where it would go."""
    wsa = "http://www.w3.org/2005/08/addressing"
    _, body = sent_by(replying(answer(b"", status=202)), tmp_path, "11", "Tell", addressing=wsa)
    assert b"MessageID" in body
    assert b"ReplyTo" not in body


@pytest.mark.parametrize(
    ("related", "notes"),
    [
        ("", ()),
        ("<a:RelatesTo>{}</a:RelatesTo>", ()),
        ("<a:RelatesTo>urn:uuid:other</a:RelatesTo>", ("relates-to-differs",)),
        ("<a:RelatesTo RelationshipType='urn:other'>urn:uuid:other</a:RelatesTo>", ()),
        ("<a:RelatesTo RelationshipType='http://www.w3.org/2005/08/addressing/reply'>x</a:RelatesTo>",
         ("relates-to-differs",)),
        ("<a:Action S:mustUnderstand='1'>urn:x</a:Action>", ()),
    ],
)  # fmt: skip
def test_an_answer_to_another_message_is_noted(related: str, notes: tuple[str, ...], tmp_path: Path) -> None:
    """What the answer says it relates to is compared with our message; what it must be understood by is."""

    def reply(peer: Peer) -> None:
        sent = peer.request().partition(b"\r\n\r\n")[2]
        message_id = etree.fromstring(sent).findtext("{*}Header/{*}MessageID")
        head = f"<S:Header xmlns:a='{wsa}'>{related.format(message_id)}</S:Header>"
        text = (
            envelope('<ReadResponse xmlns="urn:erp">yes</ReadResponse>').decode().replace("<S:Body>", f"{head}<S:Body>")
        )
        peer.send(answer(text.encode()))

    wsa = "http://www.w3.org/2005/08/addressing"
    with serving(reply) as server, handling(documents(tmp_path), server, addressing=wsa) as handle:
        assert (*notes, "read") == handle(request()).notes
