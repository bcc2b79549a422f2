"""The database behind the pretend ERP."""

from __future__ import annotations

import pytest

from adapter.virtual.seed import sow
from adapter.virtual.state import opened


def test_seed_is_the_same_every_time() -> None:
    """Two fresh databases hold the same records, so tests and examples may name numbers."""
    first, second = opened(":memory:", sow), opened(":memory:", sow)
    for table in ("partner", "artikel", "auftrag", "position", "rechnung", "bestand", "stueckliste", "sperre"):
        query = f"SELECT * FROM {table}"
        assert first.rows(query) == second.rows(query)
        assert first.rows(query)


def test_seed_has_every_state() -> None:
    """Among the seeded partners each kind of field comes with a value, nil, empty and absent."""
    documents = b"".join(row[0] for row in opened(":memory:", sow).rows("SELECT document FROM partner"))
    assert b'<p:Name2 xsi:nil="true"/>' in documents
    assert b"<p:Name2/>" in documents
    assert 0 < documents.count(b"<p:Name2") < documents.count(b"<p:Name1>")
    assert b'<p:GebDat xsi:nil="true"/>' in documents


def test_failed_transaction_leaves_nothing() -> None:
    """What was written before an error is taken back."""
    state = opened(":memory:", sow)

    def fail_half_way() -> None:
        with state.transaction():
            state.execute("DELETE FROM partner")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with state.transaction():
        assert 72 == state.one("SELECT count(*) FROM partner")
    state.close()
