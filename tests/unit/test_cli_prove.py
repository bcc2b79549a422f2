"""``adapter check --prove``: what comes back is proven, what is lost is named by the line of its mapping."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from adapter.__main__ import main

ROOT = Path(__file__).parents[2]
LOSSY = """
from adapter.mapping.convert import Converter

CONVERTERS = {"short": lambda: Converter("short", lambda text: text[:1], lambda text: text, "string")}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example project, to spoil."""
    folder = tmp_path / "project"
    for name in ("mappings", "wsdl"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "adapter.env", folder)
    return folder


def proven(project: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[str]]:
    """The exit status and the lines of ``adapter check --prove``, without the first, which is that of ``check``."""
    status = main(["check", "--prove", "--examples", "10", "--project", str(project), *more])
    return status, capsys.readouterr().out.splitlines()[1:]


def test_the_example_is_proven(capsys: pytest.CaptureFixture[str]) -> None:
    """Every operation of the example project loses nothing, in both messages, by a judge that is named."""
    status, lines = proven(ROOT, capsys)
    assert 0 == status
    assert "20 of 20 operations proven" == lines[-1]
    assert [] == [line for line in lines[:-1] if not re.match(r"\S+: ok \(\d+ messages, judged by |  ", line)]
    assert {"lxml", "contract tree"} == set(re.findall("judged by ([a-z ]+)", "\n".join(lines)))


def test_what_is_lost_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A converter that loses letters is found, with file, line, property and the way to it in XML."""
    (project / "lossy.py").write_text(LOSSY, "utf-8")
    with (project / "adapter.env").open("a", encoding="utf-8") as settings:
        settings.write("\nADAPTER_CONVERTERS=lossy\n")
    mapping = project / "mappings" / "items.yaml"
    text = mapping.read_text("utf-8").replace("name: Bez\n", "name: {soap: Bez, convert: short}\n")
    mapping.write_text(text, "utf-8")
    line = text[: text.index("name: {soap: Bez")].count("\n") + 1
    status, lines = proven(project, capsys, "--only", "items.read")
    assert 1 == status
    assert "0 of 1 operation proven" == lines[-1]
    assert [
        each
        for each in lines
        if each.startswith(f"  mappings/items.yaml:{line}:7: lossy: Item.name (ArtikelTyp/Bez): ")
    ]


def test_an_unknown_operation_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """``--only`` with a name of no operation is a wrong question, not a proof."""
    assert 2 == main(["check", "--prove", "--only", "nobody.read", "--project", str(ROOT)])
    assert "there is no operation nobody.read" in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where hypothesis is not installed the command says how to get it, and changes nothing else."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "hypothesis" else find(name))
    assert 2 == main(["check", "--prove", "--project", str(ROOT)])
    assert "pip install 'strangler-adapter[prove]'" in capsys.readouterr().err
    assert 0 == main(["check", "--project", str(ROOT)])
