"""What a proof finds, where it stands in the mapping, and where in the XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from adapter.mapping.bound import BoundField
from adapter.mapping.model import Place
from adapter.wsdl.types import local_name

# lossy: a value did not come back. invalid: what was written is not what the contract allows. unreachable: no value
# that was made had the property. unmapped: the contract has it, and the mapping does not.
Kind = Literal["lossy", "invalid", "unreachable", "unmapped"]
BAD: tuple[Kind, ...] = ("lossy", "invalid", "unreachable")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. ``path`` is the way to it in XML, ``what`` the property or the element."""

    kind: Kind
    place: Place
    what: str
    path: str = field(default="", compare=False)
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path else ""
        why = f": {self.text}" if self.text else ""
        return f"{self.place.file}:{self.place.line}:{self.place.column}: {self.kind}: {self.what}{where}{why}"


def xml_path(record: str, field: BoundField) -> str:
    """Return the way to a field in XML, from the name of the record it stands in."""
    steps = [step.element.name for step in field.steps]
    own = [f"@{field.attribute.name}"] if field.attribute is not None else []
    return "/".join([local_name(record).rpartition("/")[2], *steps, *own])


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once, the first of its kind, place and name."""
    return list({finding: finding for finding in reversed(list(findings))}.values())[::-1]
