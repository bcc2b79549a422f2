"""Checked rows to the texts of their elements, as they come, and the message around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.messages import Call, Checked
from adapter.translate.made import TextOf
from adapter.translate.text_writer import rows_writer
from adapter.translate.writer import unset
from adapter.translate.written import Written, carried


@dataclass(frozen=True, slots=True)
class Poured:
    """A message whose rows are not known yet: ``frame`` keeps a place for them, ``rows`` gives some at a time."""

    frame: Written
    rows: Iterator[bytes]


def pouring_writer(endpoint: Endpoint, text_of: TextOf = unset) -> Callable[[Checked], Poured]:
    """Compile the writer of an operation that takes many rows."""
    body = endpoint.body
    assert body is not None
    made = rows_writer(endpoint, "body", body.type, text_of)
    return lambda checked: Poured(made.frame(checked), _texts(made.row, checked))


def _texts(row: Callable[[Any, Call], str], checked: Checked) -> Iterator[bytes]:
    for batch in checked.rows or ():
        yield carried("".join([row(each, checked.call) for each in batch]))
