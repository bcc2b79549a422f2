"""Agreement of ``http:``: what the new service is said to call our things must be things of ours, each told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from adapter.errors import Mistake
from adapter.mapping.agreement.said import check_codes, check_names, words_of
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place, TypeRule
from adapter.mapping.model.operation import Resource
from adapter.mapping.model.served import Retired
from adapter.mapping.model.service import CREDENTIALS, HttpRule, SaidRule, ThereRule, kind_of
from adapter.mapping.paths import suggest
from adapter.mapping.service_forms import answered, sent
from adapter.problems import HOUSE
from adapter.variables import credential_name, service_name

Problem = Callable[[str, str], str]
Found = Iterator[Mistake]


def check_services(resources: Sequence[Resource], endpoints: Sequence[Endpoint], problem_of: Problem) -> list[Mistake]:
    """Return what is wrong with what mappings say of services. ``problem_of`` is about a part of credentials."""
    found: list[Mistake] = []
    for resource in resources:
        own = [each for each in endpoints if each.resource is resource]
        rule = resource.http
        for operation in resource.operations if rule is None else ():
            if operation.there is not None:
                text = f"{operation.name}: 'http' means nothing without 'http:' of the file"
                found.append(operation.there.place.mistake(text, "http: {service: …, path: …}"))
        if rule is None:
            continue
        found += _credentials(rule, problem_of)
        found += _fields(resource, rule, own)
        found += _faults(resource, rule)
        for endpoint in own:
            there = next(each.there for each in resource.operations if each.verb == endpoint.verb)
            found += _there(endpoint, there) if there is not None else ()
    return found


def check_retired(
    retired: Sequence[Retired],
    endpoints: Sequence[Endpoint],
    service_of: Callable[[str], str | None],
    problem_of: Problem,
    *,
    known: bool,
) -> Found:
    """Yield what is wrong with files without a contract. ``known``: callers have to say who they are."""
    names = {each.resource.name for each in endpoints}
    for resource in retired:
        rule = resource.http
        if resource.name in names:
            yield resource.place.mistake(
                f"the resource {resource.name} stands in another file too", "remove one of them"
            )
        if service_of(rule.service) is None:
            text = f"the settings do not say where the service {rule.service} is"
            yield rule.place.mistake(text, f"set {service_name(rule.service)} to its address")
        yield from _credentials(rule, problem_of)
        for operation in resource.operations if known else ():
            if operation.served.policy.scopes is None:
                text = f"{operation.served.name}: no scopes say who may call it"
                yield resource.place.mistake(text, "write it again: adapter rollout retire FEATURE --write")


def _credentials(rule: HttpRule, problem_of: Problem) -> Found:
    kinds = []
    for name in rule.names():
        parts = kind_of(lambda part, name=name: problem_of(name, part) != "missing")  # type: ignore[misc]
        kinds.append(parts)
        if not parts:
            text = f"http: the settings have not one kind of the credentials '{name}'"
            either = " or ".join(" and ".join(credential_name(name, part) for part in each) for each in CREDENTIALS)
            yield rule.place.mistake(text, f"set {either}, each maybe with _FILE behind it")
        for part in parts:
            problem = problem_of(name, part)
            if problem:
                text = f"http: {credential_name(name, part)}: {'is not set' if problem == 'missing' else problem}"
                yield rule.place.mistake(text, "see the-new-side in docs/howto")
    if ("KEY",) in kinds and not rule.header:
        yield rule.place.mistake("http: credentials with a KEY need a header field for it", "header: X-Api-Key")
    if rule.header and kinds and ("KEY",) not in kinds and () not in kinds:
        yield rule.place.mistake("header: means nothing, since no credentials of the service are a KEY", "remove it")


def _fields(resource: Resource, rule: HttpRule, endpoints: Sequence[Endpoint]) -> Found:
    known = words_of(endpoints)
    wrong = False
    for name, rules in rule.fields.items():
        kind = resource.types.get(name)
        if kind is None:
            wrong = True
            yield rule.types[name].mistake(f"fields: there is no type {name}", suggest(name, list(resource.types)))
            continue
        for each in rules:
            text, remedy, owner = _path(resource.types, kind, each)
            if text:
                wrong = True
                yield each.place.mistake(f"fields: {text}", remedy)
            elif each.codes is not None or each.json:
                yield from check_codes(each, known.get((owner, each.ours[-1]), []))
    if not wrong:
        yield from _names(rule, endpoints)


def _path(types: Mapping[str, TypeRule], kind: TypeRule, said: SaidRule) -> tuple[str, str, str]:
    """Return what is wrong with a path of ours, and a remedy; and the type that its last property belongs to."""
    for index, name in enumerate(said.ours):
        last = index == len(said.ours) - 1
        fields = {each.name: each for each in kind.every_field()}
        if name not in fields and not (last and name == kind.discriminator):
            names = [*fields, *([kind.discriminator] if kind.discriminator else [])]
            return f"{kind.name} has no property {name}", suggest(name, names), ""
        if last:
            return "", "", kind.name
        field = fields[name]
        if field.shape != "one" or field.type_name not in types:
            what = "a list" if field.shape == "each" else "no object"
            remedy = f"say it below {field.type_name}" if field.type_name else f"end it at {name}"
            return f"{'.'.join(said.ours)}: {name} is {what}", remedy, ""
        kind = types[field.type_name]
    return "", "", ""


def _names(rule: HttpRule, endpoints: Iterable[Endpoint]) -> Found:
    """Yield where two properties of an object would have one name there, each pair once."""
    places = {(kind, each.ours): each.place for kind, rules in rule.fields.items() for each in rules}
    seen: set[tuple[Place, str]] = set()
    for endpoint in endpoints if rule.fields else ():
        for made in (answered(endpoint), sent(endpoint)):
            for text, place in check_names(made[1], places) if made is not None else ():
                if (place, text) not in seen:
                    seen.add((place, text))
                    yield place.mistake(f"fields: {text}", "give one of them another name")


def _faults(resource: Resource, rule: HttpRule) -> Found:
    known = {"invalid-request", *(fault.problem for each in resource.rules() for fault in each.faults)}
    known |= {each.reply.empty_problem for each in resource.rules() if each.reply is not None}
    for line in rule.faults:
        if line.problem not in known:
            ours = "is one of the house's" if line.problem in HOUSE else "stands in no fault table of the file"
            remedy = suggest(line.problem, sorted(known - {""}))
            yield line.place.mistake(f"faults: the problem {line.problem} {ours}", remedy)


def _there(endpoint: Endpoint, there: ThereRule) -> Found:
    def wrong(text: str, remedy: str, place: Place = there.place) -> Mistake:
        return place.mistake(f"{endpoint.name}: http: {text}", remedy)

    ours = {field.name for field in endpoint.path_parameters()}
    named = re.findall(r"\{([^}]*)\}", there.path)
    if there.path:
        for name in named:
            if name not in ours:
                yield wrong(f"{{{name}}} is no path parameter of ours", suggest(name, sorted(ours)))
        for name in sorted(ours - set(named)):
            yield wrong(f"{{{name}}} does not stand in the request there", f"request: GET …/{{{name}}}")
    if endpoint.body is not None and there.method in ("GET", "DELETE"):
        yield wrong(f"{there.method} carries no body, and callers send one", "POST, PUT or PATCH")
    yield from _query(endpoint, there)
    each = endpoint.reply.rule.shape == "each"
    if (there.items or there.total) and not each:
        yield wrong("items and total mean nothing, since no list is answered", "remove them")
    if there.total and endpoint.page is None:
        yield wrong("total: means nothing, since the list is not paged", "remove 'total'")
    promised = endpoint.page is not None and endpoint.page.total is not None and endpoint.page.total.required
    if there.items and not there.total and promised:
        yield wrong("callers are promised how many there are in all", "total: a pointer such as /total")


def _query(endpoint: Endpoint, there: ThereRule) -> Found:
    tests = [test.field for test in endpoint.filter.tests] if endpoint.filter is not None else []
    fields = {field.name: [field] for field in (*endpoint.query_fields, *tests)}
    known = {*fields, *(("limit", "offset") if endpoint.page is not None else ())}
    known |= ({"sort"} if endpoint.sort is not None else set()) | ({"limit", "cursor"} if endpoint.cursor else set())
    taken: dict[str, str] = {name: name for name in known - {rule.ours[0] for rule in there.query}}
    for rule in there.query:
        name = rule.ours[0]
        if name not in known:
            text = f"{endpoint.name}: http: query: {name} is no parameter of ours"
            yield rule.place.mistake(text, suggest(name, sorted(known)))
            continue
        if rule.theirs[0] in taken:
            text = f"{endpoint.name}: http: query: {name} and {taken[rule.theirs[0]]} would both be {rule.theirs[0]}"
            yield rule.place.mistake(text, "give one of them another name")
        taken[rule.theirs[0]] = name
        if rule.json:
            yield rule.place.mistake(f"{name}: json: means nothing in a query, where all is text", "remove 'json'")
        elif rule.codes is not None and name == "sort" and endpoint.sort is not None:
            yield from check_codes(rule, [_orders(endpoint)])
        elif rule.codes is not None:
            yield from check_codes(rule, [field.codec.schema for field in fields.get(name, ()) if field.codec])


def _orders(endpoint: Endpoint) -> Mapping[str, object]:
    assert endpoint.sort is not None
    names = list(endpoint.sort.rule.by)
    return {"type": "string", "enum": [*names, *(f"-{name}" for name in names if endpoint.sort.direction is not None)]}
