"""A case of the gap: a construct (``tests.matrix.construct``) with a reply, and what zeep itself makes of it.

``case.yaml`` holds beside ``types``::

    read: [{json, xml}]        the reply, and the JSON that we make of it
    envelope: "1.2"            the version of the envelope, where it is not 1.1
    before: text               what stands before the envelope
    at: [A]                    the way to the value in what zeep decodes; zeep leaves out whatever is alone in a type
    zeep: repr                 what zeep has there, as Python shows it: another value than the one that was sent
    refuses: NameOfError       or what zeep raises, while it loads the contract or while it decodes

zeep is asked as its documentation says: ``zeep.Client(file)``, default settings.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import zeep

from adapter.backends.soap.answer import MEDIA_TYPES, NAMESPACES, open_answer
from adapter.exchange import Reply
from adapter.mapping.bound import Endpoint
from tests.matrix.construct import SPACES, Construct, constructs, read, text

FOLDER = Path(__file__).parent


def cases() -> list[Construct]:
    """Return every case."""
    return constructs(FOLDER)


def envelope(case: Construct) -> bytes:
    """Return the reply of a case as it comes from the ERP."""
    namespace = NAMESPACES[case.case.get("envelope", "1.1")]
    body = text(case.given("read")[0], "reply")
    whole = f'<e:Envelope xmlns:e="{namespace}"><e:Body {SPACES}>{body}</e:Body></e:Envelope>'
    return (str(case.case.get("before", "")) + whole).encode()


def ours(case: Construct) -> Any:
    """Return the JSON that we make of the reply."""
    endpoint: Endpoint = case.endpoint()
    version = case.case.get("envelope", "1.1")
    answer = Reply(200, {"content-type": MEDIA_TYPES[version]}, envelope(case))
    return read(endpoint, open_answer(answer, "1.1", endpoint.operation.output).child)


def zeeps(case: Construct) -> str:
    """Return what zeep has in the place of the value, as Python shows it, or the name of the error that it raises."""
    try:
        found = _decoded(case)
        for step in case.case.get("at", ()):
            found = found[step]
    except Exception as error:
        # Whatever it is, the caller compares its name.
        return type(error).__name__
    return repr(found)


def _decoded(case: Construct) -> Any:
    """Return what zeep makes of the reply. Raises whatever zeep raises."""
    with case.project() as project, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client: Any = zeep.Client(str(project / "wsdl" / "contract.wsdl"))  # type: ignore[no-untyped-call]
        service = client.service
        response = SimpleNamespace(status_code=200, content=envelope(case), headers={}, encoding="utf-8")
        return service._binding.process_reply(client, service._binding.get("Do"), response)
