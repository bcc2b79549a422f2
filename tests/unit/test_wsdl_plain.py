"""The WSDL that zeep makes calls from has every operation of the contract tree, and nothing to stumble over."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract
from adapter.wsdl.plain import plain_documents
from adapter.wsdl.zeep_documents import zeep_client
from tests.cases import SHAPES
from tests.unit.wsdl_texts import CORPUS

FILES = [*((CORPUS, file.relative_to(CORPUS).as_posix()) for file in sorted(CORPUS.rglob("*.wsdl")))]
OURS = [(file.parent, file.name) for file in sorted(SHAPES.glob("*/shape.wsdl"))]
VERSIONS = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}


@pytest.mark.parametrize(("folder", "file"), OURS + FILES)
def test_zeep_has_every_operation(folder: Path, file: str) -> None:
    """For whatever our reader takes, zeep has the same services, ports, keys, versions and actions; nothing warns."""
    try:
        documents = read_documents(folder, file)
        tree = contract(documents)
    except BuildError:
        return  # what nobody can read; other tests say why
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theirs = zeep_client(plain_documents(tree)).wsdl
    found = {
        (service.name, port.name, key): (port.binding.nsmap["soap-env"], each.soapaction)
        for service in theirs.services.values()
        for port in service.ports.values()
        for key, each in port.binding.all().items()
    }
    assert found == {
        (service.name, port.name, key): (VERSIONS[port.soap_version], each.soap_action)
        for service in tree.services.values()
        for port in service.ports.values()
        for key, each in port.operations.items()
    }
