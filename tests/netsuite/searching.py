"""How NetSuite's search fields test a record: text, boolean, number, date, enumeration and reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree

_RECORDS = {
    "CustomerSearchBasic": "Customer",
    "VendorSearchBasic": "Vendor",
    "ContactSearchBasic": "Contact",
    "ItemSearchBasic": "InventoryItem",
    "TransactionSearchBasic": "SalesOrder",
}
# Search fields that are called otherwise than the element of the record.
_ELEMENTS = {"status": "orderStatus", "created": "createdDate", "totalAmount": "total", "number": "tranId"}
_TYPES = {"_inventoryItem": "InventoryItem", "_salesOrder": "SalesOrder"}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "is": lambda value, wanted: value.casefold() == wanted.casefold(),
    "isNot": lambda value, wanted: value.casefold() != wanted.casefold(),
    "contains": lambda value, wanted: wanted.casefold() in value.casefold(),
    "startsWith": lambda value, wanted: value.casefold().startswith(wanted.casefold()),
}


def matching(search: Any, records: list[Any], kind: Callable[[Any], str]) -> list[Any]:
    """Return the records that every field of a search fits. Raises KeyError for a search that is not known here."""
    wanted = _RECORDS[kind(search)]
    return [
        record for record in records if kind(record) == wanted and all(_fits(record, field, kind) for field in search)
    ]


def _fits(record: Any, field: Any, kind: Callable[[Any], str]) -> bool:
    name, how = etree.QName(field).localname, field.get("operator")
    if name == "type":
        found = [kind(record)]
        values = [_TYPES.get(each.text or "", "") for each in field]
    elif name in ("internalId", "externalId"):
        found, values = [record.get(name)], [each.get("internalId") or each.get("externalId") for each in field]
    else:
        found = [_value(each) for each in record.iterfind(f"{{*}}{_ELEMENTS.get(name, name)}")]
        values = [_value(each).replace("_salesOrder", "_").replace("_P", "_p") for each in field]
        values = [value[:1] + value[1:2].lower() + value[2:] if value.startswith("_") else value for value in values]
    if how in ("anyOf", "noneOf"):
        return bool(any(value in values for value in found) == (how == "anyOf"))
    if not found:
        return False
    if how is None:
        return bool(found == values)
    if how in _TEXT:
        return _TEXT[how](found[0], values[0])
    return _in_range(how, *(_point(each) for each in (found[0], *values)))


def _in_range(how: str, value: Any, low: Any, high: Any = None) -> bool:
    return bool({
        "onOrAfter": value >= low, "greaterThanOrEqualTo": value >= low,
        "onOrBefore": value <= low, "lessThanOrEqualTo": value <= low,
        "on": value == low, "equalTo": value == low,
        "within": high is not None and low <= value <= high, "between": high is not None and low <= value <= high,
    }[how])  # fmt: skip


def _point(text: str) -> float:
    """Return a number, or a time in seconds."""
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _value(element: Any) -> str:
    return str(element.get("internalId") or element.text or "")
