"""``adapter propose``: a mapping for a whole contract, to be read and mended by people."""

from __future__ import annotations

import shlex
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from adapter.cli import wsdl
from adapter.cli.command import Command, UsageError, argument, say
from adapter.cli.propose_files import (
    brought,
    editor_schema,
    locked,
    project_above,
    settings_text,
    taken,
    texts,
    written,
)
from adapter.cli.store_key import FILE as KEY_FILE
from adapter.cli.store_key import store_key
from adapter.mapping import editor
from adapter.mapping.proposal.rerun import Change, changes, remembered
from adapter.mapping.proposal.resources import Placed
from adapter.mapping.proposal.spelling import kebab, split
from adapter.mapping.proposal.whole import SHARED, Proposal, first_ports, propose, shared_name
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract, Port, Service

DOUBTFUL = 70


def run(asked: Namespace) -> int:
    """Write what is proposed, and say what it is. Nothing that people wrote is changed."""
    mappings = Path(asked.output).absolute()
    project = project_above(mappings)
    if asked.interactive and not sys.stdin.isatty():
        raise UsageError("--interactive asks at a terminal; leave it out, and read the comments instead")
    file = brought(asked.wsdl, project, asked.name or wsdl.name_of(asked.wsdl))
    contract = load(project / wsdl.FOLDER, file)
    ports = _ports(contract, asked.service, asked.port)
    there = texts(mappings)
    memory = mappings / SHARED / f"{shared_name(file)}.proposed"
    before = set(memory.read_text("utf-8").splitlines()) if memory.is_file() else set()
    has = taken(there, shared_name(file), before) if there else None
    before |= {f"operation {call}" for call in has.calls} if has is not None else set()
    ask = asking(input, print) if asked.interactive else None
    proposal = propose(contract, ports, asked.only, ask, has)
    change = changes(proposal.files, there, before, editor.MODELINE)
    for name, text in change.files.items():
        written(mappings / name, text)
    written(memory, "".join(f"{line}\n" for line in sorted(before | set(remembered(proposal.files)))))
    editor_schema(mappings)
    env = project / "adapter.env"
    called = {(each.service, each.port.name) for each in proposal.placed}
    ports = [each for each in ports if (each[0].name, each[1].name) in called]
    if not env.is_file() and store_key(project):
        print(f"wrote {KEY_FILE}: what API keys are protected with")
    written(env, settings_text(env.read_text("utf-8") if env.is_file() else "", contract, ports))
    locked(project / wsdl.FOLDER, contract)
    _tell(change, proposal, contract, project)
    return int(bool(change.refused))


def asking(ask: Callable[[str], str], tell: Callable[[str], None]) -> Callable[[Placed], Placed | None]:
    """Return what asks about each doubtful operation: Enter takes it, ``-`` leaves it out, a word is its action."""

    def answered(placed: Placed) -> Placed | None:
        if placed.way.sure > DOUBTFUL:
            return placed
        tell(f"{placed.call}: {' '.join(placed.route)}  ({placed.way.sure} %: {placed.way.why})")
        while True:
            word = ask("Enter: yes, -: leave it out, or the name of an action: ").strip()
            if word in ("", "-"):
                return placed if not word else None
            if words := split(word):
                way = replace(placed.way, method="POST", action=kebab(words), query=False, sure=100, why="you said so")
                return replace(placed, way=way)

    return answered


def _ports(contract: Contract, service: str, port: str) -> list[tuple[Service, Port]]:
    found = first_ports(contract, service, port)
    if not found:
        known = ", ".join(f"{each.name} {one}" for each in contract.services.values() for one in each.ports)
        raise UsageError(f"the contract has no such service and port; there are: {known or 'none'}")
    return found


def _tell(change: Change, proposal: Proposal, contract: Contract, project: Path) -> None:
    for line in change.added:
        print(f"added {line}")
    for line in change.refused:
        print(f"not added: {line}")
    for call, why in {**contract.omitted, **proposal.left_out}.items():
        print(f"left out: {call}: {why}")
    if not change.added:
        print("nothing is new")
    doubtful = [each for each in proposal.placed if each.way.sure <= DOUBTFUL]
    print(f"\n{len(proposal.placed)} operations in {len(proposal.files) - 1} resources", end="")
    print(f"; look at {len(doubtful)} of them first: confidence {DOUBTFUL / 100} or less" if doubtful else "")
    where = "" if project == Path.cwd() else f" --project {shlex.quote(str(project))}"
    contract_file = shlex.quote(str(project / wsdl.FOLDER / contract.file))
    say(f"Next: adapter check{where}; adapter virtual {contract_file}; adapter serve{where}")


COMMAND = Command(
    "propose",
    help="write mappings for a whole contract, to be read and mended",
    run=run,
    example="propose orders.wsdl -o mappings/",
    doc="Each guess has a comment that says how sure it is and why. Run it again after changes: what people wrote "
    "stays, what they took out stays away, and only what is new in the contract is added. A contract from elsewhere is "
    "copied into wsdl/, and locked. The address in the WSDL is not called: adapter.env names the pretend ERP at first.",
    arguments=(
        argument("wsdl", metavar="WSDL", help="path or URL of the contract"),
        argument("-o", "--output", metavar="DIR", default="mappings", help="the project's mappings/ (default: here)"),
        argument("--name", default="", help="folder below wsdl/ for a contract from elsewhere (default: its own name)"),
        argument("--only", metavar="PATTERN", default="*", help="operations by name, for example 'Get*'"),
        argument("--service", default="", help="the wsdl:service (default: all)"),
        argument("--port", default="", help="the wsdl:port (default: the first SOAP port that has an operation)"),
        argument("--interactive", action="store_true", help="ask about each operation that is doubtful"),
    ),
    in_project=False,
)
