"""``adapter openapi``: the OpenAPI document, as ``/openapi.json`` serves it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from adapter import app, settings, strict_json
from adapter.cli.command import Command, argument, project_of, say


def run(asked: Namespace) -> int:
    """Print the document, or write it to a file."""
    document = app.openapi(app.build(project_of(asked), settings.environment()))
    text = strict_json.text(document) + "\n"
    if asked.output:
        Path(asked.output).write_text(text, encoding="utf-8")
        say(f"wrote {asked.output}")
    else:
        print(text, end="")
    return 0


COMMAND = Command(
    "openapi",
    help="write the OpenAPI document of a project",
    run=run,
    example="openapi -o openapi.json",
    arguments=(argument("-o", "--output", metavar="FILE", default="", help="file (default: standard output)"),),
)
