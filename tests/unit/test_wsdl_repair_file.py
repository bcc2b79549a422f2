"""The grammar of ``wsdl/repairs.yaml``: every mistake has file, line, column and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl.repair import RULES, Rule
from adapter.wsdl.repair_file import read_repairs
from adapter.yaml_files import Place


def read(tmp_path: Path, text: str | bytes) -> dict[str, tuple[Rule, ...]]:
    """Read a text as the rules of a project that has ``a/a.wsdl``."""
    (tmp_path / "a").mkdir(exist_ok=True)
    (tmp_path / "a" / "a.wsdl").touch()
    return read_repairs(text.encode() if isinstance(text, str) else text, "wsdl/repairs.yaml", tmp_path)


def test_rules_by_contract(tmp_path: Path) -> None:
    """Each contract has a list of rules, with their places."""
    found = read(tmp_path, "a/a.wsdl:\n  - add_import: a/b.xsd\n  - address: {port: P, url: u}\n")
    assert {"a/a.wsdl": (Rule("add_import", ("a/b.xsd",)), Rule("address", ("P", "u")))} == found
    assert Place("wsdl/repairs.yaml", 3, 5) == found["a/a.wsdl"][1].place


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("- a", "1:1: must name contracts -> write the path"),
        ("a/b.wsdl: []", "1:1: there is no contract 'a/b.wsdl' -> did you mean 'a/a.wsdl'?"),
        ("zzzz: []", "1:1: there is no contract 'zzzz' -> name it by its path below wsdl/"),
        ("a/a.wsdl: {}", "1:1: a/a.wsdl: must be a list of rules -> write a list"),
        ("a/a.wsdl: [a]", "1:12: a rule is one key with what it says -> rules: add_import"),
        ("a/a.wsdl:\n- {address: 1, add_import: 2}", "2:3: a rule is one key"),
        ("a/a.wsdl:\n- adress: {}", "2:3: 'adress' is not a rule -> did you mean 'address'?"),
        ("a/a.wsdl:\n- zzz: {}", "2:3: 'zzz' is not a rule -> rules: add_import"),
        ("a/a.wsdl:\n- add_import: {a: b}", "2:3: add_import: must be the path of a file below wsdl/ -> add_import: "),
        ("a/a.wsdl:\n- allow_doctype:", "2:3: allow_doctype: must be the path"),
        ("a/a.wsdl:\n- alias_type: a", "2:3: alias_type: must be a section with keys -> alias_type: {name: …, to: …}"),
        ("a/a.wsdl:\n- alias_type: {name: a}", "2:3: alias_type needs the key 'to' -> alias_type: {name: …, to: …}"),
        ("a/a.wsdl:\n- address: {prt: a, url: b}", "2:13: address has no key 'prt' -> did you mean 'port'?"),
        ("a/a.wsdl:\n- address: {port: 1, url: b}", "2:13: port: must be text -> write it in quotes"),
        ("a/a.wsdl:\n- add_import: b\n- add_import: b", "3:3: add_import: stands here twice -> keep one"),
        ("a/a.wsdl:\n- add_import: *b", "2:15: anchors and aliases are not allowed"),
        ("a/a.wsdl: [\n", "not readable as YAML"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, mistake: str) -> None:
    """What is written wrong is said with its place and what to do."""
    with pytest.raises(BuildError) as caught:
        read(tmp_path, text)
    assert any(mistake in str(each) and each.remedy for each in caught.value.mistakes), str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing to mend\n\n", "a/a.wsdl: []"])
def test_no_rules(tmp_path: Path, text: str) -> None:
    """A file may be left without rules."""
    assert not any(read(tmp_path, text).values())


@pytest.mark.parametrize("text", [b"\xff", b"a" * 1_048_577])
def test_what_is_no_text_of_a_person(tmp_path: Path, text: bytes) -> None:
    """Other bytes, and far too many, are refused."""
    with pytest.raises(BuildError, match=r"wsdl/repairs.yaml: (not UTF-8|larger than)"):
        read(tmp_path, text)


def test_every_rule_has_a_form() -> None:
    """The rules are those of the plan."""
    assert 7 == len(RULES)
