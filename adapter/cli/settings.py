"""``adapter settings``: what can be set, and what is."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from adapter import settings
from adapter.cli.command import Command, project_of

HIDDEN = "(set; hidden)"


def run(asked: Namespace) -> int:
    """Print every setting: value, default, help. What may be a secret stays hidden."""
    found = settings.read(project_of(asked), settings.environment())
    for setting in settings.describe():
        field = setting.name.removeprefix(settings.PREFIX).removesuffix("_<NAME>").lower()
        value = getattr(found, field)
        print(setting.name)
        if isinstance(value, Mapping):
            _print_family(setting.name.removesuffix("<NAME>"), value, field in ("value", "credential"))
        else:
            shown = HIDDEN if value and setting.secret else _written(value)
            print(f"    value    {shown or '(none)'}")
            print(f"    default  {setting.default or '(none)'}")
        print(textwrap.indent(textwrap.fill(setting.doc, 100), "    "), end="\n\n")
    print(f"Set them in {settings.FILE} of the project or in the environment, which wins.")
    return 0


def _print_family(prefix: str, values: Mapping[str, str], secret: bool) -> None:
    for name, value in sorted(values.items()):
        print(f"    {prefix}{name}={HIDDEN if secret else value}")
    if not values:
        print("    none is set")


def _written(value: Any) -> str:
    """Return a parsed value in the form in which it is set."""
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


COMMAND = Command(
    "settings",
    help="list every setting with its value, default and help",
    run=run,
    example="ADAPTER_TIMEOUT=20 adapter settings",
    doc="Constants that mappings ask for with `setting:` may be secrets, so they are hidden; so are credentials.",
)
