"""By what secret workers hand each other answers: the same for those that would give the same answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapter import settings
from adapter.cache.opened import _secret
from tests.cases import SHAPES, shape_project

KEY = "k" * 40


def _project(folder: Path) -> Path:
    return shape_project(SHAPES / "cache", folder, "http://127.0.0.1:9/")


def _of(project: Path, **more: str) -> bytes:
    return _secret(settings.read(project, {"ADAPTER_STORE_KEY": KEY, **more}), project)


def test_machines_with_the_same_project_share(tmp_path: Path) -> None:
    """What an answer does not depend on makes no difference: the folder, the number of workers, the log's level."""
    one, other = _project(tmp_path / "one"), _project(tmp_path / "other")
    assert _of(one) == _of(other, ADAPTER_WORKERS="4", ADAPTER_LOG_LEVEL="DEBUG")


def test_it_may_stand_in_a_file(tmp_path: Path) -> None:
    """A secret in a file is the same as one in a setting."""
    project = _project(tmp_path / "project")
    (project / "key").write_text(KEY + "\n")
    assert _of(project) == _of(project, ADAPTER_STORE_KEY="", ADAPTER_STORE_KEY_FILE="key")


@pytest.mark.parametrize(
    "change",
    [
        lambda project: _of(project, ADAPTER_STORE_KEY="l" * 40),
        lambda project: _of(project, ADAPTER_VALUE_CLIENT="200"),
        lambda project: _of(project, ADAPTER_CALLERS="known"),
        lambda project: ((project / "mappings" / "more.yaml").write_text("# new\n"), _of(project))[1],
        lambda project: ((project / "wsdl" / "more.xsd").write_text("<x/>"), _of(project))[1],
        lambda project: ((project / "own.py").write_text("FUNCTIONS = {}"), _of(project, ADAPTER_FUNCTIONS="own"))[1],
    ],
)
def test_who_might_answer_something_else_does_not_share(change: Callable[[Path], bytes], tmp_path: Path) -> None:
    """Another secret, another address or constant, another line of a mapping, contract or function."""
    project = _project(tmp_path / "project")
    before = _of(project)
    assert before != change(project)


def test_without_the_operators_secret(tmp_path: Path) -> None:
    """Each master has a secret of its own."""
    project = _project(tmp_path / "project")
    found = settings.read(project, {})
    assert _secret(found, project) != _secret(found, project)
