"""Agreement of what comes back: the reply's place in the output message, and the fault table."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapter.mapping.agreement.called import operations_called
from adapter.mapping.agreement.documents import bind_document_reply
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Reply
from adapter.mapping.model import FieldRule, Place
from adapter.mapping.model.operation import OperationRule
from adapter.mapping.path_names import alike, named
from adapter.mapping.paths import Child, PathError, follow, suggest
from adapter.mapping.scalars import ScalarError, field_codec
from adapter.wsdl.types import Operation, Port, local_name

_STATUS = {"create": 201, "cancel": 204, "delete": 204}


def element_at(
    binder: Binder, place: Place, start: str, path: str, turns: bool = False
) -> tuple[tuple[Child, ...], str] | None:
    """Return the steps to the element at ``path`` and the key of its type. None, and a mistake, where there is none.

    ``turns``: it may be a group that repeats as a whole.
    """
    try:
        spot = follow(binder.contract, start, path, turns)
    except PathError as error:
        binder.wrong(place, str(error), error.remedy)
        return None
    if spot.attribute is not None:
        binder.wrong(place, f"{path} is an attribute, not an element", "name the element")
        return None
    return spot.steps, spot.type


def bind_reply(binder: Binder, rule: OperationRule, operation: Operation, encoded: bool) -> Reply:
    """Bind ``reply:``. Where it does not agree, the reply that is returned reads nothing."""
    reply = rule.reply
    assert reply is not None
    status = reply.status or (_STATUS.get(rule.verb, 200) if reply.shape != "none" else 204)
    nothing = Reply(reply, "", (), status)
    if reply.shape == "none":
        return nothing
    if operation.output is None or operation.output.root is None:
        binder.wrong(reply.place, f"{rule.name}: {operation.key} answers nothing", "reply: {status: 204}")
        return nothing
    if reply.document is not None:
        return bind_document_reply(binder, rule, operation.output.root.type, encoded)
    found = element_at(binder, reply.place, operation.output.root.type, reply.source, turns=True)
    if found is None:
        return nothing
    steps, key = found
    repeats = bool(steps) and steps[-1].repeats
    inner = [step.element.name for step in steps[:-1] if step.repeats]
    if inner:
        text = f"{rule.name}: {inner[0]} on the way to {reply.source} repeats"
        binder.wrong(reply.place, text, f"from: end the path at {inner[0]} and name the rest in its type")
        return nothing
    if repeats != (reply.shape == "each"):
        word, remedy = ("may occur many times", "write 'each'") if repeats else ("occurs once", "write 'one'")
        binder.wrong(reply.place, f"{rule.name}: {reply.source or 'the reply'} {word}", remedy)
        return nothing
    tag = steps[-1].element.tag if steps else operation.output.root.tag
    bound = binder.bind(reply.type_name, key, "reply", reply.place, encoded, tag=tag)
    if not bound:
        return nothing
    named = binder.resource.types[reply.type_name]
    seen = [*named.fields.values(), *(field for each in named.variants for field in each.fields.values())]
    known = {*rule.path_fields, *(field.name for field in seen if not field.write_only)}
    for name in re.findall(r"\{([^}]*)\}", reply.location):
        if name not in known:
            text = f"{rule.name}: location: {reply.type_name} has no property {name}"
            binder.wrong(reply.place, text, suggest(name, sorted(known)))
    return Reply(reply, bound, steps, status)


def check_faults(binder: Binder, rule: OperationRule, operation: Operation) -> None:
    """The path to the ERP's own code must lead somewhere in a fault that the operation declares."""
    path = binder.resource.soap.fault_code
    place = binder.resource.soap.place
    first, _, rest = path.partition(".")
    name = first.rpartition(":")[2]
    declared = {fault.element.name: fault.element for fault in operation.faults if fault.element is not None}
    if not path or not declared:
        return
    if name not in declared:
        binder.wrong(place, f"fault_code: {operation.key} declares no fault {name}", suggest(name, list(declared)))
        return
    try:
        spot = follow(binder.contract, declared[name].type, rest)
        field_codec(binder.contract, spot.type, FieldRule(name, place, rest), {})
    except (PathError, ScalarError) as error:
        binder.wrong(place, f"fault_code: {error}", error.remedy)


def bind_details(
    binder: Binder, port: Port, rule: OperationRule, operation: Operation
) -> Mapping[tuple[str, str], str]:
    """Bind the types that faults are read as, by the detail's element and the type's name.

    An operation may answer with a fault that only others of the resource declare.
    """
    found: dict[tuple[str, str], str] = {}
    declared = {
        fault.element.tag: (fault.element, each.use == "encoded")
        for each in (*operations_called(binder, port), operation)
        for fault in each.faults
        if fault.element is not None
    }
    for fault in rule.faults:
        if not fault.type_name:
            continue
        try:
            tag = named(
                binder.contract,
                fault.detail,
                sorted(declared),
                lambda name: f"the operations declare no fault with the detail {name}, so nobody knows its type",
            )
        except PathError as error:
            binder.wrong(fault.place, str(error), error.remedy)
            continue
        element, encoded = declared[tag]
        if key := binder.bind(fault.type_name, element.type, "reply", fault.place, encoded):
            found[fault.detail, fault.type_name] = key
    return found


def check_details(binder: Binder, port: Port) -> None:
    """A fault rule can only look for a detail that one of the operations declares, where they declare any."""
    called = operations_called(binder, port)
    declared = {fault.element.tag for each in called for fault in each.faults if fault.element is not None}
    rules = {rule for each in binder.resource.rules() for rule in each.faults if rule.detail and not rule.type_name}
    for rule in rules:
        try:
            found = alike(binder.contract, rule.detail, declared)
        except PathError as error:
            binder.wrong(rule.place, str(error), error.remedy)
            continue
        if declared and not found:
            text = f"the operations declare no fault with the detail {rule.detail}"
            binder.wrong(rule.place, text, suggest(rule.detail, sorted(map(local_name, declared))))
