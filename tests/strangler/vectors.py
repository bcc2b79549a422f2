"""Buckets that never change, whatever is released: key, group, entity, bucket."""

from __future__ import annotations

VECTORS: tuple[tuple[bytes, str, str, int], ...] = (
    (b"", "customers", "42", 1006),
    (b"", "customers", "43", 9443),
    (b"", "orders", "42", 3813),
    (b"of these tests", "customers", "42", 5438),
    (b"x" * 64, "customers", "42", 1365),
    (b"", "partners", "a-42", 5072),
    (b"", "customers", "", 6092),
    (b"", "kunden", "M\xfcller", 29),
    (b"", "customers", "\U0001f600", 5599),
    (b"", "", "", 5896),
)
