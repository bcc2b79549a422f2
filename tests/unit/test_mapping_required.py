"""``required: true`` in a mapping, above all where SOAP encoding would let anything be left out or be nil."""

from __future__ import annotations

from tests.unit.openapi_project import endpoint


def test_required_is_never_null_in_soap_encoding() -> None:
    """What the mapping demands must be given and not be null; everything else of an encoded message may be either."""
    chosen = endpoint("stock-movements.create")
    assert chosen.operation.use == "encoded"
    assert chosen.body is not None
    fields = {field.name: (field.required, field.nullable) for field in chosen.types[chosen.body.type].fields}
    demanded = dict.fromkeys(("item_id", "warehouse", "direction", "quantity"), (True, False))
    assert {**demanded, **dict.fromkeys(("reference", "batches"), (False, True))} == fields


def test_encoded_reply_may_still_be_null() -> None:
    """In a reply any accessor may be nil, whatever a request must give."""
    chosen = endpoint("stock-movements.create")
    assert all(field.nullable for field in chosen.types[chosen.reply.type].fields)
