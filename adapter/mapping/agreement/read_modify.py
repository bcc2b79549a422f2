"""Agreement of a body that is merged into the record that another operation reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Body, Endpoint
from adapter.mapping.merged import is_optional
from adapter.mapping.paths import PathError, follow
from adapter.wsdl.types import local_name


def reading(binder: Binder, endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """Return the endpoints of a resource, those that read, modify and write joined to the one that reads."""
    by_verb: dict[str, Endpoint] = {endpoint.verb: endpoint for endpoint in endpoints}
    found = []
    for endpoint in endpoints:
        body = endpoint.body
        if body is not None and body.patch is not None and body.patch.kind == "read_modify_write":
            verb = body.patch.reads
            reads = by_verb.get(verb)
            if reads is None and not any(rule.verb == verb for rule in binder.resource.operations):
                text = f"{endpoint.name}: read_modify_write: this resource has no operation '{verb}'"
                binder.wrong(body.patch.place, text, f"add '{verb}:', or name the one that reads the record")
            if reads is None or not _agrees(binder, endpoint, body, reads):
                continue
            endpoint = replace(endpoint, body=replace(body, reads=reads))
        found.append(endpoint)
    return found


def _agrees(binder: Binder, endpoint: Endpoint, body: Body, reads: Endpoint) -> bool:
    """Prove that what is read can be written, and note what cannot."""
    assert body.patch is not None
    before = len(binder.mistakes)
    place, name = body.patch.place, f"{endpoint.name}: read_modify_write"
    if "encoded" in (endpoint.operation.use, reads.operation.use):
        binder.wrong(place, f"{name}: not with rpc/encoded operations", "patch: partial")
    elif not body.steps or body.spread:
        text = f"{name}: the record needs an element to itself, without parameters in it"
        binder.wrong(place, text, "into: the element of the record; it has its own key already")
    elif reads.reply.rule.shape != "one":
        binder.wrong(
            place, f"{name}: {reads.name} does not answer one record", "name an operation with reply: {one: …}"
        )
    else:
        _same_type(binder, endpoint, body, reads)
    for field in reads.path_fields:
        if f"{{{field.name}}}" not in endpoint.path:
            text = f"{name}: {reads.name} needs the path parameter {field.name}"
            binder.wrong(place, text, f"write {{{field.name}}} in 'request:' here too")
    for field in reads.query_fields:
        if field.required:
            text = f"{name}: {reads.name} needs the query parameter {field.name}"
            binder.wrong(place, text, "give it a default there, or name another operation")
    return len(binder.mistakes) == before


def _same_type(binder: Binder, endpoint: Endpoint, body: Body, reads: Endpoint) -> None:
    assert body.patch is not None
    root = reads.operation.output.root if reads.operation.output is not None else None
    record = reads.reply.steps[-1].type if reads.reply.steps else root.type if root is not None else ""
    if record != body.steps[-1].type:
        here, there = body.steps[-1].type, record
        if local_name(here) != local_name(there):
            here, there = local_name(here), local_name(there)
        text = f"{endpoint.name}: read_modify_write: {reads.name} reads {there}, and {here} is written"
        binder.wrong(body.patch.place, text, "both must be of one type; else patch: partial, or another operation")
        return
    for path in body.patch.without:
        try:
            spot = follow(binder.contract, record, path)
        except PathError as error:
            binder.wrong(body.patch.place, f"without: {error}", error.remedy)
            continue
        needed = spot.attribute.required if spot.attribute is not None else not is_optional(spot.steps[-1])
        if needed:
            binder.wrong(body.patch.place, f"without: {path} must be there", "the contract requires it: leave it in")
