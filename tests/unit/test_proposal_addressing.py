"""What is proposed for a contract that asks for WS-Addressing."""

from __future__ import annotations

from adapter.mapping.proposal.grammar import soap_section
from adapter.wsdl.load import load
from tests.cases import SHAPES


def test_a_contract_that_asks_for_it_gets_it() -> None:
    """The proposal says ``addressing: true`` where the contract requires it, and nothing where it does not."""
    asks, other = (load(SHAPES / shape, "shape.wsdl") for shape in ("addressing", "parts"))
    port = asks.services["PaketService"].ports["PaketPort"]
    assert {"wsdl": "shape.wsdl", "service": "PaketService", "port": "PaketPort", "addressing": True} == soap_section(
        asks, "PaketService", port
    )
    port = other.services["AuftragService"].ports["Port11"]
    assert "addressing" not in soap_section(other, "AuftragService", port)
