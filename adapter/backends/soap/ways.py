"""How the messages of a mapped operation travel: in one piece, or with parts beside the envelope."""

from __future__ import annotations

from adapter.attachments import Packing
from adapter.backends.soap.arriving import Way
from adapter.mapping.bound import Endpoint
from adapter.translate.tolerance import aligner


def way(endpoint: Endpoint) -> Way:
    """Return the way of one operation. What gives a document or streams a list is read before all of it is there."""
    operation = endpoint.operation
    packing = Packing(endpoint.contract, operation.input, operation.output, endpoint.resource.soap.mtom)
    first = envelope_first if endpoint.reply.rule.document is not None else None
    first = rows_first(Rows.of(endpoint)) if endpoint.reply.rule.stream is not None else first
    return Way(packing if packing.needed else None, first, aligner(endpoint), endpoint.resource.soap.strict)
