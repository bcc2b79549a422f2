"""The rules that keep the house one, as tests. What needs the import graph stands in setup.cfg (import-linter)."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from tests import generated
from tests.evidence import house
from tests.evidence.house import ROOT

GOLDEN_FILE = re.compile(r"request\.json|reply\.json|soap-(request|reply)(\.[2-9]|\.[1-9][0-9])?\.xml")


def test_no_import_cycles() -> None:
    """The modules of the package can be read in an order in which nothing is used before it was read."""
    assert [] == house.import_cycles()


def test_no_hidden_imports() -> None:
    """Imports stand at the top of a file, where the fence and the reader see them."""
    assert [] == house.hidden_imports()


def test_environment_is_read_in_settings_only() -> None:
    """Only ``adapter.settings`` reads the process's environment."""
    assert [] == house.environment_reads()


def test_files_fit_into_a_head() -> None:
    """A file has at most 300 lines."""
    assert [] == house.long_files()


def test_functions_fit_on_a_page() -> None:
    """The body of a function has at most 40 lines."""
    assert [] == house.long_functions()


def test_public_names_are_documented() -> None:
    """Every module and every public class, function and method of the package has a docstring."""
    assert [] == house.undocumented()


def test_names_say_something() -> None:
    """No module is called utils, helpers, common, base, core or manager."""
    assert [] == house.forbidden_names()


def test_tests_state_a_behaviour() -> None:
    """Every test function has a docstring."""
    assert [] == house.silent_tests()


def test_fakes_are_not_mocks() -> None:
    """No test imports a mock library."""
    assert [] == house.mocks()


def test_every_room_is_packaged() -> None:
    """The packages in setup.cfg are the folders of the package that hold Python files, and the project folder."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    rooms = {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "adapter").rglob("*.py")}
    assert rooms | {"adapter._project"} == set(config["options"]["packages"].split())


@pytest.mark.parametrize("path", generated.FILES)
def test_generated_files_are_fresh(path: str) -> None:
    """A file that is made from others is what ``make docs`` would write."""
    assert generated.FILES[path]() == (ROOT / path).read_text(encoding="utf-8"), "run: make docs"


def mapped_operations() -> list[str]:
    """Every operation that a mapping file of the checkout declares, as ``resource.verb``."""
    documents = [
        yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted((ROOT / "mappings").glob("*.yaml"))
    ]
    return [f"{document['resource']}.{verb}" for document in documents for verb in document["operations"]]


@pytest.mark.parametrize("operation", mapped_operations())
def test_every_operation_has_a_golden_folder(operation: str) -> None:
    """Each mapped operation has at least one golden case, and each case at least its request and its reply."""
    cases = [folder for folder in (ROOT / "tests" / "golden" / operation).glob("*") if folder.is_dir()]
    assert cases, f"tests/golden/{operation} has no case"
    for case in cases:
        names = _names(case)
        assert {"request.json", "reply.json"} <= names, case
        assert [] == sorted(name for name in names if not GOLDEN_FILE.fullmatch(name)), case


def _names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}
