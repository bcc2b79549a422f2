"""The calls of the demonstration: what is asked, and what a right answer holds."""

from __future__ import annotations

import http.client
import json
import shlex
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.cli.children import HOST

TIMEOUT = 30
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``expected`` maps JSON Pointers (RFC 6901) into the answer to values.

    ``{order}`` in a path is the id that the call with ``keep_order`` was answered with, and ``{operation}`` that of the
    one that was only accepted. ``waits``: it is asked again until what was accepted has ended.
    """

    title: str
    method: str
    path: str
    status: int = 200
    body: Mapping[str, Any] | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)
    keep_order: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, body, and how long it took, in seconds."""

    status: int
    body: bytes
    seconds: float


ITEM = "A-00001"
CALLS = (
    Call("List customers, page by page", "GET", "/v1/customers?limit=1&sort=-name", expected={"/page/limit": 1}),
    Call("Read a person", "GET", "/v1/customers/42", expected={"/id": "42", "/kind": "person"}),
    Call("Read a company: another XSD type, another shape", "GET", "/v1/customers/7", expected={"/kind": "company"}),
    Call(
        "Create an order; decimals stay exact",
        "POST",
        "/v1/orders",
        201,
        {
            "customer_id": "42",
            "reference": "SHOP-2024-0001",
            "payment": {"invoice": {"days": 30}},
            "lines": [
                {"item_id": ITEM, "quantity": "12.5", "unit_price": "0.1250"},
                {"item_id": "A-00002", "quantity": "3"},
            ],
        },
        {"/status": "open", "/line_count": 2, "/lines/0/unit_price": "0.1250", "/lines/0/amount/value": "1.56"},
        keep_order=True,
    ),
    Call("Read it back", "GET", "/v1/orders/{order}", expected={"/customer_id": "42", "/lines/0/quantity": "12.5"}),
    Call(
        "Patch a customer: a value, null (cleared), and all that is absent stays",
        "PATCH",
        "/v1/customers/42",
        body={"kind": "person", "email": "new@shop.example", "note": None},
        expected={"/email": "new@shop.example", "/note": None, "/kind": "person"},
    ),
    Call(
        "Order something later: 202 at once, and it is kept",
        "POST",
        "/v1/orders",
        202,
        {"customer_id": "42", "reference": "SHOP-2024-0002", "lines": [{"item_id": ITEM, "quantity": "1"}]},
        {"/operation": "orders.create"},
        headers={"Prefer": "respond-async"},
    ),
    Call(
        "Ask how it ended: `adapter work` has delivered it meanwhile",
        "GET",
        "/v1/operations/{operation}",
        expected={"/status": "done", "/result/status": 201, "/result/body/reference": "SHOP-2024-0002"},
        waits=True,
    ),
    Call("Cancel the order", "DELETE", "/v1/orders/{order}?reason=customer", 204),
    Call("See that it is cancelled", "GET", "/v1/orders/{order}", expected={"/status": "cancelled"}),
    Call(
        "Stock, from an older system that speaks rpc/encoded",
        "GET",
        f"/v1/stock/{ITEM}",
        expected={"/items/0/item_id": ITEM},
    ),
    Call("A bill of materials, as deep as it is", "GET", f"/v1/items/{ITEM}/parts", expected={"/item_id": ITEM}),
    Call(
        "A customer nobody has: the ERP's fault becomes a problem",
        "GET",
        "/v1/customers/4711",
        404,
        expected={"/type": "/problems/customer-not-found"},
    ),
    Call(
        "An order that cannot be: each mistake is named",
        "POST",
        "/v1/orders",
        422,
        {"customer_id": "42", "lines": [{"item_id": ITEM, "quantity": "1,5", "colour": "red"}]},
        {"/type": "/problems/invalid-request", "/errors/0/in": "body"},
    ),
)


def curl(call: Call, url: str) -> str:
    """Return the call as a line for a shell."""
    words = ["curl", "-s"]
    if call.method != "GET":
        words += ["-X", call.method]
    words.append(url + call.path)
    for name, value in call.headers.items():
        words += ["-H", f"{name}: {value}"]
    if call.body is not None:
        words += ["-H", "Content-Type: application/json", "-d", _encoded(call.body)]
    return shlex.join(words)


def ask(call: Call, port: int) -> Answer:
    """Make the call. Raises OSError and http.client.HTTPException when there is no answer."""
    body = None if call.body is None else _encoded(call.body).encode("utf-8")
    headers = {**call.headers, **({} if body is None else {"Content-Type": "application/json"})}
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    begin = time.monotonic()
    try:
        connection.request(call.method, call.path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.read(), time.monotonic() - begin)
    finally:
        connection.close()


def settled(call: Call, port: int) -> Answer:
    """Make the call; where it waits for an operation, again and again until that has ended, or ``TIMEOUT`` is over."""
    until = time.monotonic() + TIMEOUT
    while True:
        answer = ask(call, port)
        going_on = at(_document(answer.body), "/status") in ("queued", "running", "unknown")
        if not (call.waits and going_on and time.monotonic() < until):
            return answer
        time.sleep(_PAUSE)


def wrong(call: Call, answer: Answer) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    if answer.status != call.status:
        yield f"the status should be {call.status}"
    document = _document(answer.body)
    for pointer, value in call.expected.items():
        found = at(document, pointer)
        if found != value:
            yield f"{pointer} should be {_encoded(value)}, it is {_encoded(found)}"


def at(document: Any, pointer: str) -> Any:
    """Return what a JSON Pointer leads to; None where there is nothing."""
    for step in pointer.split("/")[1:]:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def order_of(answer: Answer) -> str:
    """Return the id that a new order was given; empty where the answer holds none."""
    return str(at(_document(answer.body), "/id") or "")


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
