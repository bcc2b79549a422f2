"""Agreement of ``rollout:``: a plan that skips nothing it needs, and operations that can be answered by a service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from adapter.errors import Mistake
from adapter.mapping.agreement.compared import check_compared
from adapter.mapping.agreement.copies import uncopied
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.operation import VERBS, Resource
from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.paths import suggest
from adapter.mapping.service_forms import there_of
from adapter.variables import service_name

_CHANGE = ("PUT", "PATCH", "DELETE")


def check_rollouts(
    resources: Sequence[Resource], endpoints: Sequence[Endpoint], service_of: Callable[[str], str | None]
) -> list[Mistake]:
    """Return what is wrong with the rollouts of a project."""
    mistakes: list[Mistake] = []
    for resource in resources:
        rule = resource.rollout
        if rule is None:
            continue
        own = [each for each in endpoints if each.resource is resource and rule.moves(each.verb)]
        found = [*_service(resource, service_of), *_names(resource, rule), *_plan(rule, own)]
        found += [*_keys(rule, own), *(wrong for each in own for wrong in _operation(each, rule))]
        found += [*_tried_out(rule, own), *(wrong for each in own for wrong in uncopied(each, rule, key_of))]
        mistakes += [rule.place.mistake(f"rollout: {text}", remedy) for text, remedy in found]
        mistakes += check_compared(rule, own)
    return mistakes


def _service(resource: Resource, service_of: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
    if resource.http is None:
        yield "needs an 'http:' section: where does it move to?", "http: {service: …, path: …}"
    elif service_of(resource.http.service) is None:
        text = f"the settings do not say where the service {resource.http.service} is"
        yield text, f"set {service_name(resource.http.service)} to its address"


def _names(resource: Resource, rule: RolloutRule) -> Iterator[tuple[str, str]]:
    verbs = [each.verb for each in resource.operations]
    for name in rule.stays:
        if name not in verbs:
            yield f"stays: there is no operation {name}", suggest(name, verbs)
    if not set(verbs) - set(rule.stays):
        yield "stays: nothing is left that moves", "remove 'rollout', or name fewer operations"


def _plan(rule: RolloutRule, own: Sequence[Endpoint]) -> Iterator[tuple[str, str]]:
    """Yield what a plan skips that it needs."""
    stages = [step.stage for step in rule.steps]
    if not stages:
        return
    later = set(stages)
    if later - {"shadow"} and "shadow" not in stages:
        yield "steps: nothing is compared before it moves", "begin with 'shadow'"
    writes = [each.name for each in own if each.policy.effect != "read"]
    if writes and later & {"canary", "live"} and "dualwrite" not in stages:
        text = f"steps: {writes[0]} writes, and 'dualwrite' is skipped: the new service would not have the data"
        yield text, "put 'dualwrite' before 'canary' and 'live'"
    for needed, stage in (("live", "rampdown"), ("live", "complete"), *([("rampdown", "complete")] if writes else [])):
        if stage in stages and needed not in stages:
            yield f"steps: '{stage}' without '{needed}' before it", f"put '{needed}' before '{stage}'"


def _tried_out(rule: RolloutRule, own: Sequence[Endpoint]) -> Iterator[tuple[str, str]]:
    """Yield why nothing would be tried out of writes, where the file says that something is."""
    if rule.beside.writes != "compare" and not any(each.policy.effect != "read" for each in own):
        yield f"beside: writes: {rule.beside.writes} means nothing, since no write moves", "remove 'writes'"


def _keys(rule: RolloutRule, own: Sequence[Endpoint]) -> Iterator[tuple[str, str]]:
    """Yield what would let one entity have two sides: an operation about it that does not say which one it is."""
    if not any(step.stage == "canary" for step in rule.steps):
        return
    remedy = "key: the path parameter or property that names the entity"
    if not any(key_of(each, rule) for each in own):
        yield "steps: 'canary' needs a key by which each entity keeps its side, and no operation has one", remedy
        return
    for each in own:
        writes, key = each.policy.effect != "read" and each.verb != "create", key_of(each, rule)
        if not key and (writes or each.path_parameters()):
            yield f"{each.verb} is about an entity, and no key says which", f"{remedy}; or stays: [{each.verb}]"
        elif writes and key not in _always(each):
            yield (
                f"{each.verb}: {key} may be absent, and then nobody knows whose side counts",
                f"'required: true' at {key}",
            )


def _always(endpoint: Endpoint) -> list[str]:
    """Return what each request says: path parameters, and what is required."""
    always = [field.name for field in endpoint.path_parameters()]
    return always + [field.name for field in endpoint.given() if field.required]


def key_of(endpoint: Endpoint, rule: RolloutRule) -> str:
    """Return the path parameter or property that says which entity a call is about; "" where nothing does."""
    names = [field.name for field in endpoint.path_parameters()]
    if not rule.key:
        return names[0] if len(names) == 1 else ""
    given = [field.name for field in endpoint.given() if field.shape == "scalar"]
    return rule.key if rule.key in (*names, *given) else ""


def _operation(endpoint: Endpoint, rule: RolloutRule) -> Iterator[tuple[str, str]]:
    """Yield why an operation cannot move."""
    name, stays = endpoint.verb, f"stays: [{endpoint.verb}]"
    body, reply = endpoint.body, endpoint.reply.rule
    if body is not None and (body.document is not None or body.rows is not None):
        yield f"{name} takes no JSON, and a service answers JSON", stays
    if reply.document is not None or reply.stream is not None:
        yield f"{name} answers with no JSON that could be compared", stays
    yield from _beside(endpoint, stays)
    later = {step.stage for step in rule.steps} & {"dualwrite", "canary", "live"}
    if endpoint.policy.effect == "read" or not later:
        return
    if endpoint.write is None or not endpoint.write.rule.kept:
        yield f"{name} writes, and nothing keeps its writes for the other side", f"'write: {{…}}' at {name}; or {stays}"
    elif not (endpoint.write.rule.entity or endpoint.path_parameters() or name == "create"):
        yield f"{name} writes, and nothing names the entity", f"'write: {{entity: …}}' at {name}; or {stays}"
    elif endpoint.write.resolve is not None:
        asked = [endpoint.write.resolve.by, endpoint.write.resolve.then]
        for stayed in [each.name for each in asked if each is not None and each.rollout is None]:
            text = f"{name}: what became of a lost write is asked by {stayed}, which stays at the ERP"
            yield text, f"let it move too; or {stays}"


def _beside(endpoint: Endpoint, stays: str) -> Iterator[tuple[str, str]]:
    """Yield why what is said to read, and so is asked beside other calls, does not look as if it only read."""
    if endpoint.policy.effect != "read":
        return
    name, there = endpoint.verb, there_of(endpoint)
    remedy = f"'effect: write' at {name}; or {stays}"
    methods = [("", endpoint.method), *([(" at the service", there.method)] if there is not None else [])]
    for where, method in methods:
        if method in _CHANGE:
            yield f"{name} is {method}{where}, and is said to read: what reads is asked at both sides", remedy
            return
    if endpoint.write is not None or name in VERBS[2:]:
        yield f"{name} is said to read: what reads is asked at both sides", remedy
