"""Why a call ended as it did, for the person who wrote the mapping or runs the ERP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.backends.soap.answer import MEDIA_TYPES, open_answer
from adapter.cli.several import answering
from adapter.cli.traced import Passage
from adapter.errors import (
    BackendError,
    BackendFault,
    BackendReplyInvalid,
    BackendTimeout,
    BackendUnreachable,
    InvalidRequest,
    RequestError,
)
from adapter.exchange import Reply
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.operation import FaultRule
from adapter.translate.fault import FaultParts, fault_reader
from adapter.translate.refused import refusal

_SENT = {
    "no": "Nothing was sent.",
    "maybe": "The other side may have acted on the request.",
    "yes": "It acted on the request or refused it; the answer does not say which.",
}


def reasons(passage: Passage, url: str) -> Iterator[str]:
    """Yield sentences that explain the error of a passage. ``url`` is where the operation is answered."""
    error, (endpoint, answer) = passage.error, answering(passage)
    if endpoint is None:
        yield "No operation was reached: the edge refused the request. `adapter routes` lists methods and paths."
    elif isinstance(error, BackendError):
        yield from _backend(error, endpoint, answer, url)
    elif isinstance(error, InvalidRequest) and error.sent and passage.message("soap-out") is not None:
        yield "A row was refused after others had been sent, so the request was left without an end. Nothing was taken."
    elif isinstance(error, InvalidRequest):
        yield "The request was checked against mapping and contract and refused. Nothing was sent."
    elif error is not None and error.problem == endpoint.reply.rule.empty_problem:
        place = endpoint.reply.rule.place
        yield f"The reply holds nothing where it is read from, and {place.file}:{place.line} says what that means."
    elif error is None:
        yield "This is a defect of the adapter; the frames stand on standard error."
    if error is not None and error.cause:
        yield f"Cause, as it is logged: {error.cause}"


def _backend(error: BackendError, endpoint: Endpoint, answer: bytes | None, url: str) -> Iterator[str]:
    if isinstance(error, BackendFault):
        yield from _fault(endpoint, answer)
        return
    if isinstance(error, BackendUnreachable):
        yield f"No connection to {url}. Is it running? `adapter virtual` starts the pretend ERP."
    elif isinstance(error, BackendTimeout):
        yield f"{url} did not answer before the deadline. `timeout:` of the operation or ADAPTER_TIMEOUT sets it."
    elif isinstance(error, BackendReplyInvalid):
        yield f"The answer of {url} is not what {endpoint.contract.file} and {endpoint.resource.place.file} say."
    yield _SENT[error.sent]


def _fault(endpoint: Endpoint, answer: bytes | None) -> Iterator[str]:
    fault, kind = (None, "") if answer is None else _parts(endpoint, answer)
    if fault is None:
        yield "The other side refused, and not with a SOAP fault."
        return
    code = fault_reader(replace(endpoint, faults=()))(fault).code
    yield f"The ERP answered with {kind}; its code is {code}."
    for rule in endpoint.faults:
        if _matches(endpoint, rule, fault):
            place = f"{rule.place.file}:{rule.place.line}"
            yield f"{place}: {{{_condition(rule)}}} matches first -> {rule.status} {rule.problem}."
            return
    yield f"No line of the fault table matches. To declare it: {{code: {code}, status: …, problem: …, title: …}}"


def _parts(endpoint: Endpoint, answer: bytes) -> tuple[FaultParts | None, str]:
    """Return the fault, or the refusal in a normal reply, and what the answer is called."""
    version = endpoint.port.soap_version
    try:
        reply = Reply(200, {"content-type": MEDIA_TYPES[version]}, answer)
        opened = open_answer(reply, version, endpoint.operation.output)
        if opened.fault is not None:
            return opened.fault, "a fault"
        sign = endpoint.reply.refused
        if sign is None or opened.child is None:
            return None, ""
        place = sign.rule.place
        return refusal(endpoint, opened.child), f"a refusal ({place.file}:{place.line}: refused)"
    except RequestError:
        return None, ""


def _matches(endpoint: Endpoint, rule: FaultRule, fault: FaultParts) -> bool:
    """Tell whether one line of the table matches, by asking the fault reader with that line alone."""
    alone = replace(endpoint, faults=(replace(rule, problem="matched"),))
    return fault_reader(alone)(fault).problem == "matched"


def _condition(rule: FaultRule) -> str:
    return next(f"{key}: {value}" for key in ("code", "detail", "text") if (value := getattr(rule, key)))
