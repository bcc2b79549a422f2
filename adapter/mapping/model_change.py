"""What a mapping file says about partial changes: ``patch:`` of a body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapter.mapping.model import Place

PatchKind = Literal["partial", "null_list"]


@dataclass(frozen=True, slots=True)
class PatchRule:
    """How a partial change is said to the ERP.

    ``path`` leads from the body's element to the list that takes names (null_list).
    """

    place: Place
    kind: PatchKind
    path: str = ""
