"""Calls that change something, one after the other, with one that makes it final and one that takes it back.

::

    main -> each part, in order -> commit                    done: the caller gets the answer
              | fails                | refused: undo          undone, or half-made where undo fails too
              undo, once             | no whole answer        outcome unknown; nothing is taken back

Rule 1: every value of every call was checked before the first one is sent.
Rule 2: undo has time of its own: the other calls share the deadline less a reserve.
Rule 3: what may have been made final is not torn down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.errors import BackendError, BackendFault, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Request, Response
from adapter.several.broken import Made, half_made, undone, unknown, unknown_main
from adapter.several.call import Answer, Ask, Part
from adapter.several.joined import left_out
from adapter.translate.reader import Result
from adapter.translate.reading import invalid

_RESERVE_SHARE, _RESERVE_MOST = 0.2, 5.0
Respond = Callable[[Result, Request], Response]


def sequence(
    endpoint: Endpoint, main: Ask, parts: Sequence[Part], commit: Part | None, undo: Part | None, respond: Respond
) -> Handler:
    """Return the handler."""

    def handle(request: Request) -> Response:
        within = _with_reserve(request) if undo is not None else request
        try:
            first = main(within)
        except BackendError as error:
            raise (unknown_main(error) if _unclear(error) else error) from error
        run = _Run(Made(dict(first.document)), within, first)
        try:
            for each in parts:
                run.make(each)
            document = {**run.made.document, **(run.commit(commit) if commit is not None else {})}
        except RequestError as error:
            raise _told(error, run, request, undo, respond) from error
        except Exception:
            # A defect of ours: it is reported as one; what can be taken back is.
            if not run.committing:
                _take_back(undo, request, first)
            raise
        if run.incomplete:
            document["incomplete"] = run.incomplete
        return respond(Result(document, tuple(run.notes), headers=first.headers), request)

    return handle


@dataclass(slots=True)
class _Run:
    """One passage through a sequence, after its main call."""

    made: Made
    request: Request
    first: Answer
    committing: bool = False
    incomplete: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notes.extend(self.first.notes)

    def make(self, part: Part) -> None:
        """Make the calls of one part, one after the other, and keep what they answer."""
        assert self.request.checked is not None
        self.made.at = ""
        if part.name not in self.request.checked.calls:  # a property that the caller left out
            return
        if part.call.rule.each:
            self._each(part)
        elif part.call.endpoint.body is not None:
            self.made.at = f"/{part.name}"
            self._keep(part, self._ask(part, *part.requests(self.request, self.first.taken)))
        else:
            self._read(part)

    def _each(self, part: Part) -> None:
        answers: list[Any] = []
        self.made.accepted[part.name] = 0
        self._keep(part, answers)
        for index, request in enumerate(part.requests(self.request, self.first.taken)):
            self.made.at = f"/{part.name}/{index}"
            answers.append(self._ask(part, request))
            self.made.accepted[part.name] = len(answers)

    def _read(self, part: Part) -> None:
        """Make a call that only reads, and may be optional."""
        try:
            (request,) = part.requests(self.request, self.first.taken)
            if request is not None or not part.call.rule.optional:
                self._keep(part, self._ask(part, request))
        except RequestError as error:
            self.notes.extend(left_out(part, error, self.incomplete))

    def _ask(self, part: Part, request: Request | None) -> Any:
        answer = part.ask(_needed(request, part))
        self.notes.extend(answer.notes)
        return answer.document

    def _keep(self, part: Part, document: Any) -> None:
        if part.call.endpoint.reply.type:
            self.made.document[part.name] = document

    def commit(self, part: Part) -> dict[str, Any]:
        """Make the call that makes everything final; return the properties that it answers."""
        self.made.at = ""
        (request,) = part.requests(self.request, self.first.taken)
        ready = _needed(request, part)
        self.committing = True
        return dict(self._ask(part, ready) or {})


def _needed(request: Request | None, part: Part) -> Request:
    if request is None:
        raise invalid(part.call.endpoint.name, "the main call's reply lacks what it takes")
    return request


def _with_reserve(request: Request) -> Request:
    """Return the request with the time that the calls before undo have."""
    left = request.deadline - time.monotonic()
    return replace(request, deadline=request.deadline - max(0.0, min(_RESERVE_MOST, left * _RESERVE_SHARE)))


def _unclear(error: RequestError) -> bool:
    """Whether the other side may have done what it was asked: all but a refusal, and what was never sent."""
    return isinstance(error, BackendError) and not isinstance(error, BackendFault) and error.sent != "no"


def _told(error: RequestError, run: _Run, request: Request, undo: Part | None, respond: Respond) -> RequestError:
    """Take back what can be, and return what the caller is told."""
    headers = {**respond(Result(run.made.document), request).headers}
    if run.committing and _unclear(error):
        return unknown(error, run.made, headers)
    left = _take_back(undo, request, run.first)
    return undone(error, run.made) if left is None else half_made(error, left, run.made, headers)


def _take_back(undo: Part | None, request: Request, first: Answer) -> str | None:
    """Call undo, once. Return None where it succeeded, else why it did not, for the log."""
    if undo is None:
        return "no undo is declared"
    try:
        (own,) = undo.requests(request, first.taken)
        undo.ask(_needed(own, undo))
    except RequestError as error:
        return str(error)
    return None
