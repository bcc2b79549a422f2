"""Read every mapping of a project folder, and prove it against the contracts it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from adapter.errors import BuildError, Mistake
from adapter.mapping import files, reading
from adapter.mapping.agreement.whole import Surroundings, agree
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.operation import Resource, Shared
from adapter.mapping.model.served import Retired
from adapter.mapping.retired import is_retired, retired
from adapter.wsdl.types import Contract


def read_resources(project: Path) -> tuple[list[Resource], list[Mistake]]:
    """Read ``mappings/*.yaml`` in the order of their names."""
    folder = project / "mappings"
    resources: list[Resource] = []
    mistakes: list[Mistake] = []
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        mistakes.append(Mistake("mappings", 0, 0, "holds no .yaml file", "write one mapping file per resource"))
    mistakes.extend(
        Mistake(f"mappings/{path.name}", 0, 0, "is not read", "rename it to end in .yaml")
        for path in sorted(folder.glob("*.yml"))
    )
    known: dict[str, Shared] = {}
    shared_files, wrong = _shared(project, known)
    mistakes.extend(wrong)
    for path in paths:
        document, wrong = files.read(path, path.relative_to(project).as_posix())
        mistakes.extend(wrong)
        if document is None or is_retired(document):
            continue
        resource, wrong = reading.resource(document, shared_files, known)
        mistakes.extend(wrong)
        if resource is not None:
            resources.append(resource)
    return resources, mistakes


def read_retired(project: Path) -> tuple[list[Retired], list[Mistake]]:
    """Read the mapping files without a contract, and what stands beside them."""
    found: list[Retired] = []
    mistakes: list[Mistake] = []
    for path in sorted((project / "mappings").glob("*.yaml")):
        if b"\nopenapi:" not in path.read_bytes():  # most files are not read twice
            continue
        document, _ = files.read(path, path.relative_to(project).as_posix())
        if document is not None and is_retired(document):
            resource, wrong = retired(document, project / "mappings")
            mistakes += wrong
            found += [resource] if resource is not None else []
    return found, mistakes


def _shared(project: Path, known: dict[str, Shared]) -> tuple[dict[str, files.Document | None], list[Mistake]]:
    """Read ``mappings/shared/*.yaml``: what mapping files have in common, by name; None where it cannot be read."""
    found: dict[str, files.Document | None] = {}
    mistakes: list[Mistake] = []
    for path in sorted((project / "mappings" / "shared").glob("*.yaml")):
        document, wrong = files.read(path, path.relative_to(project).as_posix())
        if document is not None:
            wrong = [*wrong, *reading.shared(document, known)]
        mistakes.extend(wrong)
        found[path.stem] = None if wrong else document
    return found, mistakes


def load_project(
    project: Path, load_contract: Callable[[Path, str], Contract], around: Surroundings
) -> tuple[tuple[Endpoint, ...], Mapping[str, Contract]]:
    """Return every endpoint of a project, and its contracts by file. Raise BuildError with all mistakes at once."""
    resources, mistakes = read_resources(project)
    contracts: dict[str, Contract] = {}
    failed: set[str] = set()
    for resource in resources:
        name = resource.soap.wsdl
        if name in contracts or name in failed:
            continue
        if not (project / "wsdl" / name).is_file():
            text, remedy = f"there is no wsdl/{name}", "adapter wsdl add FILE-or-URL puts a contract there"
            mistakes.append(resource.soap.place.mistake(text, remedy))
            continue
        try:
            contracts[name] = load_contract(project / "wsdl", name)
        except BuildError as error:
            mistakes.extend(error.mistakes)
            failed.add(name)
    endpoints, wrong = agree(resources, contracts, around)
    mistakes.extend(wrong)
    if mistakes:
        raise BuildError(mistakes)
    return tuple(endpoints), contracts
