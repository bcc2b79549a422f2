"""Forms as JSON, and back: what a retired operation takes and answers is kept so beside its mapping."""

from __future__ import annotations

from typing import Any

from adapter.mapping.forms import Anything, Form, Items, Known, Leaf, OneOf, Property, Record
from adapter.mapping.model.served import Shaped


def frozen(shaped: Shaped | None) -> Any:
    """Return forms as JSON."""
    if shaped is None:
        return None
    form, forms = shaped
    return {"form": _form(form), "forms": {key: _whole(each) for key, each in forms.items()}}


def thawed(data: Any) -> Shaped | None:
    """Return the forms of JSON. Raise KeyError, TypeError, ValueError or AttributeError for what is none."""
    if data is None:
        return None
    forms = {key: _record(each) for key, each in data["forms"].items()}
    form = _read(data["form"])
    asked = {each.key for each in (form, *_parts(forms)) if isinstance(each, Known)}
    asked |= {key for each in forms.values() if isinstance(each, OneOf) for key in each.of.values()}
    if not asked <= forms.keys():
        raise ValueError("a form is not there")
    return form, forms


def _parts(forms: dict[str, Record | OneOf]) -> list[Form]:
    found: list[Form] = []
    for each in forms.values():
        for part in each.properties if isinstance(each, Record) else (each.by,):
            form = part.form
            while isinstance(form, Items):
                form = form.form
            found.append(form)
    return found


def _form(form: Form) -> Any:
    if isinstance(form, Known):
        return {"known": form.key}
    if isinstance(form, Items):
        return {"items": _form(form.form), "null": form.null, "keyed": form.keyed}
    if isinstance(form, Anything):
        return {}
    return {
        "kinds": sorted(form.kinds), "words": sorted(form.words), "codes": dict(form.codes), "said": form.said,
    }  # fmt: skip


def _read(data: Any) -> Form:
    if "known" in data:
        return Known(str(data["known"]))
    if "items" in data:
        return Items(_read(data["items"]), bool(data["null"]), bool(data["keyed"]))
    if not data:
        return Anything()
    return Leaf(frozenset(data["kinds"]), frozenset(data["words"]), dict(data["codes"]), data["said"])


def _whole(form: Record | OneOf) -> Any:
    if isinstance(form, OneOf):
        return {"by": _property(form.by), "of": dict(form.of)}
    return {"properties": [_property(each) for each in form.properties], "others": form.others}


def _record(data: Any) -> Record | OneOf:
    if "by" in data:
        return OneOf(_one(data["by"]), dict(data["of"]))
    return Record(tuple(_one(each) for each in data["properties"]), bool(data["others"]))


def _property(each: Property) -> Any:
    return {
        "ours": list(each.ours), "theirs": list(each.theirs), "form": _form(each.form), "null": each.null,
        "required": each.required,
    }  # fmt: skip


def _one(data: Any) -> Property:
    ours, theirs = tuple(data["ours"]), tuple(data["theirs"])
    return Property(ours, theirs, _read(data["form"]), bool(data["null"]), bool(data["required"]))
