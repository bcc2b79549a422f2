"""Where one request goes: its entity, the bucket of that, and the side that has the say there.

The key is a parameter of path or query, or a property of the body, as the feature's plan names it. It is read as the
values of writes are (``deliver.made``), and ``folded``. What cannot be read has no key, and is refused when the values
are checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from adapter.errors import InvalidRequest
from adapter.mapping.agreement.rollouts import key_of
from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.scalars import parameter
from adapter.messages import Placed, Request, placed_request
from adapter.rollout import stages
from adapter.rollout.bucket import bucket
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing
from adapter.strict_json import decode

if TYPE_CHECKING:
    from adapter.moving.follow import Snapshot

_FOR_GOOD: Final = ("rampdown", "complete")
"""Where the brake does not count, since what the ERP has may be old."""
_DEPTH, _DIGITS = 500, 4000


class Placing:
    """Places the requests of one operation of a feature. ``key`` is the secret of the buckets."""

    def __init__(self, endpoint: Endpoint, rule: RolloutRule, key: bytes) -> None:
        self.feature = endpoint.resource.name
        self.reads = endpoint.policy.effect == "read"
        self._rule, self._key = rule, key
        self._creates = endpoint.verb == "create"
        self._named = named(endpoint, key_of(endpoint, rule))

    def placed(self, request: Request, snapshot: Snapshot, asked_for: Side | None = None) -> Request:
        """Return a request with its side. ``asked_for``: a tester chose it."""
        standing = snapshot.of(self.feature)
        entity = "" if standing.stage == "legacy" else self._named(request)
        where, side = self.side(standing, entity)
        braked = self._braked(snapshot, standing)
        if asked_for is not None:
            side = asked_for
        elif braked and self.reads:
            side = "soap"
        placed = Placed(
            self.feature, standing.stage, standing.run, standing.share, entity, where, braked, asked_for is not None
        )
        return placed_request(request, side, standing.epoch, placed)

    def shared(self, snapshot: Snapshot) -> tuple[int, Placed] | None:
        """Return the epoch and the place that all requests have at legacy, where no key decides; None elsewhere."""
        standing = snapshot.of(self.feature)
        if standing.stage != "legacy" or not snapshot.known:
            return None
        braked = self._braked(snapshot, standing)
        return standing.epoch, Placed(self.feature, standing.stage, standing.run, standing.share, braked=braked)

    def _braked(self, snapshot: Snapshot, standing: Standing) -> bool:
        return snapshot.braked(self.feature) and standing.stage not in _FOR_GOOD

    def why(self, request: Request) -> str:
        """Return in words why a request has its side."""
        placed = request.placed
        assert placed is not None
        stage = f"canary {placed.share / 100:g} %" if placed.stage == "canary" else placed.stage
        words = [f"{self.feature} stands at {stage} (epoch {request.epoch})"]
        if placed.bucket is not None:
            words.append(f"bucket {placed.bucket} of 10000")
        elif placed.stage != "legacy":
            words.append("no key says which entity it is about")
        words += ["the brake is pulled"] if placed.braked else []
        words += ["Rollout-Side asks for it"] if placed.asked_for else []
        return ", ".join(words)

    def line(self, request: Request) -> str:
        """Return what the writes of a request's entity have in common, which keep their order; "" for no entity."""
        entity = self._named(request)
        return line_of(self.feature, entity) if entity else ""

    def side_now(self, request: Request, standing: Standing) -> Side:
        """Return the side that has the say about what a request is about, where its feature stands so."""
        return self.side(standing, self._named(request))[1]

    def side(self, standing: Standing, entity: str) -> tuple[int | None, Side]:
        """Return the bucket of an entity (None: there is none) and the side that has the say."""
        where = bucket(self._key, self._rule.group, entity) if entity else None
        if self._creates and not self.reads:
            return where, stages.creations(standing, self._rule.creates)
        return where, stages.answering(standing, where)


def unit(key: bytes, feature: str, entity: str) -> str:
    """Return the pseudonym by which an entity is counted once (BLAKE2b, RFC 7693), "" for none. It needs no store."""
    if not entity:
        return ""
    text = f"{feature}\0{entity}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16, key=key, person=b"rollout unit").hexdigest()


def folded(text: str) -> str:
    """Return an entity as it is counted and spread by.

    ERPs take an id with and without leading zeros, in small and in capital letters. One entity must not have two sides,
    and that two of them share one does no harm.
    """
    return (text.strip().lstrip("0") or text.strip()[-1:]).casefold()


def line_of(feature: str, id: str) -> str:
    """Return what the writes of an entity have in common, however its id is written."""
    return f"{feature} {folded(id)}"


def named(endpoint: Endpoint, name: str) -> Callable[[Request], str]:
    """Return what says which entity a request is about, by the parameter or property ``name``; "" for none."""
    if not name:
        return lambda request: ""
    paths = {field.name: field for field in endpoint.path_parameters()}
    if name in paths:
        field = paths[name]
        return lambda request: _normal(field, request.path.get(name))
    queries = {field.name: field for field in endpoint.query_fields}
    if name in queries:
        field = queries[name]
        return lambda request: _normal(field, _once(request, name))
    field = {each.name: each for each in endpoint.given()}[name]
    return lambda request: _said(field, _property(request, name))


def _once(request: Request, name: str) -> str | None:
    found = [value for given, value in request.query if given == name]
    return found[0] if len(found) == 1 else None


def _normal(field: BoundField, text: str | None) -> str:
    if text is None or field.codec is None:
        return ""
    try:
        return _said(field, parameter(field, text))
    except ValueError:
        return ""


def _said(field: BoundField, value: Any) -> str:
    if value is None or field.codec is None:
        return ""
    try:
        written = field.codec.write(value)
        found = field.codec.read(written) if isinstance(written, str) else None
    except ValueError:
        return ""
    return "" if found is None else folded(str(found))


def _property(request: Request, name: str) -> Any:
    """Return a property of the body. It is read here once more, since this stands before the values are checked."""
    try:
        found = decode(request.body, max_depth=_DEPTH, max_digits=_DIGITS) if request.body else None
    except InvalidRequest:
        return None
    return found.get(name) if isinstance(found, dict) else None
