"""The vault: who can read what was sealed, and who cannot any more."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import StoreUnavailable, VaultError
from adapter.vault import Keyring, Subject, Vault, new_secret
from tests.resilience.stores import ENGINES, SECRET, Place, place

NEW = "another secret which is the new one by now"


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """New databases on each engine."""
    return place(request.param, tmp_path)


def kind(vault: Vault, subject: Subject, sealed: bytes, at: str = "") -> str:
    """Return the kind of VaultError that opening ends with."""
    with pytest.raises(VaultError) as caught:
        vault.open(subject, sealed, at)
    assert caught.value.status in (410, 503)
    return caught.value.kind


def test_what_is_sealed_can_be_opened(where: Place) -> None:
    """Another process with the same secret opens it; the text is not in it; the same text is sealed anew each time."""
    vault = where.vault()
    subject = vault.subject("C-7")
    sealed = vault.seal(subject, b"a street in Berlin", "row 1 request")
    assert b"a street in Berlin" == where.vault().open(subject, sealed, "row 1 request")
    assert b"Berlin" not in sealed
    assert sealed != vault.seal(subject, b"a street in Berlin", "row 1 request")


def test_what_is_sealed_stays_where_it_is(where: Place) -> None:
    """Moved to another place or another subject, or changed by one bit anywhere, it does not open."""
    vault = where.vault()
    subject, other = vault.subject("C-7"), vault.subject("C-8")
    vault.seal(other, b"")
    sealed = vault.seal(subject, b"text", "row 1")
    assert "corrupt" == kind(vault, subject, sealed, "row 2")
    assert "erased" == kind(vault, other, sealed, "row 1")  # not a key of its own
    for place_ in range(len(sealed)):
        broken = sealed[:place_] + bytes([sealed[place_] ^ 1]) + sealed[place_ + 1 :]
        assert kind(vault, subject, broken, "row 1") in ("corrupt", "erased")
    for length in range(len(sealed)):
        assert "corrupt" == kind(vault, subject, sealed[:length], "row 1")


def test_an_erased_subject(where: Place) -> None:
    """Nobody opens what was sealed for it; who comes back gets a new key, which does not open it either."""
    vault = where.vault()
    subject = vault.subject("C-7")
    sealed = vault.seal(subject, b"text")
    assert vault.erase(subject).had_key
    assert not vault.erase(subject).had_key
    assert "erased" == kind(vault, subject, sealed)
    assert "erased" == kind(where.vault(), subject, sealed)
    again = vault.seal(subject, b"new text")
    assert b"new text" == vault.open(subject, again)
    assert "erased" == kind(vault, subject, sealed)


def test_a_held_subject_is_not_erased(where: Place) -> None:
    """A legal hold keeps the key until it is released, and says why."""
    vault = where.vault()
    subject = vault.subject("C-7")
    assert not vault.hold(subject, "case 12")
    sealed = vault.seal(subject, b"text")
    assert vault.hold(subject, "case 12")
    assert [(subject, "case 12")] == vault.held()
    with pytest.raises(VaultError, match="case 12") as caught:
        vault.erase(subject)
    assert "held" == caught.value.kind
    assert b"text" == vault.open(subject, sealed)
    assert vault.hold(subject, "")
    assert vault.erase(subject).had_key


def test_the_secret_can_be_changed(where: Place) -> None:
    """With the new secret in front both are opened; after ``rotate`` the old one is not needed, and pseudonyms stay."""
    old = where.vault()
    subject = old.subject("C-7")
    sealed = old.seal(subject, b"text")
    assert "secret" == _wrong_secret(where, subject, sealed)
    both = where.vault(f"{NEW},{SECRET}")
    assert b"text" == both.open(subject, sealed)
    assert 2 == both.rotate()  # the subject's, and that of pseudonyms
    assert 0 == both.rotate()
    new = where.vault(NEW)
    assert b"text" == new.open(subject, sealed)
    assert subject == new.subject("C-7")
    assert "secret" == kind(old, subject, sealed)


def _wrong_secret(where: Place, subject: Subject, sealed: bytes) -> str:
    return kind(where.vault(NEW), subject, sealed)


def test_a_damaged_key(where: Place) -> None:
    """A wrapped key that was changed is VaultError, not a defect."""
    vault = where.vault()
    subject = vault.subject("C-7")
    sealed = vault.seal(subject, b"text")
    where.subjects().run(lambda connection: connection.exec_driver_sql("UPDATE subject_keys SET wrapped = id"))
    assert "corrupt" == kind(vault, subject, sealed)


def test_pseudonyms(where: Place) -> None:
    """They are the same in each process and differ with each part; without the database they cannot be computed."""
    vault = where.vault()
    assert vault.pseudonym("key", "a", "b") == where.vault().pseudonym("key", "a", "b")
    different = [("a", "b"), ("ab",), ("a", "", "b"), ("a\x00b",), ("b", "a"), ("",), ()]
    assert len(different) == len({vault.pseudonym(*parts) for parts in different})
    assert vault.subject("a") == vault.pseudonym("subject", "a")


def test_pseudonyms_of_another_installation(tmp_path: Path) -> None:
    """The same secret with another database gives others."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    one, other = (place("sqlite", folder).vault() for folder in folders)
    assert one.pseudonym("a") != other.pseudonym("a")


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes(texts: list[bytes]) -> None:
    """Wrapped and unwrapped they are the same."""
    ring = Keyring(f"{NEW}, {SECRET}")
    for text in texts:
        assert text == ring.unwrap(*ring.wrap(text, b"about"), b"about")


def test_secrets_are_not_shown() -> None:
    """Neither text nor pickle has one."""
    ring = Keyring(SECRET)
    assert SECRET not in f"{ring.current!r} {ring.current!s} {ring.secrets}"
    with pytest.raises(TypeError):
        pickle.dumps(ring.current)
    assert new_secret() != new_secret()
    assert 32 <= len(new_secret())


def test_without_the_database_of_subjects(where: Place, tmp_path: Path) -> None:
    """Nothing is sealed or opened, and it is the store that is to blame."""
    vault = Place(where.store_url, str(tmp_path / "none" / "subjects.db")).vault()
    with pytest.raises(StoreUnavailable):
        vault.seal(Subject("x"), b"text")
