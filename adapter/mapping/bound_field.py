"""One value of a mapping, bound to its place in the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from adapter.mapping.codec import Codec
from adapter.mapping.computable import Computable
from adapter.mapping.items import Items
from adapter.mapping.markup import Markup
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.paths import Child
from adapter.mapping.when import Judge
from adapter.wsdl.types import Attribute

# A request creates something, or asks; an update and a partial one change what is there.
# What is merged stands in a record that was read.
Mode = Literal["request", "update", "partial", "merge", "reply"]
Shape = Literal["scalar", "object", "scalars", "objects"]


@dataclass(frozen=True, slots=True)
class BoundField:
    """One value and where it stands: ``steps`` lead from the record to its element; then maybe an attribute.

    No steps and no attribute: the text of the record's own element. ``shape`` is ``scalars`` or ``objects`` for
    arrays. ``codec`` is there for scalars, ``type`` (a key of the endpoint's types) for objects. ``nullable``: JSON
    null may stand here, as xsi:nil or as the codec's own null. ``fixed`` is the text of a constant, ``made`` the
    constant whose text is read or computed for each call,
    ``default`` the text in XML of a property that the caller left out, ``missing`` the value that is read when a reply
    leaves the element out.

    ``parts`` are the fields of the same record that the value is made of, if it has no place of its own: those of a
    nested object, or those of a joined text (then ``shape`` is scalar). ``necessary``: the contract requires it.
    It is there where every condition of ``when`` holds. ``computed``: what computes it once the others were read.
    ``entry`` is the name of the bag's entry that it stands in, as a constant of that entry. ``items``: how the objects
    of an array are arranged. ``markup``: it has no shape in JSON; it is an element, elements or attributes as XML has
    them.
    """

    name: str
    rule: FieldRule
    steps: tuple[Child, ...]
    attribute: Attribute | None
    shape: Shape
    codec: Codec | None = None
    type: str = ""
    nullable: bool = False
    required: bool = False
    doc: str = ""
    fixed: str | None = field(default=None, repr=False)  # an operator's constant may be a secret
    made: Constant | None = None
    default: str | None = None
    missing: Any = None
    parts: tuple[BoundField, ...] = ()
    necessary: bool = False
    entry: BoundField | None = None
    when: tuple[Judge, ...] = ()
    items: Items | None = None
    computed: Computable | None = None
    markup: Markup | None = None

    @property
    def whole(self) -> bool:
        """Whether it is all that its element holds: an object, or the element as XML."""
        return self.shape in ("object", "objects") or (self.markup is not None and self.markup.kind != "attributes")

    @property
    def given_by_us(self) -> bool:
        """Whether it is a constant, which no caller gives."""
        return self.fixed is not None or self.made is not None


@dataclass(frozen=True, slots=True)
class Flag:
    """Where the ERP takes that a value is given, and its text; None: the value itself, which is a key."""

    field: BoundField
    text: str | None


def leaves(fields: Iterable[BoundField], before: str = "") -> Iterator[BoundField]:
    """Yield the fields that have a place in XML. Parts are named with what they are parts of: ``address/street``."""
    for each in fields:
        if each.rule.placeless:
            continue
        if each.parts:
            yield from leaves(each.parts, f"{before}{each.name}/")
        else:
            yield replace(each, name=before + each.name) if before else each
