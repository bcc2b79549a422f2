"""What is proposed for a contract that asks for WS-Addressing."""

from __future__ import annotations

from adapter.mapping.proposal.grammar import soap_section
from adapter.mapping.proposal.text import written
from adapter.mapping.proposal.whole import propose
from adapter.wsdl.load import load
from tests.cases import SHAPES


def test_a_contract_that_asks_for_it_gets_it() -> None:
    """The proposal says ``addressing: true`` where the contract requires it, and leaves no operation out for it."""
    contract = load(SHAPES / "addressing", "shape.wsdl")
    service = contract.services["PaketService"]
    port = service.ports["PaketPort"]
    proposal = propose(contract, [(service, port)])
    text = "".join(written(draft) for draft in proposal.files.values())
    assert 1 == text.count("addressing: true")
    assert ["call: HoleAb", "call: LesePaket"] == sorted(line.strip() for line in text.splitlines() if "call:" in line)
    assert soap_section(contract, "PaketService", port)["addressing"]


def test_others_do_not() -> None:
    """Where the contract says nothing of it, neither does the proposal."""
    contract = load(SHAPES / "parts", "shape.wsdl")
    port = contract.services["AuftragService"].ports["Port11"]
    assert "addressing" not in soap_section(contract, "AuftragService", port)
