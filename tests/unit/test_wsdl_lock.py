"""``wsdl/lock.json`` notices when a contract changes, and shows what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapter.wsdl.load import load
from adapter.wsdl.lock import LOCK, SHOWN, check_lock, describe, write_lock
from adapter.wsdl.types import Contract
from tests.unit.wsdl_texts import HTTP, ROOT, definitions, folder, schema

TYPES = (
    "<xs:element name='Ask' type='t:A'/><xs:complexType name='A'><xs:sequence><xs:element name='a' type='xs:int'/>"
    "<xs:choice><xs:any/><xs:element ref='t:Ask'/></xs:choice></xs:sequence>"
    "<xs:attribute name='x' use='required' fixed='1'/></xs:complexType>"
    "<xs:simpleType name='S'><xs:restriction base='xs:string'><xs:enumeration value='N'/><xs:maxLength value='3'/>"
    "</xs:restriction></xs:simpleType><xs:simpleType name='L'><xs:list itemType='t:S'/></xs:simpleType>"
    "<xs:simpleType name='U'><xs:union memberTypes='t:S xs:int'/></xs:simpleType>"
)


def text(types: str) -> str:
    """A WSDL with one operation."""
    return definitions(
        f"<wsdl:types>{schema(types)}</wsdl:types><wsdl:message name='m'><wsdl:part name='p' element='t:Ask'/>"
        f"</wsdl:message>"
        "<wsdl:portType name='T'><wsdl:operation name='Do'><wsdl:input message='t:m'/></wsdl:operation></wsdl:portType>"
        f"<wsdl:binding name='B' type='t:T'><soap:binding {HTTP}/><wsdl:operation name='Do'/></wsdl:binding>"
        "<wsdl:service name='S'><wsdl:port name='P' binding='t:B'/></wsdl:service>"
    )


def project(tmp_path: Path, types: str = TYPES) -> tuple[Path, Contract]:
    """A folder with one contract."""
    wsdl_dir = folder(tmp_path, a__wsdl=text(types))
    return wsdl_dir, load(wsdl_dir, "a.wsdl")


def test_description_is_readable(tmp_path: Path) -> None:
    """Each operation, element and type is an entry of plain lines."""
    assert {
        "operation S.P.Do": ["document/literal SOAP 1.1 action ''", "in body {urn:t}Ask {urn:t}A", "one-way"],
        "element {urn:t}Ask": ["{urn:t}Ask {urn:t}A"],
        "type {urn:t}A": [
            "record",
            " sequence 1..1",
            "  {urn:t}a xs:int 1..1",
            "  choice 1..1",
            "   any 1..1 ##any strict",
            "   {urn:t}Ask {urn:t}A ref 1..1",
            " @x xs:anySimpleType required fixed '1'",
        ],
        "type {urn:t}S": ["xs:string", " enumeration 'N'", " max_length 3"],
        "type {urn:t}L": ["list of {urn:t}S"],
        "type {urn:t}U": ["union of", " {urn:t}S", " xs:int"],
    } == describe(project(tmp_path)[1])


def test_an_unchanged_contract_passes(tmp_path: Path) -> None:
    """What was locked is what is there; locking again gives the same bytes."""
    wsdl_dir, contract = project(tmp_path)
    first = write_lock(wsdl_dir, [contract]).read_bytes()
    assert [] == check_lock(wsdl_dir, [load(wsdl_dir, "a.wsdl")])
    assert first == write_lock(wsdl_dir, [contract]).read_bytes()
    assert [LOCK, "a.wsdl"] == sorted((path.name for path in wsdl_dir.iterdir()), reverse=True)


def test_a_changed_contract_is_shown(tmp_path: Path) -> None:
    """A contract that says something else is one mistake that shows the difference and what to do."""
    wsdl_dir, contract = project(tmp_path)
    write_lock(wsdl_dir, [contract])
    changed = TYPES.replace("type='xs:int'/>", "type='xs:int' minOccurs='0'/>").replace(
        "<xs:attribute name='x'", "<xs:attribute name='y'"
    )
    folder(tmp_path, a__wsdl=text(changed + "<xs:complexType name='New'/>"))
    (mistake,) = check_lock(wsdl_dir, [load(wsdl_dir, "a.wsdl")])
    assert [
        "wsdl/a.wsdl: says something else than wsdl/lock.json:",
        "  type {urn:t}A",
        "    - {urn:t}a xs:int 1..1",
        "    + {urn:t}a xs:int 0..1",
        "    - @x xs:anySimpleType required fixed '1'",
        "    + @y xs:anySimpleType required fixed '1'",
        "  type {urn:t}New (new) -> look at the difference, then accept it with `adapter wsdl lock`",
    ] == str(mistake).splitlines()


def test_a_long_difference_is_cut(tmp_path: Path) -> None:
    """A whole new contract does not fill the screen."""
    wsdl_dir, contract = project(tmp_path)
    write_lock(wsdl_dir, [contract])
    folder(tmp_path, a__wsdl=text(TYPES + "".join(f"<xs:complexType name='N{number}'/>" for number in range(100))))
    (mistake,) = check_lock(wsdl_dir, [load(wsdl_dir, "a.wsdl")])
    assert f"… and {100 - SHOWN} more lines" in mistake.text


def test_a_changed_file_with_the_same_meaning_is_told(tmp_path: Path) -> None:
    """A file that is not the one that was locked is told even when the contract says the same."""
    wsdl_dir, contract = project(tmp_path)
    write_lock(wsdl_dir, [contract])
    folder(tmp_path, a__wsdl=text(TYPES) + "\n")
    (mistake,) = check_lock(wsdl_dir, [load(wsdl_dir, "a.wsdl")])
    assert ("wsdl/a.wsdl", True) == (mistake.file, "says the same" in mistake.text)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"files": {}, "contracts": 1}'])
def test_a_broken_lock_is_a_mistake(tmp_path: Path, content: str) -> None:
    """A file that is no lock is a mistake, not a crash."""
    wsdl_dir, contract = project(tmp_path)
    (wsdl_dir / LOCK).write_text(content)
    assert ["is not a lock file"] == [mistake.text for mistake in check_lock(wsdl_dir, [contract])]


def test_what_was_never_locked_is_told(tmp_path: Path) -> None:
    """A project without a lock, and a contract that is not in it, are mistakes with a remedy."""
    wsdl_dir, contract = project(tmp_path)
    assert ["wsdl/lock.json: is missing -> write it with `adapter wsdl lock`"] == [
        str(mistake) for mistake in check_lock(wsdl_dir, [contract])
    ]
    write_lock(wsdl_dir, [])
    assert ["wsdl/a.wsdl: is not in wsdl/lock.json -> add it with `adapter wsdl lock`"] == [
        str(mistake) for mistake in check_lock(wsdl_dir, [contract])
    ]


def test_the_carried_contracts_can_be_locked(tmp_path: Path) -> None:
    """The contracts of the carried project survive the way through the lock file."""
    wsdl_dir = ROOT / "wsdl"
    for file in sorted(wsdl_dir.rglob("*.wsdl")):
        described = describe(load(wsdl_dir, file.relative_to(wsdl_dir).as_posix()))
        assert described == json.loads(json.dumps(described))
