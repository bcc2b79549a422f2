"""What a bound operation is for a service: the part of a mapping that stays when the ERP is gone."""

from __future__ import annotations

from collections.abc import Mapping

from adapter.mapping.bound import Endpoint
from adapter.mapping.header_parameters import header_parameters
from adapter.mapping.model.served import RetiredOperation, ServedOperation
from adapter.mapping.service_forms import answered, sent, there_of, timeout_of


def served_as(endpoint: Endpoint) -> ServedOperation:
    """Return how a service answers an operation. Its file has ``http:``."""
    rule, there = endpoint.resource.http, there_of(endpoint)
    assert rule is not None
    if there is not None and there.path:
        # What stands before the first parameter is where the resource lives there.
        root, brace, rest = there.path.partition("/{")
        rest = brace + rest
    else:
        root, rest = rule.path, endpoint.path.removeprefix(endpoint.resource.path)
    own_page = there is not None and bool(there.items or there.total) and endpoint.page is not None
    return ServedOperation(
        name=endpoint.name,
        method=endpoint.method,
        path=endpoint.path,
        resource_path=endpoint.resource.path,
        there_method=(there.method if there is not None else "") or endpoint.method,
        there_root=root,
        there_rest=rest,
        seconds=timeout_of(endpoint),
        query=there.query if there is not None else (),
        status=endpoint.reply.status,
        empty=endpoint.reply.rule.shape == "none",
        token=endpoint.token,
        page=endpoint.page.rule.default if own_page and endpoint.page is not None else 0,
        problems=declared_problems(endpoint),
        told=tuple(dict.fromkeys(fault.problem for fault in endpoint.faults if fault.message)),
        forwarded=tuple(field.name.lower() for field in header_parameters(endpoint)),
        shown=tuple(each.field.name for each in endpoint.reply.headers),
        policy=endpoint.policy,
        sent=sent(endpoint),
        answered=answered(endpoint),
    )


def declared_problems(endpoint: Endpoint) -> Mapping[str, int]:
    """Return the problem types that this operation may answer with, and their statuses."""
    declared = {rule.problem: rule.status for rule in endpoint.faults}
    empty = endpoint.reply.rule
    if endpoint.write is not None and endpoint.write.rule.if_match is not None:
        declared["precondition-failed"] = 412
    return declared | ({empty.empty_problem: empty.empty_status} if empty.empty_status else {})


def retiring(endpoint: Endpoint) -> RetiredOperation:
    """Return what is kept of an operation when its mapping goes."""
    tests = [test.field for test in endpoint.filter.tests] if endpoint.filter is not None else []
    names = {field.name for each in endpoint.whole() for field in (*each.query_fields, *tests)}
    names |= {"limit", "offset"} if endpoint.page is not None else set()
    names |= {"limit", "cursor"} if endpoint.cursor is not None else set()
    names |= {"sort"} if endpoint.sort is not None else set()
    titles = {rule.problem: rule.title for rule in endpoint.faults if rule.title}
    asked = sent(endpoint, there=False)
    return RetiredOperation(served_as(endpoint), asked, endpoint.timeout, frozenset(names), titles)
