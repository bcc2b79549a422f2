"""Documents that are generated for comparisons: a customer with many orders, and a copy that differs as asked for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from adapter.rollout.rules import CompareRule

RULE = CompareRule(
    ignore=("/changed_at", "/orders/*/checked"),
    unordered={"/orders": "number", "/tags": ""},
    numbers={"/orders/*/price": 0.01, "/limit": 0},
    times={"/orders/*/ordered_at": 1},
    codes={"/orders/*/state": {"done": "delivered"}},
)
_STATES = ("open", "delivered", "cancelled")


def legacy(leaves: int, seed: int = 0) -> dict[str, Any]:
    """Return a document with so many leaves (of ten each order has one)."""
    source = random.Random(seed)
    head = {"id": "C-7", "name": "Muster", "limit": "1500.0", "changed_at": "2026-11-27T10:00:00Z", "blocked": False}
    tags = [f"tag {source.randrange(10**6)}" for _ in range(5)]
    orders = [_order(source, number) for number in range((leaves - 10) // 10)]
    return {**head, "tags": tags, "orders": orders}


def _order(source: random.Random, number: int) -> dict[str, Any]:
    return {
        "number": f"A-{number:05}",
        "text": "".join(source.choices("abcdefghij ", k=30)),
        "price": f"{source.randrange(10**6) / 100:.2f}",
        "pieces": source.randrange(100),
        "state": source.choice(_STATES),
        "ordered_at": f"2026-11-{source.randrange(1, 28):02}T10:00:00Z",
        "paid": source.random() < 0.5,
        "checked": source.random(),
        "address": {"street": f"Weg {number}", "city": "Bonn"},
    }


def candidate(document: dict[str, Any], seed: int = 1) -> dict[str, Any]:
    """Return a document that is the same by ``RULE``: in another order, by other words, a little off."""
    source, found = random.Random(seed), json.loads(json.dumps(document))
    source.shuffle(found["orders"])
    source.shuffle(found["tags"])
    found |= {"limit": "1500.00", "changed_at": "2026-11-27T11:00:00Z", "note": None}
    for order in found["orders"]:
        order["price"] = f"{float(order['price']) + 0.01:.2f}"
        order["ordered_at"] = order["ordered_at"].replace("00Z", "01Z")
        order["state"] = "done" if order["state"] == "delivered" else order["state"]
        order["checked"] = source.random()
    return dict(found)


def leaves(value: Any) -> Iterator[Any]:
    """Yield the values in a document that are no arrays and no objects."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value
