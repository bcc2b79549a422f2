"""Agreement of a whole project: every mapping against its contract, every mistake at once.

What comes out is one ``Endpoint`` per operation. Nothing here looks at a request; all of it runs while building.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from adapter.errors import Mistake
from adapter.mapping.agreement.bindings import AllBindings, Bindings
from adapter.mapping.agreement.caches import with_caches
from adapter.mapping.agreement.calls import bind_calls
from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.credentials import CredentialProblem, check_credentials
from adapter.mapping.agreement.cursor import bind_cursor, limited
from adapter.mapping.agreement.guards import check_guards
from adapter.mapping.agreement.links import linked
from adapter.mapping.agreement.lookups import with_lookups, with_used
from adapter.mapping.agreement.operation import bind_operation
from adapter.mapping.agreement.patch import check_patch_keys
from adapter.mapping.agreement.read_modify import reading
from adapter.mapping.agreement.reply import check_details
from adapter.mapping.agreement.rollouts import check_rollouts
from adapter.mapping.agreement.services import check_services
from adapter.mapping.agreement.session import with_session
from adapter.mapping.agreement.streams import check_stream
from adapter.mapping.agreement.types import Binder
from adapter.mapping.agreement.values import check_headers
from adapter.mapping.agreement.writes import with_writes
from adapter.mapping.blocks import BLOCKS, Block
from adapter.mapping.bound import Endpoint
from adapter.mapping.convert import CONVERTERS, Factory
from adapter.mapping.functions import Function
from adapter.mapping.model import FieldRule, Place
from adapter.mapping.model.operation import OperationRule, Resource
from adapter.mapping.namespaces import with_namespaces
from adapter.mapping.paths import suggest
from adapter.problems import HOUSE
from adapter.settings import endpoint_names
from adapter.wsdl.types import Contract, Port


def _no_problem(name: str, part: str) -> str:
    return ""


def _no_text(name: str, part: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mapping may name beside its contract: what the operator set, and the team's own converters.

    ``credential`` says what is wrong with a part of credentials ("missing", other words, "" for nothing), ``text_of``
    what it is (None where it is wrong). ``blocks`` are functions that make header blocks, ``functions`` the team's own.
    ``value_of`` a constant, ``service_of`` a microservice's address, ``endpoint_of`` a service's and port's address.
    """

    value_of: Callable[[str], str | None]
    service_of: Callable[[str], str | None]
    endpoint_of: Callable[[str, str], str | None]
    converters: Mapping[str, Factory]
    credential: CredentialProblem = _no_problem
    text_of: Callable[[str, str], str | None] = _no_text
    blocks: Mapping[str, Block] = field(default_factory=lambda: BLOCKS)
    functions: Mapping[str, Function] = field(default_factory=dict)


def agree(
    resources: Sequence[Resource], contracts: Mapping[str, Contract], around: Surroundings
) -> tuple[list[Endpoint], list[Mistake]]:
    """Bind all resources. ``contracts`` are by file below wsdl/; one that could not be loaded is simply not there."""
    endpoints: list[Endpoint] = []
    mistakes = [*_clashes(resources), *_problems(resources), *check_guards(resources, partial(_called_at, around))]
    shared = AllBindings()
    for resource in resources:
        contract = contracts.get(resource.soap.wsdl)
        if contract is None:
            continue
        found, wrong = _resource(resource, contract, around, shared.of(resource))
        endpoints.extend(found)
        mistakes.extend(wrong)
    endpoints, wrong = linked(endpoints)
    endpoints, more = with_writes(endpoints)
    endpoints, old = with_caches(endpoints)
    moved = check_rollouts(resources, endpoints, around.service_of)
    moved += check_services(resources, endpoints, around.credential)
    return endpoints, [*mistakes, *wrong, *more, *old, *moved]


def _resource(
    resource: Resource, contract: Contract, around: Surroundings, shared: Bindings
) -> tuple[list[Endpoint], list[Mistake]]:
    given = Given(around.value_of, around.text_of, around.blocks, around.functions)
    binder = Binder(resource, contract, {**CONVERTERS, **around.converters}, given, shared)
    binder.contract = contract = with_namespaces(contract, resource.soap, binder.wrong)
    port = _port(resource, contract, binder)
    if port is None:
        return [], binder.mistakes
    _address(binder, resource.soap.place, resource.soap.service, port.name, around)
    address = around.endpoint_of(resource.soap.service, port.name) or ""
    check_credentials(binder, around.credential, address, around.blocks)
    _addressing(resource, port, binder)
    given = with_session(binder, port, given)
    if given.session is not None:
        login = given.session.login
        _address(binder, given.session.rule.place, login.resource.soap.service, login.port.name, around)
    given = with_lookups(binder, port, given)
    endpoints = []
    for rule in resource.operations:
        _template(resource, rule, binder)
        endpoint = bind_operation(binder, port, *limited(rule, given))
        check_stream(binder, rule, endpoint)
        if endpoint is not None:
            endpoint = bind_cursor(binder, port, rule, endpoint, given)
            endpoints.append(bind_calls(binder, port, rule, endpoint, given))
    check_headers(binder, port, given)
    check_details(binder, port)
    endpoints = reading(binder, endpoints)
    check_patch_keys(binder)
    endpoints = with_used(binder, endpoints, given)
    binder.finish()
    return endpoints, binder.mistakes


