"""wsdl.vs_ibm: ``adapter propose`` and ``adapter openapi`` beside IBM's apiconnect-wsdl on the contracts of the corpus.

Both get the same files, one process for each contract and 120 seconds. A contract counts as loaded when there is a
document for each of its services. A path is a resource when it is not named after an operation: ``/v1/orders/{id}`` is
one, and ``/GetOrder`` or ``/v1/actions/get-order`` is none. Seconds and megabytes are told, and decide nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from adapter.wsdl.load import contract
from adapter.wsdl.types import Contract
from tests.corpus import ABSENT, contracts, documents
from tests.evidence import Result
from tests.evidence.ibm.peer import PACKAGE, convert, installed
from tests.evidence.proposed import proposed

AT_A_TIME = 2


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two made of all contracts."""

    loaded: int
    documents: int
    valid: int
    paths: int
    resources: int
    seconds: float
    megabytes: float

    @property
    def share(self) -> float:
        """The share of its paths that are resources."""
        return self.resources / self.paths if self.paths else 0.0

    def __str__(self) -> str:
        """Render for the line of evidence."""
        return (
            f"{self.loaded} loaded, {self.valid} of {self.documents} documents valid, {self.share:.0%} of {self.paths} "
            f"paths are resources, {self.seconds:.0f} s, {self.megabytes:.0f} MB"
        )


@dataclass(frozen=True, slots=True)
class Made:
    """The documents of one contract; none where it was not loaded."""

    documents: tuple[Mapping[str, Any], ...]
    seconds: float
    megabytes: float


def measure() -> Result:
    """Run both over the corpus. Short where the package cannot be had: then nothing is compared."""
    files = contracts()
    if not files:
        return Result(ABSENT, ok=False)
    try:
        packages = installed()
    except (OSError, TimeoutError) as error:
        return Result(f"{PACKAGE} is not here: {error}", ok=False)
    known = {file: contract(documents(file)) for file in files}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        theirs = dict(zip(files, pool.map(lambda file: _theirs(packages, file), files), strict=True))
        ours = dict(zip(files, pool.map(_ours, files), strict=True))
    peer, we = _side(theirs, known), _side(ours, known)
    better = we.loaded > peer.loaded and we.valid > peer.valid and we.share > peer.share
    return Result(f"of {len(files)} contracts we: {we}; {PACKAGE}: {peer}", better)


def _ours(file: str) -> Made:
    made = proposed(file)
    return Made((json.loads(made.text),) if made.text else (), made.seconds, made.megabytes)


def _theirs(packages: Any, file: str) -> Made:
    made = convert(packages, file)
    return Made(made.documents if not made.error else (), made.seconds, made.megabytes)


def _side(made: Mapping[str, Made], known: Mapping[str, Contract]) -> Side:
    judged = [_judged(each.documents, _operations(known[file])) for file, each in made.items()]
    return Side(
        loaded=sum(bool(each.documents) for each in made.values()),
        # One contract is one document in the count, however many services it has.
        documents=sum(bool(each.documents) for each in made.values()),
        valid=sum(valid for valid, _, _ in judged),
        paths=sum(paths for _, paths, _ in judged),
        resources=sum(resources for _, _, resources in judged),
        seconds=sum(each.seconds for each in made.values()),
        megabytes=max(each.megabytes for each in made.values()),
    )


def _judged(found: Iterable[Mapping[str, Any]], operations: set[str]) -> tuple[bool, int, int]:
    """Return whether there are documents and all are valid, the number of their paths, and of those the resources."""
    documents = list(found)
    paths = [path for document in documents for path in document.get("paths", {})]
    resources = [path for path in paths if not _named_after(path, operations)]
    return bool(documents) and all(map(_is_valid, documents)), len(paths), len(resources)


def _is_valid(document: Mapping[str, Any]) -> bool:
    try:
        validate(document)
    except OpenAPIValidationError:
        return False
    return True


def _named_after(path: str, operations: set[str]) -> bool:
    """Whether the last part of a path is the name of an operation, whatever its case and hyphens."""
    return _plain(path.rstrip("/").rpartition("/")[2]) in operations


def _operations(found: Contract) -> set[str]:
    return {_plain(name) for name in _names(found)}


def _names(found: Contract) -> Iterator[str]:
    for service in found.services.values():
        for port in service.ports.values():
            yield from (operation.name for operation in port.operations.values())
    yield from (name.rpartition(".")[2] for name in found.omitted)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
