"""Agreement of writes of a feature that moves with what copies of them need: one line for each entity, and one id."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.model.rollout import RolloutRule

_COPYING = frozenset(("dualwrite", "canary", "live", "rampdown"))


def uncopied(
    endpoint: Endpoint, rule: RolloutRule, key_of: Callable[[Endpoint, RolloutRule], str]
) -> Iterator[tuple[str, str]]:
    """Yield why the other side could not get the writes of an operation."""
    write = endpoint.write
    if write is None or endpoint.policy.effect == "read" or not _COPYING & {step.stage for step in rule.steps}:
        return
    if endpoint.verb == "create":
        reads = write.reads
        yield from _creation(endpoint, rule, rule.key or (key_of(reads, rule) if reads is not None else "") or "id")
        return
    key, entity = key_of(endpoint, rule), write.rule.entity
    if key and entity not in ("", key):
        text = f"{endpoint.verb} keeps the order of its writes by {entity}, and moves by {key}"
        yield text, f"write: {{entity: {key}}}, or leave 'entity' out"


def _creation(endpoint: Endpoint, rule: RolloutRule, key: str) -> Iterator[tuple[str, str]]:
    """Yield why what is made at one side could not be made at the other with the same id."""
    shown = {field.name for field in _fields(endpoint, endpoint.reply.type)} if endpoint.reply.type else set()
    taken = {field.name for field in _fields(endpoint, endpoint.body.type)} if endpoint.body is not None else set()
    if key not in shown:
        text = f"create does not answer with {key}, so the other side could not make the same"
        yield text, "a reply that has it, 'key:' with its name, or stays: [create]"
    elif rule.creates == "new" and key not in taken and {step.stage for step in rule.steps} & {"live", "rampdown"}:
        text = f"creates: new, and the ERP would have to take {key}, which create does not send"
        yield text, f"{key} without 'read_only' where the ERP takes it, creates: legacy, or stays: [create]"


def _fields(endpoint: Endpoint, type: str) -> Iterator[BoundField]:
    bound = endpoint.types[type]
    yield from bound.fields
    for variant in bound.variants:
        yield from _fields(endpoint, variant.type)
