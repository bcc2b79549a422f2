"""What is kept of callers' bodies is sealed: AES-256-GCM, with a random key for each data subject.

The keys of subjects are wrapped by the operator's secret and live in a database of their own, so one command erases a
subject: without its key, what was sealed for it is noise, wherever a copy of it lies. Rule: seal before a transaction
of the store and open after it, never inside, since keys are asked of another database.
"""

from __future__ import annotations

from adapter.errors import VaultError
from adapter.vault.keyring import Keyring, new_secret
from adapter.vault.sealed import Erased, Subject, Vault

__all__ = ["Erased", "Keyring", "Subject", "Vault", "VaultError", "new_secret"]
