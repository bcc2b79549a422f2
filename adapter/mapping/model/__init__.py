"""What a mapping file says, as frozen data, before anybody asked the contract.

Every rule carries its ``Place``, so that whatever disagrees with it later can be named with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from adapter.mapping.model.when import Condition
from adapter.mapping.place import Place as Place


@dataclass(frozen=True, slots=True)
class ConverterCall:
    """A named converter with its arguments, as written: ``zero_padded(10)``."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BagRule:
    """A name-value bag of a type: the path to its repeated entry, and the path inside the entry to its name."""

    name: str
    place: Place
    each: str
    entry_name: str


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Where the items of an array have their numbers, as a field of theirs; the first one; how far apart they are."""

    field: FieldRule
    first: int
    step: int


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A binary value of more than ``over`` bytes is a link to the operation of this name, which answers a document."""

    place: Place
    over: int
    operation: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One JSON property or parameter and the XML it stands for. ``shape`` is scalar unless it names a type.

    ``parts`` are the paths of a value that stands in several elements, with ``join`` between them. With a ``bag`` the
    paths begin in its entry called ``entry``. ``xml``: the value is the whole element as XML. ``constant`` is the JSON
    value of a property that the ERP does not have. ``by`` and ``number`` arrange the items of an array: by one of their
    properties, or in the order of their numbers.
    """

    name: str
    place: Place
    soap: str
    parts: tuple[str, ...] = ()
    join: str = ""
    bag: BagRule | None = None
    entry: str = ""
    by: str = ""
    number: NumberRule | None = None
    shape: Literal["scalar", "one", "each"] = "scalar"
    xml: bool = False
    type_name: str = ""
    convert: tuple[ConverterCall, ...] = ()
    codes: Mapping[str, str] | None = None
    lookup: str = ""
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    create_only: bool = False
    json: Literal["", "string", "number"] = ""
    blank_null: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    default: str | None = None
    missing: str | None = None
    null_name: str = ""
    flagged: bool = True
    link: LinkRule | None = None
    doc: str = ""
    example: str | None = None
    constant: Any = None
    compute: str = ""
    when: tuple[Condition, ...] = ()

    @property
    def placeless(self) -> bool:
        """Whether the ERP has no element for it, so that its value never comes from XML and never goes there."""
        return self.constant is not None or bool(self.compute)

    @property
    def wild(self) -> bool:
        """Whether it stands for what the wildcards of a record let in."""
        return not self.parts and self.soap[-1:] == "*"

    @property
    def hides(self) -> str:
        """The name of the property that callers do not see in the items of this array, "" where they see all."""
        return self.number.field.name if self.number is not None else self.by


@dataclass(frozen=True, slots=True)
class VariantRule:
    """One derivation of an abstract type: the value of the discriminator, the XSD type's name, its own fields."""

    value: str
    place: Place
    soap_type: str
    fields: Mapping[str, FieldRule]


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One JSON object type. With ``variants``, ``discriminator`` names the property that tells them apart.

    ``set`` are the constants that are written with every object of it.
    """

    name: str
    place: Place
    fields: Mapping[str, FieldRule]
    discriminator: str = ""
    variants: tuple[VariantRule, ...] = ()
    doc: str = ""
    set: tuple[Constant, ...] = ()

    def every_field(self) -> Iterator[FieldRule]:
        """Yield its fields and those of its variants."""
        yield from self.fields.values()
        for variant in self.variants:
            yield from variant.fields.values()


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that no caller gives: written in the mapping, or by the operator in ADAPTER_VALUE_<SETTING>.

    With ``credential`` it is ``part`` of these credentials, read for each call. With ``compute`` it is a whole header
    block that a function makes of these credentials for each call. ``made`` names what is made for each call: ``now``.
    ``session``: it is the token of our session. ``page`` names a value of ``Call.page``. ``function`` is the call
    of a team's function that computes it. It is written where every condition of ``when`` holds.
    """

    path: str
    place: Place = field(compare=False)
    value: str = ""
    setting: str = ""
    credential: str = ""
    part: str = ""
    compute: str = ""
    made: str = ""
    when: tuple[Condition, ...] = ()
    session: bool = False
    page: str = ""
    function: str = ""
