"""How the messages of a mapped operation travel: in one piece, or with parts beside the envelope."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from adapter.attachments import Packing
from adapter.backends.soap.answer import is_body
from adapter.backends.soap.arriving import First, Way, envelope_first
from adapter.backends.soap.flowing import Where, rows_first
from adapter.mapping.bound import Endpoint
from adapter.translate.flowing import names
from adapter.translate.tolerance import aligner


def way(endpoint: Endpoint, *, align: bool = True) -> Way:
    """Return the way of one operation. What gives a document or streams a list is read before all of it is there.

    Without ``align`` answers are left as they come, for a reader that brings them back to the contract itself.
    """
    operation = endpoint.operation
    packing = Packing(endpoint.contract, operation.input, operation.output, endpoint.resource.soap.mtom)
    first: First | None = envelope_first if endpoint.reply.rule.document is not None else None
    if endpoint.reply.rule.stream is not None:
        first = partial(rows_first, Where(names(endpoint), is_body(operation.output)))
    made = Way(packing if packing.needed else None, first, strict=endpoint.resource.soap.strict)
    return replace(made, align=aligner(endpoint)) if align else made
