"""What plain zeep would make of a contract: refuse it, or leave operations out without a word.

Only for ``adapter wsdl lint``: it shows what the adapter serves all the same. zeep sees the files as they are on disk,
through a transport that reaches nothing else.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import zeep

from adapter.errors import Mistake
from adapter.wsdl.documents import Documents, catalog_key
from adapter.wsdl.types import Contract, Port
from adapter.wsdl.zeep_documents import REFUSALS, ClosedTransport

_NOTHING = "nothing to do: the adapter serves it"


class _AsOnDisk(ClosedTransport):
    """Serves the bytes of the files, whatever a repair rule makes of them."""

    def load(self, url: str) -> bytes:
        """Return the bytes of a document of the set. Raises TransportError for any other address."""
        path = self.documents.locations.get(catalog_key(url), "")
        return self.documents.files[path].content if path in self.documents.files else super().load(url)


def zeep_differs(documents: Documents, contract: Contract) -> Iterator[Mistake]:
    """Yield that plain zeep refuses a contract, or which operations of it plain zeep does not offer."""
    place = f"{documents.folder}/{documents.root}"
    make: Any = zeep.Client
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs: Any = make(documents.url, transport=_AsOnDisk(documents)).wsdl
    except REFUSALS as error:
        yield Mistake(place, 0, 0, f"plain zeep refuses this contract ({type(error).__name__})", _NOTHING)
        return
    for service in contract.services.values():
        for port in service.ports.values():
            offered = _offered(theirs, service.name, port)
            ours = Counter(operation.name for operation in port.operations.values())
            lost = sum(count - (name in offered) for name, count in ours.items())
            if lost:
                text = f"plain zeep leaves {lost} of {ours.total()} operations of {port.name} out without a word"
                yield Mistake(place, 0, 0, text, _NOTHING)


def _offered(theirs: Any, service: str, port: Port) -> set[str]:
    """Return what zeep offers at a port; where the contract has no service, by the binding."""
    if service in theirs.services and port.name in theirs.services[service].ports:
        return set(theirs.services[service].ports[port.name].binding.all())
    return set(theirs.bindings[port.binding].all()) if port.binding in theirs.bindings else set()
