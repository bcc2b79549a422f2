"""What one side is asked for so that it has what the other one has: made while building, for each side."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.messages import Request
from adapter.moving.ways import names_taken
from adapter.rollout.rules import Side
from adapter.strict_json import encode


class Repairs:
    """The operations of a feature that can write what a side lacks. ``own`` are those that move."""

    def __init__(self, own: Sequence[Endpoint], key: str) -> None:
        self._key = key
        kept = {each.verb: each for each in own if each.write is not None and each.body is not None}
        self._create, self._patch, self._update = (kept.get(verb) for verb in ("create", "patch", "update"))

    def request(
        self, id: str, right: Mapping[str, Any], wrong: Mapping[str, Any] | None, target: Side
    ) -> Request | None:
        """Return what makes ``wrong`` (None: there is nothing) into ``right``; None where no operation can."""
        if wrong is None:
            create = self._create
            if create is None or (target == "soap" and self._key not in names_taken(create)):
                return None
            return _request(create, {}, right if target == "http" else _some(right, names_taken(create)))
        changing = self._patch or self._update
        if changing is None:
            return None
        names = names_taken(changing) - _tokens(changing)
        if changing is self._patch:
            kind = {each for each in _discriminators(changing) if each in right}
            differing = {name for name in names if right.get(name) != wrong.get(name)}
            body = {name: right.get(name) for name in sorted(differing | kind)}
            if not differing:
                return None
        else:
            body = _some(right, names)
            body |= {name: wrong[name] for name in _tokens(changing) if name in wrong}
        return _request(changing, {self._key: id}, body)


def _some(document: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name in names}


def _tokens(endpoint: Endpoint) -> frozenset[str]:
    """Return the property that carries a side's own token of a version: the other side's is another."""
    match = endpoint.write.rule.if_match if endpoint.write is not None else None
    return frozenset((match.property,)) if match is not None else frozenset()


def _discriminators(endpoint: Endpoint) -> frozenset[str]:
    bound = endpoint.types[endpoint.body.type] if endpoint.body is not None else None
    return frozenset((bound.discriminator,)) if bound is not None and bound.variants else frozenset()


def _request(endpoint: Endpoint, path: Mapping[str, str], body: Mapping[str, Any]) -> Request:
    merging = "application/merge-patch+json" if endpoint.method == "PATCH" else "application/json"
    return Request(
        endpoint.name, str(uuid.uuid4()), 0.0, endpoint.method, path, body=encode(dict(body)), content_type=merging
    )
