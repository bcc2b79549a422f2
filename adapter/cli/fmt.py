"""``adapter fmt``: mapping files in one layout."""

from __future__ import annotations

from argparse import Namespace

from adapter.cli.command import Command, argument, project_of, say
from adapter.errors import BuildError, Mistake
from adapter.mapping.layout import formatted


def run(asked: Namespace) -> int:
    """Lay out every mapping of the project; with ``--check`` only say which ones are not. Exit 1 where one is not."""
    mistakes: list[Mistake] = []
    changed = 0
    folder = project_of(asked) / "mappings"
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("shared/*.yaml"))):
        name = f"mappings/{path.relative_to(folder).as_posix()}"
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        done, wrong = formatted(text, name)
        mistakes += wrong
        if done == text:
            continue
        changed += 1
        say(f"{'not in layout' if asked.check else 'laid out'}: {name}")
        if not asked.check:
            path.write_bytes(done.encode("utf-8", "surrogateescape"))
    if mistakes:
        raise BuildError(mistakes)
    return int(asked.check and changed > 0)


COMMAND = Command(
    "fmt",
    help="lay out the mapping files: keys in the order of the grammar, two spaces a level",
    run=run,
    example="fmt --check",
    doc="Only lines are moved and shifted: comments, quotes and sections in braces stay as they are, and a comment "
    "goes with the key below it. A file whose data or lines would not stay the same is left alone.",
    arguments=(argument("--check", action="store_true", help="change nothing; exit 1 where a file is not in layout"),),
)
