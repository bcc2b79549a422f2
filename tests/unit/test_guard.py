"""The guard of an endpoint: gates in their order, what they hold given back once, and which calls are made again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from adapter.errors import (
    BackendError,
    BackendFault,
    BackendLost,
    BackendReplyInvalid,
    BackendUnavailable,
    BackendUnreachable,
    InvalidRequest,
)
from adapter.exchange import Opened
from adapter.guard import Guard, Turn
from adapter.guard.budget import Budget
from adapter.guard.gates import Gate, Leave, Outcome, refused
from adapter.guard.told import Told
from adapter.guard.tries import Tries
from adapter.mapping.model.policy import Effect, Policy
from adapter.messages import Request, Upload

READ, WRITE = Policy("read", tries=3), Policy("write")
LOST = BackendLost("backend-lost", 502)
UNREACHABLE = BackendUnreachable("backend-unreachable", 503, sent="no")


class Gates:
    """Gates that write down what happens to them."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.outcomes: list[Outcome] = []

    def gate(self, name: str, error: BaseException | None = None) -> Gate:
        """Return a gate that lets everything in, or raises."""

        def enter(request: Request, effect: Effect) -> Leave:
            self.seen.append(f"{name} in")
            if error is not None:
                raise error

            def leave(outcome: Outcome) -> None:
                self.seen.append(f"{name} out")
                self.outcomes.append(outcome)

            return leave

        return enter


def request(seconds: float = 10.0, **parts: object) -> Request:
    """Return a request."""
    return Request("orders.read", "id-1", time.monotonic() + seconds, **parts)  # type: ignore[arg-type]


def guard(*gates: Gate, waits: list[float] | None = None, **options: object) -> Guard:
    """Return a guard that does not wait before it asks again, and waits the longest that it may."""
    pauses = waits if waits is not None else []
    tries = Tries(Budget(), jitter=lambda: 1.0)
    return Guard(gates, tries, pause=pauses.append, **options)  # type: ignore[arg-type]


def failing(*errors: BaseException | None) -> Callable[[Turn], str]:
    """Return a call that ends in these ways, one after another."""
    left = list(errors)

    def act(turn: Turn) -> str:
        error = left.pop(0)
        if error is not None:
            raise error
        return "answer"

    return act


def test_gates_are_passed_in_order_and_left_in_the_other() -> None:
    """What was entered last is left first, once the call has answered."""
    gates = Gates()
    assert "answer" == guard(gates.gate("a"), gates.gate("b")).run(request(), failing(None), WRITE)
    assert ["a in", "b in", "b out", "a out"] == gates.seen
    assert ["answered", "answered"] == [each.verdict for each in gates.outcomes]


def test_a_refusal_gives_back_what_the_gates_before_hold() -> None:
    """A gate that says no holds nothing; those before it learn nothing of the endpoint."""
    gates, made = Gates(), []
    with pytest.raises(BackendUnavailable) as caught:
        guard(gates.gate("a"), gates.gate("b", refused("closed", 90.5))).run(request(), made.append, WRITE)
    assert ["a in", "b in", "a out"] == gates.seen
    assert [] == made
    assert "unknown" == gates.outcomes[0].verdict
    assert ("91", "no", "guard: closed") == (caught.value.headers["Retry-After"], caught.value.sent, caught.value.cause)


def test_watching_refuses_nothing() -> None:
    """A guard that only watches tells what it would have refused, and makes the call."""
    gates, told = Gates(), []
    watching = guard(
        gates.gate("a", refused("closed", 1)),
        watch=True,
        told=Told(refused=lambda reason, asked: told.append((reason, asked.operation))),
    )
    assert "answer" == watching.run(request(), failing(None), WRITE)
    assert [("closed", "orders.read")] == told


@pytest.mark.parametrize("end", [KeyboardInterrupt(), LOST, InvalidRequest("invalid-request", 422), KeyError("ours")])
def test_what_gates_hold_is_given_back_however_a_call_ends(end: BaseException) -> None:
    """Also a call that is killed leaves the gates, once."""
    gates = Gates()
    with pytest.raises(type(end)):
        guard(gates.gate("a")).run(request(), failing(end), WRITE)
    assert ["a in", "a out"] == gates.seen
    assert [end] == [each.error for each in gates.outcomes]


def opened(chunks: Iterator[bytes]) -> Opened:
    """Return an answer that is still arriving."""
    return Opened(200, {}, chunks, lambda seconds: None, lambda: None)


def test_an_answer_that_is_still_arriving_counts_until_it_is_closed() -> None:
    """The gates are left when the stream is closed, and only once."""
    gates = Gates()
    answer = guard(gates.gate("a")).run(request(), lambda turn: turn.holds(opened(iter([b"x"]))), READ)
    assert ["a in"] == gates.seen
    assert [b"x"] == list(answer.chunks)
    assert ["a in"] == gates.seen
    answer.close()
    answer.close()
    assert ["a in", "a out"] == gates.seen


def test_a_stream_that_breaks_is_a_failure() -> None:
    """What breaks after the handler has returned is told to the gates too."""
    gates = Gates()

    def breaking() -> Iterator[bytes]:
        yield b"x"
        raise LOST

    answer = guard(gates.gate("a")).run(request(), lambda turn: turn.holds(opened(breaking())), READ)
    with pytest.raises(BackendLost):
        list(answer.chunks)
    answer.close()
    assert ["failed"] == [each.verdict for each in gates.outcomes]


