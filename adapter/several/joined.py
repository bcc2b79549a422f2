"""One answer from several calls that only read.

What depends on the request alone runs beside the main call; what takes from its reply runs after it, side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from adapter.errors import BackendError, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Request, Response
from adapter.several.beside import begin
from adapter.several.call import Answer, Ask, Part
from adapter.translate.reader import Result
from adapter.translate.reading import invalid

Wait = Callable[[], Answer]


def joined(
    endpoint: Endpoint, main: Ask, parts: Sequence[Part], respond: Callable[[Result, Request], Response]
) -> Handler:
    """Return the handler. Of several failures the first by the order of the mapping is what the caller gets.

    It does not wait for calls that stand behind the one that failed: their own deadline ends them, and what they bring
    is dropped.
    """
    first, then = [each for each in parts if not each.call.takes], [each for each in parts if each.call.takes]

    def handle(request: Request) -> Response:
        waiting = {each.name: _begun(each, request, {}) for each in first}
        answer = main(request)
        waiting |= {each.name: _begun(each, request, answer.taken) for each in then}
        document, notes, incomplete = dict(answer.document), [*answer.notes], list[str]()
        for each in parts:
            wait = waiting[each.name]
            if wait is None and not each.call.rule.optional:
                raise invalid(endpoint.name, f"the reply lacks what {each.name} takes")
            try:
                found = wait() if wait is not None else None
            except RequestError as error:
                notes.extend(left_out(each, error, incomplete))
                continue
            if found is not None:
                document[each.name] = found.document
                notes.extend(found.notes)
        return respond(Result(_whole(document, incomplete), tuple(notes), headers=answer.headers), request)

    return handle


def left_out(each: Part, error: RequestError, incomplete: list[str]) -> list[str]:
    """Note the failure of an optional call, which the answer goes without; raise it where the call is not optional.

    An empty reply that the mapping has a problem for is no failure: there is nothing.
    """
    if not each.call.rule.optional:
        try:
            raise error
        finally:
            del error  # it holds this frame, which would hold it
    if not isinstance(error, BackendError):
        return []
    incomplete.append(each.name)
    return [f"incomplete: {each.name}: {error}"]


def _whole(document: dict[str, Any], incomplete: list[str]) -> dict[str, Any]:
    return {**document, **({"incomplete": incomplete} if incomplete else {})}


def _begun(each: Part, request: Request, taken: Any) -> Wait | None:
    """Begin a call; None where the reply of the main call lacks what it takes."""
    try:
        (own,) = each.requests(request, taken)
    except RequestError as error:
        return partial(_failed, error)
    return begin(partial(each.ask, own), own.deadline) if own is not None else None


def _failed(error: RequestError) -> Answer:
    raise replace(error)
