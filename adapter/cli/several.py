"""Several SOAP calls of one operation as ``adapter explain`` shows them: each with its answer, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from adapter.cli.traced import Moment, Passage
from adapter.mapping.bound import Endpoint


def ordered(passage: Passage) -> list[Moment]:
    """Return the moments with those of each call together, since calls may run side by side.

    A call that is made several times is numbered: ``soap-out lines 2``.
    """
    places = {name: place for place, name in enumerate(_names(passage.endpoint))}
    numbered = _numbered(passage.moments)
    return sorted(numbered, key=lambda moment: (places.get(_call(moment), 0), _number(moment)))


def timing(passage: Passage) -> Iterator[str]:
    """Yield one line for each call: how long it took, and when it began."""
    begin, end = passage.moments[0].at, passage.moments[-1].at
    moments = ordered(passage)
    for out, back in zip(moments, [*moments[1:], moments[-1]], strict=True):
        if out.kind.startswith("soap-out"):
            answered = back.kind == out.kind.replace("soap-out", "soap-in")
            took = f"{(back.at - out.at) * 1000:8.1f} ms" if answered else "  no answer"
            name = out.kind.removeprefix("soap-out").strip() or "main call"
            yield f"{took}  {name}, from {(out.at - begin) * 1000:.1f} ms on"
    yield f"{(end - begin) * 1000:8.1f} ms  in all"


def answering(passage: Passage) -> tuple[Endpoint | None, bytes | None]:
    """Return which of several calls failed, with its last answer: the main one where the log's cause names no other."""
    endpoint, error = passage.endpoint, passage.error
    if endpoint is None or error is None:
        return endpoint, passage.message("soap-in")
    calls = [(call.name, call.endpoint) for call in endpoint.further()]
    for name, each in (*calls, *((f"lookup-{lookup.rule.name}", lookup.endpoint) for lookup in endpoint.lookups)):
        if f"{each.name}:" in error.cause.partition("; undo")[0]:
            return each, passage.message(f"soap-in {name}")
    return endpoint, passage.message("soap-in")


def _names(endpoint: Endpoint | None) -> list[str]:
    return ["", *(call.name for call in endpoint.further())] if endpoint is not None else []


def _numbered(moments: list[Moment]) -> Iterator[Moment]:
    seen: dict[str, int] = {}
    sent = Counter(_call(moment) for moment in moments if moment.kind.startswith("soap-out"))
    for moment in moments:
        seen[moment.kind] = seen.get(moment.kind, 0) + 1
        yield replace(moment, kind=f"{moment.kind} {seen[moment.kind]}") if sent[_call(moment)] > 1 else moment


def _call(moment: Moment) -> str:
    """Return the call's name: "" for the main one, and what belongs to no call comes first."""
    return moment.kind.split(" ")[1] if " " in moment.kind and moment.kind.startswith("soap") else ""


def _number(moment: Moment) -> int:
    last = moment.kind.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0
