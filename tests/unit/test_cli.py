"""What all commands share: help, usage errors, exit statuses, and the reference page."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from pathlib import Path

import pytest

from adapter import __version__
from adapter.__main__ import main
from adapter.cli import COMMANDS, example, parser, reference
from adapter.cli.command import Command, table

ROOT = Path(__file__).parents[2]


def leaves(commands: Sequence[Command], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Yield every command that does something, with the words that name it."""
    for command in commands:
        words = (*above, command.name)
        if command.parts:
            yield from leaves(command.parts, words)
        else:
            yield words, command


LEAVES = list(leaves(COMMANDS))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """``--version`` prints the version that the package is published as."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    assert 0 == ended.value.code
    assert f"adapter {__version__}\n" == capsys.readouterr().out
    assert config["metadata"]["version"] in (__version__, "attr: adapter.__version__")


@pytest.mark.parametrize(("words", "command"), LEAVES, ids=[" ".join(words) for words, _ in LEAVES])
def test_help_has_one_example(words: tuple[str, ...], command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command's help says what it does and ends with an example that the parser takes."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    text = capsys.readouterr().out
    assert 0 == ended.value.code
    assert text.endswith(f"example:\n  {example(command)}\n")
    line = shlex.split(example(command).partition(" | ")[0])
    asked = parser().parse_args(line[line.index("adapter") + 1 :])
    assert command.run is asked.run


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["demo", "--port", "many"], ["wsdl"], ["serve", "--workers", "0"]]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command line that cannot be understood ends with 2 and says how it is used."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert 2 == ended.value.code
    assert "usage: adapter" in capsys.readouterr().err


def test_unknown_project(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A project folder that does not exist ends with 2 and the command that would write one."""
    assert 2 == main(["check", "--project", str(tmp_path / "nowhere")])
    assert f"`adapter new {tmp_path}/nowhere`" in capsys.readouterr().err


def test_unknown_project_of_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same for one that ADAPTER_PROJECT names."""
    monkeypatch.setenv("ADAPTER_PROJECT", str(tmp_path / "nowhere"))
    assert 2 == main(["routes"])
    assert f"there is no folder {tmp_path}/nowhere" in capsys.readouterr().err


def test_file_that_cannot_be_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What the machine refuses ends with 1 and the file's name, not with a traceback."""
    target = tmp_path / "no" / "such" / "folder.json"
    assert 1 == main(["openapi", "--project", str(ROOT), "-o", str(target)])
    assert f"adapter: No such file or directory: {target}\n" == capsys.readouterr().err


def test_reader_that_left() -> None:
    """``adapter … | head`` ends in silence when the reader has seen enough."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        command = [sys.executable, "-m", "adapter", "routes", "--project", str(ROOT)]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, cwd=ROOT, timeout=60, check=False)
    assert (141, b"") == (done.returncode, done.stderr)


def test_reference_names_every_argument() -> None:
    """The reference page has a section for each command, with its usage line and every argument."""
    page = reference.page()
    for words, command in LEAVES:
        title = " ".join(("adapter", *words))
        section = page.partition(f"\n{title}\n{'-' * len(title)}\n")[2].partition("\n---")[0]
        assert f"    {title}" in section
        assert all(f"{name}" in section for argument in command.arguments for name in argument.names if "-" in name)


def test_table_is_aligned() -> None:
    """Columns are as wide as their widest cell, and no line ends with spaces."""
    assert "A    B\nxyz  1" == table([("A", "B"), ("xyz", "1")])
    assert "abc\nx" == table([("abc", ""), ("x", "")])
