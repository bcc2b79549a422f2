"""What is found out about a write: found, not there, or nobody can say; never a guess."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from adapter.deliver import kept
from adapter.deliver.outcomes import judged
from adapter.deliver.resolve import Asking, resolver
from adapter.deliver.way import Unsettled
from adapter.errors import (
    BackendError,
    BackendFault,
    BackendLost,
    BackendReplyInvalid,
    BackendTimeout,
    BackendUnreachable,
    InvalidRequest,
    RequestError,
    SessionExpired,
)
from adapter.mapping.references import longest, reference
from adapter.messages import Caller, Request, Response, Stream
from adapter.strict_json import encode
from tests.unit.mapped import erp

ORDER = {"id": "500001", "customer_id": "1", "reference": "OURS"}


def looked_for(*items: Any, whole: Any = ORDER, body: Any = None) -> Response | None:
    """Return what comes of looking for an order, where the list has these items and reading answers ``whole``."""
    endpoint = erp()["orders.create"]
    assert endpoint.write is not None
    assert endpoint.write.resolve is not None

    def listed(request: Request) -> Response:
        assert (("reference", "OURS"),) == request.query
        assert "orders.list" == request.operation
        return Response(200, encode({"items": list(items)}))

    def read(request: Request) -> Response:
        assert {"id": "500001"} == request.path
        return Response(200, encode(whole))

    ask = resolver(
        endpoint, endpoint.write.resolve, Asking(listed, read), lambda found, _: Response(201, encode(found))
    )
    given = {"customer_id": "1", "reference": "OURS"} if body is None else body
    return ask(Request("orders.create", "r-1", time.monotonic() + 5, "POST", body=json.dumps(given).encode()))


def test_one_record_with_our_reference_is_ours() -> None:
    """The answer is made from all of the record, as the operation that reads it gives it."""
    found = looked_for({"id": "500001", "reference": "OURS"})
    assert found is not None
    assert (201, ORDER) == (found.status, json.loads(bytes(found.body)))  # type: ignore[arg-type]


def test_properties_that_the_answer_does_not_have_are_left_out() -> None:
    """The answer is that of the write, whatever the other operation shows beside it."""
    found = looked_for({"id": "500001", "reference": "OURS"}, whole={**ORDER, "internal": "x"})
    assert found is not None
    assert ORDER == json.loads(bytes(found.body))  # type: ignore[arg-type]


def test_no_record_is_no_order() -> None:
    """An empty list says that there is nothing."""
    assert looked_for() is None


@pytest.mark.parametrize(
    "items",
    [
        [{"id": "500001", "reference": "OURS-2"}],  # the search takes the beginning of a reference
        [{"id": "500001", "reference": "ours"}],
        [{"id": "500001", "reference": "OURS"}, {"id": "500002", "reference": "OURS"}],
        [{"reference": "OURS"}],  # no id, so it cannot be read
    ],
)
def test_what_merely_looks_like_it_is_no_proof(items: list[Any]) -> None:
    """A record with another reference, two with ours, or one that cannot be read: a person has to look."""
    with pytest.raises(Unsettled):
        looked_for(*items)


def test_the_one_with_our_reference_is_found_among_others() -> None:
    """Others that were found beside it do not matter."""
    assert looked_for({"id": "9", "reference": "OURS-2"}, {"id": "500001", "reference": "OURS"}) is not None


def test_without_a_reference_nobody_can_look() -> None:
    """A request that has not got what is looked for cannot be settled."""
    with pytest.raises(Unsettled):
        looked_for(body={"customer_id": "1"})


YES: Any = {"sent": "yes"}


@pytest.mark.parametrize(
    ("expected", "error"),
    [
        ("nothing", BackendUnreachable("backend-unreachable", 503, sent="no")),
        ("nothing", BackendTimeout("backend-timeout", 504, sent="no")),
        ("unknown", BackendTimeout("backend-timeout", 504, sent="maybe")),
        ("unknown", BackendLost("backend-lost", 502, sent="maybe")),
        ("unknown", BackendReplyInvalid("backend-reply-invalid", 502, sent="yes")),
        ("refused", BackendFault("order-closed", 409, code="AB-423", **YES)),
        ("nothing", BackendFault("record-locked", 423, headers={"Retry-After": "1"}, **YES)),
        ("nothing", BackendFault("backend-refused-us", 502, code="http-401", **YES)),
        ("nothing", SessionExpired("backend-refused-us", 502, **YES)),
        ("refused", BackendFault("backend-fault", 502, code="Client", **YES)),
        ("refused", BackendFault("backend-fault", 502, code="Client.Authentication", **YES)),
        ("refused", BackendFault("backend-fault", 502, code="Sender", **YES)),
        ("unknown", BackendFault("backend-fault", 502, code="Server", **YES)),
        ("unknown", BackendFault("backend-fault", 502, code="ORA-01013", **YES)),
        ("unknown", BackendFault("backend-busy", 503, sent="maybe")),
        ("nothing", InvalidRequest("invalid-request", 422)),
        ("refused", RequestError("order-not-found", 404)),
        ("refused", BackendError("half-made", 502, members={"outcome": "half_made"}, **YES)),
        ("nothing", BackendLost("backend-lost", 502, sent="maybe", members={"outcome": "undone"})),
        ("unknown", BackendError("outcome-unknown", 504, members={"outcome": "unknown"}, **YES)),
    ],
)
def test_what_an_error_says_of_a_write(expected: str, error: RequestError) -> None:
    """Only what was surely not done, or surely refused, is taken for that."""
    assert expected == judged(error)


def test_a_request_comes_back_as_it_was() -> None:
    """All that is needed to send it again is kept; keys and preferences belong to the first try."""
    headers = {"accept-language": "de", "idempotency-key": '"k"', "prefer": "respond-async"}
    given = Request(
        "orders.create", "r-1", 7.0, "POST", {"id": "ü/1"}, (("a", "1"), ("a", "2")), b'{"x":\n1}', "application/json",
        headers, "00-a-b-01", Caller("shop", frozenset({"orders.write"})),
    )  # fmt: skip
    found = kept.unpacked(kept.packed(given), 9.0)
    assert (given.path, given.query, given.body, given.caller) == (found.path, found.query, found.body, found.caller)
    assert ({"accept-language": "de"}, 9.0) == (found.headers, found.deadline)


@pytest.mark.parametrize("damaged", [b"", b"{}\n", b"not json\nbody", b"[]\n", b'{"status": 1}'])
def test_what_is_damaged_is_said_to_be(damaged: bytes) -> None:
    """What is no request and no answer raises Corrupt, and nothing else."""
    with pytest.raises(kept.Corrupt):
        kept.unpacked(damaged, 0.0)
    with pytest.raises(kept.Corrupt):
        kept.response(damaged, {})


def test_an_answer_that_streams_is_made_whole() -> None:
    """What would leave in pieces is kept as a whole, and closed."""
    closed: list[bool] = []
    found = kept.whole(Response(200, Stream(iter((b"a", b"b")), lambda: closed.append(True))))
    assert (b"ab", [True]) == (found.body, closed)


def test_references_fit_into_their_property() -> None:
    """A reference is the same for the same row, another for another, and as long as the ERP's field takes."""
    endpoint = erp()["orders.create"]
    assert endpoint.body is not None
    fields = {field.name: field for field in endpoint.types[endpoint.body.type].fields}
    codecs = [codec for field in fields.values() if (codec := field.codec) is not None]
    assert 26 == longest(fields["reference"].codec)  # type: ignore[arg-type]
    assert {0} < {longest(codec) for codec in codecs}
    assert reference("a", 26) == reference("a", 26) != reference("b", 26)
