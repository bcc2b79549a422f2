"""The contracts that the pretend ERP serves, and how it reads them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from adapter import virtual
from adapter.virtual.contract import read_ports
from adapter.virtual.encoded import read_types
from adapter.virtual.erp import ENCODED, OPERATIONS
from adapter.virtual.files import contract_file
from adapter.virtual.validation import envelope_schema
from tests.unit.virtual_calls import ROOT, dialled, get, post

WSDL = ROOT / "wsdl"


@pytest.fixture(scope="module")
def erp() -> Iterator[virtual.Server]:
    """A running ERP that no test of this file changes."""
    with virtual.running(ROOT) as server:
        yield server


def test_both_ports_offer_every_operation() -> None:
    """The SOAP 1.1 and the SOAP 1.2 port have the same operations, and each has a function behind it."""
    soap11, soap12 = read_ports(WSDL / "erp/erp.wsdl")
    names = {operation.name for operation in soap11.operations.values()}
    assert set(OPERATIONS) == names
    assert names == {operation.name for operation in soap12.operations.values()}
    assert {"/erp/soap11", "/erp/soap12"} == {soap11.path, soap12.path}


def test_every_operation_demands_the_header() -> None:
    """Aufrufkontext is declared for every operation of the ERP."""
    for port in read_ports(WSDL / "erp/erp.wsdl"):
        for operation in port.operations.values():
            assert ("{urn:muster-erp:kontext}Aufrufkontext",) == operation.headers


def test_warehouse_is_rpc_encoded() -> None:
    """The warehouse's port is encoded, with the struct and array types that its WSDL declares inline."""
    (port,) = read_ports(WSDL / "warehouse/lager.wsdl")
    types = read_types(WSDL / "warehouse/lager.wsdl")
    assert port.encoded
    assert set(ENCODED) == {operation.name for operation in port.operations.values()}
    assert "{urn:muster-lager:typen}Bestand" == types.arrays["{urn:muster-lager:typen}BestandListe"]


def test_schema_reads_nothing_outside_its_folder() -> None:
    """A schema import that leads out of the allowed folder stops the start."""
    with pytest.raises(etree.XMLSchemaParseError):
        envelope_schema(WSDL / "erp/erp.wsdl", WSDL / "erp/xsd/typen")


def test_wsdl_is_served_with_this_servers_address(erp: virtual.Server) -> None:
    """A GET of ``?wsdl`` gives the contract; its addresses are those of the server that was asked."""
    for path, port in {"/erp/soap11": "ErpSoap11", "/erp/soap12": "ErpSoap12", "/lager": "LagerPort"}.items():
        with dialled(erp, path, port) as client:
            assert erp.url(path) == client.client.service._binding_options["address"]


def test_only_schema_files_of_the_contract_are_served(erp: virtual.Server) -> None:
    """The schemas beside a WSDL can be fetched; nothing else on the disk can."""
    assert (WSDL / "erp/xsd/typen/codes.xsd").read_bytes() == get(erp, "/erp/xsd/typen/codes.xsd")
    for path in ("/erp/../../adapter.env", "/erp/xsd/../../../secret.xsd", "/erp/%2e%2e/%2e%2e/x.xsd", "/none"):
        assert 404 == post(erp, path, b"", {}, method="GET").status


def test_no_file_beside_the_contract_is_served(tmp_path: Path) -> None:
    """A path that climbs out of the contract's folder finds nothing, even where a schema lies."""
    shutil.copytree(WSDL / "erp", tmp_path / "wsdl/erp")
    (tmp_path / "wsdl/secret.xsd").write_text("<secret/>")
    ports = read_ports(tmp_path / "wsdl/erp/erp.wsdl")
    assert contract_file(ports, "/erp/xsd/kontext.xsd", "") is not None
    for path in ("/erp/../secret.xsd", "/erp/xsd/%2e%2e/%2e%2e/secret.xsd"):
        assert contract_file(ports, path, "") is None


def test_get_at_a_port_says_what_to_do(erp: virtual.Server) -> None:
    """A GET without ``?wsdl`` at a port is refused with 405."""
    assert 405 == post(erp, "/erp/soap11", b"", {}, method="GET").status


def test_state_file_is_kept(tmp_path: Path) -> None:
    """With a database file, what was changed is still there after a restart; reset brings the seed back."""
    database = str(tmp_path / "erp.sqlite")
    with virtual.running(ROOT, database) as first, dialled(first, "/erp/soap11", "ErpSoap11") as client:
        company = client.make("partner.FirmenPartnerTyp", Name1="Neu", Rechtsform="AG")
        number = client.call("LegePartnerAn", Partner=company).PartnerNr
    with virtual.running(ROOT, database) as second, dialled(second, "/erp/soap11", "ErpSoap11") as client:
        assert "Neu" == client.call("LesePartner", PartnerNr=number).Name1
        assert 200 == post(second, "/_control/reset", b"", {}).status
        assert 72 == client.call("SuchePartner").GesamtAnz
