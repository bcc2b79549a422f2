"""What the build must say about mistakes in who may call: a part of the text and of the remedy."""

from __future__ import annotations

SCOPES: dict[str, tuple[str, str]] = {
    "scopes-one-word": ("scopes: 'orders.read' is neither a list of scopes nor any nor public", "[orders.read]"),
    "scopes-none": ("scopes: names none", "any: whoever is known"),
    "scopes-word-in-list": ("scopes: any is no scope", "scopes: any"),
    "scopes-with-blank": ("scopes: 'read orders' is not a scope", "without blanks"),
    "scopes-twice": ("scopes: orders.read stands here twice", "keep one"),
    "scopes-flag": ("scopes: this is neither a list of scopes nor any nor public", "scopes: […]"),
    "scopes-unknown-effect": ("scopes has no key 'delete'", "keys here: read, write"),
    "scopes-of-file-one-word": ("scopes: 'orders.write' is neither a list", "[orders.write]"),
    "scopes-of-file-list": ("scopes must be a section with keys", "keys: read, write"),
}
