"""Whether all servers answer the same, and ask the ERP for the same; what the adapter's own calls are made of."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from lxml import etree

from tests.bench.erp import Recorder
from tests.bench.messages import Call
from tests.bench.servers import Server

# Made anew for each exchange by whatever sends it.
_OF_THE_SENDER: Final = {"host", "content-length", "user-agent", "accept-encoding", "connection"}


def answer(server: Server, call: Call) -> tuple[int, Any]:
    """Make a call; return status and body, as JSON where it is JSON."""
    headers = {"Content-Type": "application/json"} if call.body else {}
    request = urllib.request.Request(server.url + call.path, call.body or None, headers, method=call.method)
    try:
        with urllib.request.urlopen(request, timeout=60) as found:
            return found.status, json.loads(found.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()[:500].decode(errors="replace")


def differences(asked: Mapping[Call, Sequence[Server]], recorder: Recorder | None = None) -> list[str]:
    """Compare every server's answer with the first one's, and what the ERP was sent where a recorder stands for it."""
    found = []
    for call, servers in asked.items():
        first = _seen(servers[0], call, recorder)
        if not 200 <= first[0] < 300:
            found.append(f"{servers[0].name} answers {first[0]} to {call.name}")
        for other in servers[1:]:
            seen = _seen(other, call, recorder)
            found += [
                f"{other.name} differs from {servers[0].name} in the {what} of {call.name}"
                for what, one, two in zip(("status", "answer", "message to the ERP"), first, seen, strict=True)
                if one != two
            ]
    return found


def exchanges(server: Server, calls: Iterable[Call], recorder: Recorder) -> Mapping[str, Any]:
    """Return, by path, the exchange that a server makes for each call: ``url``, ``headers`` and ``body``."""
    made = {}
    for call in calls:
        answer(server, call)
        sent = recorder.sent[-1]
        headers = {name: text for name, text in sent.headers.items() if name.lower() not in _OF_THE_SENDER}
        made[call.path] = {"url": sent.url, "headers": headers, "body": sent.body.decode()}
    return made


def _seen(server: Server, call: Call, recorder: Recorder | None) -> tuple[int, Any, Any]:
    status, body = answer(server, call)
    message = [*_content(etree.fromstring(recorder.sent[-1].body))] if recorder else None
    return status, body, message


def _content(element: Any) -> Iterator[tuple[str, str, Mapping[str, str], int]]:
    """Yield what an envelope says, whatever prefixes it uses: names, texts, attributes, numbers of children."""
    for each in element.iter("*"):
        yield each.tag, each.text or "", dict(each.attrib), len(each)
