"""From our JSON to the service's: one function for each form, compiled while building. What it gets was checked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapter.backends.http.leaves import is_number
from adapter.backends.http.trees import Tree, put, tree
from adapter.errors import InvalidRequest
from adapter.mapping.forms import Form, Forms, Items, Known, Leaf, OneOf, Property, Record

Write = Callable[[Any], Any]
_Plan = tuple[tuple[str, ...], Write | None, bool, dict[str, Tree[Property]]]


def writer(form: Form, forms: Forms) -> Write:
    """Return the function that says a value of one form as the service does."""
    return _Writers(forms).of(form) or (lambda value: value)


class _Writers:
    """The writers of some forms, each made once; one that is asked for while it is made is found when it is called."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._made: dict[str, Write] = {}

    def of(self, form: Form) -> Write | None:
        """Return the writer of a form, None where the service says it as we do."""
        if isinstance(form, Known):
            return self._known(form.key)
        if isinstance(form, Items):
            return _items(self.of(form.form), form.keyed)
        return _leaf(form) if isinstance(form, Leaf) else None

    def _known(self, key: str) -> Write:
        if key in self._made:
            return self._made[key]
        made = self._made
        made[key] = lambda value: made[key](value)
        form = self._forms[key]
        made[key] = self._one_of(form) if isinstance(form, OneOf) else self._record(form)
        return made[key]

    def _one_of(self, form: OneOf) -> Write:
        known, name = {word: self._known(key) for word, key in form.of.items()}, form.by.ours[0]

        def write(value: Any) -> Any:
            return known[value[name]](value)

        return write

    def _record(self, form: Record) -> Write:
        plans: dict[str, _Plan] = {}
        for each in form.properties:
            if len(each.ours) == 1:
                moved = [other for other in form.properties if len(other.ours) > 1 and other.ours[:1] == each.ours]
                below = tree((other.ours[1:], other) for other in moved)
                plans[each.ours[0]] = (each.theirs, self.of(each.form), self._is_empty(each.form), below)
        inner = {id(each): self.of(each.form) for each in form.properties if len(each.ours) > 1}

        def write(value: Any) -> Any:
            found: dict[str, Any] = {}
            for name, each in value.items():
                plan = plans.get(name)
                if plan is None:
                    found[name] = each
                    continue
                theirs, change, empty, below = plan
                if below:
                    left, gone = _parted(each, below, found, inner)
                    if empty or (gone and not left and left is not None):
                        continue
                    each = left
                put(found, theirs, each if change is None or each is None else change(each))
            return found

        return write

    def _is_empty(self, form: Form) -> bool:
        """Tell whether an object has nothing left there, since all of it stands elsewhere."""
        found = self._forms[form.key] if isinstance(form, Known) else None
        return isinstance(found, Record) and not found.properties and not found.others


def _parted(
    value: Any, below: dict[str, Tree[Property]], found: dict[str, Any], inner: dict[int, Write | None]
) -> tuple[Any, bool]:
    """Put what stands elsewhere there; return what is left of an object, and whether anything went.

    An object that is null has null in all that stands elsewhere.
    """
    gone, left = False, None if value is None else dict(value)
    for name, node in below.items():
        if isinstance(node, Property):
            if value is None or name in value:
                gone, each, change = True, None if value is None else value[name], inner[id(node)]
                put(found, node.theirs, each if change is None or each is None else change(each))
                if left is not None:
                    del left[name]
        elif value is None or name in value:
            part, went = _parted(None if value is None else value[name], node, found, inner)
            gone = gone or went
            if left is not None:
                left[name] = part
                if went and not part and part is not None:
                    del left[name]
    return left, gone


def _items(item: Write | None, keyed: bool) -> Write | None:
    if item is None:
        return None
    if keyed:
        return lambda value: {name: None if each is None else item(each) for name, each in value.items()}
    return lambda value: [None if each is None else item(each) for each in value]


def _leaf(form: Leaf) -> Write | None:
    codes = form.codes
    if codes and form.said:
        return lambda value: int(codes[_word(value)])
    if codes:
        return lambda value: codes.get(_word(value), value)
    if form.said == "number":
        return _number
    return _text if form.said == "string" else None


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _number(value: Any) -> int | Decimal:
    """Return the number that a string of ours holds. What the contract takes and is none is refused here."""
    if not is_number(value, whole=False):
        raise InvalidRequest("invalid-request", 422, "A value is no number, and a number is what is asked for.")
    return Decimal(value)


def _text(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