def test_an_answer_that_was_opened_and_closed_inside_ends_with_the_call() -> None:
    """Where all of it was read at once the call ends when it returns."""
    gates = Gates()
    guard(gates.gate("a")).run(request(), lambda turn: turn.holds(opened(iter([]))).close(), READ)
    assert ["a in", "a out"] == gates.seen


def test_a_stream_is_never_asked_for_again() -> None:
    """Once an answer was opened nothing is repeated, though the operation could be."""

    def act(turn: Turn) -> None:
        turn.holds(opened(iter([])))
        raise LOST

    gates = Gates()
    with pytest.raises(BackendLost):
        guard(gates.gate("a")).run(request(), act, READ)
    assert ["a in", "a out"] == gates.seen


def test_what_was_not_sent_is_sent_once_more() -> None:
    """A write too: nothing can have happened twice."""
    assert "answer" == guard().run(request(), failing(UNREACHABLE, None), WRITE)
    with pytest.raises(BackendUnreachable):
        guard().run(request(), failing(UNREACHABLE, UNREACHABLE, None), WRITE)


@pytest.mark.parametrize(
    ("error", "policy"),
    [
        (LOST, WRITE),
        (LOST, Policy("irreversible")),
        (LOST, Policy("read")),
        (BackendFault("stock-empty", 409, sent="yes"), READ),
        (BackendFault("backend-refused-us", 502, sent="no"), WRITE),
        (BackendUnreachable("backend-unreachable", 503, sent="no", elsewhere=True), READ),
        (refused("breaker", 1), READ),
    ],
)
def test_what_is_not_made_again(error: BackendError, policy: Policy) -> None:
    """A write that may have arrived, a refusal, a login that failed, and what a guard refused."""
    with pytest.raises(type(error)):
        guard().run(request(), failing(error, None), policy)


def test_what_may_be_repeated_is_made_as_often_as_it_says() -> None:
    """``tries`` counts all calls; each has its own way through the gates."""
    gates, tried = Gates(), []
    told = Told(tried=tried.append)
    error = BackendReplyInvalid("backend-reply-invalid", 502, sent="yes")
    answer = guard(gates.gate("a"), told=told).run(request(), failing(LOST, error, None), Policy("idempotent", tries=3))
    assert "answer" == answer
    assert ["a in", "a out"] * 3 == gates.seen
    assert ["backend-lost", "backend-reply-invalid"] == tried


def test_a_repeat_that_is_refused_ends_as_the_call_did_before() -> None:
    """Callers learn why it failed, not that nobody tried again."""
    answers = iter([None, refused("breaker", 1)])

    def gate(asked: Request, effect: Effect) -> Leave:
        if (error := next(answers)) is not None:
            raise error
        return lambda outcome: None

    with pytest.raises(BackendLost):
        guard(gate).run(request(), failing(LOST, None), READ)


def test_what_one_try_may_have_done_is_not_forgotten() -> None:
    """The last try was not sent; the one before may have been."""
    with pytest.raises(BackendUnreachable) as caught:
        guard().run(request(), failing(LOST, UNREACHABLE), Policy("idempotent", tries=2))
    assert "maybe" == caught.value.sent


def test_an_upload_is_never_sent_again() -> None:
    """What a caller is sending can be gone through once."""
    with pytest.raises(BackendUnreachable):
        guard().run(request(upload=Upload(iter([b"x"]), 1)), failing(UNREACHABLE, None), READ)


def test_waits_double_and_stay_inside_the_deadline() -> None:
    """The longest waits are 0.1 s and 0.2 s; one that ends behind the deadline is not begun."""
    waits: list[float] = []
    guard(waits=waits).run(request(), failing(LOST, LOST, None), READ)
    assert [0.1, 0.2] == waits
    with pytest.raises(BackendLost):
        guard().run(request(seconds=0.05), failing(LOST, None), READ)


def test_repeats_are_paid_for() -> None:
    """Without successes two repeats are to be had; ten successes pay for one more."""
    guarded = guard()
    for _ in range(2):
        assert "answer" == guarded.run(request(), failing(UNREACHABLE, None), Policy("write"))
    for _ in range(7):
        guarded.run(request(), failing(None), WRITE)
    with pytest.raises(BackendUnreachable):
        guarded.run(request(), failing(UNREACHABLE, None), WRITE)
    guarded.run(request(), failing(None), WRITE)
    assert "answer" == guarded.run(request(), failing(UNREACHABLE, None), WRITE)


def test_half_a_second_of_traffic_may_be_saved_up() -> None:
    """At 100 calls a second some 50 repeats are saved up; once it is quiet they are forgotten."""
    now = [0.0]
    budget = Budget(lambda: now[0])
    for _ in range(10_000):
        now[0] += 0.01
        budget.asked()
        budget.succeeded()
    assert 49 <= sum(budget.take() for _ in range(100)) <= 51
    for _ in range(1000):
        budget.succeeded()
    now[0] += 100
    budget.asked()
    assert 2 == sum(budget.take() for _ in range(100))
