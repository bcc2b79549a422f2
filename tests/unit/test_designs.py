"""The REST designs by hand: each has a line for every operation of its contract, in the form that README.rst says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapter.wsdl.load import load
from tests.netsuite.contract import ABSENT, CORPUS

DESIGNS = sorted((Path(__file__).parents[1] / "designs").glob("*.yaml"))
_LINE = re.compile(r"(GET|PUT|POST|PATCH|DELETE) /v1(/[a-z-]+|/\{[a-z_]+\})+(\?[a-z_]+(&[a-z_]+)*)?")


def design(path: Path) -> dict[str, Any]:
    """One of the files."""
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_lines_have_their_form(path: Path) -> None:
    """Method, path and filters; only what is read or removed has filters, and no two operations are one route."""
    lines = design(path)["operations"].values()
    assert [] == [line for line in lines if not _LINE.fullmatch(line)]
    assert [] == [line for line in lines if "?" in line and not line.startswith(("GET ", "DELETE "))]
    routes = [re.sub(r"\{\w+\}", "{}", line.partition("?")[0]) for line in lines]
    assert len(routes) == len(set(routes))


@pytest.mark.skipif(not CORPUS.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_every_operation_has_a_line(path: Path) -> None:
    """No operation of the contract is left out, and none is made up."""
    file = CORPUS / design(path)["contract"]
    found = load(file.parent, file.name)
    ports = [port for service in found.services.values() for port in service.ports.values()]
    assert {name for port in ports for name in port.operations} == set(design(path)["operations"])
