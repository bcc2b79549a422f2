"""Agreement of types: a JSON object type on one record of the contract, for one direction.

The same mapping type is bound once for every record and mode it is used with: what a reply requires is not what a
change requires.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from adapter.errors import Mistake
from adapter.mapping.agreement.arrays import as_item, item_rules, items_of
from adapter.mapping.agreement.bags import crowded, named, spot_of, told
from adapter.mapping.agreement.bindings import Binding, Bindings, Uses
from adapter.mapping.agreement.constants import Given, always_there, check_constants
from adapter.mapping.agreement.joins import bind_joined
from adapter.mapping.agreement.markup import apart, can_be, codec_at, markup_at, whole_of
from adapter.mapping.agreement.when import conditional, constants_of
from adapter.mapping.bound import BoundField, BoundType, BoundVariant, Mode, Shape, leaves
from adapter.mapping.choices import choices
from adapter.mapping.computed import computed
from adapter.mapping.convert import Factory
from adapter.mapping.coverage import collisions, uncovered
from adapter.mapping.defaults import check_defaults, standing_in
from adapter.mapping.markup import Markup
from adapter.mapping.merged import in_record, item_mode
from adapter.mapping.model import FieldRule, Place, TypeRule
from adapter.mapping.model.operation import Resource
from adapter.mapping.occurrence import takes_nil
from adapter.mapping.paths import PathError, Spot, derived, suggest
from adapter.mapping.scalars import ScalarError
from adapter.mapping.standing import array_required, can_stand, not_abstract, stands_in
from adapter.wsdl.types import Contract, Record, local_name


class Binder:
    """Binds the types of one resource to its contract, collecting what does not agree."""

    def __init__(
        self, resource: Resource, contract: Contract, converters: Mapping[str, Factory], given: Given,
        shared: Bindings | None = None,
    ) -> None:  # fmt: skip
        self.resource = resource
        self.contract = contract
        self.converters = converters
        self.given = given
        self.types: dict[str, BoundType] = {}
        self.mistakes: list[Mistake] = []
        self.uses = Uses()
        self._shared = Bindings() if shared is None else shared
        self._around: tuple[str, ...] = ()
        self._tag = ""

    def wrong(self, place: Place, text: str, remedy: str = "") -> None:
        """Note a disagreement."""
        shared = not place.user and place.file != self.resource.place.file
        place = replace(place, user=self.resource.taker) if shared else place
        self.mistakes.append(place.mistake(text, remedy))

    def finish(self) -> None:
        """Note what can only be said once every operation is bound."""
        for left_out in self.uses.left_out():
            self.wrong(*told(*left_out))
        for idle in () if self.mistakes else self.uses.idle(self.resource):
            self.wrong(*idle)

    def bind(
        self,
        name: str,
        record: str,
        mode: Mode,
        place: Place,
        encoded: bool = False,
        whole: bool = True,
        nested: bool = False,
        array: FieldRule | None = None,
        tag: str = "",
    ) -> str:
        """Bind mapping type ``name`` to the record with key ``record``; return the bound type's key, "" where wrong.

        ``whole``: its fields are all that fills the record; else somebody else proves what the record requires.
        ``nested``: it is one of several objects that the record is. ``array``: an item of this rule, which sorts them.
        ``tag`` is that of the element that it fills.
        """
        rule = self.resource.types.get(name)
        if rule is None:
            self.wrong(place, f"there is no type {name}", suggest(name, list(self.resource.types)))
            return ""
        self.uses.take(name, mode)
        kinds = {"encoded": encoded, "part": not whole, "nested": nested}
        key = " ".join([name, mode, record, *(word for word, so in kinds.items() if so), *apart(rule, array, tag)])
        if key in self.types:
            return key
        if known := self._shared.whole(key, self.resource.types):
            self.uses.taken(known, mode, self.types)
            return key
        kind = self.contract.types.get(record)
        if not can_be(rule, kind):
            self.wrong(
                place,
                f"{name} is an object, but a single value stands there",
                "remove 'one' or 'each', or name an element that holds elements",
            )
            return ""
        # Noted before its fields are bound, so that a type that contains itself ends.
        self.types[key] = BoundType(key, name, mode, record, (), doc=rule.doc)
        before, self._around = self._around, (*self._around, name) if nested else (name,)
        tag_before, self._tag = self._tag, tag
        state = self.uses.begin(), len(self.mistakes)
        if rule.variants:
            self.types[key] = self._variants(rule, record, key, mode, encoded, array)
        else:
            if not nested and isinstance(kind, Record):
                not_abstract(self.wrong, rule, kind)
            bound = self._plain(rule, rule.fields, record, key, mode, encoded, whole, array)
            turn = isinstance(kind, Record) and kind.turn
            self.types[key] = replace(bound, nested=nested, turn=turn)
        self._around, self._tag = before, tag_before
        places = self.uses.end(state[0])
        if places is not None and len(self.mistakes) == state[1] and rule.place.file != self.resource.place.file:
            own = [key, *(each.type for each in self.types[key].variants)]
            self._shared.keep(key, Binding(rule, {each: self.types[each] for each in own}, places))
        return key

    def _variants(
        self, rule: TypeRule, declared: str, key: str, mode: Mode, encoded: bool, array: FieldRule | None
    ) -> BoundType:
        variants: dict[str, BoundVariant] = {}
        for variant in rule.variants:
            try:
                record = derived(self.contract, declared, variant.soap_type)
            except PathError as error:
                self.wrong(variant.place, str(error), error.remedy)
                continue
            found = self.contract.types[record]
            if mode != "reply" and (whole := whole_of(variant.fields)) is not None:
                text = f"{whole.name}: the element as XML says its type, and so does the variant"
                self.wrong(whole.place, text, "make it read_only")
            elif isinstance(found, Record) and found.abstract:
                self.wrong(variant.place, f"{variant.soap_type} is abstract", "name one of the types derived from it")
            elif record in variants:
                text = f"{variant.value} and {variants[record].value} stand for the same type {variant.soap_type}"
                self.wrong(variant.place, text, "keep one: a reply could not tell them apart")
            else:
                inner = f"{key} {variant.value}"
                self.types[inner] = self._plain(rule, variant.fields, record, inner, mode, encoded, array=array)
                variants[record] = BoundVariant(variant.value, record, inner)
        return BoundType(key, rule.name, mode, declared, (), rule.discriminator, tuple(variants.values()), doc=rule.doc)

    def _plain(
        self,
        rule: TypeRule,
        rules: Mapping[str, FieldRule],
        record: str,
        key: str,
        mode: Mode,
        encoded: bool,
        whole: bool = True,
        array: FieldRule | None = None,
    ) -> BoundType:
        before, hidden = len(self.mistakes), array.hides if array is not None else ""
        wanted = [each for each in item_rules(array, rules).values() if stands_in(each, mode)]
        found = [bound for each in wanted if (bound := self.field(each, record, mode, encoded)) is not None]
        arranged = [as_item(array, standing_in(self.wrong, each, mode), mode) for each in found]
        fields = conditional(self.wrong, rules, arranged, mode)
        fields = computed(self.wrong, self.given.functions, rules, fields)
        bind = partial(self.field, start=record, mode=mode, encoded=encoded)
        constants = constants_of(rule, rules, fields, bind, self.wrong, self.given, mode)
        ends = [*leaves(fields), *constants]
        if mode != "reply" and whole:
            for field, text, remedy in (*collisions(ends), *crowded(ends)):
                self.wrong(field.rule.place, f"{rule.name}: {text}", remedy)
        if mode != "reply" and not encoded and whole and len(self.mistakes) == before:
            ways = [(each.steps, each, each.name) for each in ends]
            check_defaults(self.wrong, self.contract, record, ways)
            check_constants(self.wrong, self.contract, record, ways)
            for missing in uncovered(self.contract, record, ends) if mode != "merge" else ():
                text = f"{rule.name}: {local_name(record)} requires {missing}, and no field fills it"
                self.wrong(rule.place, text, f"add a field with soap: {missing}, or make the one there writable")
        return BoundType(
            key,
            rule.name,
            mode,
            record,
            tuple(fields),
            choices=choices(ends, hidden) if mode != "merge" else (),
            doc=rule.doc,
            constants=tuple(constants),
            hidden=hidden,
        )

    def field(
        self, rule: FieldRule, start: str, mode: Mode, encoded: bool = False, first: bool = False
    ) -> BoundField | None:
        """Bind one field below the type with key ``start``. None where it does not agree, or cannot be changed.

        ``first``: of what repeats on the way, the first is meant.
        """
        try:
            bound = self._field(rule, start, mode, encoded, first)
            if rule.bag is not None and bound is not None:
                bound = named(self.contract, rule, bound, self.converters)
        except PathError as error:
            # What a partial change has no place for cannot be changed; the same rule is proved where it is read.
            if mode == "partial":
                self.uses.leave_out(rule, error)
            else:
                self.wrong(*told(rule, error))
            return None
        except ScalarError as error:
            self.wrong(rule.place, f"{rule.name}: {error}", error.remedy)
            return None
        if mode != "partial":
            self.uses.places.add(rule.place)
        return bound

    def _field(self, rule: FieldRule, start: str, mode: Mode, encoded: bool, first: bool) -> BoundField | None:
        if rule.placeless:
            return always_there(rule, mode)
        if rule.parts:
            bind = partial(self._bound, mode=mode, encoded=encoded)
            return bind_joined(self.contract, self.wrong, rule, start, mode, bind)
        if rule.shape == "one" and rule.soap == "." and rule.bag is None:
            return self._nested(rule, start, mode, encoded)
        spot = spot_of(self.contract, rule, start, rule.soap)
        markup = markup_at(self.contract, rule, spot, self._tag, start)
        return self._bound(rule, spot.first() if first else spot, mode, encoded, markup)

    def _bound(
        self, rule: FieldRule, spot: Spot, mode: Mode, encoded: bool, markup: Markup | None = None
    ) -> BoundField | None:
        return in_record(self.wrong, self._placed(rule, spot, mode, encoded, markup), mode)

    def _placed(
        self, rule: FieldRule, spot: Spot, mode: Mode, encoded: bool, markup: Markup | None
    ) -> BoundField | None:
        if not can_stand(self.wrong, rule, spot, mode):
            return None
        repeats = bool(spot.steps) and spot.steps[-1].repeats and spot.attribute is None
        required = array_required(spot) if repeats else spot.required
        # In SOAP encoding a caller may leave out any accessor (SOAP 1.1 section 5.1).
        demanded = rule.required and mode in ("request", "update")
        necessary = required and (mode == "reply" or not encoded)
        required = necessary or demanded
        nullable = spot.nillable or (encoded and spot.attribute is None and not demanded)
        doc = rule.doc or (spot.steps[-1].element.doc if spot.steps else "")
        shape: Shape
        if rule.shape == "scalar" and spot.steps and spot.steps[-1].is_turn:
            raise ScalarError(f"{rule.soap} is an array of turns", "each: the type of one turn")
        if rule.shape == "scalar":
            codec = codec_at(self.contract, rule, spot, self.converters, mode, markup)
            own_null = codec.gives_null if mode == "reply" else codec.takes_null
            shape, nullable = "scalars" if repeats else "scalar", nullable or (own_null and not repeats)
            return BoundField(
                rule.name, rule, spot.steps, spot.attribute, shape, codec, "", nullable, required, doc,
                necessary=necessary, markup=markup,
            )  # fmt: skip
        if not spot.steps or spot.attribute is not None or spot.steps[-1].entry:
            self.wrong(rule.place, f"{rule.name}: an object needs an element of its own", "soap: name that element")
            return None
        if repeats != (rule.shape == "each"):
            text = "may occur many times" if repeats else "occurs once"
            remedy = "write 'each' for 'one'" if repeats else "write 'one' for 'each', or lengthen the path"
            self.wrong(rule.place, f"{rule.name}: {rule.soap} {text}", remedy)
            return None
        array, into = rule if rule.hides else None, item_mode(mode) if repeats else mode
        items = items_of(rule, self.resource, lambda each: self.field(each, spot.type, into, encoded), self.wrong, into)
        if array is not None and items is None:
            return None
        tag = spot.steps[-1].element.tag
        key = self.bind(rule.type_name, spot.type, into, rule.place, encoded, array=array, tag=tag)
        shape = "objects" if repeats else "object"
        if mode != "reply" and not encoded and not repeats:
            nullable = takes_nil(self.contract, spot.steps[-1].element)
        bound = BoundField(rule.name, rule, spot.steps, None, shape, None, key, nullable, required, doc, items=items)
        return replace(bound, necessary=necessary) if key else None

    def _nested(self, rule: FieldRule, start: str, mode: Mode, encoded: bool) -> BoundField | None:
        """Bind an object whose fields stand in the same record as itself."""
        named = self.resource.types.get(rule.type_name)
        if named is not None and named.variants:
            raise ScalarError(f"{named.name} has variants, so it needs an element of its own", "soap: name it")
        if rule.type_name in self._around:
            raise ScalarError(f"{rule.type_name} would stand in itself without end", "remove it, or name an element")
        key = self.bind(rule.type_name, start, mode, rule.place, encoded, whole=False, nested=True, tag=self._tag)
        # A constant in it is written with the object only.
        parts = tuple(
            replace(each, required=each.required and not each.given_by_us)
            for each in (self.types[key].written if key else ())
        )
        necessary = any(each.necessary or (mode == "reply" and each.required) for each in parts)
        required = necessary or (rule.required and mode in ("request", "update"))
        bound = BoundField(rule.name, rule, (), None, "object", None, key, False, required, rule.doc)
        if key and not any(leaves(self.types[key].fields)):
            raise ScalarError(f"{rule.type_name} holds nothing of the ERP's", "a property with 'soap' in it")
        return replace(bound, parts=parts, necessary=necessary) if parts else None
