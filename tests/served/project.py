"""A project for one port of a contract: the contract copied and locked, the mappings as ``propose`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapter.app import Built, build
from adapter.errors import BuildError
from adapter.mapping.proposal.text import written
from adapter.mapping.proposal.whole import propose
from adapter.settings import endpoint_names
from adapter.wsdl.documents import CATALOG, Documents, read_documents
from adapter.wsdl.load import contract as contract_of
from adapter.wsdl.lock import write_lock
from adapter.wsdl.types import Contract, Port, Service
from tests.everyone import EVERYONE


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contract of the corpus and the documents that it was read from."""

    documents: Documents
    contract: Contract


def loaded(corpus: Path, file: str) -> Loaded:
    """Read a contract. Raises BuildError where it cannot be read."""
    documents = read_documents(corpus, file)
    return Loaded(documents, contract_of(documents))


def proposed(contract: Contract, service: Service, port: Port) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the mapping files of one port by name, and the operations that are left out with why."""
    proposal = propose(contract, [(service, port)])
    return {name: written(draft) for name, draft in proposal.files.items()}, proposal.left_out


def laid_out(project: Path, corpus: Path, source: Loaded, mappings: Mapping[str, str]) -> None:
    """Write a project."""
    wsdl = project / "wsdl"
    for path, document in source.documents.files.items():
        if not path.startswith("("):  # those are known by heart
            (wsdl / path).parent.mkdir(parents=True, exist_ok=True)
            (wsdl / path).write_bytes(document.content)
    (wsdl / CATALOG).write_bytes((corpus / CATALOG).read_bytes())
    write_lock(wsdl, [source.contract])
    for path, text in mappings.items():
        (project / "mappings" / path).parent.mkdir(parents=True, exist_ok=True)
        (project / "mappings" / path).write_text(text, encoding="utf-8")


def checked(project: Path, service: str, port: str, url: str) -> tuple[Built | None, str]:
    """Build a project as ``adapter check`` does. Return it, or the first thing that is wrong with it."""
    try:
        return build(project, {**EVERYONE, endpoint_names(service, port)[0]: url}), ""
    except BuildError as error:
        return None, str(error.mistakes[0])
