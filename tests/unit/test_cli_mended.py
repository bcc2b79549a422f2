"""Commands about a project whose contract is mended by rules: check names them, lock holds them, add tells of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapter.__main__ import main
from tests.unit.test_wsdl_flaws import wsdl
from tests.unit.wsdl_texts import ROOT, folder

MAPPING = """version: 1
resource: orders
path: /v1/orders
soap: {wsdl: orders/orders.wsdl, service: Service, port: OrdersPort}
types:
  Order:
    fields: {number: Number, total: Total}
operations:
  read:
    request: GET /{number}
    call: Read
    path: {number: .}
    reply: {one: Order}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project on the contract of ``tests/messy``."""
    shutil.copytree(ROOT / "tests" / "messy" / "wsdl", tmp_path / "wsdl")
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "orders.yaml").write_text(MAPPING)
    (tmp_path / "adapter.env").write_text("ADAPTER_ENDPOINT_SERVICE=http://127.0.0.1:9/\nADAPTER_CALLERS=everyone\n")
    assert 0 == main(["wsdl", "lock", "--project", str(tmp_path)])
    return tmp_path


def test_check_names_the_rules(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mended contract is served, and check says what mended it, and what cannot be called."""
    assert 0 == main(["check", "--project", str(project)])
    printed = capsys.readouterr().out
    assert 7 == printed.count("wsdl/orders/orders.wsdl: mended by ")
    assert 'mended by add_import: "orders/common.xsd"\n' in printed
    assert "wsdl/orders/orders.wsdl: 1 operation cannot be called; `adapter wsdl lint orders/orders.wsdl`" in printed


def test_a_rule_that_went_is_seen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a rule the contract says something else than the lock file, and what it needs is named with its line."""
    rules = project / "wsdl" / "repairs.yaml"
    rules.write_text("".join(line for line in rules.read_text().splitlines(True) if "alias_type" not in line))
    assert 1 == main(["check", "--project", str(project)])
    printed = capsys.readouterr().out
    assert "OrdersPort has no operation Read that can be called: type-missing: there is no type" in printed
    assert "(wsdl/orders/orders.wsdl:12)" in printed
    assert "says something else than wsdl/lock.json" in printed


def test_a_rule_without_use_stops_the_build(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What mends nothing is told with the line of the rule."""
    with (project / "wsdl" / "repairs.yaml").open("a") as rules:
        rules.write("  - address: {port: Nowhere, url: 'https://x'}\n")
    assert 1 == main(["check", "--project", str(project)])
    assert "wsdl/repairs.yaml:9:5: address: mends nothing" in capsys.readouterr().out


def test_add_brings_what_only_a_rule_will_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A contract that is not read as it is is brought in all the same, and the rule that helps is named."""
    source = folder(tmp_path / "from", a__wsdl=" <?xml version='1.0'?>" + wsdl("<xs:element name='Bad'/>"))
    (tmp_path / "mappings").mkdir()
    assert 1 == main(["wsdl", "add", str(source / "a.wsdl"), "--name", "a", "--project", str(tmp_path)])
    printed = capsys.readouterr()
    assert "the rule skip_leading_space in wsdl/repairs.yaml" in printed.out + printed.err
    assert (source / "a.wsdl").read_bytes() == (tmp_path / "wsdl" / "a" / "a.wsdl").read_bytes()
    main(["wsdl", "lint", "a/a.wsdl", "--project", str(tmp_path)])
    rules = capsys.readouterr().out.partition("\n\n")[2].partition("\n\n")[2]
    (tmp_path / "wsdl" / "repairs.yaml").write_text(rules)
    assert 0 == main(["wsdl", "lint", "a/a.wsdl", "--project", str(tmp_path)])
