"""Repair rules: what each mends, that files stay as they are, and that a rule without use is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract, load
from adapter.wsdl.lock import check_lock, describe, write_lock
from adapter.wsdl.repair import Rule
from adapter.wsdl.types import Contract
from tests.unit.test_wsdl_flaws import codes, wsdl
from tests.unit.wsdl_texts import folder, schema

ENTITY = "<!DOCTYPE x [ <!-- {0} --> <!ENTITY ns \"urn:t\"> <!ENTITY one '1'> ]>"


def mended(tmp_path: Path, rules: str, **files: str) -> Contract:
    """Load ``a.wsdl`` with these rules."""
    text = "a.wsdl:\n" + "".join(f"  - {rule}\n" for rule in rules.splitlines())
    return load(folder(tmp_path, repairs__yaml=text, **files), "a.wsdl")


def test_add_import_brings_a_schema(tmp_path: Path) -> None:
    """``add_import`` reads a file that nothing imports, with what it imports."""
    found = mended(
        tmp_path,
        "add_import: b.xsd",
        a__wsdl=wsdl(""),
        b__xsd=schema('<xs:include schemaLocation="c.xsd"/>'),
        c__xsd=schema("<xs:element name='Bad' type='xs:int'/>"),
    )
    assert ({}, ('add_import: "b.xsd"',)) == (found.omitted, found.repairs)


def test_alias_element_and_type(tmp_path: Path) -> None:
    """An alias lets a name that is not declared stand for one that is, in messages and in schemas."""
    none = schema("<xs:element name='Bad' type='t:T'/><xs:simpleType name='T'><xs:restriction base='xs:int'/>"
                  "</xs:simpleType>", "")  # fmt: skip
    found = mended(
        tmp_path,
        'alias_element: {name: "{urn:t}Bad", to: Bad}\nalias_type: {name: "{urn:t}T", to: T}',
        a__wsdl=wsdl("", schema("<xs:element name='Good' type='xs:int'/>") + none),
    )
    assert {} == found.omitted
    root = found.operation("S", "P", "DoBad").input.root
    assert root is not None
    assert ("Bad", "T") == (root.tag, root.type)


def test_address_takes_the_place_of_the_contracts(tmp_path: Path) -> None:
    """``address`` says where a port really is."""
    rule = "address: {port: P, url: 'https://erp.example/x'}"
    found = mended(tmp_path, rule, a__wsdl=wsdl("<xs:element name='Bad' type='xs:int'/>"))
    assert "https://erp.example/x" == found.services["S"].ports["P"].address


@pytest.mark.parametrize("body", ["<xs:element name='Bad' type='xs:int'/>", ""])
def test_drop_operation(tmp_path: Path, body: str) -> None:
    """``drop_operation`` leaves out one that works, or says of a broken one that somebody knows."""
    found = mended(tmp_path, "drop_operation: {port: P, operation: DoBad}", a__wsdl=wsdl(body))
    assert {"P.DoBad": "dropped"} == codes(found)
    assert {"DoGood"} == set(found.services["S"].ports["P"].operations)


def test_skip_leading_space_keeps_lines(tmp_path: Path) -> None:
    """White space before the XML declaration is passed over by rule; lines are still counted from the top."""
    text = "\r\n \n<?xml version='1.0'?>" + wsdl("\n<xs:element name='Bad' type='t:Gone'/>")
    folder(tmp_path, a__wsdl=text)
    with pytest.raises(BuildError, match=r"a.wsdl:3:0: has white space .* skip_leading_space"):
        load(tmp_path / "wsdl", "a.wsdl")
    found = mended(tmp_path, "skip_leading_space: a.wsdl")
    assert 4 == found.omitted["P.DoBad"].line


def test_allow_doctype_puts_plain_entities_in(tmp_path: Path) -> None:
    """Entities that are text, in the document's own DOCTYPE, are allowed by rule."""
    text = "<?xml version='1.0'?>" + ENTITY + wsdl("<xs:element name='Bad' type='xs:int' default='&one;'/>")
    found = mended(
        tmp_path, "allow_doctype: a.wsdl", a__wsdl=text.replace('targetNamespace="urn:t"', 'targetNamespace="&ns;"')
    )
    assert "urn:t" == found.target_namespace
    assert "1" == found.elements["{urn:t}Bad"].default


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY a "b">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a PUBLIC "p" "http://127.0.0.1:9/">]>',
        '<!DOCTYPE x [<!ENTITY % a "b">%a;]>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a "&#38;b;">]>',
        '<!DOCTYPE x [<!ENTITY a "<b/>">]>',
        '<!DOCTYPE x [<!ATTLIST a b CDATA "c">]>',
        '<!DOCTYPE x [<!ELEMENT a ANY>]>',
        "<!DOCTYPE x [" + "".join(f'<!ENTITY a{n} "b">' for n in range(70)) + "]>",
        "<!DOCTYPE x [" + f'<!ENTITY a "{"b" * 20_000}">' + "]>",
        "<!DOCTYPE x [",
    ],
)  # fmt: skip
def test_other_doctypes_stay_refused(tmp_path: Path, doctype: str) -> None:
    """What is more than a few plain texts is refused, rule or not."""
    with pytest.raises(BuildError, match=r"DOCTYPE that cannot be allowed"):
        mended(tmp_path, "allow_doctype: a.wsdl", a__wsdl=doctype + wsdl(""))


