"""The commands. They print and exit; nothing else in the package does.

Exit status: 0 all is well, 1 something was found or went wrong, 2 the command was not asked rightly.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from textwrap import fill

from adapter import __version__
from adapter.cli import (
    audit,
    check,
    deliveries,
    demo,
    erase,
    explain,
    fmt,
    guard,
    keys,
    new,
    openapi,
    propose,
    reload,
    routes,
    schema,
    serve,
    settings,
    store,
    virtual,
    work,
    wsdl,
)
from adapter.cli.command import PROJECT, Argument, Command, UsageError, listed, say
from adapter.errors import BuildError, RequestError

COMMANDS = (
    demo.COMMAND,
    serve.COMMAND,
    work.COMMAND,
    deliveries.COMMAND,
    reload.COMMAND,
    check.COMMAND,
    routes.COMMAND,
    explain.COMMAND,
    openapi.COMMAND,
    keys.COMMAND,
    guard.COMMAND,
    fmt.COMMAND,
    schema.COMMAND,
    settings.COMMAND,
    wsdl.COMMAND,
    new.COMMAND,
    propose.COMMAND,
    virtual.COMMAND,
    store.COMMAND,
    erase.COMMAND,
    audit.COMMAND,
)
ABOUT = "JSON endpoints in front of a SOAP ERP, declared in mapping files."
INTERRUPTED, NOBODY_READS = 130, 141


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command (default: the process's own arguments) and return its exit status."""
    asked = parser().parse_args(arguments)
    try:
        status: int = asked.run(asked)
        sys.stdout.flush()
    except UsageError as error:
        say(f"adapter: {error}")
        return 2
    except BuildError as error:
        say(listed(error))
        return 1
    except RequestError as error:  # the store, or what is sealed in it
        say(f"adapter: {error.problem}: {error.cause or error.detail}")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # as in `adapter routes | head`; what is still buffered has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except OSError as error:
        say(f"adapter: {error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}")
        return 1
    return status


def parser() -> ArgumentParser:
    """Return the parser of all commands; what it parses has ``run``, a function that takes it and returns a status."""
    top = ArgumentParser(
        "adapter",
        description=ABOUT,
        epilog="example:\n  adapter demo\n\n`adapter COMMAND --help` has more.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"adapter {__version__}")
    _install(top, COMMANDS)
    return top


def _install(above: ArgumentParser, commands: Sequence[Command]) -> None:
    below = above.add_subparsers(metavar="COMMAND", required=True)
    for command in commands:
        one = below.add_parser(
            command.name,
            help=command.help,
            description=fill(f"{command.help[0].upper()}{command.help[1:]}. {command.doc}".strip(), 100),
            epilog=f"example:\n  {example(command)}" if command.example else None,
            formatter_class=RawDescriptionHelpFormatter,
        )
        if command.parts:
            _install(one, command.parts)
            continue
        for each in arguments_of(command):
            one.add_argument(*each.names, help=each.help.replace("%", "%%"), **each.options)
        one.set_defaults(run=command.run)


def arguments_of(command: Command) -> tuple[Argument, ...]:
    """Return the arguments of a command, ``--project`` with them where it is about a project."""
    return (*command.arguments, PROJECT) if command.in_project else command.arguments


def example(command: Command) -> str:
    """Return the line to copy."""
    return command.example if "adapter " in command.example else f"adapter {command.example}"
