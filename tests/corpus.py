"""The contracts of the corpus that systems publish: each once, as a file that no other of them imports."""

from __future__ import annotations

from pathlib import Path

from adapter.wsdl.documents import Documents, read_documents
from tests.netsuite.contract import ABSENT, CORPUS

__all__ = ["ABSENT", "WSDL", "contracts", "documents"]

WSDL = CORPUS / "wsdl"
# Schemas that others import, and files that nothing reads: ``wsdl.unloadable`` is about those.
_NOT = ("_wellknown", "unloadable")


def contracts() -> list[str]:
    """Return the paths below ``WSDL``, none where the corpus is not here."""
    files = [path.relative_to(WSDL).as_posix() for path in sorted(WSDL.rglob("*.wsdl"))]
    own = [file for file in files if Path(file).parts[0] not in _NOT]
    imported = {path for file in own for path in documents(file).files if path != file}
    return [file for file in own if file not in imported]


def documents(file: str) -> Documents:
    """Return a contract with everything that it imports."""
    return read_documents(WSDL, file)
