"""Addresses of an origin: literal ones are never looked up, and who asks at once shares one lookup."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapter.exchange import names
from adapter.exchange.names import LOOKUPS, Names

PATIENCE = 20


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[2001:db8::7]"])
def test_a_literal_address_is_what_the_system_would_say(host: str) -> None:
    """It is the same as ``getaddrinfo`` gives, but for the canonical name that nobody asked for."""
    expected = socket.getaddrinfo(host.strip("[]"), 81, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    assert expected == Names(host, 81).addresses(None)


def test_a_literal_address_is_never_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread and no system call stands between a call and its connection."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: pytest.fail("looked up"))
    assert [("127.0.0.1", 80)] == [each[4] for each in Names("127.0.0.1", 80).addresses(None)]


class _Resolver:
    """Answers every lookup once it is let to, and counts them."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.let = threading.Event()
        self.asked = 0

    def __call__(self, *args: object, **options: object) -> object:
        self.asked += 1
        self.begun.release()
        self.let.wait(PATIENCE)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))]


def test_those_who_ask_at_once_share_one_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred connections that open together ask for the name once."""
    resolver = _Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(names, "FRESH_SECONDS", 2 * PATIENCE)
    found = Names("erp.example", 80)
    waiting = threading.Semaphore(0)

    def ask(_: int) -> object:
        waiting.release()
        return found.addresses(PATIENCE)

    with ThreadPoolExecutor(100) as callers:
        answers = [callers.submit(ask, number) for number in range(100)]
        for _ in answers:
            waiting.acquire(timeout=PATIENCE)
        resolver.begun.acquire(timeout=PATIENCE)
        resolver.let.set()
        assert {("192.0.2.1", 80)} == {each.result()[0][4] for each in answers}  # type: ignore[index]
    # Whoever came after the answer had asked anew.
    assert resolver.asked < 100


def test_a_lookup_that_hangs_is_not_waited_for_by_who_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the name is asked for again, but never by more than some threads at once."""
    resolver = _Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(names, "FRESH_SECONDS", -1.0)
    found = Names("erp.example", 80)
    for _ in range(LOOKUPS + 3):
        with pytest.raises(TimeoutError):
            found.addresses(0)
    for _ in range(LOOKUPS):
        resolver.begun.acquire(timeout=PATIENCE)
    assert LOOKUPS == resolver.asked
    resolver.let.set()
    found.close()
