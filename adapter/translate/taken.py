"""What further calls of an operation take from the main call's reply, read beside what the caller is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.mapping.bound import Call, Endpoint
from adapter.translate.content import Compiler
from adapter.translate.reader import Result
from adapter.translate.reading import Reading, invalid
from adapter.translate.replies import reply_reader

Taken = Mapping[str, str]


def taking_reader(endpoint: Endpoint) -> Callable[[Any], tuple[Result, Taken]]:
    """Compile the reader of a call that others take from.

    What they take is text, by its path. A value that is absent, nil or blank is left out.
    """
    read = reply_reader(endpoint)
    sources = {take.source.name: take.source for call in endpoint.further() for take in call.takes}
    if not sources:
        return lambda element: (read(element), {})
    encoded = endpoint.operation.use == "encoded"
    take = Compiler(_no_object, endpoint.contract, encoded).object(list(sources.values()), endpoint.name)

    def both(element: Any) -> tuple[Result, Taken]:
        result = read(element)
        found = take(element, Reading(endpoint.name, element, encoded))
        return result, {name: text for name, text in found.items() if text}

    return both


def filler(call: Call) -> Callable[[Taken], dict[str, str] | None]:
    """Compile what is taken into values of the call's own request, by name; None where one of them is missing.

    Raise BackendReplyInvalid for a value that the request does not allow.
    """
    name = call.endpoint.name

    def fill(taken: Taken) -> dict[str, str] | None:
        filled = {}
        for take in call.takes:
            text = taken.get(take.source.name)
            if text is None:
                return None
            assert take.to.codec is not None
            try:
                filled[take.to.name] = take.to.codec.write(take.to.codec.read(text))
            except ValueError:
                raise invalid(name, f"what the reply holds at {take.source.name} does not fit") from None
        return filled

    return fill


def _no_object(key: str) -> Callable[[Any, Reading], Any]:
    raise LookupError(f"single values are taken, not {key}")
