"""Agreement of filters: where each test stands, with which of the ERP's words, and that what it makes is valid."""

from __future__ import annotations

from adapter.mapping.agreement.apart import apart
from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.entries import in_entries
from adapter.mapping.agreement.filter_tests import Around
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Reply
from adapter.mapping.bound_filter import Filter
from adapter.mapping.filtering import composer, taker
from adapter.mapping.model.operation import OperationRule
from adapter.wsdl.types import Operation


def bind_filter(binder: Binder, rule: OperationRule, operation: Operation, reply: Reply, given: Given) -> Filter | None:
    """Bind ``filter:`` and the tests, None where there are none or something does not agree."""
    if rule.filter is None or not rule.tests:
        return None
    before = len(binder.mistakes)
    start = operation.input.root.type if operation.input.root is not None else ""
    around = Around(binder, rule.filter, reply, operation.use == "encoded", given)
    found = (in_entries if rule.filter.each else apart)(around, list(rule.tests.values()), start)
    if found is None or len(binder.mistakes) > before:
        return None
    _proved_texts(binder, found)
    return found


def _proved_texts(binder: Binder, found: Filter) -> None:
    """Defaults, and what is sent otherwise, must be what a caller or the contract could have given."""
    take, compose = taker(found), composer(found)
    for test in found.tests:
        rule = test.rule.field
        if rule.default is None:
            continue
        values, wrong = take({rule.name: rule.default})
        for _, text in wrong or compose(values)[1]:
            binder.wrong(rule.place, f"{rule.name}: default: {text}", "write a default that a caller could have sent")
    for _, text in compose({})[1] if found.rule.otherwise else ():
        binder.wrong(found.rule.place, f"filter: otherwise: {text}", "write a text that the contract allows")
