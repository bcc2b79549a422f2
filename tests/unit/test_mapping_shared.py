"""``uses:``: contract, types and faults that several mapping files have in common."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.mapping.bound import Endpoint
from adapter.mapping.project import load_project
from adapter.wsdl.load import load
from tests.unit.mapped import ROOT, around

SHARED = """version: 1
soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap12, fault_code: ErpFehler.Code}
types:
  Price: {fields: {value: ., currency: "@waehrung"}}
  Address: {fields: {street: Strasse, city: Ort}}
faults:
  - {code: GP-404, status: 404, problem: record-not-found}
  - {code: GP-409, status: 409, problem: version-conflict}
"""
ITEMS = """version: 1
resource: items
path: /v1/items
uses: erp
types:
  Item: {fields: {name: Bez, prices: {soap: Preise.Preis, each: Price}}}
operations:
  read:
    request: GET /{id}
    call: LeseArtikel
    path: {id: ArtikelNr}
    reply: {one: Item, from: Artikel}
    faults:
      - {code: GP-404, status: 410, problem: item-gone}
faults:
  - {code: GP-409, status: 423, problem: item-locked}
"""


def project(folder: Path, **files: str) -> tuple[Endpoint, ...]:
    """Build a project of the example's contract and these files; ``shared`` is the one that others use."""
    shutil.copytree(ROOT / "wsdl", folder / "wsdl")
    (folder / "mappings" / "shared").mkdir(parents=True)
    for name, text in files.items():
        place = "shared/erp.yaml" if name == "shared" else f"{name}.yaml"
        (folder / "mappings" / place).write_text(text, "utf-8")
    return load_project(folder, load, around())[0]


def test_contract_types_and_faults_are_shared(tmp_path: Path) -> None:
    """A file that uses another has its soap and types; types that it does not need are no mistake."""
    (read,) = project(tmp_path, shared=SHARED, items=ITEMS)
    assert "ErpSoap12" == read.port.name
    assert ["name", "prices"] == [field.name for field in read.types[read.reply.type].fields]


def test_the_nearest_fault_comes_first(tmp_path: Path) -> None:
    """Faults of the operation come before those of the file, and these before the shared ones."""
    (read,) = project(tmp_path, shared=SHARED, items=ITEMS)
    assert ["item-gone", "item-locked", "record-not-found", "version-conflict"] == [
        rule.problem for rule in read.faults
    ]


def test_a_mistake_in_a_shared_file_is_named_there(tmp_path: Path) -> None:
    """What disagrees with the contract stands in the shared file, and is found where a mapping uses it."""
    with pytest.raises(BuildError) as caught:
        project(tmp_path, shared=SHARED.replace("@waehrung", "@waehrunk"), items=ITEMS)
    (mistake,) = caught.value.mistakes
    assert ("mappings/shared/erp.yaml", 4) == (mistake.file, mistake.line)


def test_a_shared_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    """Whoever uses a broken file is not told that it is not there."""
    with pytest.raises(BuildError) as caught:
        project(tmp_path, shared="version: 1\n\tsoap: x", items=ITEMS)
    assert ["mappings/shared/erp.yaml"] == [mistake.file for mistake in caught.value.mistakes]
