"""From the service's JSON to ours: one function for each form, compiled while building, which checks as it translates.

What is not named in a form is left out and noted; a wrong kind, a word that nobody knows and what is missing raise
``Wrong``, with the place, in the service's own names, and never with a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapter import pieces
from adapter.backends.http.leaves import JSON, Read, Seen, Wrong, leaf_reader, types_of
from adapter.backends.http.trees import Tree, put, tree
from adapter.mapping.forms import Anything, Form, Forms, Items, Known, Leaf, OneOf, Property, Record

UNKNOWN, NULL = "unknown-property", "null-for-absent"
"""What is noted: a property that the contract does not have was left out; null where the contract has none was."""
_Names = tuple[str, ...]
_Made = tuple[dict[str, Any], list[_Names], Seen]
_Flat = tuple[str, tuple[type, ...], Read | None, bool]
_NOTHING: Any = object()


def reader(form: Form, forms: Forms) -> Read:
    """Return the function that reads one form. It adds to ``Seen`` what is to be noted, and raises Wrong."""
    return _Readers(forms).of(form)


class _Readers:
    """The readers of some forms, each made once; one that is asked for while it is made is found when it is called."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._made: dict[str, Read] = {}

    def of(self, form: Form) -> Read:
        if isinstance(form, Known):
            return self._known(form.key)
        if isinstance(form, Items):
            return _keyed(self.of(form.form), form.null) if form.keyed else _items(self.of(form.form), form.null)
        return _anything if isinstance(form, Anything) else leaf_reader(form)

    def _known(self, key: str) -> Read:
        if key in self._made:
            return self._made[key]
        made = self._made
        made[key] = lambda value, seen: made[key](value, seen)
        form = self._forms[key]
        made[key] = self._one_of(form) if isinstance(form, OneOf) else self._record(form)
        return made[key]

    def _one_of(self, form: OneOf) -> Read:
        told = {_code(form.by, word): self._known(key) for word, key in form.of.items()}
        names = form.by.theirs

        def read(value: Any, seen: Seen) -> Any:
            said = value
            for name in names:
                said = said.get(name) if type(said) is dict else None
            known = told.get(said) if type(said) is str else None
            if known is None:
                raise Wrong("does not say which kind of object it is", *reversed(names))
            return known(value, seen)

        return read

    def _flat(self, form: Record) -> dict[str, _Flat]:
        """Return what stands at the same depth there as here, by the service's names."""
        flat: dict[str, _Flat] = {}
        for each in form.properties:
            if _is_flat(each, form):
                plain = isinstance(each.form, Leaf) and not (each.form.words or each.form.codes or each.form.said)
                kinds = types_of(each.form) if plain and isinstance(each.form, Leaf) else ()
                flat[each.theirs[0]] = (each.ours[0], kinds, None if plain else self.of(each.form), each.null)
        return flat

    def _record(self, form: Record) -> Read:
        flat, others = self._flat(form), form.others
        deep = [each for each in form.properties if not _is_flat(each, form)]
        below = tree((each.theirs, (each, self.of(each.form))) for each in deep)
        required = sorted(_required(form, form, self._forms), key=lambda pair: len(pair[0]))

        def read(value: Any, seen: Seen) -> Any:
            if type(value) is not dict:
                raise Wrong("is no object")
            found: dict[str, Any] = {}
            nulls: list[_Names] = []
            for name, each in value.items():
                known = flat.get(name)
                if known is None:
                    if name in below:
                        _deep(below[name], name, each, (found, nulls, seen))
                    elif others:
                        found[name] = each
                    else:
                        seen.add(UNKNOWN)
                    continue
                ours, kinds, inner, null = known
                if each is None:
                    if null:
                        found[ours] = None
                    else:
                        seen.add(NULL)
                elif inner is None:
                    if type(each) not in kinds:
                        raise Wrong(f"is no {JSON[kinds[-1]]}", name)
                    found[ours] = each
                else:
                    try:
                        found[ours] = inner(each, seen)
                    except Wrong as wrong:
                        raise wrong.under(name) from None
            return _whole(found, nulls, required)

        return read


def _split(ours: _Names, form: Record) -> bool:
    """Tell whether properties of this object of ours stand elsewhere there, so that it is put together."""
    return any(len(other.ours) > len(ours) and other.ours[: len(ours)] == ours for other in form.properties)


def _is_flat(each: Property, form: Record) -> bool:
    return len(each.ours) == len(each.theirs) == 1 and not _split(each.ours, form)


def _required(
    form: Record, whole: Record, forms: Forms, ours: _Names = (), theirs: _Names = ()
) -> Iterator[tuple[_Names, _Names]]:
    """Yield what must be there, as names of ours and of the service; of an object in pieces, what is left of it too.

    Of a property deeper down it is asked where the object around it is there. ``whole`` has the pieces.
    """
    for each in form.properties:
        here, there = ours + each.ours, theirs + each.theirs
        if each.required:
            yield here, there
        inner = forms[each.form.key] if isinstance(each.form, Known) and _split(here, whole) else None
        if isinstance(inner, Record):
            yield from _required(inner, whole, forms, here, there)


def _whole(found: dict[str, Any], nulls: list[_Names], required: Sequence[tuple[_Names, _Names]]) -> dict[str, Any]:
    """Return an object with its nulls. Raise Wrong where something is missing."""
    for names in sorted(nulls, key=len):
        put(found, names, None)
    for names, there in required:
        _must_be_there(found, names, there)
    return found


def _must_be_there(found: Mapping[str, Any], names: _Names, there: _Names) -> None:
    *outer, last = names
    for name in outer:
        found = found.get(name, _NOTHING)
        if type(found) is not dict:
            return
    if last not in found:
        raise Wrong("is missing", *reversed(there))


def _deep(node: Tree[tuple[Property, Read]], name: str, value: Any, made: _Made) -> None:
    """Read what stands at another depth there than here, and put it where it belongs.

    What is null there is put last: whether the object around it is null is known then.
    """
    found, nulls, seen = made
    if not isinstance(node, dict):
        each, read = node
        if value is not None:
            try:
                put(found, each.ours, read(value, seen))
            except Wrong as wrong:
                raise wrong.under(name) from None
        elif each.null:
            nulls.append(each.ours)
        else:
            seen.add(NULL)
        return
    if value is None:
        return
    if type(value) is not dict:
        raise Wrong("is no object", name)
    for inner, each_value in value.items():
        if inner not in node:
            seen.add(UNKNOWN)
            continue
        try:
            _deep(node[inner], inner, each_value, made)
        except Wrong as wrong:
            raise wrong.under(name) from None


def _anything(value: Any, seen: Seen) -> Any:
    return value


def _items(item: Read, null: bool) -> Read:
    def read(value: Any, seen: Seen) -> Any:
        if type(value) is not list:
            raise Wrong("is no array")
        try:
            return [None if each is None and null else item(each, seen) for each in pieces.each(value)]
        except Wrong as wrong:
            raise wrong.under("*") from None

    return read


def _keyed(item: Read, null: bool) -> Read:
    def read(value: Any, seen: Seen) -> Any:
        if type(value) is not dict:
            raise Wrong("is no object")
        try:
            return {name: None if each is None and null else item(each, seen) for name, each in value.items()}
        except Wrong as wrong:
            raise wrong.under("*") from None

    return read


def _code(by: Property, word: str) -> str:
    codes = by.form.codes if isinstance(by.form, Leaf) else {}
    return codes.get(word, word)
