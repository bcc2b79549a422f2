"""``adapter schema``: the grammar of mapping files, for editors."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from adapter.cli.command import Command, argument, say
from adapter.mapping import editor


def run(asked: Namespace) -> int:
    """Print the JSON Schema, or write it to a file."""
    text = editor.text(asked.shared)
    if asked.output:
        Path(asked.output).write_text(text, encoding="utf-8")
        say(f"wrote {asked.output}")
    else:
        print(text, end="")
    return 0


COMMAND = Command(
    "schema",
    help="write the JSON Schema of mapping files, for editors",
    run=run,
    example="schema -o mappings/mapping.schema.json",
    doc="Editors that know YAML complete and check mappings with it. Write it again after an upgrade.",
    arguments=(
        argument("-o", "--output", metavar="FILE", default="", help="file (default: standard output)"),
        argument("--shared", action="store_true", help="the schema of files in mappings/shared/"),
    ),
    in_project=False,
)
