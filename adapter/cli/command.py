"""What a command is, and what most commands ask first: which project folder, and does it agree."""

from __future__ import annotations

import importlib
import os
import pwd
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter import settings
from adapter.durable import Durable
from adapter.errors import AdapterError, BuildError

PACKAGE = Path(__file__).parents[1]


class UsageError(AdapterError):
    """A command was asked for something it cannot do; the text says what to do instead."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its names (``--port``, or ``file`` for a positional one), its help, argparse's other options."""

    names: tuple[str, ...]
    help: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``run`` prints and returns the exit status; ``example`` is a line to copy, without ``adapter``.

    A command with ``parts`` is only the name they stand under. ``doc`` is what its help says beside ``help``.
    """

    name: str
    help: str
    run: Callable[[Namespace], int] | None = None
    example: str = ""
    doc: str = ""
    arguments: tuple[Argument, ...] = ()
    parts: tuple[Command, ...] = ()
    in_project: bool = True


def argument(*names: str, help: str, **options: Any) -> Argument:
    """Return an argument; ``options`` are those of ``ArgumentParser.add_argument``."""
    return Argument(names, help, options)


def part_of(room: str, name: str) -> Callable[[Namespace], int]:
    """Return what runs a part of a command: SQLAlchemy is loaded by it, and not by every other command."""

    def run(asked: Namespace) -> int:
        status: int = getattr(importlib.import_module(f"adapter.cli.{room}"), name)(asked)
        return status

    return run


def number(text: str) -> int:
    """Read an argument that is a whole number from 0."""
    if not text.isdecimal():
        raise ArgumentTypeError("not a whole number")
    return int(text)


PROJECT = argument(
    "--project",
    metavar="DIR",
    default="",
    help="project folder (default: ADAPTER_PROJECT, else the current folder if it has mappings/, else the example)",
)


def project_of(asked: Namespace) -> Path:
    """Return the project folder that a command is about. Raise UsageError where there is none."""
    environ = settings.environment()
    folder, named = settings.project(environ, asked.project), asked.project or environ.get(settings.PROJECT, "")
    if named and not folder.is_dir():
        raise UsageError(f"there is no folder {named}; `adapter new {named}` writes a project there")
    if not named and not (folder / "mappings").is_dir():
        raise UsageError("there is no project here; cd into one, name one with --project DIR, or `adapter new DIR`")
    return folder


def durable_of(asked: Namespace) -> Durable:
    """Return the store and the vault of the project that a command is about. Its mappings are not read."""
    folder = project_of(asked)
    return Durable(settings.read(folder, settings.environment()), folder)


def actor() -> str:
    """Return who runs this command, for the audit: the name that the system has for the user."""
    try:
        return f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"cli:{os.getuid()}"


def carried() -> Path:
    """Return the folder of the example project: the one the installed package carries, or the checkout itself."""
    inside = PACKAGE / "_project"
    return inside if inside.is_dir() else PACKAGE.parent


def say(text: str) -> None:
    """Tell the person who waits what is going on. Never part of the result, which goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def listed(error: BuildError) -> str:
    """Return every mistake in a line (or more) of its own, and their number."""
    count = len(error.mistakes)
    return "\n".join([*map(str, error.mistakes), f"\n{count} mistake{'s' * (count != 1)}"])


def table(rows: list[tuple[str, ...]]) -> str:
    """Return rows as columns, each as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
