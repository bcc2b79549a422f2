"""Agreement of a text whose parts stand in several elements of a record."""

from __future__ import annotations

from collections.abc import Callable

from adapter.mapping.agreement.bags import spot_of
from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.joined import is_text, joined
from adapter.mapping.model import FieldRule
from adapter.mapping.paths import Spot
from adapter.mapping.scalars import ScalarError
from adapter.mapping.standing import Wrong
from adapter.wsdl.types import Contract

Bind = Callable[[FieldRule, Spot], BoundField | None]


def bind_joined(
    contract: Contract, wrong: Wrong, rule: FieldRule, start: str, mode: Mode, bind: Bind
) -> BoundField | None:
    """Bind a joined text. ``bind`` binds one part at its spot. Raise PathError or ScalarError."""
    found = []
    for index, path in enumerate(rule.parts):
        spot = spot_of(contract, rule, start, path)
        if not is_text(contract, spot.type):
            raise ScalarError(f"{path} is no text, and only texts can be joined", "make it a field of its own")
        found.append(bind(FieldRule(str(index), rule.place, path, doc=rule.doc), spot))
    parts = [each for each in found if each is not None]
    return joined(wrong, rule, parts, mode) if len(parts) == len(rule.parts) else None
