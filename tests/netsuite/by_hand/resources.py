"""The five resources: their schema, their types in NetSuite, and how they are searched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from tests.netsuite.by_hand import netsuite
from tests.netsuite.by_hand.schemas import ORDER_STATUSES, STAGES, Contact, Customer, Item, SalesOrder, Vendor
from tests.netsuite.by_hand.searching import Filter, at_least, contains, equals, flag, one_of, refers_to, since, until

# A search has other words for the same.
SEARCHED_STATUSES = {word: f"_salesOrder{code[1].upper()}{code[2:]}" for word, code in ORDER_STATUSES.items()}


@dataclass(frozen=True)
class Resource:
    """One resource: where it lives, its schema, and its type, record type and search in NetSuite.

    ``fixed`` is what every search of it says.
    """

    path: str
    schema: type[Schema]
    namespace: str
    type_name: str
    record_type: str
    search: str
    filters: dict[str, Filter]
    fixed: dict[str, Any] = field(default_factory=dict)


ACTIVITY = {"inactive": flag("isInactive")}
CREATED = {"created_after": since("dateCreated"), "created_before": until("dateCreated")}
RESOURCES = [
    Resource(
        "customers",
        Customer,
        netsuite.RELATIONSHIPS,
        "Customer",
        "customer",
        "CustomerSearchBasic",
        {
            "name": contains("companyName"),
            "email": equals("email"),
            "stage": one_of("stage", STAGES),
            "subsidiary": refers_to("subsidiary"),
            "balance_above": at_least("balance"),
            **ACTIVITY,
            **CREATED,
        },
    ),
    Resource(
        "vendors",
        Vendor,
        netsuite.RELATIONSHIPS,
        "Vendor",
        "vendor",
        "VendorSearchBasic",
        {
            "name": contains("entityId"),
            "email": equals("email"),
            "eligible_for_1099": flag("is1099Eligible"),
            "subsidiary": refers_to("subsidiary"),
            **ACTIVITY,
            **CREATED,
        },
    ),
    Resource(
        "contacts",
        Contact,
        netsuite.RELATIONSHIPS,
        "Contact",
        "contact",
        "ContactSearchBasic",
        {
            "name": contains("entityId"),
            "email": equals("email"),
            "company": refers_to("company"),
            "private": flag("isPrivate"),
            **ACTIVITY,
            **CREATED,
        },
    ),
    Resource(
        "items",
        Item,
        netsuite.ACCOUNTING,
        "InventoryItem",
        "inventoryItem",
        "ItemSearchBasic",
        {
            "name": contains("displayName"),
            "number": equals("itemId"),
            "vendor": refers_to("vendor"),
            "cost_above": at_least("cost"),
            "changed_after": since("lastModifiedDate"),
            **ACTIVITY,
        },
        fixed={"type": {"operator": "anyOf", "searchValue": ["_inventoryItem"]}},
    ),
    Resource(
        "sales-orders",
        SalesOrder,
        netsuite.SALES,
        "SalesOrder",
        "salesOrder",
        "TransactionSearchBasic",
        {
            "memo": contains("memo"),
            "customer": refers_to("entity"),
            "status": one_of("status", SEARCHED_STATUSES),
            "ordered_after": since("tranDate"),
            "ordered_before": until("tranDate"),
            "total_above": at_least("totalAmount"),
        },
        fixed={"type": {"operator": "anyOf", "searchValue": ["_salesOrder"]}},
    ),
]
