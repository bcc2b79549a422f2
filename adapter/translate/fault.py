"""SOAP faults through the operation's fault table: code, detail element or text decide status and problem type.

What a line of the table reads of the detail goes into the problem document, in the member ``fault``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from adapter.errors import BackendFault, BackendReplyInvalid, SessionExpired
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.operation import FaultRule
from adapter.mapping.path_names import expanded
from adapter.translate.objects import Objects
from adapter.translate.reading import Reading, is_nil


@dataclass(frozen=True, slots=True)
class FaultParts:
    """A SOAP fault: local name of the fault code (1.2: the innermost subcode, else the code), text, detail element.

    ``side``: whose fault it is, as ``BackendFault`` has it.
    """

    code: str
    text: str
    detail: Any = None
    side: str = ""


def fault_reader(endpoint: Endpoint) -> Callable[[FaultParts], BackendFault]:
    """Compile the fault table of one operation. A fault that no line matches is 502 ``backend-fault``.

    A fault that says that our session expired is told by the class of the error, before the table is looked at.
    """
    details = _details(endpoint)
    rules = [replace(rule, detail=expanded(endpoint.contract, rule.detail)) for rule in endpoint.faults]
    expired = [_sign(endpoint, kind, what) for kind, what in _expired(endpoint)]
    code_path = [step.rpartition(":")[2] for step in endpoint.resource.soap.fault_code.split(".") if step]
    name = endpoint.name

    def read(fault: FaultParts) -> BackendFault:
        entries = [child for child in fault.detail if isinstance(child.tag, str)] if fault.detail is not None else []
        code = _code(entries, code_path) or fault.code
        names = {name for entry in entries for name in (entry.tag, etree.QName(entry).localname)}
        if any(_matches(rule, code, names, fault.text) for rule in expired):
            cause = f"{name}: session expired, fault {safe(code)}"
            return SessionExpired("backend-refused-us", 502, cause=cause, sent="yes", code=safe(code))
        for rule in rules:
            if _matches(rule, code, names, fault.text):
                members, odd = details(rule, entries)
                return BackendFault(
                    rule.problem,
                    rule.status,
                    detail=_shown(fault.text) if rule.message else "",
                    title=rule.title,
                    headers={"Retry-After": "1"} if rule.retryable else {},
                    cause=f"{name}: fault {safe(code)}{odd}",
                    members=members,
                    sent="yes",
                    code=safe(code),
                    side=fault.side,
                )
        cause = f"{name}: unmapped fault {safe(code)}"
        return BackendFault("backend-fault", 502, cause=cause, sent="yes", code=safe(code), side=fault.side)

    return read


def _details(endpoint: Endpoint) -> Callable[[FaultRule, list[Any]], tuple[dict[str, Any], str]]:
    """Return what reads the detail of a fault as a line of the table says: its member, and what was odd about it.

    A detail that cannot be read, or is nil, leaves the fault as it is: what the ERP did not do is not undone by that.
    """
    encoded = endpoint.operation.use == "encoded"
    objects = Objects(endpoint, encoded)
    readers = {
        (expanded(endpoint.contract, detail), name): objects.object(key)
        for (detail, name), key in endpoint.details.items()
    }

    def read(rule: FaultRule, entries: list[Any]) -> tuple[dict[str, Any], str]:
        take = readers.get((rule.detail, rule.type_name))
        found = next((each for each in entries if rule.detail in (each.tag, etree.QName(each).localname)), None)
        if take is None or found is None:
            return {}, ""
        try:
            reading = Reading(endpoint.name, found.getparent().getparent(), encoded)
            found = reading.target(found)
            return ({}, "") if is_nil(found) else ({"fault": take(found, reading)}, _odd(reading.notes))
        except (BackendReplyInvalid, RecursionError) as error:
            why = error.cause if isinstance(error, BackendReplyInvalid) else "nested too deep"
            return {}, f"; its detail is not read: {why.removeprefix(f'{endpoint.name}: ')}"

    return read


def _odd(notes: list[str]) -> str:
    return f"; {'; '.join(notes)}" if notes else ""


def _expired(endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    return endpoint.session.rule.expired if endpoint.session is not None else ()


def _sign(endpoint: Endpoint, kind: str, what: str) -> FaultRule:
    """Return a sign of an expired session as a line of a fault table."""
    what = expanded(endpoint.contract, what) if kind == "detail" else what
    code, detail, text = (what if kind == each else "" for each in ("code", "detail", "text"))
    return FaultRule(endpoint.resource.place, 502, "backend-refused-us", code, detail, text)


def _matches(rule: FaultRule, code: str, names: set[str], text: str) -> bool:
    if rule.code:
        return rule.code == code
    if rule.detail:
        return rule.detail in names
    return rule.text.casefold() in text.casefold()


def _code(entries: list[Any], path: list[str]) -> str:
    """Find the ERP's own code below a fault's detail, by local names: ``ErpFehler.Code``."""
    found = entries
    for depth, name in enumerate(path):
        here = [entry for entry in found if isinstance(entry.tag, str) and etree.QName(entry).localname == name]
        if not here:
            return ""
        found = here if depth == len(path) - 1 else list(here[0])
    return (found[0].text or "").strip() if path and found else ""


def safe(code: str) -> str:
    """Keep what a code looks like; anything else never reaches a log line or a label."""
    plain = "".join(letter for letter in code[:64] if letter.isalnum() or letter in "._-:")
    return plain or "none"


def _shown(text: str) -> str:
    return " ".join(text.split())[:300]
