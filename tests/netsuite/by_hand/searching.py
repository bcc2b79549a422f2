"""Lists: query parameters to NetSuite's search fields, and pages behind a signed cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from marshmallow import ValidationError, fields, validate

from tests.netsuite.by_hand import netsuite
from tests.netsuite.by_hand.fields import Code, Timestamp
from tests.netsuite.by_hand.problems import Problem, invalid

CURSOR_LIFE = 3600
DEFAULT_LIMIT, MAX_LIMIT = 50, 1000
# The operator of two ends together, by that of the lower one and that of the upper one.
RANGES = {"onOrAfter": "within", "onOrBefore": "within", "greaterThanOrEqualTo": "between"}
LOWER = {"onOrAfter", "greaterThanOrEqualTo"}


@dataclass(frozen=True)
class Filter:
    """A query parameter: the search field it fills, the field's kind, its operator, and how its value is read."""

    name: str
    kind: str
    operator: str | None
    value: fields.Field
    wrap: Callable[[Any], Any] = lambda value: value


def contains(name: str) -> Filter:
    """Return a filter on a part of a text."""
    return Filter(name, "SearchStringField", "contains", fields.String())


def equals(name: str) -> Filter:
    """Return a filter on a whole text."""
    return Filter(name, "SearchStringField", "is", fields.String())


def flag(name: str) -> Filter:
    """Return a filter on a boolean."""
    return Filter(name, "SearchBooleanField", None, fields.Boolean(truthy={"true", "1"}, falsy={"false", "0"}))


def one_of(name: str, codes: dict[str, str]) -> Filter:
    """Return a filter on an enumeration."""
    return Filter(name, "SearchEnumMultiSelectField", "anyOf", Code(codes), lambda value: [value])


def refers_to(name: str) -> Filter:
    """Return a filter on a reference, by its id."""
    return Filter(name, "SearchMultiSelectField", "anyOf", fields.String(), lambda value: [{"internalId": value}])


def since(name: str) -> Filter:
    """Return a filter on the lower end of a period."""
    return Filter(name, "SearchDateField", "onOrAfter", Timestamp())


def until(name: str) -> Filter:
    """Return a filter on the upper end of a period."""
    return Filter(name, "SearchDateField", "onOrBefore", Timestamp())


def at_least(name: str) -> Filter:
    """Return a filter on the lower end of a range of numbers."""
    return Filter(name, "SearchDoubleField", "greaterThanOrEqualTo", fields.Float())


class Pages:
    """Searches of one kind of record, page by page."""

    def __init__(self, account: netsuite.NetSuite, key: str, search: str, record: str, fixed: dict[str, Any]) -> None:
        self.account, self.search, self.record, self.fixed = account, search, record, fixed
        self.cursors = URLSafeTimedSerializer(key, salt=record)

    def first(self, arguments: dict[str, str], filters: dict[str, Filter]) -> tuple[list[Any], dict[str, Any]]:
        """Return records and page of a search."""
        limit, criteria = self._checked(arguments, filters)
        search = self.account.make(netsuite.COMMON, self.search, **self.fixed, **criteria)
        return self._page("search", limit, searchRecord=search)

    def next(self, cursor: str) -> tuple[list[Any], dict[str, Any]]:
        """Return records and page that a cursor stands for."""
        try:
            search, index, limit = self.cursors.loads(cursor, max_age=CURSOR_LIFE)
        except BadSignature:
            raise invalid("query", {"cursor": ["is not a cursor of this list, or too old"]}) from None
        return self._page("searchMoreWithId", limit, searchId=search, pageIndex=index)

    def _page(self, operation: str, limit: int, **message: Any) -> tuple[list[Any], dict[str, Any]]:
        preferences = self.account.make(netsuite.MESSAGES, "SearchPreferences", bodyFieldsOnly=False, pageSize=limit)
        result = self.account.call(operation, {"searchPreferences": preferences}, **message)
        records = result.recordList.record if result.recordList is not None else []
        if any(type(record).__name__ != self.record for record in records):
            raise Problem(*netsuite.NO_REPLY)
        page: dict[str, Any] = {"limit": limit}
        if result.pageIndex < (result.totalPages or 0):
            page["next"] = self.cursors.dumps([result.searchId, result.pageIndex + 1, limit])
        return records, page

    def _checked(self, arguments: dict[str, str], filters: dict[str, Filter]) -> tuple[int, dict[str, Any]]:
        """Return the limit and the search fields; parameters on both ends of one field make a range."""
        wrong: dict[str, list[str]] = {}
        found: dict[str, tuple[str, str | None, list[Any]]] = {}
        limit = fields.Integer(validate=validate.Range(1, MAX_LIMIT))
        size = DEFAULT_LIMIT
        for name, text in arguments.items():
            try:
                if name == "limit":
                    size = limit.deserialize(text)
                    continue
                if name not in filters:
                    raise ValidationError("is not a parameter of this operation")
                test = filters[name]
                value = test.wrap(test.value.deserialize(text))
            except ValidationError as error:
                wrong[name] = error.messages
                continue
            _, operator, values = found.get(test.name, ("", None, []))
            if operator is None:
                values, operator = [value], test.operator
            else:
                values, operator = [value, *values] if test.operator in LOWER else [*values, value], RANGES[operator]
            found[test.name] = test.kind, operator, values
        if wrong:
            raise invalid("query", wrong)
        return size, {name: self._field(*parts) for name, parts in found.items()}

    def _field(self, kind: str, operator: str | None, values: list[Any]) -> Any:
        filled = dict(zip(("searchValue", "searchValue2"), values, strict=False))
        return self.account.make(netsuite.CORE, kind, **filled, **({"operator": operator} if operator else {}))
