"""Messages that pass on with more in them lose nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from adapter.messages import Call, Checked, Request, Response, answered_by, called, checked_request


def full(kind: Any) -> Any:
    """One of a kind of message, another value in each of its fields."""
    return kind(**{each.name: f"its {each.name}" for each in fields(kind)})


def test_checked_request() -> None:
    """Only what was checked is new."""
    checked = Checked(body={"a": "1"})

    assert replace(full(Request), checked=checked) == checked_request(full(Request), checked)


def test_called() -> None:
    """Only the call, and what is still arriving, are new."""
    call, rows = Call("1"), iter([[1]])

    assert replace(full(Checked), call=call, upload=None, rows=rows) == called(full(Checked), call, None, rows)


@pytest.mark.parametrize("notes", [(), ("odd",)])
def test_answered_by(notes: tuple[str, ...]) -> None:
    """Only who answered is new, and what was odd before."""
    response = replace(full(Response), notes=("seen",))

    assert replace(response, answered_by="soap", notes=(*notes, "seen")) == answered_by("soap", response, notes)
