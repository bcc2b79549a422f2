"""The files of a project that ``adapter propose`` reads and writes beside its mappings."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapter.cli.command import UsageError, say
from adapter.cli.store_key import SETTING
from adapter.cli.wsdl import FOLDER, lock
from adapter.errors import BuildError
from adapter.mapping import editor, files
from adapter.mapping.proposal.rerun import remembered_operation
from adapter.mapping.proposal.resources import Taken, shape
from adapter.settings import endpoint_names
from adapter.virtual.any.ports import address, places
from adapter.wsdl.documents import CATALOG, read_catalog, read_documents
from adapter.wsdl.lock import write_lock
from adapter.wsdl.types import Contract, Port, Service
from adapter.wsdl.vendor import add as vendor

VIRTUAL = "http://127.0.0.1:9101"
_SETTINGS = """\
# Settings of this project, as NAME=VALUE. The environment wins over this file; `adapter settings` explains them all.
# Passwords belong into the environment, not here.
"""


def brought(source: str, project: Path, name: str) -> str:
    """Return the contract's path below ``wsdl/``; one that stands elsewhere is copied there with all it imports."""
    folder, path = (project / FOLDER).resolve(), Path(source).resolve()
    if path.is_file() and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    say(f"reading {source} …")
    written = vendor(source, folder, name, catalog=_catalog(path))
    for each in written:
        print(f"wrote {FOLDER}/{each.relative_to(folder)}")
    return written[0].relative_to(folder).as_posix()


def _catalog(path: Path) -> dict[str, str]:
    """Return the catalog of the nearest folder above that has one: which file stands for which URL."""
    above = next((each for each in path.parents if (each / CATALOG).is_file()), None)
    return {url: str(above / file) for url, file in read_catalog(above).items()} if above is not None else {}


def texts(mappings: Path) -> dict[str, str]:
    """Return the mapping files that are there, by path below ``mappings/``. Raise BuildError where one is no YAML."""
    found = {
        path.relative_to(mappings).as_posix(): path.read_text("utf-8")
        for path in sorted((*mappings.glob("*.yaml"), *mappings.glob("shared/*.yaml")))
    }
    mistakes = [each for name, text in found.items() for each in files.parse(text, f"mappings/{name}")[1]]
    if mistakes:
        raise BuildError(mistakes)
    return found


def taken(there: Mapping[str, str], shared: str, before: set[str]) -> Taken:
    """Return what mappings that are there have already."""
    routes: set[tuple[str, str]] = set()
    names: set[tuple[str, str]] = set()
    owners: dict[str, str] = {}
    calls = {line.removeprefix("operation ") for line in before if line.startswith("operation ")}
    for data in _files(there):
        resource, path = str(data.get("resource", "")), str(data.get("path", ""))
        soap: Any = data.get("soap")
        port = f"{soap.get('service', '')} {soap.get('port', '')}" if isinstance(soap, dict) else ""
        owners[resource] = port if data.get("uses") == shared else f"of another contract: {port}"
        for name, each in _operations(data):
            request = str(each.get("request", ""))
            method, _, below = request.partition(" ")
            routes.add((method, shape(path + below)))
            names.add((resource, name))
            if data.get("uses") == shared:
                calls.add(remembered_operation(data, each).removeprefix("operation "))
    return Taken(frozenset(routes), frozenset(names), owners, frozenset(calls))


def _files(there: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name, text in there.items():
        document, _ = files.parse(text, name)
        if document is not None and isinstance(document.data, dict) and "/" not in name:
            yield document.data


def _operations(data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    every = data.get("operations")
    for name, each in every.items() if isinstance(every, dict) else ():
        if isinstance(each, dict):
            yield name, each


def settings_text(text: str, contract: Contract, ports: list[tuple[Service, Port]]) -> str:
    """Return the settings with an address for each port that has none: that of the pretend ERP, never the WSDL's."""
    served = {(place.service, place.port): address(VIRTUAL, place) for place in places(contract)}
    lines = []
    for service, port in ports:
        own, general = endpoint_names(service.name, port.name)
        if not any(f"\n{name}=" in f"\n{text}" for name in (own, general)):
            lines += [
                "",
                f"# Where {service.name} {port.name} is called: for now the pretend ERP (adapter virtual WSDL).",
                *([f"# The WSDL says: {port.address}"] if port.address else []),
                f"{own}={served[service.name, port.name]}",
            ]
    return (text or _SETTINGS + SETTING) + "".join(f"{line}\n" for line in lines) if lines or not text else text


def written(path: Path, text: str) -> bool:
    """Write a file where it says something else than before; tell whether it did."""
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return True


def locked(folder: Path, contract: Contract) -> None:
    """Accept what the contracts say now; where this one is alone it need not be read again."""
    own = set(read_documents(folder, contract.file).files)
    if all(path.relative_to(folder).as_posix() in own for path in folder.rglob("*.wsdl")):
        print(f"wrote {FOLDER}/{write_lock(folder, [contract]).name}: {contract.file}")
    else:
        lock(Namespace(project=str(folder.parent)))


def editor_schema(mappings: Path) -> None:
    """Write the schema that editors complete by, where there is none."""
    if not (mappings / editor.FILE).exists():
        written(mappings / editor.FILE, editor.text())


def project_above(mappings: Path) -> Path:
    """Return the project that a folder of mappings belongs to."""
    if mappings.name != "mappings":
        raise UsageError(f"{mappings} is not called mappings; -o names the mappings/ folder of a project")
    return mappings.parent
