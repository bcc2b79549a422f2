"""The door to contracts: one WSDL of the project, as the frozen tree that everything else reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adapter.errors import BuildError, Mistake
from adapter.wsdl.components import Flaw, collect
from adapter.wsdl.documents import Documents, read_documents
from adapter.wsdl.names import xsd
from adapter.wsdl.repair import mended
from adapter.wsdl.schema import read_schemas
from adapter.wsdl.services import read_services
from adapter.wsdl.types import Contract


@dataclass(frozen=True, slots=True)
class Examined:
    """A contract with what is wrong in it: flaws of its schemas, imports of what is not there, rules without use."""

    documents: Documents
    contract: Contract
    flaws: tuple[Flaw, ...]
    idle: tuple[Mistake, ...]


def load(wsdl_dir: Path, file: str) -> Contract:
    """Read ``file``, a path below the project's ``wsdl/`` folder, with everything it imports.

    Raises BuildError with every mistake found. An operation that cannot be resolved does not fail the contract: it
    stands in ``Contract.omitted`` with the reason.
    """
    return contract(read_documents(wsdl_dir, file))


def contract(documents: Documents) -> Contract:
    """Return the contract tree of a closed set of documents, mended by its repair rules.

    Raises BuildError with every mistake found: a repair rule that mends nothing, and where the root is a schema, any
    flaw, since nothing else is asked of it.
    """
    examined = examine(documents)
    asked = documents.files[documents.root].root.tag == xsd("schema")
    mistakes = [flaw.mistake for flaw in examined.flaws if asked] + [
        *(documents.absent if asked else ()),
        *examined.idle,
    ]
    if mistakes:
        raise BuildError(mistakes)
    return examined.contract


def examine(documents: Documents) -> Examined:
    """Return a contract and what is wrong in it. Raises BuildError where it cannot be read at all."""
    try:
        components = collect(documents)
        schemas = read_schemas(components)
    except RecursionError:
        place = f"{documents.folder}/{documents.root}"
        text, remedy = "its types derive from one another too deeply", "a type may not derive from itself"
        raise BuildError([Mistake(place, 0, 0, text, remedy)]) from None
    made = mended(read_services(documents, schemas), documents.mending)
    return Examined(documents, made, tuple(components.flaws), tuple(documents.mending.idle()))
