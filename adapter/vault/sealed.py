"""``Vault``: seals, opens and erases.

A sealed text is: one byte for its form, the id of the subject's key (8), a nonce (12), and what AES-256-GCM makes of
it, bound to the subject and to the place where it is kept. The id tells an erased subject, who may have come back with
a new key, from bytes that are damaged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapter.errors import VaultError
from adapter.store import Connection, Store, subjects
from adapter.store.subjects import SubjectKey, VaultKey
from adapter.vault.keyring import NONCE, Keyring, refused

# The pseudonym of a data subject: what rows have in their column ``subject``.
Subject = NewType("Subject", str)

_FORM = b"\x01"
_ID = 8
_PSEUDONYM = "pseudonym"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing a subject did. ``had_key``: something was sealed for it; ``clean``: its key left all files."""

    subject: Subject
    had_key: bool
    clean: bool


class Vault:
    """Seals for subjects. ``keys`` is the database of their keys (``store.SUBJECTS``, forgetful)."""

    def __init__(self, keys: Store, ring: Keyring, now: Callable[[], float] = time.time) -> None:
        self._keys, self._ring, self._now = keys, ring, now
        self._pseudonyms: bytes | None = None

    def subject(self, text: str, until: float | None = None) -> Subject:
        """Return the pseudonym of a data subject: a customer's number, a caller's id, as operators know it."""
        return Subject(self.pseudonym("subject", text, until=until))

    def pseudonym(self, *parts: str, until: float | None = None) -> str:
        """Return a keyed hash of texts: equal for equal ones in this installation, and nobody can compute it elsewhere.

        It stays the same when the secret is changed.
        """
        if self._pseudonyms is None:
            self._pseudonyms = self._own_key(_PSEUDONYM, until)
        told = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.digest(self._pseudonyms, told, hashlib.sha256)[:16].hex()

    def seal(self, subject: Subject, data: bytes, place: str = "", until: float | None = None) -> bytes:
        """Return ``data`` so that only this vault can read it, and nobody once the subject is erased.

        ``place`` (a row's id and column) must be the same for opening: what is sealed cannot be moved elsewhere.
        """
        found = self._keys.read(lambda connection: subjects.find(connection, subject), until)
        if found is None:
            found = self._new(subject, until)
        nonce = secrets.token_bytes(NONCE)
        bound = _bound(subject, found.id, place)
        return _FORM + found.id + nonce + AESGCM(self._unwrapped(found)).encrypt(nonce, data, bound)

    def open(self, subject: Subject, sealed: bytes, place: str = "", until: float | None = None) -> bytes:
        """Return what was sealed. Raise VaultError: ``erased``, ``corrupt`` or ``secret``."""
        if sealed[:1] != _FORM or len(sealed) < 1 + _ID + NONCE:
            raise refused("corrupt", "a sealed text is damaged")
        id, rest = sealed[1 : 1 + _ID], sealed[1 + _ID :]
        found = self._keys.read(lambda connection: subjects.find(connection, subject), until)
        if found is None or found.id != id:
            raise VaultError("erased", 410, cause="the subject was erased", sent="no", kind="erased")
        try:
            return AESGCM(self._unwrapped(found)).decrypt(rest[:NONCE], rest[NONCE:], _bound(subject, id, place))
        except InvalidTag as error:
            raise refused("corrupt", "a sealed text is damaged, or stands in a place that is not its own") from error

    def erase(self, subject: Subject, until: float | None = None) -> Erased:
        """Erase the key of a subject, and with it all that was sealed for it. Raise VaultError where it is held."""

        def act(connection: Connection) -> bool:
            found = subjects.find(connection, subject)
            if found is not None and found.held:
                raise VaultError("sealed", 503, cause=found.held, kind="held")
            return subjects.erase(connection, subject)

        had_key = self._keys.run(act, until)
        return Erased(subject, had_key, self._keys.forget(until))

    def hold(self, subject: Subject, why: str, until: float | None = None) -> bool:
        """Let a subject not be erased, for a reason; with "" it may be again. False: nothing is sealed for it."""
        return self._keys.run(lambda connection: subjects.hold(connection, subject, why), until)

    def held(self, until: float | None = None) -> list[tuple[Subject, str]]:
        """Return the subjects that must not be erased, and why."""
        found = self._keys.read(subjects.held, until)
        return [(Subject(each.subject), each.held) for each in found]

    def rotate(self) -> int:
        """Wrap all keys anew with the current secret, and return how many: the other secrets are not needed then."""
        changed, after, current = self._keys.run(self._rotate_own), "", self._ring.current.id

        def others(connection: Connection) -> list[SubjectKey]:
            return subjects.under_others(connection, current, after, _BATCH)

        while found := self._keys.read(others):
            wrapped = [(each, *self._ring.wrap(self._unwrapped(each), _about(each.subject, each.id))) for each in found]
            changed += self._keys.run(partial(_rewrapped, wrapped))
            after = found[-1].subject
        self._keys.forget()
        return changed

    def _rotate_own(self, connection: Connection) -> int:
        others = [each for each in subjects.own(connection) if each.secret != self._ring.current.id]
        wrapped = [(each, *self._ring.wrap(self._own(each), each.name.encode())) for each in others]
        return sum(subjects.rewrap_own(connection, *each) for each in wrapped)

    def _new(self, subject: Subject, until: float | None) -> SubjectKey:
        id = secrets.token_bytes(_ID)
        wrapped, secret = self._ring.wrap(secrets.token_bytes(32), _about(subject, id))
        made = SubjectKey(subject, id, wrapped, secret, self._now())
        return self._keys.run(lambda connection: subjects.add(connection, made), until)

    def _unwrapped(self, key: SubjectKey) -> bytes:
        return self._ring.unwrap(key.wrapped, key.secret, _about(key.subject, key.id))

    def _own(self, key: VaultKey) -> bytes:
        return self._ring.unwrap(key.wrapped, key.secret, key.name.encode())

    def _own_key(self, name: str, until: float | None) -> bytes:
        found = self._keys.read(lambda connection: {each.name: each for each in subjects.own(connection)}, until)
        if name not in found:
            made = VaultKey(name, *self._ring.wrap(secrets.token_bytes(32), name.encode()))
            return self._own(self._keys.run(lambda connection: subjects.add_own(connection, made), until))
        return self._own(found[name])


def _rewrapped(wrapped: list[tuple[SubjectKey, bytes, str]], connection: Connection) -> int:
    return sum(subjects.rewrap(connection, *each) for each in wrapped)


def _about(subject: str, id: bytes) -> bytes:
    return id + subject.encode()


def _bound(subject: str, id: bytes, place: str) -> bytes:
    return _about(subject, id) + b"\x00" + place.encode()
