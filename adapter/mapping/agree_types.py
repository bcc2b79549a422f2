"""Agreement of types: a JSON object type on one record of the contract, for one direction.

The same mapping type is bound once for every record and mode it is used with: what a reply requires is not what a
change requires.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapter.errors import Mistake
from adapter.mapping.bound import BoundField, BoundType, BoundVariant, Choice, Mode
from adapter.mapping.convert import Factory
from adapter.mapping.coverage import uncovered
from adapter.mapping.model import FieldRule, Place, Resource, TypeRule
from adapter.mapping.paths import PathError, Spot, follow, suggest
from adapter.mapping.scalars import ScalarError, field_codec
from adapter.wsdl.types import Contract, Record


class Binder:
    """Binds the types of one resource to its contract, collecting what does not agree."""

    def __init__(self, resource: Resource, contract: Contract, converters: Mapping[str, Factory]) -> None:
        self.resource = resource
        self.contract = contract
        self.converters = converters
        self.types: dict[str, BoundType] = {}
        self.mistakes: list[Mistake] = []
        self.used: set[str] = set()

    def wrong(self, place: Place, text: str, remedy: str = "") -> None:
        """Note a disagreement."""
        self.mistakes.append(place.mistake(text, remedy))

    def bind(self, name: str, record: str, mode: Mode, place: Place, encoded: bool = False) -> str:
        """Bind mapping type ``name`` to the record with key ``record``; return the bound type's key, or an empty string."""
        rule = self.resource.types.get(name)
        if rule is None:
            self.wrong(place, f"there is no type {name}", suggest(name, list(self.resource.types)))
            return ""
        self.used.add(name)
        key = f"{name} {mode} {record}"
        if key in self.types:
            return key
        kind = self.contract.types.get(record)
        if not isinstance(kind, Record):
            self.wrong(place, f"{name} is an object, but a single value stands there", "leave the type out")
            return ""
        # Noted before its fields are bound, so that a type that contains itself ends.
        self.types[key] = BoundType(key, name, mode, record, (), doc=rule.doc)
        if rule.variants:
            self.types[key] = self._variants(rule, kind, key, mode, encoded)
        else:
            self._not_abstract(rule, kind)
            self.types[key] = self._plain(rule, rule.fields, kind, key, mode, encoded)
        return key

    def _not_abstract(self, rule: TypeRule, kind: Record) -> None:
        if kind.abstract:
            names = ", ".join(_local(derived) for derived in kind.derived)
            self.wrong(
                rule.place,
                f"{rule.name} stands for the abstract type {_local(kind.name)}",
                f"add variants: for {names}",
            )

    def _variants(self, rule: TypeRule, kind: Record, key: str, mode: Mode, encoded: bool) -> BoundType:
        variants = []
        candidates = {_local(name): name for name in (kind.name, *kind.derived)}
        for variant in rule.variants:
            record = candidates.get(variant.soap_type)
            derived = self.contract.types.get(record) if record else None
            if record is None or not isinstance(derived, Record):
                text = f"{variant.soap_type} is not derived from {_local(kind.name)}"
                self.wrong(variant.place, text, suggest(variant.soap_type, list(candidates)))
                continue
            if derived.abstract:
                self.wrong(variant.place, f"{variant.soap_type} is abstract", "name one of the types derived from it")
                continue
            inner = f"{key} {variant.value}"
            self.types[inner] = self._plain(rule, variant.fields, derived, inner, mode, encoded)
            variants.append(BoundVariant(variant.value, record, inner))
        return BoundType(key, rule.name, mode, kind.name, (), rule.discriminator, tuple(variants), doc=rule.doc)

    def _plain(
        self, rule: TypeRule, rules: Mapping[str, FieldRule], kind: Record, key: str, mode: Mode, encoded: bool
    ) -> BoundType:
        fields = []
        for each in rules.values():
            if mode != "reply" and each.read_only:
                continue
            bound = self.field(each, kind.name, mode, encoded)
            if bound is not None:
                fields.append(bound)
        if mode != "reply" and not encoded:
            for missing in uncovered(self.contract, kind, [(field.steps, field) for field in fields]):
                text = f"{rule.name}: {_local(kind.name)} requires {missing}, and no field fills it"
                self.wrong(rule.place, text, f"add a field with soap: {missing}")
        return BoundType(key, rule.name, mode, kind.name, tuple(fields), choices=_choices(fields), doc=rule.doc)

    def field(self, rule: FieldRule, start: str, mode: Mode, encoded: bool = False) -> BoundField | None:
        """Bind one field below the type with key ``start``. None where it does not agree, or cannot be changed."""
        try:
            spot = follow(self.contract, start, rule.soap)
            if encoded and mode != "reply":
                spot = Spot(spot.steps, spot.attribute, spot.type, False)
            return self._bound(rule, spot, mode, encoded)
        except PathError as error:
            # What a partial change has no place for cannot be changed; the same rule is proved where it is read.
            if mode != "partial":
                self.wrong(rule.place, f"{rule.name}: {error}", error.remedy)
        except ScalarError as error:
            self.wrong(rule.place, f"{rule.name}: {error}", error.remedy)
        return None

    def _bound(self, rule: FieldRule, spot: Spot, mode: Mode, encoded: bool) -> BoundField | None:
        inner = [step.element.name for step in spot.steps[:-1] if step.repeats]
        if inner:
            remedy = f"make {inner[0]} a field with 'each' and name the rest in its type"
            self.wrong(rule.place, f"{rule.name}: {inner[0]} on the way repeats", remedy)
            return None
        repeats = bool(spot.steps) and spot.steps[-1].repeats and spot.attribute is None
        required = spot.required or (rule.required and mode == "request")
        nullable = spot.nillable or (encoded and spot.attribute is None)
        doc = rule.doc or (spot.steps[-1].element.doc if spot.steps else "")
        if rule.shape == "scalar":
            codec = field_codec(self.contract, spot.type, rule, self.converters)
            shape = "scalars" if repeats else "scalar"
            nullable = nullable or (codec.gives_null and not repeats)
            return BoundField(
                rule.name, rule, spot.steps, spot.attribute, shape, codec, "", nullable, required and not repeats, doc
            )
        if repeats and rule.shape == "one":
            self.wrong(rule.place, f"{rule.name}: {rule.soap} may occur many times", "write 'each' for 'one'")
            return None
        if not repeats and rule.shape == "each":
            self.wrong(
                rule.place, f"{rule.name}: {rule.soap} occurs once", "write 'one' for 'each', or lengthen the path"
            )
            return None
        key = self.bind(rule.type_name, spot.type, mode, rule.place, encoded)
        shape = "objects" if repeats else "object"
        required = required if not repeats else _array_required(spot, rule, mode)
        return BoundField(rule.name, rule, spot.steps, None, shape, None, key, nullable, required, doc) if key else None


def _array_required(spot: Spot, rule: FieldRule, mode: Mode) -> bool:
    """An array must be given when the element around its items must, or when it needs at least one item."""
    return (
        spot.required
        or (all(step.required for step in spot.steps[:-1]) and len(spot.steps) > 1)
        or (rule.required and mode == "request")
    )


def _choices(fields: list[BoundField]) -> tuple[Choice, ...]:
    """Find the xsd:choices that several fields, or a required one, stand in. Only the outermost choice of a field counts."""
    found: dict[tuple[tuple[str, ...], str], dict[int, list[str]]] = {}
    required: dict[tuple[tuple[str, ...], str], bool] = {}
    for field in fields:
        for index, step in enumerate(field.steps):
            if step.choices:
                position, branch, needed = step.choices[0]
                place = (tuple(before.element.tag for before in field.steps[:index]), position)
                names = found.setdefault(place, {}).setdefault(branch, [])
                names.append(field.name)
                required[place] = needed and index == 0
    return tuple(
        Choice(tuple(tuple(names) for names in branches.values()), required[place])
        for place, branches in found.items()
        if len(branches) > 1 or required[place]
    )


def _local(key: str) -> str:
    return key.rpartition("}")[2] or key
