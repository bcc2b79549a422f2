"""A fast way and its plain twin, held against each other."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.messages import Checked
from adapter.translate.in_text import ROWS
from adapter.translate.poured import pouring_writer
from adapter.translate.written import Written

# A value that is made anew for each message: {compute: uuid}.
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def poured(endpoint: Endpoint, checked: Checked) -> Any:
    """Return the message whose rows were written one at a time."""
    made = pouring_writer(endpoint)(replace(checked, rows=iter([[row] for row in checked.body])))
    text = made.frame.whole().replace(ROWS, b"".join(made.rows).decode("utf-8"))
    return etree.fromstring(text)


def sent(message: Any) -> str:
    """Return a message as canonical XML (c14n), whether it was written as text or as elements."""
    if message is None:
        return ""
    element = message.element() if isinstance(message, Written) else message
    return _UUID.sub("uuid", etree.tostring(element, method="c14n").decode())
