"""The ERP that forgets nothing: what it took is there after it was killed, and it can die before it answers."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from tests.resilience.journal import Effect, Journal

ORDER = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:d="urn:muster-erp:dienst"
 xmlns:k="urn:muster-erp:kontext" xmlns:o="urn:muster-erp:auftrag"><s:Header><k:Aufrufkontext>
 <k:Mandant>100</k:Mandant><k:Sprache>DE</k:Sprache></k:Aufrufkontext></s:Header><s:Body><d:LegeAuftragAn><d:Auftrag>
 <o:PartnerNr>{customer:0>10}</o:PartnerNr><o:FremdRef>{reference}</o:FremdRef><o:Positionen><o:Position>
 <o:ArtikelNr>A-00001</o:ArtikelNr><o:Menge>1</o:Menge></o:Position></o:Positionen></d:Auftrag></d:LegeAuftragAn>
 </s:Body></s:Envelope>"""


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A running one."""
    with Journal(tmp_path_factory.mktemp("journal")) as running:
        yield running


def order(journal: Journal, reference: str, customer: str = "1") -> int:
    """Send an order and return the status of the answer."""
    connection = http.client.HTTPConnection(*journal.target, timeout=20)
    try:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:muster-erp:dienst#LegeAuftragAn"'}
        connection.request("POST", "/erp/soap11", ORDER.format(customer=customer, reference=reference), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def test_what_it_took_survives_it(journal: Journal) -> None:
    """Effects are there after SIGKILL and a restart at the same port, in their order, with reference and customer."""
    assert 200 == order(journal, "keep-1")
    assert 200 == order(journal, "keep-2")
    port = journal.port
    journal.kill()
    assert not journal.alive
    assert ["keep-1", "keep-2"] == [effect.reference for effect in journal.effects("keep-")]
    journal.start()
    assert 200 == order(journal, "keep-3")
    assert port == journal.port
    found = journal.effects("keep-")
    assert ["keep-1", "keep-2", "keep-3"] == [effect.reference for effect in found]
    assert Effect(found[0].number, "0000000001", "keep-1", "", cancelled=False) == found[0]


def test_it_can_die_between_effect_and_answer(journal: Journal) -> None:
    """Told so, it ends once, after the next order is taken and before that is answered."""
    journal.die_after_effect()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        order(journal, "die-1")
    journal.start()
    assert 200 == order(journal, "die-2")
    assert ["die-1", "die-2"] == [effect.reference for effect in journal.effects("die-")]


def test_it_takes_an_order_twice(journal: Journal) -> None:
    """A reference that it knows does not hinder it: whoever sends an order twice has two."""
    order(journal, "twice")
    order(journal, "twice")
    assert ["twice", "twice"] == [effect.reference for effect in journal.effects("twice")]


def test_people_may_order(journal: Journal) -> None:
    """The customers made for a run can order, each under a number of its own."""
    people = journal.settle_people(3)
    assert [200, 200, 200] == [order(journal, f"people-{number}", number) for number in people]
    assert 3 == len({effect.customer for effect in journal.effects("people-")})


def test_rules_hold_until_taken_back(journal: Journal) -> None:
    """It misbehaves as told, tells how often it was called, and behaves again."""
    journal.behave()
    journal.misbehave("LegeAuftragAn", times=None, fault={"text": "no"})
    assert 500 == order(journal, "rule-1")
    assert {"LegeAuftragAn": 1} == journal.counts()
    journal.behave()
    assert 200 == order(journal, "rule-2")
    assert ["rule-2"] == [effect.reference for effect in journal.effects("rule-")]
