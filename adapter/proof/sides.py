"""One message of an operation on its round trip: random JSON -> XML, judged -> the same JSON."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from adapter.errors import BackendReplyInvalid, FieldError, InvalidRequest, RequestError
from adapter.mapping.bound import BoundField, BoundType, Endpoint, leaves
from adapter.mapping.model import Place
from adapter.mapping.scalars import parameter
from adapter.mapping.tables import words
from adapter.messages import Call, Checked
from adapter.proof.examples import examples
from adapter.proof.found import Finding, xml_path
from adapter.proof.judge import Judge
from adapter.proof.mirror import Side
from adapter.proof.plans import Plans, Texts, simple_type
from adapter.proof.same import Comparison, Difference, alike, same
from adapter.proof.values import Property, Values
from adapter.steps.several import Given
from adapter.steps.validate import one_call
from adapter.translate.reader import reader, value_reader
from adapter.translate.text_writer import text_writer
from adapter.translate.written import Written
from adapter.wsdl.ground import Ground

_WIDE_ROUNDS = 12
_WIDE = 4


@dataclass
class Tried:
    """What was tried of one side: examples that were written, reasons of those that were refused, what was found."""

    written: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    met: Counter[Property] = field(default_factory=Counter)
    reached: set[Property] = field(default_factory=set)


class Trip:
    """The round trip of one side, compiled once."""

    def __init__(self, side: Side, judge: Judge, texts: Texts, ground: Ground) -> None:
        endpoint = side.write
        self.side, self.judge, self.endpoint = side, judge, endpoint
        self.check = one_call(endpoint)
        self.write = text_writer(endpoint, lambda name, part: lambda: "Secret1")
        self.read = reader(side.read)
        give_tables(endpoint, texts)
        self.plans = Plans(endpoint, texts, ground)
        self.page = _page(self.plans, endpoint)
        self.parameters = _parameters(endpoint)
        self.read_parameters = [
            (name, each, value_reader(side.read, replace(each, required=False))) for name, each in self.parameters
        ]
        self.comparison = Comparison(endpoint.types)
        self.tried = Tried(reached=self.comparison.reached)

    @property
    def place(self) -> Place:
        """Where the mapping says what this side is."""
        body = self.endpoint.body
        return body.field.rule.place if body is not None else self.endpoint.reply.rule.place

    def run(self, count: int) -> Tried:
        """Try wide values until no more properties are met, then ``count`` random ones."""
        for _ in range(_WIDE_ROUNDS):
            before = len(self.tried.reached)
            examples(_WIDE, lambda source: self.one(source, wide=True))
            if len(self.tried.reached) == before:
                break
        examples(count, lambda source: self.one(source, wide=False))
        return self.tried

    def one(self, source: random.Random, *, wide: bool) -> None:
        """Try one example."""
        values = Values(self.plans, source, self.tried.met, wide=wide)
        try:
            body, path, query = self._made(values, source)
        except LookupError as error:
            self.tried.refused[f"no value is known for {error.args[0]}"] += 1
            return
        errors: list[FieldError] = []
        checked = self.check(Given(path, query, body), errors)
        if errors:
            self.tried.refused[f"{errors[0].pointer}: {errors[0].detail}"] += 1
            return
        try:
            message = self.sent(checked)
        except InvalidRequest as error:
            self.tried.refused[str(error)] += 1
            return
        self.tried.written += 1
        self.tried.findings += self._judged(body, path, dict(query), etree.fromstring(etree.tostring(message)))

    def sent(self, checked: Checked) -> Any:
        """Return the message that checked values become."""
        if self.endpoint.body is not None and self.endpoint.body.field.shape == "objects":
            checked = replace(checked, body=[checked.body] * max(1, self.endpoint.body.steps[-1].least))
        message = self.write(replace(checked, call=Call("proof", session="Token1", page=self.page)))
        return message.element() if isinstance(message, Written) else message

    def _made(self, values: Values, source: random.Random) -> tuple[Any, dict[str, str], tuple[tuple[str, str], ...]]:
        endpoint = self.endpoint
        body: Any = None
        if endpoint.body is not None:
            body = values.object(endpoint.body.type)
        root = endpoint.operation.input.root
        start = root.type if root is not None else ""
        path = {each.name: as_text(self.plans.scalar(each, start, source)) for each in endpoint.path_parameters()}
        tests = [test.field for test in endpoint.filter.tests] if endpoint.filter is not None else []
        query = tuple(
            (each.name, as_text(self.plans.scalar(each, start, source)))
            for each in (*endpoint.query_fields, *tests)
            if each.required or values.wide or source.random() < 0.5
        )
        return body, path, query

    def _judged(self, body: Any, path: dict[str, str], query: dict[str, str], message: Any) -> Iterator[Finding]:
        """Yield what is wrong with one message, as it was sent."""
        if why := self._objection(message):
            who = self.judge.of(self.endpoint.operation)
            yield Finding("invalid", self.place, self.side.name, text=f"{who}: {why}")
        if body is not None:
            yield from self._back(body, message)
        for kind, each, read in self.read_parameters:
            sent = {"path": path, "query": query}[kind].get(each.name)
            if sent is None:
                continue
            self.tried.reached.add((kind, each.name))
            back = read(message)
            if not (same(sent, as_text(back)) or alike(each, parameter(each, sent), back)):
                yield Finding("lossy", each.rule.place, f"{kind}.{each.name}", text=f"{sent!r} came back as {back!r}")

    def _objection(self, message: Any) -> str:
        """Return what the judge says of a message, or of the record in it."""
        operation, body = self.endpoint.operation, self.endpoint.body
        if self.side.judged == "message" or body is None:
            return self.judge.message(operation, operation.input, message)
        found = message.find("/".join(step.element.tag for step in body.steps)) if body.steps else message
        if self.side.judged == "" or found is None:
            return ""
        return self.judge.record(operation, self.endpoint.types[body.type].record, found)

    def _back(self, body: Any, message: Any) -> Iterator[Finding]:
        try:
            back = self.read(message).document
        except (BackendReplyInvalid, RequestError) as error:
            yield Finding("lossy", self.place, self.side.name, text=f"cannot be read back: {error.cause}")
            return
        assert self.endpoint.body is not None
        if isinstance(back, list):
            back = back[0] if back else {}
        for each in self.comparison.objects(self.endpoint.body.type, body, back):
            yield self._lossy(each)

    def _lossy(self, difference: Difference) -> Finding:
        bound = self.endpoint.types[difference.type]
        path = xml_path(bound.record, difference.field)
        return Finding("lossy", difference.field.rule.place, f"{bound.name}.{difference.name}", path, difference.text)

    def unreached(self) -> Iterator[Finding]:
        """Yield each property that no example had."""
        why = next((why for why, _ in self.tried.refused.most_common(1)), "")
        for bound, each in properties(self.endpoint):
            if (bound.key, each.name) not in self.tried.reached:
                path = xml_path(bound.record, each)
                yield Finding("unreachable", each.rule.place, f"{bound.name}.{each.name}", path, why)
        for kind, each in self.parameters:
            if (kind, each.name) not in self.tried.reached:
                yield Finding("unreachable", each.rule.place, f"{kind}.{each.name}", text=why)


def _page(plans: Plans, endpoint: Endpoint) -> dict[str, str]:
    """Return what the page before might have said, for the constants that come from it."""
    said = {}
    start = endpoint.operation.input.root.type if endpoint.operation.input.root is not None else ""
    for each in endpoint.constants:
        if each.made is not None and each.made.page and each.codec is not None:
            said[each.made.page] = each.codec.write(plans.scalar(each, start, random.Random(0)))
    return said


def give_tables(endpoint: Endpoint, texts: Texts) -> None:
    """Put some words into each code table that nobody has asked for yet."""
    for lookup in endpoint.lookups:
        if lookup.table.words is None:
            source, steps = random.Random(lookup.rule.name), (*lookup.steps, *lookup.code.steps)
            codes = dict.fromkeys(texts(simple_type(lookup.code, steps[-1].type), source) for _ in range(9))
            lookup.table.words = words((code, f"word {number}") for number, code in enumerate(codes) if code)


def as_text(value: Any) -> str:
    """Return a JSON value as a parameter has it."""
    if isinstance(value, list):
        return " ".join(as_text(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parameters(endpoint: Endpoint) -> list[tuple[str, BoundField]]:
    """Return the parameters that have a place of their own in the request, each with its kind."""
    found = [("path", each) for each in endpoint.path_fields] + [("query", each) for each in endpoint.query_fields]
    return [(kind, each) for kind, each in found if not each.parts]


def properties(endpoint: Endpoint) -> Iterator[tuple[BoundType, BoundField]]:
    """Yield the properties that a body can hold, with the bound types they stand in: those that have a place in XML."""
    waiting = [endpoint.body.type] if endpoint.body is not None else []
    seen: set[str] = set()
    while waiting:
        bound = endpoint.types[waiting.pop()]
        if bound.key in seen:
            continue
        seen.add(bound.key)
        waiting += [each.type for each in bound.variants]
        for each in leaves(bound.fields):
            if each.given_by_us or each.name == bound.hidden:
                continue
            yield bound, each
            if each.type:
                waiting.append(each.type)
