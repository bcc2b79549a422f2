"""The forms of what an operation takes and answers, with what the new service calls it: bound types and ``fields:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, Call, Endpoint
from adapter.mapping.flat import shown
from adapter.mapping.forms import Anything, Form, Forms, Items, Known, Leaf, OneOf, Property, Record
from adapter.mapping.model.service import SaidRule, ThereRule

Path = tuple[str, ...]
_WHOLE = Leaf(frozenset(("integer",)))
_TEXT = Leaf(frozenset(("string",)))
_KINDS = frozenset(("string", "integer", "number", "boolean"))
BODY, LIST, PAGE = "body", "list", "page"


def there_of(endpoint: Endpoint) -> ThereRule | None:
    """Return how the mapping says that the service is asked for an operation, None where it does not say."""
    rules = (rule.there for rule in endpoint.resource.operations if rule.verb == endpoint.verb)
    return next(rules, None)


def timeout_of(endpoint: Endpoint) -> float | None:
    """Return the seconds that one call of the service may take, None where the mapping does not say."""
    there, http = there_of(endpoint), endpoint.resource.http
    own = there.timeout if there is not None else None
    return own or (http.timeout if http is not None else None)


def answered(endpoint: Endpoint) -> tuple[Form, Forms] | None:
    """Return the form of an answer of success, and all forms in it; None where it is no JSON that could be checked."""
    rule = endpoint.reply.rule
    if rule.shape in ("none", "document") or rule.stream is not None:
        return None
    maker = _Maker(endpoint, answer=True)
    one = maker.whole(endpoint.reply.type, endpoint.calls, endpoint.commit)
    if rule.shape == "one":
        return one, maker.forms
    maker.forms[LIST] = Record(tuple(_envelope(endpoint, one, maker.forms)))
    return Known(LIST), maker.forms


def sent(endpoint: Endpoint, *, there: bool = True) -> tuple[Form, Forms] | None:
    """Return the form of the JSON that callers send, and all forms in it; None where they send none.

    Without ``there`` the service calls it all as callers do.
    """
    body = endpoint.body
    if body is None or body.document is not None or body.rows is not None:
        return None
    maker = _Maker(endpoint, answer=False, there=there)
    return maker.whole(body.type, endpoint.calls, None), maker.forms


def changes(form: Form, forms: Forms) -> bool:
    """Tell whether the other side calls anything in it otherwise."""
    leaves = [form, *(each.form for every in forms.values() for each in properties(every))]
    while any(isinstance(each, Items) for each in leaves):
        leaves = [each.form if isinstance(each, Items) else each for each in leaves]
    called = any(each.ours != each.theirs for every in forms.values() for each in properties(every))
    return called or any(isinstance(each, Leaf) and (each.codes or each.said) for each in leaves)


def properties(form: Record | OneOf) -> tuple[Property, ...]:
    """Return the properties that a form has itself."""
    return form.properties if isinstance(form, Record) else (form.by,)


def leaf(schema: Mapping[str, Any], said: SaidRule | None = None) -> Form:
    """Return the form of one value by its JSON Schema, with what the service calls it."""
    kinds = {each for part in (schema, *schema.get("anyOf", ())) for each in _types(part)} - {"null"}
    if kinds == {"array"}:
        return Items(leaf(schema.get("items", {}), said))
    if not kinds or kinds - _KINDS:
        return Anything()
    words = frozenset(each for each in schema.get("enum", ()) if isinstance(each, str))
    known: Any = frozenset(kinds)
    return Leaf(known, words, said.codes or {} if said else {}, said.json if said else "")


def _types(schema: Mapping[str, Any]) -> Sequence[str]:
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else kind


class _Maker:
    """Makes the forms of one operation, each once, so that types that contain themselves end."""

    def __init__(self, endpoint: Endpoint, *, answer: bool, there: bool = True) -> None:
        http = endpoint.resource.http
        self._fields: Mapping[str, tuple[SaidRule, ...]] = http.fields if http and there else {}
        self._types, self._answer = endpoint.types, answer
        # In SOAP encoding any accessor may be left out of a message (SOAP 1.1 section 5.1).
        self._promised = not answer or endpoint.operation.use != "encoded"
        self.forms: dict[str, Record | OneOf] = {}

    def whole(self, key: str, calls: Sequence[Call], commit: Call | None) -> Known:
        """Return the form of a whole body: of its type, and of what further calls add to it."""
        main = self.object(key)
        more = {each.ours: each for call in calls for each in self._part(call)}
        optional = [call for call in calls if call.rule.optional]
        if self._answer and optional:
            more["incomplete",] = Property(("incomplete",), ("incomplete",), Items(_TEXT))
        if commit is not None and commit.endpoint.reply.type:
            more |= {each.ours: each for each in self._own(commit.endpoint.reply.type)}
        if not more:
            return main
        found = self.forms[main.key]
        for name in found.of.values() if isinstance(found, OneOf) else (main.key,):
            record = self.forms[name]
            assert isinstance(record, Record)
            kept = (each for each in record.properties if each.ours not in more)
            self.forms[name] = replace(record, properties=(*kept, *more.values()))
        return main

    def _part(self, call: Call) -> Iterator[Property]:
        """Yield the property that a further call adds."""
        endpoint = call.endpoint
        if self._answer:
            key, many = endpoint.reply.type, call.rule.each or endpoint.reply.rule.shape == "each"
            needed = (endpoint.body is None or call.rule.required) and not call.rule.optional
        else:
            key, many = endpoint.body.type if endpoint.body is not None else "", call.rule.each
            needed = call.rule.required
        if key:
            one = self.object(key)
            yield Property((call.name,), (call.name,), Items(one) if many else one, required=needed)

    def _own(self, key: str) -> tuple[Property, ...]:
        found = self.forms[self.object(key).key]
        return found.properties if isinstance(found, Record) else ()

    def object(self, key: str, moved: frozenset[Path] = frozenset(), by: Property | None = None) -> Known:
        """Return the form of a bound type. ``moved`` stands elsewhere there; ``by`` tells it from other variants."""
        name = " ".join((key, *sorted("-" + ".".join(each) for each in moved), *(by.ours if by is not None else ())))
        if name not in self.forms:
            self.forms[name] = Record(())
            bound = self._types.get(key)
            if bound is None:  # it did not agree with the contract, and somebody else says so
                return Known(name)
            self.forms[name] = self._variants(bound, moved) if bound.variants else self._record(bound, moved, by)
        return Known(name)

    def _rules(self, bound: BoundType) -> Mapping[Path, SaidRule]:
        return {rule.ours: rule for rule in self._fields.get(bound.name, ())}

    def _variants(self, bound: BoundType, moved: frozenset[Path]) -> OneOf:
        rule, own = self._rules(bound).get((bound.discriminator,)), (bound.discriminator,)
        words = frozenset(each.value for each in bound.variants)
        told = Leaf(_TEXT.kinds, words, rule.codes or {} if rule else {})
        by = Property(own, rule.theirs if rule else own, told, required=True)
        return OneOf(by, {each.value: self.object(each.type, moved, by).key for each in bound.variants})

    def _record(self, bound: BoundType, moved: frozenset[Path], by: Property | None) -> Record:
        rules = self._rules(bound)
        found = [by] if by is not None else []
        for field in shown(bound):
            if (field.name,) in moved:
                continue
            deep = [rule for path, rule in rules.items() if len(path) > 1 and path[0] == field.name]
            inner = {path[1:] for path in (*moved, *(rule.ours for rule in deep)) if path[0] == field.name}
            found.append(self._property(field, rules.get((field.name,)), frozenset(inner)))
            for rule in deep:
                found += self._moved(field, rule) if rule.ours not in moved else ()
        return Record(tuple(found))

    def _property(self, field: BoundField, rule: SaidRule | None, moved: frozenset[Path]) -> Property:
        own = (field.name,)
        required = field.required and (self._promised or field.missing is not None)
        form = self._form(field, rule, moved)
        return Property(own, rule.theirs if rule else own, form, field.nullable, required)

    def _moved(self, outer: BoundField, rule: SaidRule) -> Iterator[Property]:
        """Yield the property of an object in the object that stands elsewhere there."""
        field = outer
        for name in rule.ours[1:]:
            if field.shape != "object":
                return
            bound = self._types.get(field.type)
            inner = {each.name: each for each in shown(bound)} if bound is not None else {}
            if name not in inner:
                return
            field = inner[name]
        yield replace(self._property(field, rule, frozenset()), ours=rule.ours)

    def _form(self, field: BoundField, rule: SaidRule | None, moved: frozenset[Path]) -> Form:
        if field.rule.link is not None:
            return Anything()
        one = self.object(field.type, moved) if field.codec is None else leaf(field.codec.schema, rule)
        if field.shape not in ("scalars", "objects"):
            return one
        keyed = field.items is not None and not field.items.step
        return Items(one, self._null_items(field), keyed)

    def _null_items(self, field: BoundField) -> bool:
        if field.steps and field.steps[-1].element.nillable:
            return True
        return field.codec is not None and (field.codec.gives_null if self._answer else field.codec.takes_null)


def _envelope(endpoint: Endpoint, one: Form, forms: dict[str, Record | OneOf]) -> Iterator[Property]:
    """Yield the properties of a list, here and there."""
    there = there_of(endpoint)
    at = _names(there.items) if there is not None and there.items else ("items",)
    yield Property(("items",), at, Items(one), required=True)
    total = endpoint.page is not None and endpoint.page.total is not None
    if there is not None and (there.items or there.total):
        if there.total:
            yield Property(("page", "total"), _names(there.total), _WHOLE)
        return
    if endpoint.page is not None:
        needed = total and endpoint.page.total is not None and endpoint.page.total.required
        forms[PAGE] = Record((*(_whole(name, True) for name in ("limit", "offset")), _whole("total", needed)))
    elif endpoint.cursor is not None:
        following = Property(("next",), ("next",), _TEXT)
        forms[PAGE] = Record((_whole("limit", True), following, _whole("total", False)))
    else:
        return
    yield Property(("page",), ("page",), Known(PAGE), required=True)


def _whole(name: str, required: bool) -> Property:
    return Property((name,), (name,), _WHOLE, required=required)


def _names(pointer: str) -> Path:
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:])
