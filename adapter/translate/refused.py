"""Refusals and warnings in a reply that is no fault: the operation's fault table decides what a caller sees of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.mapping.bound import Endpoint, Sign
from adapter.translate.content import Compiler
from adapter.translate.fault import FaultParts, fault_reader, safe
from adapter.translate.reading import Reading, finder

Found = Callable[[Any, Reading], Iterator[FaultParts]]


def judge(endpoint: Endpoint) -> Callable[[Any, Reading], None]:
    """Compile ``refused:`` and ``warnings:`` of one operation: a function of the message's root.

    It raises the BackendFault that the fault table makes of a refusal, and notes the codes of warnings, never texts.
    """
    if endpoint.reply.refused is None and endpoint.reply.warnings is None:
        return lambda element, reading: None
    refused, warnings = signs(endpoint, endpoint.reply.refused), signs(endpoint, endpoint.reply.warnings)
    read_fault = fault_reader(endpoint)

    def check(element: Any, reading: Reading) -> None:
        for refusal in refused(element, reading):
            raise read_fault(refusal)
        for warning in warnings(element, reading):
            reading.note(f"warning: {safe(warning.code)}")

    return check


def refusal(endpoint: Endpoint, element: Any) -> FaultParts | None:
    """Return the refusal that one reply holds, as the fault it stands for; None where it holds none."""
    reading = Reading(endpoint.name, element, endpoint.operation.use == "encoded")
    return next(signs(endpoint, endpoint.reply.refused)(element, reading), None)


def signs(endpoint: Endpoint, sign: Sign | None) -> Found:
    """Return what yields code and text of every message that the sign fits, in the order of the reply."""
    if sign is None:
        return lambda element, reading: iter(())
    rule, values, text = sign.rule, sign.values, sign.text
    compiler = Compiler(_no_object, endpoint.contract, endpoint.operation.use == "encoded")
    read_flag = compiler.object([sign.where], endpoint.name)
    read_reasons = compiler.object([*sign.codes, *([text] if text is not None else [])], endpoint.name)
    codes = [field.name for field in sign.codes]
    find = finder(endpoint, sign.steps)

    def found(element: Any, reading: Reading) -> Iterator[FaultParts]:
        for message in find(reading, element):
            value = read_flag(message, reading).get("where")
            if value is not None and (value in values) != rule.others:
                said = read_reasons(message, reading)
                yield FaultParts("-".join(said[each] for each in codes if said.get(each)), said.get("text") or "")

    return found


def _no_object(key: str) -> Callable[[Any, Reading], Any]:
    raise LookupError(f"a sign reads values only, not {key}")
