"""The door to contracts: one WSDL of the project, as the frozen tree that everything else reads."""

from __future__ import annotations

from pathlib import Path

from adapter.errors import BuildError, Mistake
from adapter.wsdl.components import collect
from adapter.wsdl.documents import Documents, read_documents
from adapter.wsdl.schema import read_schemas
from adapter.wsdl.services import read_services
from adapter.wsdl.types import Contract


def load(wsdl_dir: Path, file: str) -> Contract:
    """Read ``file``, a path below the project's ``wsdl/`` folder, with everything it imports.

    Raises BuildError with every mistake found. An operation that cannot be resolved does not fail the contract: it
    stands in ``Contract.omitted`` with the reason.
    """
    return contract(read_documents(wsdl_dir, file))


def contract(documents: Documents) -> Contract:
    """Return the contract tree of a closed set of documents. Raises BuildError with every mistake found."""
    try:
        components = collect(documents)
        schemas = read_schemas(components)
    except RecursionError:
        place = f"{documents.folder}/{documents.root}"
        text, remedy = "its types derive from one another too deeply", "a type may not derive from itself"
        raise BuildError([Mistake(place, 0, 0, text, remedy)]) from None
    if schemas.mistakes:
        raise BuildError(schemas.mistakes)
    return read_services(documents, schemas)
