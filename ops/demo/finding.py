"""Which customers a list of the demonstration's microservice names, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from refusals import unacceptable

Customer = dict[str, Any]
SORTABLE = ("id", "name", "created_on")


def names(customer: Customer) -> str:
    """Return what a customer is called, for searching."""
    return f"{customer['name']} {customer.get('name_suffix') or ''}".casefold()


def fits(customer: Customer, query: Mapping[str, str]) -> bool:
    """Tell whether a customer is one that a query asks for."""
    has: dict[str, Callable[[str], bool]] = {
        "name": lambda part: part.casefold() in names(customer),
        "city": lambda city: city == (customer.get("address") or {}).get("city"),
        "status": lambda status: status == customer["status"],
        "blocked": lambda blocked: blocked == ("true" if customer["blocked"] else "false"),
        "tag": lambda tag: tag in (customer.get("tags") or ()),
    }
    return all(fits(query[name]) for name, fits in has.items() if name in query)


def ordered(customers: list[Customer], order: str) -> list[Customer]:
    """Return customers by one property; downwards with ``-`` before it. Raise Problem 422 for any other order."""
    field = order.removeprefix("-")
    if field not in SORTABLE:
        raise unacceptable(f"sort is one of {', '.join(SORTABLE)}, or one with - before it.")
    keys: dict[str, Callable[[Customer], Any]] = {"id": lambda customer: int(customer["id"]), "name": names}
    key = keys.get(field, lambda customer: customer.get(field) or "")
    return sorted(customers, key=key, reverse=order.startswith("-"))


def whole(query: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number of a query. Raise Problem 422 for anything else."""
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise unacceptable(f"{name} is a whole number from 0.")
    return int(text)
