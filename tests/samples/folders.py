"""The sample folders of the corpus, and what they are about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.wsdl.load import load
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE, Contract, Operation

CORPUS = Path(os.environ.get("ADAPTER_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
SAMPLES = CORPUS / "soap-samples"
ABSENT = f"the corpus is absent ({SAMPLES.name}); ADAPTER_CORPUS names its folder"


@dataclass(frozen=True)
class Sample:
    """One folder: its contract, and the operation that its name begins with."""

    folder: Path

    @property
    def name(self) -> str:
        """What it is called in the corpus."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def __str__(self) -> str:
        return self.name

    def contract(self) -> Contract:
        """The contract, its schemas beside it or in ``platform/``."""
        return _loaded(self.folder.relative_to(SAMPLES).as_posix() + "/soap.wsdl")

    def operation(self) -> tuple[str, str, Operation]:
        """The service, port and operation that the folder is about."""
        wanted = self.folder.name.partition("__")[0]
        for service in self.contract().services.values():
            for port in service.ports.values():
                for operation in port.operations.values():
                    if operation.name == wanted:
                        return service.name, port.name, operation
        raise LookupError(f"{self.name}: there is no operation {wanted}")

    def text(self, file: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        path = self.folder / file
        return path.read_bytes() if path.is_file() else None


def samples() -> list[Sample]:
    """Every folder, in the order of their names; none where the corpus is absent."""
    return [Sample(path.parent) for path in sorted(SAMPLES.glob("*/*/soap.wsdl"))]


def body_of(text: bytes) -> Any:
    """Return ``soap:Body`` of an envelope. Raise ValueError where the text is none."""
    try:
        root = etree.fromstring(text.strip(), etree.XMLParser(resolve_entities=False, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed ({error.msg.partition(',')[0]})") from None
    for namespace in (SOAP11_ENVELOPE, SOAP12_ENVELOPE):
        if (body := root.find(f"{{{namespace}}}Body")) is not None:
            return body
    raise ValueError("no SOAP envelope")


@cache
def _loaded(file: str) -> Contract:
    return load(SAMPLES, file)
