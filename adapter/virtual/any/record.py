"""Ask a real service, pass on what it says, and write it down without what is hidden."""

from __future__ import annotations

import time
from copy import deepcopy
from pathlib import Path

from lxml import etree

from adapter.errors import BackendError
from adapter.exchange import Exchange, Reply
from adapter.virtual.any.around import Around
from adapter.virtual.any.cassettes import Cassette, named, write
from adapter.virtual.any.erp import AnyErp
from adapter.virtual.any.hiding import Hidden
from adapter.virtual.any.requests import AnyCall
from adapter.virtual.envelope import Answer
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE

SECONDS = 60.0
LARGEST_REPLY = 64 * 1024 * 1024
_POOL = 8
# What goes on to the service; of all this nothing is written down.
_PASSED = ("Content-Type", "SOAPAction", "Authorization", "Cookie", "Accept")


class Recorder(Around):
    """Passes every message on to ``url``. It follows no redirect, checks certificates, and bounds size and time."""

    def __init__(self, erp: AnyErp, url: str, folder: Path, hidden: Hidden, ca_file: Path | None = None) -> None:
        """Write recordings into ``folder``. Raises ValueError for an unusable URL, OSError for a bad file."""
        super().__init__(erp)
        self.folder, self.hidden = folder, hidden
        self.exchange = Exchange(url, max_reply_bytes=LARGEST_REPLY, pool_size=_POOL, ca_file=ca_file)

    def answer(self, call: AnyCall) -> Answer:
        """Return what the service answers, written down first. Where it cannot be asked, a fault is all."""
        passed = {name: call.headers[name] for name in _PASSED if call.headers[name] is not None}
        try:
            reply = self.exchange.send("POST", deadline=time.monotonic() + SECONDS, headers=passed, body=call.data)
        except BackendError as error:
            return self.erp.answers.plain(call.place, "Server", f"the real service did not answer: {error}", 502)
        write(self.folder, self._cassette(call, reply))
        return Answer(reply.status, reply.headers.get("content-type", ""), reply.body)

    def close(self) -> None:
        """Close the connections to the service."""
        self.exchange.close()

    def _cassette(self, call: AnyCall, reply: Reply) -> Cassette:
        name = named(call.body, self.hidden)
        asked = deepcopy(call.root)
        self.hidden.hide(asked)
        return Cassette(
            call.operation.name,
            name,
            self.hidden,
            etree.tostring(asked, encoding="unicode"),
            reply.status,
            reply.headers.get("content-type", ""),
            self._kept(reply.body),
        )

    def _kept(self, body: bytes) -> bytes:
        """Return what of an answer is written down: as it came where nothing is hidden in it.

        Hidden fields cannot be found in what is no envelope, so with rules nothing of that is kept.
        """
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            root = None
        if root is None or root.tag not in (f"{{{SOAP11_ENVELOPE}}}Envelope", f"{{{SOAP12_ENVELOPE}}}Envelope"):
            return b"" if self.hidden.rules else body
        before = etree.tostring(root)
        self.hidden.hide(root)
        if etree.tostring(root) == before:
            return body
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
