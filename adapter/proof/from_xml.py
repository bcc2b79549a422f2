"""One message of an operation on its other round trip: XML of the contract -> JSON -> the same XML."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from lxml import etree

from adapter.errors import BackendReplyInvalid, FieldError, InvalidRequest, RequestError
from adapter.mapping.bound import BoundField
from adapter.proof.found import Finding, xml_path
from adapter.proof.mapped import Mapped
from adapter.proof.sides import Trip, as_text
from adapter.proof.xml_same import Changed, changes
from adapter.steps.several import Given
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.types import Message
from adapter.wsdl.values import NoValue


class FromXml:
    """The round trip of one side that begins with XML."""

    def __init__(self, trip: Trip, ground: Ground) -> None:
        self.trip, self.ground, self.mapped = trip, ground, Mapped(trip.endpoint)
        self.message: Message = trip.endpoint.operation.input
        self.encoded = trip.endpoint.operation.use == "encoded"

    def one(self, source: random.Random) -> None:
        """Try one message."""
        body = self.trip.endpoint.body
        if body is None or self.message.root is None:
            return
        made = Instances(self.ground, source, self.encoded, deep=4, many=200)
        try:
            message = made.element(self.message.root)
            found = _at(message, body.steps)
            if found is None:
                return
            fitted = self.mapped.pruned(body.type, found, lambda each, text: self._fit(each, text, source))
        except (NoValue, LookupError):
            return
        parent = found.getparent()
        if parent is None:
            message = fitted
        else:
            parent.replace(found, fitted)
            for other in list(parent.iterchildren(found.tag)):
                if other is not fitted:
                    parent.remove(other)
        self.trip.tried.findings += self._round(message, fitted, source)

    def _fit(self, each: BoundField, text: str, source: random.Random) -> str:
        """Return a text that a field's converters know in place of one that they might not."""
        rule = each.rule
        if each.codec is None or not (rule.convert or rule.codes or rule.lookup or rule.blank_null):
            return text
        try:
            return str(each.codec.write(self.trip.plans.scalar(each, "", source)))
        except (LookupError, ValueError):
            return text

    def _round(self, message: Any, before: Any, source: random.Random) -> Iterator[Finding]:
        trip, body = self.trip, self.trip.endpoint.body
        assert body is not None
        message = etree.fromstring(etree.tostring(message))
        try:
            document = trip.read(message).document
        except (BackendReplyInvalid, RequestError) as error:
            yield Finding(
                "lossy", trip.place, trip.side.name, text=f"XML of the contract cannot be read: {error.cause}"
            )
            return
        document = document[0] if isinstance(document, list) else document
        after = self._written(message, document, source)
        if isinstance(after, str):
            trip.tried.refused[after] += 1
            return
        found = _at(after, body.steps)
        if found is None:
            yield Finding("lossy", trip.place, trip.side.name, text="nothing of it was written")
            return
        trip.tried.written += 1
        bound = trip.endpoint.types[body.type]
        again = self.mapped.pruned(body.type, found, lambda each, text: text)
        for each in changes(trip.endpoint.contract, bound.record, before, again):
            yield self._lossy(self.mapped.variant(body.type, found) or body.type, each)

    def _written(self, message: Any, document: Any, source: random.Random) -> Any:
        """Return the message that JSON becomes, or in words why it is refused."""
        trip, start = self.trip, self.message.root.type if self.message.root is not None else ""
        given: dict[str, dict[str, str]] = {"path": {}, "query": {}}
        for kind, each, read in trip.read_parameters:
            value = read(message)
            if value is not None:
                given[kind][each.name] = as_text(value)
        for each in trip.endpoint.path_parameters():
            if each.name not in given["path"]:
                given["path"][each.name] = as_text(trip.plans.scalar(each, start, source))
        errors: list[FieldError] = []
        checked = trip.check(Given(given["path"], tuple(given["query"].items()), document), errors)
        if errors:
            return f"{errors[0].pointer}: {errors[0].detail}"
        try:
            return etree.fromstring(etree.tostring(trip.sent(checked)))
        except InvalidRequest as error:
            return str(error)

    def _lossy(self, key: str, change: Changed) -> Finding:
        bound = self.trip.endpoint.types[key]
        fields = [each for each in bound.fields if _stands(each, change.what)]
        if not fields:
            return Finding("lossy", self.trip.place, self.trip.side.name, change.what, change.text)
        return Finding(
            "lossy",
            fields[0].rule.place,
            f"{bound.name}.{fields[0].name}",
            xml_path(bound.record, fields[0]),
            change.text,
        )


def _stands(each: BoundField, what: str) -> bool:
    """Tell whether a field stands in what changed."""
    if each.steps:
        return each.steps[0].element.tag == what
    return what == (f"@{each.attribute.tag}" if each.attribute is not None else "#text")


def _at(message: Any, steps: Any) -> Any:
    """Return the element at the end of some steps, None where it is not there."""
    return message.find("/".join(step.element.tag for step in steps)) if steps else message
