"""``adapter check``: every mistake somebody wrote, before anything is started."""

from __future__ import annotations

import sys
from argparse import Namespace

from adapter import app, settings
from adapter.cli import prove
from adapter.cli.command import Command, listed, project_of, say
from adapter.errors import BuildError
from adapter.mapping.project import read_resources
from adapter.telemetry import Telemetry


def run(asked: Namespace) -> int:
    """Print all mistakes, sorted by place, or what agrees with what."""
    project = project_of(asked)
    say(f"checking {project} …")
    try:
        built = app.build(project, settings.environment())
        app.application(built, Telemetry("ERROR", sys.stderr))
    except BuildError as error:  # wrong settings end the build early; mapping files are read all the same
        print(listed(BuildError([*error.mistakes, *read_resources(project)[1]])))
        return 1
    mappings = {endpoint.resource.name for endpoint in built.endpoints}
    print(
        f"{_counted(len(built.endpoints), 'operation')} in {_counted(len(mappings), 'mapping')} agree with "
        f"{_counted(len(built.contracts), 'contract')}"
    )
    for name, contract in built.contracts.items():
        print("".join(f"wsdl/{name}: mended by {rule}\n" for rule in contract.repairs), end="")
        if contract.omitted:
            count = _counted(len(contract.omitted), "operation")
            print(f"wsdl/{name}: {count} cannot be called; `adapter wsdl lint {name}` says why")
    return prove.run(built, asked) if asked.prove else 0


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"


COMMAND = Command(
    "check",
    help="find every mistake in mappings, contracts and settings",
    run=run,
    example="check --project ~/erp-api",
    doc="Prints one line for each mistake, as file:line:column: what is wrong -> what to do. Exit status 1 if there is "
    "one. What passes here starts. Repair rules of wsdl/repairs.yaml that mended something are named. With --prove "
    "every operation is sent round with values made from its contract: what is lossy, invalid or unreachable is named "
    "by the line of the mapping.",
    arguments=prove.ARGUMENTS,
)
