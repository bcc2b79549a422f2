"""The README keeps its word; the tutorial and the howtos are run by ``test_docs``."""

from __future__ import annotations

from pathlib import Path

from adapter.app import build
from tests.docs_pages.pages import blocks
from tests.evidence.house import ROOT


def test_the_mapping_in_the_readme_agrees(tmp_path: Path) -> None:
    """The mapping that the README shows is a whole one, and agrees with the contract of the example."""
    (mapping,) = [block for block in blocks("README.rst") if block.language == "yaml"]
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "items.yaml").write_text(mapping.text, encoding="utf-8")
    (tmp_path / "wsdl").symlink_to(ROOT / "wsdl")
    settings = {"ADAPTER_ENDPOINT_ERPSERVICE": "http://127.0.0.1:9101", "ADAPTER_VALUE_CLIENT": "100"}
    assert ["items.read"] == [endpoint.name for endpoint in build(tmp_path, settings).endpoints]
