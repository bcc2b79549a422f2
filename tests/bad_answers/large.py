"""A right answer that is as large as may be: no case among the wrong ones, and not counted with their memory."""

from __future__ import annotations

from tests.bad_answers.case import LIST, envelope, http
from tests.bad_answers.server import FIRST, Peer, serving
from tests.stack import stack

ITEMS = 50_000


def large_list() -> list[str]:
    """Let the ERP answer a search with 50,000 customers; return what was not as it should be."""
    each = '<p:Partner xsi:type="p:PrivatPartnerTyp"><p:Name1>Wolf</p:Name1><p:Vorname>Ada</p:Vorname></p:Partner>'
    content = f"<d:GesamtAnz>{ITEMS}</d:GesamtAnz><d:Partner>{each * ITEMS}</d:Partner>"
    reply = http(envelope(f"<d:SuchePartnerAntwort>{content}</d:SuchePartnerAntwort>"))

    def play(peer: Peer) -> None:
        peer.send(reply)

    with serving({FIRST: play}, b"") as (erp, _), stack(environ=_settings(erp.url)) as running:
        answer = running.call("GET", LIST.format(n=FIRST))
    if answer.status != 200:
        return [f"status {answer.status} in place of 200"]
    items, total = answer.json["items"], answer.json["page"]["total"]
    right = items == [{"kind": "person", "name": "Wolf", "first_name": "Ada"}] * ITEMS and total == ITEMS
    return [] if right else [f"it holds {len(items)} items of {total}"]


def _settings(url: str) -> dict[str, str]:
    return {"ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11": url, "ADAPTER_TIMEOUT": "30"}
