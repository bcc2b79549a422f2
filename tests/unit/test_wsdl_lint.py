"""``adapter wsdl lint``: what is wrong, what it costs, and rules that were tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.__main__ import main
from adapter.wsdl.lint import lint
from adapter.wsdl.load import load
from tests.unit.test_wsdl_flaws import wsdl
from tests.unit.wsdl_texts import folder, of_type, schema

WELL = "<xs:element name='Bad' type='xs:int'/>"


def told(tmp_path: Path, file: str = "a.wsdl", **files: str) -> list[str]:
    """Return the findings of lint as text."""
    return [str(finding.mistake) for finding in lint(folder(tmp_path, **files), file).findings]


def test_nothing_wrong(tmp_path: Path) -> None:
    """Of a sound contract lint says nothing."""
    report = lint(folder(tmp_path, a__wsdl=wsdl(WELL)), "a.wsdl")
    assert ((), (), 2, 0, 2) == (report.findings, report.rules, report.served, report.lost, report.mended)


def test_what_a_flaw_costs(tmp_path: Path) -> None:
    """A flaw is named once, with its code and the operations that it costs; another one costs nothing."""
    text = wsdl("<xs:element name='Bad' type='t:Gone'/>\n" + of_type("<xs:element name='a' minOccurs='x'/>"))
    report = lint(folder(tmp_path, a__wsdl=text), "a.wsdl")
    found = [(each.mistake.line, each.code, each.costs) for each in report.findings if each.mistake.line]
    assert [(1, "type-missing", ("P.DoBad",)), (2, "unreadable", ())] == found
    assert (1, 1) == (report.served, report.lost)


@pytest.mark.parametrize(
    ("files", "rules"),
    [
        ({"a__wsdl": " <?xml version='1.0'?>" + wsdl(WELL)}, ['skip_leading_space: "a.wsdl"']),
        ({"a__wsdl": "<!DOCTYPE a [<!ENTITY b 'c'>]>" + wsdl(WELL)}, ['allow_doctype: "a.wsdl"']),
        ({"a__wsdl": wsdl(""), "sub___b__xsd": schema(WELL)}, ['add_import: "sub/b.xsd"']),
        (
            {"a__wsdl": wsdl("", schema("<xs:element name='Good'/>") + schema(WELL, ""))},
            ['alias_element: {name: "{urn:t}Bad", to: "Bad"}'],
        ),
        (
            {
                "a__wsdl": " <?xml version='1.0'?>"
                + wsdl(
                    "",
                    schema("<xs:include schemaLocation='b.xsd'/><xs:element name='Good'/>")
                    + schema("<xs:simpleType name='T'><xs:restriction base='xs:int'/></xs:simpleType>", ""),
                ),
                "b__xsd": "<!DOCTYPE a [<!ENTITY b 'Bad'>]>" + schema("<xs:element name='&b;' type='t:T'/>"),
            },
            [
                'skip_leading_space: "a.wsdl"',
                'allow_doctype: "b.xsd"',
                'alias_type: {name: "{urn:t}T", to: "T"}',
            ],
        ),
    ],
)
def test_rules_are_proposed_and_help(tmp_path: Path, files: dict[str, str], rules: list[str]) -> None:
    """What lint proposes can be pasted, and both operations are served then."""
    wsdl_dir = folder(tmp_path, **files)
    report = lint(wsdl_dir, "a.wsdl")
    assert (rules, 2) == ([str(rule) for rule in report.rules], report.mended)
    folder(tmp_path, repairs__yaml="a.wsdl:\n" + "".join(f"  - {rule}\n" for rule in rules))
    assert {"DoGood", "DoBad"} == set(load(wsdl_dir, "a.wsdl").services["S"].ports["P"].operations)
    assert () == lint(wsdl_dir, "a.wsdl").rules


def test_no_rule_is_guessed(tmp_path: Path) -> None:
    """Where two names could be meant, or nothing is gained, nothing is proposed."""
    two = schema(WELL, "") + schema(WELL, 'targetNamespace="urn:u"') + schema("<xs:element name='Good'/>")
    assert () == lint(folder(tmp_path, a__wsdl=wsdl("", two)), "a.wsdl").rules


def test_what_is_named_besides(tmp_path: Path) -> None:
    """Missing imports, imports under another name, and namespaces that nobody brings are named."""
    types = schema(
        "\n<xs:import namespace='urn:u' schemaLocation='gone.xsd'/>"
        "<xs:import namespace='urn:x' schemaLocation='b.xsd'/>"
        "<xs:element name='Good' type='u:A' xmlns:u='urn:u'/>"
    )
    found = told(tmp_path, a__wsdl=wsdl("", types), b__xsd=schema(WELL))
    assert any("wsdl/a.wsdl:2:0: import of 'gone.xsd': no such file" in text for text in found)
    assert any("imports 'urn:x', but b.xsd is of 'urn:t'" in text for text in found)
    assert any("no document brings a schema of 'urn:u', of which 1 names are missing" in text for text in found)


def test_what_plain_zeep_refuses(tmp_path: Path) -> None:
    """That plain zeep would refuse a contract is named as such, though nothing is lost here."""
    text = wsdl(WELL).replace("<soap:body use='literal'/>", "<soap:header message='t:DoBad' part='p'/><soap:body/>", 1)
    report = lint(folder(tmp_path, a__wsdl=text), "a.wsdl")
    assert ["plain zeep refuses this contract (WsdlSyntaxError)"] == [each.mistake.text for each in report.findings]
    assert (2, 0) == (report.served, report.lost)


def test_what_plain_zeep_leaves_out(tmp_path: Path) -> None:
    """Of operations of one name plain zeep keeps the last, without a word."""
    text = wsdl(WELL).replace("<wsdl:operation name='DoBad'>", "<wsdl:operation name='DoGood'>")
    report = lint(folder(tmp_path, a__wsdl=text), "a.wsdl")
    (mistake,) = [each.mistake.text for each in report.findings]
    assert "plain zeep leaves 1 of 2 operations of P out without a word" == mistake


@pytest.mark.parametrize("text", ["", "no contract", "<html/>", "\0\0", "<!DOCTYPE a SYSTEM 'x'><a/>", "PK\x03\x04"])
def test_a_file_that_is_no_contract(tmp_path: Path, text: str) -> None:
    """What is no contract is said to be none."""
    report = lint(folder(tmp_path, a__wsdl=text), "a.wsdl")
    assert (True, 1, ()) == (report.unread, len(report.findings), report.rules)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 where operations are lost, with rules to paste; 0 where the rules stand in the project."""
    wsdl_dir = folder(tmp_path, a__wsdl=wsdl(""), b__xsd=schema(WELL))
    (tmp_path / "mappings").mkdir()
    assert 1 == main(["wsdl", "lint", "--project", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "    costs (element-missing): P.DoBad\n" in printed
    assert 'a.wsdl:\n  - add_import: "b.xsd"\n' in printed
    (wsdl_dir / "repairs.yaml").write_text('a.wsdl:\n  - add_import: "b.xsd"\n')
    assert 0 == main(["wsdl", "lint", "a.wsdl", "--project", str(tmp_path)])
    assert "2 operations served, 0 lost" in capsys.readouterr().out
    assert 2 == main(["wsdl", "lint", "gone.wsdl", "--project", str(tmp_path)])
