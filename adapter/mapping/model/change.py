"""What a mapping file says about partial changes: ``patch:`` of a body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapter.mapping.model import Place

PatchKind = Literal["partial", "null_list", "read_modify_write", "changed_flags"]


@dataclass(frozen=True, slots=True)
class PatchRule:
    """How a partial change is said to the ERP.

    ``path`` leads from the body's element to the list that takes names (null_list), or from the message to the element
    that holds the flags, ``flag`` each (changed_flags). ``reads`` is the verb of the
    operation that reads the record (read_modify_write), ``without`` are paths of what the ERP must not get back.
    """

    place: Place
    kind: PatchKind
    path: str = ""
    flag: str = ""
    reads: str = ""
    without: tuple[str, ...] = ()