def _port(resource: Resource, contract: Contract, binder: Binder) -> Port | None:
    place = resource.soap.place
    service = contract.services.get(resource.soap.service)
    if service is None:
        text = f"{contract.file} has no service {resource.soap.service}"
        binder.wrong(place, text, suggest(resource.soap.service, list(contract.services)))
        return None
    port = service.ports.get(resource.soap.port)
    if port is None:
        text = f"{service.name} has no SOAP port {resource.soap.port}"
        binder.wrong(place, text, suggest(resource.soap.port, list(service.ports)))
    return port


def _lent(resource: Resource, rule: OperationRule) -> Mapping[str, FieldRule]:
    """Return the path parameters of the operation that reads the record which this one changes."""
    verb = rule.body.patch.reads if rule.body is not None and rule.body.patch is not None else ""
    return next((each.path_fields for each in resource.operations if each.verb == verb), {})


def _called_at(around: Surroundings, resource: Resource) -> tuple[str | None, str | None]:
    """Return where a resource's port and its microservice are called, None where the settings do not say."""
    soap = around.endpoint_of(resource.soap.service, resource.soap.port)
    return soap, around.service_of(resource.http.service) if resource.http is not None else None


def _address(binder: Binder, place: Place, service: str, port: str, around: Surroundings) -> None:
    if around.endpoint_of(service, port) is None:
        own, shared = endpoint_names(service, port)
        text = f"the settings do not say where {service} {port} is called"
        binder.wrong(place, text, f"set {shared} or {own} to its address")


def _addressing(resource: Resource, port: Port, binder: Binder) -> None:
    """Where the contract asks for WS-Addressing, the mapping says whether calls have it."""
    if port.addressing is not None and port.addressing.required and resource.soap.addressing is None:
        text = f"{resource.soap.wsdl} asks for WS-Addressing at {port.name}"
        binder.wrong(resource.soap.place, text, "soap: {addressing: true}, or false where the service does without")


def _template(resource: Resource, rule: OperationRule, binder: Binder) -> None:
    """The path's parameters and the declared ones must be the same."""
    named = re.findall(r"\{([^}]*)\}", resource.path + rule.path)
    for name in named:
        if name not in rule.path_fields and name not in _lent(resource, rule):
            binder.wrong(
                rule.place, f"{rule.name}: {{{name}}} stands in the path but not below 'path:'", f"path: {{{name}: …}}"
            )
        if named.count(name) > 1:
            binder.wrong(rule.place, f"{rule.name}: {{{name}}} stands in the path twice", "give one another name")
    for name, each in rule.path_fields.items():
        if name not in named:
            binder.wrong(
                each.place, f"{rule.name}: {name} does not stand in the path", f"write {{{name}}} in 'request:'"
            )
        if each.shape != "scalar":
            binder.wrong(each.place, f"{rule.name}: {name} must be a single value", "remove 'one' or 'each'")
    for name, each in (*rule.query_fields.items(), *((name, test.field) for name, test in rule.tests.items())):
        if each.shape != "scalar":
            binder.wrong(each.place, f"{rule.name}: {name} must be a single value", "remove 'one' or 'each'")
        if (name in ("limit", "offset") and rule.page) or (name == "sort" and rule.sort):
            binder.wrong(
                each.place, f"{rule.name}: '{name}' belongs to paging or sorting already", "rename the parameter"
            )


def _problems(resources: Sequence[Resource]) -> list[Mistake]:
    """A problem type has one status, wherever it is named; those of the house keep theirs."""
    mistakes: list[Mistake] = []
    known = {slug: (problem.status, "the house") for slug, problem in HOUSE.items()}
    for rule in [rule for resource in resources for rule in resource.rules()]:
        reply = rule.reply
        named = [(fault.problem, fault.status, fault.place) for fault in rule.faults]
        if reply is not None and reply.empty_status:
            named.append((reply.empty_problem, reply.empty_status, reply.place))
        for slug, status, place in named:
            before, where = known.setdefault(slug, (status, place.file))
            if before != status:
                text = f"the problem {slug} has the status {status} here and {before} in {where}"
                mistakes.append(place.mistake(text, "one problem, one status: rename one of them"))
    return mistakes


def _clashes(resources: Sequence[Resource]) -> list[Mistake]:
    """Two resources of one name, or two operations at one method and path."""
    mistakes: list[Mistake] = []
    names: dict[str, Resource] = {}
    routes: dict[tuple[str, str], OperationRule] = {}
    for resource in resources:
        if resource.name in names:
            text = f"the resource {resource.name} stands in {names[resource.name].place.file} too"
            mistakes.append(resource.place.mistake(text, "rename one of them"))
        names.setdefault(resource.name, resource)
        for rule in resource.operations:
            route = (rule.method, re.sub(r"\{[^}]*\}", "{}", resource.path + rule.path))
            if route in routes:
                text = f"{rule.name} has the same method and path as {routes[route].name} in {routes[route].place.file}"
                mistakes.append(rule.place.mistake(text, "change 'request:' of one of them"))
            routes.setdefault(route, rule)
    return mistakes
