"""Checked values to the root of the request message as text: what ``writer`` does, without a tree.

Elements stand in the order of the contract; what is absent, null or empty is written as ``writer`` writes it. A value
is escaped where it enters the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.messages import Call, Checked
from adapter.translate.elements import Compiler
from adapter.translate.in_text import Text
from adapter.translate.made import TextOf, completer
from adapter.translate.markup import is_whole
from adapter.translate.node import Node
from adapter.translate.writer import slots_of, unset, writer
from adapter.translate.written import Written
from adapter.wsdl.types import Element


def text_writer(endpoint: Endpoint, text_of: TextOf = unset) -> Callable[[Checked], Any]:
    """Compile the writer of one operation to text: checked values in, the message's root as ``Written`` out.

    What only lxml can make is an element (as ``writer`` makes it): a record that is merged, a message in SOAP encoding,
    one that is XML of the caller's. None where nothing is sent.
    """
    root, body = endpoint.operation.input.root, endpoint.body
    if root is None or endpoint.operation.use == "encoded" or (body is not None and body.reads is not None):
        return writer(endpoint, text_of)
    message = endpoint.message()
    if any(not steps and is_whole(field) for steps, field, _ in message) or Compiler(endpoint).grows(message):
        return writer(endpoint, text_of)
    return _in_text(endpoint, root, text_of)[0]


@dataclass(frozen=True, slots=True)
class RowsWriter:
    """Writes a message whose rows come one by one.

    ``frame`` makes the message around them: its content has ``ROWS`` where they are to stand. ``row`` makes the text of
    one, of its checked values and the call.
    """

    frame: Callable[[Checked], Written]
    row: Callable[[Any, Call], str]


def rows_writer(endpoint: Endpoint, slot: str, key: str, text_of: TextOf = unset) -> RowsWriter:
    """Compile the writer of an operation in literal use, one item of an array at a time.

    ``slot`` is the array's name in ``Endpoint.message``, ``key`` the bound type of its items.
    """
    root = endpoint.operation.input.root
    assert root is not None
    frame, one = _in_text(endpoint, root, text_of, slot)
    complete = completer(endpoint.types, key, text_of)
    assert one is not None

    def row(values: Any, call: Call) -> str:
        node = Node()
        one(node, values if complete is None else complete(values, call))
        return node.text

    return RowsWriter(frame, row)


def _in_text(
    endpoint: Endpoint, root: Element, text_of: TextOf, rows: str = ""
) -> tuple[Callable[[Checked], Written], Callable[[Any, Any], None] | None]:
    """Return what writes a message, and what appends one of its ``rows``."""
    tree = Compiler(endpoint)
    tree.prefixes.of(root.namespace)
    material = Text(tree.prefixes, rows)
    fill = Compiler(endpoint, material, tree).record(root.type, endpoint.message())
    slots, finish = slots_of(endpoint, text_of), material.root(root.tag)

    def write(checked: Checked) -> Written:
        node = Node()
        fill(node, slots(checked))
        return finish(node)

    return write, material.row
