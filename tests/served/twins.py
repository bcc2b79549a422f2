"""The fast ways of requests against the plain ones, for every operation that is proposed for a contract."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapter.errors import FieldError
from adapter.mapping.bound import Endpoint
from adapter.mapping.proposal.whole import first_ports
from adapter.messages import Call
from adapter.proof.plans import Plans
from adapter.proof.prove import texts_of
from adapter.proof.sides import as_text
from adapter.proof.values import Property, Values
from adapter.steps.schemas import body_field
from adapter.steps.several import Given
from adapter.steps.validate import one_call
from adapter.translate.text_writer import text_writer
from adapter.translate.writer import writer
from adapter.translate.written import Written
from adapter.wsdl.ground import Ground
from tests.served.project import checked as built
from tests.served.project import laid_out, loaded, proposed
from tests.twins import checked, mutated, sent


@dataclass(slots=True)
class Twins:
    """What was held against each other: operations, bodies that were checked, how many of them the fast check left.

    ``elements``: operations that are written as elements.
    """

    operations: int = 0
    bodies: int = 0
    accepted: int = 0
    left: Counter[str] = field(default_factory=Counter)
    written: int = 0
    elements: int = 0
    wrong: list[str] = field(default_factory=list)


def twins(corpus: Path, file: str, tries: int) -> Twins:
    """Hold the ways against each other for all that is proposed for a contract."""
    source, found = loaded(corpus, file), Twins()
    ground = Ground.of(source.contract)
    for service, port in first_ports(source.contract):
        mappings, _ = proposed(source.contract, service, port)
        with tempfile.TemporaryDirectory() as folder:
            laid_out(Path(folder), corpus, source, mappings)
            made, _ = built(Path(folder), service.name, port.name, "http://localhost/")
        for endpoint in made.endpoints if made is not None else ():
            found.operations += 1
            _Endpoint(endpoint, ground, found).run(tries)
    return found


class _Endpoint:
    """One operation, compiled in all ways."""

    def __init__(self, endpoint: Endpoint, ground: Ground, found: Twins) -> None:
        self.endpoint, self.found = endpoint, found
        self.plans = Plans(endpoint, texts_of(endpoint.contract), ground)
        self.field = body_field(endpoint)
        self.check = one_call(endpoint)
        self.one, self.other = writer(endpoint, _secret), text_writer(endpoint, _secret)
        self.met: Counter[Property] = Counter()

    def run(self, tries: int) -> None:
        """Try values of all kinds, right and wrong."""
        for number in range(tries):
            source = random.Random(f"{self.endpoint.name} {number}")
            try:
                self._body(source, number == 0)
            except LookupError:
                continue  # no value is known for something

    def _body(self, source: random.Random, wide: bool) -> None:
        root = self.endpoint.operation.input.root
        start = root.type if root is not None else ""
        body: Any = None
        if self.endpoint.body is not None:
            body = Values(self.plans, source, self.met, wide=wide).object(self.endpoint.body.type)
        path = {each.name: as_text(self.plans.scalar(each, start, source)) for each in self.endpoint.path_parameters()}
        query = tuple(
            (each.name, as_text(self.plans.scalar(each, start, source))) for each in self.endpoint.query_fields
        )
        for value in (body, *((mutated(body, source) for _ in range(3)) if body else ())):
            if self.field is not None:
                self._checked(value)
            errors: list[FieldError] = []
            made = self.check(Given(path, query, value), errors)
            if not errors:
                self._written(made)

    def _checked(self, value: Any) -> None:
        assert self.field is not None
        self.found.bodies += 1
        wrong, unsure = checked(self.field, value)
        if wrong:
            self.found.wrong.append(f"{self.endpoint.name}: {wrong[:500]}")
        elif not unsure:
            self.found.accepted += 1
        elif _takes(self.field, value):
            self.found.left[self.endpoint.name] += 1

    def _written(self, made: Any) -> None:
        if self.endpoint.body is not None and self.endpoint.body.field.shape == "objects":
            made = replace(made, body=[made.body])
        made = replace(made, call=Call("1", session="Token1"))
        text = self.other(made)
        self.found.written += 1
        self.found.elements += text is not None and not isinstance(text, Written)
        if sent(self.one(made)) != sent(text):
            self.found.wrong.append(f"{self.endpoint.name}: {sent(text)[:500]}")


def _takes(field: Any, value: Any) -> bool:
    try:
        field.deserialize(value)
    except Exception:  # whatever it is, it is not taken
        return False
    return True


def _secret(name: str, part: str) -> Any:
    return lambda: "Secret1"
