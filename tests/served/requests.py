"""Valid JSON requests for an endpoint, made from its bound types."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapter.mapping.bound import Endpoint
from adapter.proof.plans import Plans
from adapter.proof.prove import texts_of
from adapter.proof.sides import as_text
from adapter.proof.values import Property, Values
from adapter.wsdl.ground import Ground

TRIES = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """One HTTP request: its target with path and query filled in, and its body, None where it has none."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes | None


def requests(endpoint: Endpoint, ground: Ground) -> Iterator[Sent]:
    """Yield some requests, the fullest first. Raises LookupError where no value is known for something."""
    plans = Plans(endpoint, texts_of(endpoint.contract), ground)
    met: Counter[Property] = Counter()
    root = endpoint.operation.input.root
    start = root.type if root is not None else ""
    for number in range(TRIES):
        source = random.Random(f"{endpoint.name} {number}")
        values = Values(plans, source, met, wide=number == 0)
        body = values.object(endpoint.body.type) if endpoint.body is not None else None
        if number == TRIES - 1 and body is not None and endpoint.body is not None:
            # What is optional may not go together with a parameter, in another branch of a choice.
            needed = {field.name for field in endpoint.types[endpoint.body.type].fields if field.required}
            body = {name: value for name, value in body.items() if name in needed}
        whole: Any = body
        if endpoint.body is not None and endpoint.body.field.shape == "objects":
            whole = [body] * max(1, endpoint.body.steps[-1].least)
        path = endpoint.path
        for field in endpoint.path_parameters():
            text = as_text(plans.scalar(field, start, source))
            path = path.replace(f"{{{field.name}}}", quote(text, safe=""))
        query = {
            field.name: as_text(plans.scalar(field, start, source))
            for field in endpoint.query_fields
            if field.required or number == 0
        }
        data = None if body is None else json.dumps(whole, default=_number, ensure_ascii=False).encode()
        yield Sent(endpoint.method, path, query, data)


def _number(value: Any) -> float:
    return float(value)
