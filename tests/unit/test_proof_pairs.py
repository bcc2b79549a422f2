"""The proof of pairs of type and particle: what comes back is proven, and what is broken is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.proof.judge import judge_of
from adapter.translate import content
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract
from tests.proven.proving import Proving
from tests.unit.mapped import WSDL, typed

PARTS = (
    '<xsd:sequence><xsd:element name="S" type="xsd:string"/><xsd:choice><xsd:element name="A" type="xsd:int"/>'
    '<xsd:element name="B"><xsd:complexType><xsd:sequence><xsd:element name="C" type="xsd:date" maxOccurs="3"/>'
    "</xsd:sequence></xsd:complexType></xsd:element></xsd:choice>"
    '<xsd:element name="Any" minOccurs="0"/><xsd:any namespace="##other" processContents="lax" minOccurs="0"/>'
    '</xsd:sequence><xsd:attribute name="a" type="xsd:QName" use="required"/><xsd:anyAttribute processContents="lax"/>'
)


def pairs(folder: Path) -> dict[str, list[str]]:
    """What is not proven of a contract with type T, by type; with every pair counted under ``all``."""
    (folder / "t.wsdl").write_text(WSDL.format(schema=typed(PARTS)), "utf-8")
    documents = read_documents(folder, "t.wsdl")
    tree = contract(documents)
    found = list(Proving(tree, judge_of(documents, tree)).prove())
    missing = {each.key: [f"{particle}: {why}" for particle, why in each.missing()] for each in found}
    return {**{key: whys for key, whys in missing.items() if whys},
            "all": [f"{each.key} {particle}" for each in found for particle in each.particles]}  # fmt: skip


def test_every_pair_is_proven(tmp_path: Path) -> None:
    """Elements of every branch, attributes, wildcards and anything at all come back, from JSON and from XML."""
    found = pairs(tmp_path)
    assert ["all"] == list(found)
    assert 10 == len(found["all"])


def test_a_reader_that_bends_texts_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that forgets capitals fails just the pairs that hold its texts."""
    read = content.text_of
    monkeypatch.setattr(content, "text_of", lambda element, place, reading: read(element, place, reading).lower())
    missing = pairs(tmp_path)
    assert any(each.startswith("{urn:t}S: ") for each in missing["{urn:t}T"])
    assert not any(each.startswith("@a: ") for each in missing["{urn:t}T"])
