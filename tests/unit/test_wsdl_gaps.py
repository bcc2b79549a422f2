"""The contract of ``tests/messy/gaps``: what real contracts leave out, served or named without any rule."""

from __future__ import annotations

from adapter.wsdl.lint import lint
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.wsdl_texts import ROOT, elements

FOLDER = ROOT / "tests" / "messy" / "gaps"


def gaps() -> Contract:
    """The contract."""
    return load(FOLDER, "gaps.wsdl")


def test_an_unresolved_message_costs_its_operation_only() -> None:
    """The operation is left out with file and line; its neighbour is served."""
    (reason,) = [reason for name, reason in gaps().omitted.items() if name == "Parts.Lost"]
    assert ("message-missing", "gaps/gaps.wsdl", 21) == (reason.code, reason.file, reason.line)


def test_an_import_under_another_namespace_is_taken_as_the_file_says() -> None:
    """The namespace of an import is only a hint; that of the schema counts, and lint says that they differ."""
    assert ["{urn:parts}Number"] == [element.tag for element in elements(gaps(), "{urn:parts}Part")]
    assert any("imports 'parts.xsd'" in finding.mistake.text for finding in lint(FOLDER, "gaps.wsdl").findings)


def test_a_contract_without_a_service_is_served() -> None:
    """Each binding stands for a port and a service of its name."""
    assert {"Parts": {"Parts": {"Read"}}} == {
        name: {port.name: set(port.operations) for port in service.ports.values()}
        for name, service in gaps().services.items()
    }
