"""The smallest whole mapping of one operation: its request as the body, its reply as the answer, nothing guessed."""

from __future__ import annotations

from adapter.mapping.files import Document
from adapter.mapping.proposal.draft import Section, Types
from adapter.mapping.proposal.grammar import soap_section
from adapter.mapping.proposal.naming import Naming
from adapter.mapping.proposal.types import propose_types
from adapter.wsdl.types import Contract, Element, Operation, Record

RESOURCE = "operation"


def one_operation(contract: Contract, service: str, port: str, call: str, naming: Naming | None = None) -> Document:
    """Return a mapping file, as it is once read, whose one operation ``operation.create`` carries all of ``call``.

    Raise KeyError where the contract has no such operation.
    """
    operation = contract.operation(service, port, call)
    roots = [root for root in (operation.input.root, _answer(operation)) if root is not None]
    types = propose_types(contract, [root.type for root in roots], naming)
    soap = soap_section(contract, service, contract.services[service].ports[port])
    if types.namespaces:
        soap["namespaces"] = dict(types.namespaces)
    endpoint = {"request": "POST /", "call": call, **takes(contract, types, operation), **answers(types, operation)}
    used = types.below(endpoint[part].get("one", "") for part in ("body", "reply") if part in endpoint)
    data = {
        "version": 1,
        "resource": RESOURCE,
        "path": f"/v1/{RESOURCE}",
        "soap": soap,
        "types": {name: draft.section for name, draft in types.types.items() if name in used},
        "operations": {"create": endpoint},
    }
    return Document("proposal.yaml", data, {})


def takes(contract: Contract, types: Types, operation: Operation) -> Section:
    """Return what says that the body is the whole request; nothing where the request is always the same."""
    root = operation.input.root
    if root is None:
        return {}
    if not isinstance(contract.types.get(root.type), Record):
        return {"query": {"value": {"soap": "."}}}
    name = types.whole[root.type]
    return {"body": {"one": name}} if name else {}


def answers(types: Types, operation: Operation) -> Section:
    """Return what says that the answer is the whole reply; only a status where it always is the same."""
    root = _answer(operation)
    name = types.whole.get(root.type) if root is not None else ""
    return {"reply": {"one": name, "status": 200}} if name else {"reply": {"status": 204}}


def _answer(operation: Operation) -> Element | None:
    return operation.output.root if operation.output is not None else None
