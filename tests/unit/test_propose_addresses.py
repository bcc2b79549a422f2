"""The settings that ``adapter propose`` writes start, whatever address a contract has for its ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.__main__ import main
from tests.unit.mapped import WSDL, typed

_TYPE = '<xsd:sequence><xsd:element name="Id" type="xsd:int"/></xsd:sequence>'


@pytest.mark.parametrize("location", ["jms:queue:orders", "", "https://erp.example", "https://erp.example/a b/c"])
def test_any_address_passes_check(tmp_path: Path, location: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The address of the pretend ERP is one that can be called, also for a port that the WSDL puts behind a queue."""
    (tmp_path / "wsdl").mkdir()
    text = WSDL.format(schema=typed(_TYPE)).replace("http://localhost/", location)
    (tmp_path / "wsdl" / "t.wsdl").write_text(text, "utf-8")
    assert 0 == main(["propose", str(tmp_path / "wsdl" / "t.wsdl"), "-o", str(tmp_path / "mappings")])
    assert 0 == main(["check", "--project", str(tmp_path)]), capsys.readouterr().out


def test_a_port_without_an_operation_that_is_proposed_needs_no_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second port whose only operation is left out is not in adapter.env, where nothing would ask for it."""
    (tmp_path / "wsdl").mkdir()
    port = '<wsdl:port name="P" binding="t:B"><soap:address location="http://localhost/"/></wsdl:port>'
    more = WSDL[WSDL.index("  <wsdl:portType") : WSDL.index("  <wsdl:service")]
    for name in ("PT", "B"):
        more = more.replace(f'name="{name}"', f'name="{name}2"').replace(f'"t:{name}"', f'"t:{name}2"')
    more = more.replace('"Do"', '"Other"').replace("t:Out", "t:In").replace("t:In", "t:Missing")
    text = WSDL.replace("  <wsdl:service", f"{more}  <wsdl:service")
    text = text.replace(port, port + port.replace('"P"', '"Q"').replace("t:B", "t:B2"))
    (tmp_path / "wsdl" / "t.wsdl").write_text(text.format(schema=typed(_TYPE)), "utf-8")
    assert 0 == main(["propose", str(tmp_path / "wsdl" / "t.wsdl"), "-o", str(tmp_path / "mappings")])
    assert "_Q=" not in (tmp_path / "adapter.env").read_text("utf-8")
    assert 0 == main(["check", "--project", str(tmp_path)]), capsys.readouterr().out
