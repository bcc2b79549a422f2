"""The contract of ``tests/messy``: everything that a rule can mend is wrong in it, and each rule is needed."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl.lint import lint
from adapter.wsdl.load import load
from adapter.wsdl.repair import RULES
from adapter.wsdl.types import Contract
from tests.unit.wsdl_texts import ROOT

MESSY = ROOT / "tests" / "messy" / "wsdl"
RULE_LINES = (MESSY / "repairs.yaml").read_text(encoding="utf-8").splitlines(keepends=True)[1:]


def test_the_howto_shows_these_rules() -> None:
    """What the page shows is what is tried here, and every rule of the grammar is shown."""
    page = (ROOT / "docs" / "howto" / "messy-contracts.rst").read_text(encoding="utf-8")
    found = re.search(r":name: repairs\n\n((?:   .*\n)+)", page)
    assert found is not None
    assert (MESSY / "repairs.yaml").read_text(encoding="utf-8") == textwrap.dedent(found[1])
    assert set(RULES) == {line.split(":")[0].strip("- ") for line in RULE_LINES}


def test_all_rules_together() -> None:
    """With its rules the contract is served, as each of them says."""
    contract = load(MESSY, "orders/orders.wsdl")
    port = contract.services["Service"].ports["OrdersPort"]
    read = port.operations["Read"]
    assert read.input.root is not None
    assert ("AskOrder", "https://erp.example/orders", {"Read"}) == (
        read.input.root.tag,
        port.address,
        set(port.operations),
    )
    assert {"OrdersPort.Purge": "dropped"} == {name: reason.code for name, reason in contract.omitted.items()}
    assert len(RULES) == len(contract.repairs)


@pytest.mark.parametrize("left_out", range(len(RULE_LINES)))
def test_each_rule_is_needed(tmp_path: Path, left_out: int) -> None:
    """Without any one of them something is lost."""
    whole = load(MESSY, "orders/orders.wsdl")
    shutil.copytree(MESSY, tmp_path / "wsdl")
    lines = [line for number, line in enumerate(RULE_LINES) if number != left_out]
    (tmp_path / "wsdl" / "repairs.yaml").write_text("orders/orders.wsdl:\n" + "".join(lines), encoding="utf-8")
    assert whole != _loaded(tmp_path / "wsdl")


def _loaded(wsdl_dir: Path) -> Contract | None:
    try:
        return load(wsdl_dir, "orders/orders.wsdl")
    except BuildError:
        return None


def test_lint_finds_what_can_be_found(tmp_path: Path) -> None:
    """Of the rules those about names and files are proposed; what an address should be nobody can know."""
    shutil.copytree(MESSY, tmp_path / "wsdl", ignore=shutil.ignore_patterns("repairs.yaml"))
    report = lint(tmp_path / "wsdl", "orders/orders.wsdl")
    assert {"skip_leading_space", "allow_doctype", "alias_element"} == {rule.kind for rule in report.rules}
