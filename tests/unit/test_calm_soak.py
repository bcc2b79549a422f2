"""The soak's ERP takes orders, and can be asked for the one that has a reference."""

from __future__ import annotations

import urllib.request

from lxml import etree

from adapter.virtual.validation import envelope_schema, objection
from tests.bench import standin
from tests.bench.servers import endpoint
from tests.evidence.calm_soak import _rules
from tests.evidence.house import ROOT


def _said(erp: int, text: str) -> str:
    request = urllib.request.Request(endpoint(erp), text.encode(), {"Content-Type": "text/xml"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        said: str = answer.read().decode()
    return said


def test_an_order_is_found_once_it_was_taken() -> None:
    """Before it was taken nothing is found; then it is, with its reference, and it can be read by its number."""
    ask, take = "<SucheAuftraege><a:FremdRef>R-1<", "<LegeAuftragAn><a:FremdRef>R-1<"
    with standin.answering(_rules()) as (erp, _):
        before, _, after = _said(erp, ask), _said(erp, take), _said(erp, ask)
        assert "LeseAuftragAntwort" in _said(erp, "<LeseAuftrag>0000500009<")
        assert before == _said(erp, ask.replace("R-1", "R-2"))
    assert [False, True] == ["<FremdRef>R-1</FremdRef><" in each for each in (before, after)]
    assert [True, False] == [">0</d:GesamtAnz><d:Auftraege></d:Auftraege>" in each for each in (before, after)]


def test_its_answers_are_what_the_contract_allows() -> None:
    """Each answer of the ERP is valid by the schemas of its WSDL."""
    schema = envelope_schema(ROOT / "wsdl" / "erp" / "erp.wsdl", ROOT / "wsdl")
    texts = [text for rule in _rules() for text in (rule.body, rule.known) if text]
    assert [""] * 6 == [objection(schema, etree.fromstring(text.encode())) for text in texts]
