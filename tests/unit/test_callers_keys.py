"""API keys: their text, what is kept of them, and when one counts."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.callers.keys import Keys
from adapter.callers.keytext import id_of, new_key
from adapter.callers.snapshot import Kept, Pepper, Snapshot
from adapter.errors import RequestError
from adapter.messages import Caller
from adapter.store import keys
from tests.callers.attacks import KEYS
from tests.callers.known import SECRET, durable, made_key, raising

ME = Caller("key:me", frozenset({"a"}))


def opened(folder: Path, secret: str = SECRET, now: float | None = None) -> Keys:
    """The keys of a store, read once."""
    found = Keys(durable(folder, secret), raising, now=time.time if now is None else lambda: now)
    found.refresh()
    return found


def cause(known: Keys, text: str) -> str:
    """Why a key is refused, "" where it is not."""
    try:
        known.caller(text)
    except RequestError as error:
        return error.cause if error.status == 401 else f"status {error.status}"
    return ""


def test_a_key_has_a_prefix_an_id_and_256_bits() -> None:
    """Scanners find it by its prefix; no two are alike."""
    made = [new_key() for _ in range(50)]
    assert 50 == len({id for id, _ in made}) == len({text for _, text in made})
    assert all(text.startswith(f"sa_{id}_") and 64 == len(text) and id == id_of(text) for id, text in made)


@given(st.integers(0, 63), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_wrong_character_is_seen_without_a_look(at: int, character: str) -> None:
    """The check finds every change of a single character."""
    _, text = new_key()
    changed = text[:at] + character + text[at + 1 :]
    assert (changed == text) == bool(id_of(changed))


def test_a_key_counts_and_names_its_owner(tmp_path: Path) -> None:
    """Two keys of one owner are the same caller, each with scopes of its own."""
    store = durable(tmp_path)
    first, second = made_key(store), made_key(store, scopes=("a", "b"))
    known = opened(tmp_path)
    assert ME == known.caller(first)
    assert Caller("key:me", frozenset({"a", "b"})) == known.caller(second)


@pytest.mark.parametrize("name", KEYS)
def test_what_is_no_key_is_refused_without_a_look(name: str, tmp_path: Path) -> None:
    """A key with a typing error opens no store."""
    known = Keys(durable(tmp_path), raising)
    assert "mistyped-key" == cause(known, KEYS[name](new_key()[1]))
    assert [] == list(tmp_path.iterdir())


def test_a_forged_key_is_unknown(tmp_path: Path) -> None:
    """One that was never made, and one that has the id of another."""
    text = made_key(durable(tmp_path))
    known = opened(tmp_path)
    _, other = new_key()
    assert "unknown-key" == cause(known, other)
    pepper = Pepper("x", b"x" * 32)
    mixed = Snapshot({id_of(other): Kept(ME, pepper.hashed(text), pepper)}, pepper, time.time)
    with pytest.raises(RequestError):
        mixed.caller(other, lambda id, when, kept: None)


def test_an_expired_and_a_revoked_key(tmp_path: Path) -> None:
    """The log says which it was; callers are not told."""
    store = durable(tmp_path)
    old, taken_back = made_key(store, expires=100.0), made_key(store, revoked=1.0)
    known = opened(tmp_path)
    assert ("expired-key", "revoked-key") == (cause(known, old), cause(known, taken_back))
    assert "" == cause(opened(tmp_path, now=99.0), old)


def test_a_change_is_seen_at_the_next_look(tmp_path: Path) -> None:
    """A key that is made counts, and one that is revoked does not any more."""
    store = durable(tmp_path)
    text = made_key(store)
    known = opened(tmp_path)
    assert "" == cause(known, text)
    other = made_key(store, "you")
    store.store.run(lambda connection: keys.revoke(connection, id_of(text), 5.0))
    known.refresh()
    assert ("", "revoked-key") == (cause(known, other), cause(known, text))


def test_a_new_key_counts_at_once(tmp_path: Path) -> None:
    """Who shows a key that was made a moment ago need not wait for the next look."""
    (tmp_path / "elsewhere").mkdir()
    store = durable(tmp_path)
    known = opened(tmp_path)
    assert "" == cause(known, made_key(store))
    assert "" == cause(known, made_key(store, "you"))
    assert "unknown-key" == cause(known, made_key(durable(tmp_path / "elsewhere"), "nobody"))


def test_the_last_snapshot_counts_while_the_store_is_away(tmp_path: Path) -> None:
    """Who was known stays known; a process that never knew anybody says 503, and not that the key were wrong."""
    text = made_key(durable(tmp_path))
    known = opened(tmp_path)
    (tmp_path / "adapter.db").rename(tmp_path / "gone.db")
    (tmp_path / "adapter.db").mkdir()
    known.refresh()
    assert "" == cause(known, text)
    assert "status 503" == cause(Keys(durable(tmp_path), raising), text)


def test_keys_that_were_read_ahead_outlive_the_store(tmp_path: Path) -> None:
    """A process that has begun to read them knows them, though nobody had shown one before the store went away."""
    text, read = made_key(durable(tmp_path)), threading.Event()
    known = Keys(durable(tmp_path), raising, aged=lambda seconds: read.set())
    known.begin()
    assert read.wait(20)
    (tmp_path / "adapter.db").rename(tmp_path / "gone.db")
    (tmp_path / "adapter.db").mkdir()
    assert ME == known.caller(text)


def test_when_a_key_was_used_is_written_in_batches(tmp_path: Path) -> None:
    """A hundred uses are one row once."""
    store = durable(tmp_path)
    text = made_key(store)
    known = opened(tmp_path, now=1000.0)
    for _ in range(100):
        known.caller(text)
    (before,) = store.store.read(keys.every)
    known.write(keys)
    (after,) = store.store.read(keys.every)
    assert (None, 1000.0) == (before.used, after.used)


def test_keys_outlive_a_change_of_the_secret(tmp_path: Path) -> None:
    """A key that is used while both secrets are there is kept under the new one; else it ends with the old one."""
    store = durable(tmp_path)
    used, unused = made_key(store), made_key(store, "you")
    newer = "another-secret-of-the-tests-of-forty-characters"
    both = opened(tmp_path, f"{newer},{SECRET}")
    assert ("", "") == (cause(both, used), cause(both, used))
    both.write(keys)
    alone = opened(tmp_path, newer)
    assert ("", "unknown-key") == (cause(alone, used), cause(alone, unused))
