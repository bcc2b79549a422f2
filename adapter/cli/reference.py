"""The reference page of the commands, made from the same table as their help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.cli import ABOUT, COMMANDS, arguments_of, example
from adapter.cli.command import Argument, Command

TITLE = "Commands"
STATUS = "Exit status: 0 all is well, 1 something was found or went wrong, 2 the command was not asked rightly."


def page() -> str:
    """Return the page in reStructuredText, the same on every version of Python."""
    head = [".. Generated from adapter/cli; do not edit.", "", TITLE, "=" * len(TITLE), "", ABOUT, "", STATUS, ""]
    return "\n".join([*head, *_commands(COMMANDS, "adapter")])


def _commands(commands: Sequence[Command], above: str) -> Iterator[str]:
    for command in commands:
        name = f"{above} {command.name}"
        if command.parts:
            yield from _commands(command.parts, name)
            continue
        arguments = arguments_of(command)
        usage = " ".join([name, *(_usage(each) for each in arguments)])
        yield from (name, "-" * len(name), "", f"{command.help[0].upper()}{command.help[1:]}.", "")
        if command.doc:
            yield from (_literal(command.doc), "")
        yield from ("::", "", f"    {usage}", "")
        for each in arguments:
            yield from (f"``{_names(each)}``", f"    {_literal(each.help[0].upper() + each.help[1:])}.")
        yield from ("", "For example::", "", f"    {example(command)}", "")


def _names(argument: Argument) -> str:
    """Return the names with what follows them: ``-o FILE, --output FILE``, or the metavar of a positional one."""
    value = _value(argument)
    if not argument.names[0].startswith("-"):
        return value
    return ", ".join(f"{name} {value}".strip() for name in argument.names)


def _usage(argument: Argument) -> str:
    if not argument.names[0].startswith("-"):
        return f"[{_value(argument)}]" if argument.options.get("nargs") == "?" else _value(argument)
    more = " …" if argument.options.get("action") == "append" else ""
    return f"[{f'{argument.names[-1]} {_value(argument)}'.strip()}{more}]"


def _value(argument: Argument) -> str:
    if argument.options.get("action") == "store_true":
        return ""
    return str(argument.options.get("metavar", argument.names[-1].lstrip("-").replace("-", "_").upper()))


def _literal(text: str) -> str:
    """Return text as reStructuredText: what stands between single backquotes is literal."""
    return text.replace("`", "``")
