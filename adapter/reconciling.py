"""The reconcilers of a project: one for each feature whose entities can be read one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from adapter.deliver.keeping import Keeping
from adapter.mapping.bound import Endpoint
from adapter.moving.placing import Placing
from adapter.moving.reconcile import Both, Reconciler
from adapter.moving.repairs import Repairs
from adapter.pipeline import Backends, Limits, inner
from adapter.rollout.compare import Comparer

if TYPE_CHECKING:
    from adapter.moving.needed import Moving


def reconcilers(
    endpoints: Sequence[Endpoint], backends: Backends, limits: Limits, keeping: Keeping
) -> Mapping[str, Reconciler]:
    """Return them by the names of their features. A feature has one where ``read`` moves and has one parameter."""
    if backends.moving is None:
        return {}
    asked = partial(inner, backends=backends, limits=limits)
    found = {}
    for reads in endpoints:
        if reads.verb != "read" or reads.rollout is None or len(reads.path_parameters()) != 1:
            continue
        own = [each for each in endpoints if each.resource is reads.resource and each.rollout is not None]
        found[reads.resource.name] = _one(reads, own, asked, backends.moving, keeping)
    return found


def _one(reads: Endpoint, own: Sequence[Endpoint], asked: partial, moving: Moving, keeping: Keeping) -> Reconciler:  # type: ignore[type-arg]
    rule = reads.rollout
    assert rule is not None
    lists = next((each for each in own if each.verb == "list" and each.page is not None), None)
    both = Both(
        reads,
        asked(reads),
        lists,
        asked(lists) if lists is not None else None,
        Placing(reads, rule, moving.key),
        Repairs([each for each in own if each.policy.effect != "read"], reads.path_parameters()[0].name),
    )
    return Reconciler(both, keeping, Comparer(rule.compare))
