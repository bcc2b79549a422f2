"""``adapter wsdl``: bring contracts in, hold them by a lock file, compare them."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapter import settings
from adapter.cli import differences, lint, watch
from adapter.cli.command import Command, UsageError, argument, project_of, say
from adapter.cli.differences import Differences, endpoints_here
from adapter.cli.download_password import PASSWORD, password_of
from adapter.errors import BuildError, Mistake
from adapter.mapping.project import read_resources
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import load
from adapter.wsdl.lock import check_lock, write_lock
from adapter.wsdl.types import Contract
from adapter.wsdl.vendor import add as vendor

FOLDER = "wsdl"


def add(asked: Namespace) -> int:
    """Copy or download a contract with everything it imports, and print what it offers."""
    folder = project_of(asked) / FOLDER
    credentials = (asked.user, password_of(asked.user)) if asked.user else None
    say(f"reading {asked.source} …")
    written = vendor(asked.source, folder, asked.name or name_of(asked.source), credentials=credentials)
    for path in written:
        print(f"wrote {path.relative_to(folder.parent)}")
    root = written[0].relative_to(folder).as_posix()
    print(f"\nA mapping names it like this:\n  soap: {{wsdl: {root}, service: …, port: …}}\n")
    print("\n".join(_offers(load(folder, root))))
    print("\nNext: adapter wsdl diff (if it was here before), then adapter wsdl lock")
    return 0


def lock(asked: Namespace) -> int:
    """Write down what every contract says now."""
    project = project_of(asked)
    contracts = _contracts(project)
    if not contracts:
        raise UsageError(f"{project / FOLDER} holds no contract; bring one in: adapter wsdl add URL-or-FILE")
    path = write_lock(project / FOLDER, contracts)
    print(f"wrote {path.relative_to(project)}: {', '.join(contract.file for contract in contracts)}")
    return 0


def compare(asked: Namespace) -> int:
    """Print what changed; exit status 1 when something may break callers or mappings, or is not in the lock."""
    if asked.old and not asked.new:
        raise UsageError("OLD and NEW come together; without either, the lock file is compared with wsdl/")
    if asked.old:
        old, new = _contract(asked.old), _contract(asked.new)
        return differences.told(Differences.of(old, new, endpoints_here(asked)), asked.json)
    project = project_of(asked)
    mistakes = check_lock(project / FOLDER, _contracts(project))
    print("\n".join(map(str, mistakes)) or "wsdl/ says what its lock file says")
    return int(bool(mistakes))


def _contracts(project: Path) -> list[Contract]:
    """Load the contracts of a project: those that mappings name, and those that no other contract imports."""
    folder, mistakes, contracts = project / FOLDER, list[Mistake](), list[Contract]()
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.wsdl")}
    named = {resource.soap.wsdl for resource in read_resources(project)[0]}
    imported = {path for file in files for path in _imported(folder, file)}
    for file in sorted((files - imported) | {name for name in named if (folder / name).is_file()}):
        say(f"reading {FOLDER}/{file} …")
        try:
            contracts.append(load(folder, file))
        except BuildError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise BuildError(mistakes)
    return contracts


def _imported(folder: Path, file: str) -> set[str]:
    try:
        return set(read_documents(folder, file).files) - {file}
    except BuildError:
        return set()  # it is loaded next, and its mistakes are told then


def _contract(file: str) -> Contract:
    """Load a contract from anywhere; its imports are looked for in the nearest folder named wsdl, else beside it."""
    path = Path(file).resolve()
    if not path.is_file():
        raise UsageError(f"there is no file {file}")
    folder = next((above for above in path.parents if above.name == FOLDER), path.parent)
    return load(folder, path.relative_to(folder).as_posix())


def _offers(contract: Contract) -> Iterator[str]:
    for service in contract.services.values():
        for port in service.ports.values():
            names = ", ".join(port.operations)
            endpoint = settings.endpoint_names(service.name, port.name)[0]
            yield f"service {service.name}, port {port.name} (SOAP {port.soap_version}), called at {endpoint}:"
            yield f"  {names}"
    for operation, reason in contract.omitted.items():
        yield f"left out: {operation} ({reason})"


def name_of(source: str) -> str:
    """Return the folder name for a source: its last part without ending."""
    last = unquote(urlsplit(source).path).rstrip("/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", re.sub(r"\.(wsdl|xml|asmx|svc)$", "", last)).strip("-._") or "contract"


COMMAND = Command(
    "wsdl",
    help="bring contracts in, look for what is wrong in them, lock them, compare them",
    parts=(
        Command(
            "add",
            help="copy or download a WSDL with everything it imports into wsdl/",
            run=add,
            example="wsdl add 'https://erp.example/services/Orders?wsdl' --name orders --user me",
            doc=f"The adapter reads contracts from wsdl/ only and never fetches one while it works. With --user, the "
            f"password is taken from {PASSWORD} or asked for; it is sent to the server of URL only.",
            arguments=(
                argument("source", metavar="URL|FILE", help="URL (http or https) or path of the WSDL"),
                argument("--name", default="", help="folder below wsdl/ (default: from the file's name)"),
                argument("--user", default="", help="user name for HTTP Basic authentication"),
            ),
        ),
        Command(
            "lock",
            help="accept what the contracts say now (wsdl/lock.json)",
            run=lock,
            example="wsdl lock",
            doc="A contract that says something else than the lock file is a mistake, so that a change is seen before "
            "it is served.",
        ),
        Command(
            "diff",
            help="show what changed in a contract, and whether it breaks anybody",
            run=compare,
            example="wsdl diff old/erp.wsdl new/erp.wsdl",
            doc="With two files: every change, the breaking ones first; exit status 1 if one breaks. In a project, or "
            "with --project, each change is followed by the endpoints and the lines of mappings that it touches. "
            "Without files: wsdl/ against its lock file; exit status 1 if they differ.",
            arguments=(
                argument("old", metavar="OLD", nargs="?", default="", help="WSDL before"),
                argument("new", metavar="NEW", nargs="?", default="", help="WSDL after"),
                differences.JSON,
            ),
        ),
        watch.COMMAND,
        lint.COMMAND,
    ),
)
