"""Agreement of a session: its login as an operation of its own, and the place where every call shows the token."""

from __future__ import annotations

from dataclasses import replace

from adapter.mapping.agreement.called import operations_called
from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.operation import bind_operation
from adapter.mapping.agreement.signs import bind_value
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundSession
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.model.operation import OperationRule, ReplyRule
from adapter.mapping.model.policy import Policy
from adapter.mapping.model.soap import SessionRule
from adapter.mapping.path_names import matches, suggest
from adapter.wsdl.types import Port, local_name

NAME = "session"
"""What the login is called in mistakes and in the log."""


def with_session(binder: Binder, port: Port, given: Given) -> Given:
    """Bind the login of a resource. Return what stands behind the constants of operations that show its token."""
    identity = binder.resource.soap.identity
    rule = identity.session if identity is not None else None
    if rule is None:
        return given
    _expired(binder, rule, port)
    shown = (Constant(rule.where, rule.place, session=True),)
    return replace(
        given,
        in_header=shown if rule.at == "header" else (),
        in_body=shown if rule.at == "body" else (),
        session=_session(binder, port, rule, given),
    )


def _session(binder: Binder, port: Port, rule: SessionRule, given: Given) -> BoundSession | None:
    there = _login_port(binder, port, rule)
    if there is None:
        return None
    # No fault of the login needs to have its code where those of the calls have theirs.
    service = rule.service or binder.resource.soap.service
    soap = replace(binder.resource.soap, service=service, port=there.name, fault_code="", identity=None)
    operation = OperationRule(
        NAME,
        "read",
        rule.place,
        "POST",
        "",
        rule.call,
        set=rule.set,
        reply=ReplyRule(rule.place),
        policy=Policy("idempotent"),
    )
    resource = replace(binder.resource, soap=soap, operations=(operation,))
    own = Binder(resource, binder.contract, binder.converters, given)
    login = bind_operation(own, there, operation, given)
    binder.mistakes.extend(own.mistakes)
    if login is None:
        return None
    login = replace(
        login, resource=replace(login.resource, soap=replace(soap, fault_code=binder.resource.soap.fault_code))
    )
    if not rule.token:
        return BoundSession(rule, login, None)
    output = login.operation.output
    if output is None or output.root is None:
        binder.wrong(rule.place, f"{NAME}: {rule.call} answers nothing", "call: an operation that answers a token")
        return None
    token = FieldRule("token", rule.place, rule.token)
    field = bind_value(binder, NAME, token, output.root.type, login.operation.use == "encoded")
    return BoundSession(rule, login, field) if field is not None else None


def _login_port(binder: Binder, port: Port, rule: SessionRule) -> Port | None:
    """Return the port of the login: that of the calls, or another one of the same contract."""
    if not rule.service and not rule.port:
        return port
    name = rule.service or binder.resource.soap.service
    service = binder.contract.services.get(name)
    if service is None:
        text = f"{NAME}: {binder.contract.file} has no service {name}"
        binder.wrong(rule.place, text, suggest(name, list(binder.contract.services)))
        return None
    wanted = rule.port or next(iter(service.ports), "")
    if wanted not in service.ports or (not rule.port and len(service.ports) > 1):
        text = f"{NAME}: {name} has no SOAP port {rule.port}" if rule.port else f"{NAME}: {name} has several SOAP ports"
        binder.wrong(rule.place, text, suggest(wanted, list(service.ports)))
        return None
    return service.ports[wanted]


def _expired(binder: Binder, rule: SessionRule, port: Port) -> None:
    """A detail must be one that an operation declares, where they declare any."""
    faults = [fault.element for operation in operations_called(binder, port) for fault in operation.faults]
    declared = {element.tag for element in faults if element is not None}
    for kind, what in rule.expired:
        if kind == "detail" and declared and not any(matches(binder.contract, what, tag) for tag in declared):
            text = f"{NAME}: the operations declare no fault with the detail {what}"
            binder.wrong(rule.place, text, suggest(what, sorted(map(local_name, declared))))