def test_entities_cannot_grow(tmp_path: Path) -> None:
    """A text of some size that is used often is refused before anything is put in."""
    text = '<!DOCTYPE x [<!ENTITY a "' + "b" * 10_000 + '">]>' + wsdl("").replace("urn:t", "&a;" * 200, 1)
    with pytest.raises(BuildError, match="stand for too much"):
        mended(tmp_path, "allow_doctype: a.wsdl", a__wsdl=text)


@pytest.mark.parametrize(
    "rule",
    [
        "add_import: a.wsdl",
        'alias_element: {name: "{urn:t}Good", to: "{urn:t}Good"}',
        'alias_type: {name: "{urn:t}Nobody", to: "{urn:t}Asks"}',
        "address: {port: P, url: 'http://localhost/'}",
        "address: {port: Q, url: 'http://localhost/'}",
        "drop_operation: {port: P, operation: Gone}",
        "skip_leading_space: a.wsdl",
        "allow_doctype: a.wsdl",
    ],
)
def test_a_rule_that_mends_nothing_is_a_mistake(tmp_path: Path, rule: str) -> None:
    """A rule without use is named with line and column, so that none outlives what it mended."""
    with pytest.raises(BuildError, match=r"wsdl/repairs.yaml:2:5: [a-z_]+: mends nothing -> "):
        mended(tmp_path, rule, a__wsdl=wsdl(""))


def test_files_stay_as_they_came(tmp_path: Path) -> None:
    """Rules change nothing on disk, and the bytes that the lock file knows are those on disk."""
    text = " \n<?xml version='1.0'?>" + wsdl("")
    wsdl_dir = folder(tmp_path, a__wsdl=text, repairs__yaml="a.wsdl:\n- skip_leading_space: a.wsdl\n")
    documents = read_documents(wsdl_dir, "a.wsdl")
    assert text.encode() == documents.files["a.wsdl"].content == (wsdl_dir / "a.wsdl").read_bytes()
    assert documents.content(documents.url).startswith(b"<wsdl:definitions")


def test_the_lock_file_knows_rules(tmp_path: Path) -> None:
    """A rule that comes or goes changes what the lock file says."""
    wsdl_dir = folder(tmp_path, a__wsdl=wsdl("<xs:element name='Bad' type='xs:int'/>"))
    write_lock(wsdl_dir, [load(wsdl_dir, "a.wsdl")])
    folder(tmp_path, repairs__yaml="a.wsdl:\n- drop_operation: {port: P, operation: DoBad}\n")
    found = contract(read_documents(wsdl_dir, "a.wsdl"))
    (mistake,) = check_lock(wsdl_dir, [found])
    assert "repair drop_operation" in mistake.text
    assert ["dropped: a rule of wsdl/repairs.yaml drops it"] == describe(found)["omitted P.DoBad"]


def test_a_rule_is_shown_as_it_is_written() -> None:
    """What lint proposes and check reports can be pasted."""
    assert 'alias_type: {name: "{urn:a}B", to: "C"}' == str(Rule("alias_type", ("{urn:a}B", "C")))
    assert 'add_import: "a \\"b\\".xsd"' == str(Rule("add_import", ('a "b".xsd',)))
