"""The service's JSON and ours: any document goes there and comes back, and what is none of ours is told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.backends.http.leaves import Wrong
from adapter.backends.http.reading import NULL, UNKNOWN, reader
from adapter.backends.http.trees import put
from adapter.backends.http.writing import writer
from adapter.mapping.forms import Anything, Form, Forms, Items, Known, Leaf, OneOf, Property, Record
from adapter.mapping.service_forms import changes
from adapter.strict_json import decode, encode

CODES = {"active": "A", "dormant": "D"}
TEXT, WHOLE = Leaf(frozenset(("string",))), Leaf(frozenset(("integer",)))
LEAVES = (
    TEXT,
    WHOLE,
    Leaf(frozenset(("number",))),
    Leaf(frozenset(("boolean",))),
    Leaf(frozenset(("boolean",)), codes={"true": "J", "false": "N"}),
    Leaf(frozenset(("string",)), frozenset(CODES)),
    Leaf(frozenset(("string",)), frozenset(CODES), CODES),
    Leaf(frozenset(("string",)), frozenset(CODES), {"active": "1", "dormant": "-2"}, "number"),
    Leaf(frozenset(("string",)), said="number"),
    Leaf(frozenset(("number",)), said="string"),
    Leaf(frozenset(("integer",)), said="string"),
    Anything(),
)


def leaf_values(leaf: Form) -> st.SearchStrategy[Any]:
    """Return values of ours that a leaf takes."""
    decimals = st.decimals(min_value=-9999, max_value=9999, places=2)
    if isinstance(leaf, Anything):
        return st.one_of(st.integers(-9, 9), st.lists(st.booleans(), max_size=2))
    assert isinstance(leaf, Leaf)
    if leaf.words:
        return st.sampled_from(sorted(leaf.words))
    (kind,) = leaf.kinds
    if leaf.said == "number":
        return decimals.map(str)
    of = {"string": st.text('aß"\\', max_size=3), "integer": st.integers(-9, 2**70), "number": decimals}
    return of.get(kind, st.booleans())


@st.composite
def records(draw: st.DrawFn, forms: dict[str, Record | OneOf], depth: int) -> Known:
    """Draw a kind of objects, and put it and all in it into ``forms``."""
    found: list[Property] = []
    for index in range(draw(st.integers(2, 4))):
        name, null, required = (f"p{index}",), draw(st.booleans()), draw(st.booleans())
        theirs = draw(st.sampled_from([name, (f"t{index}",), ("group", f"t{index}"), ("group", "deep", f"t{index}")]))
        form = draw(forms_of(forms, depth))
        if isinstance(form, Known) and draw(st.booleans()):
            inner = forms[form.key]
            assert isinstance(inner, Record)
            moved, *rest = inner.properties
            if len(moved.ours) == 1 and isinstance(moved.form, Leaf):
                forms[form.key] = Record(tuple(rest))
                found.append(Property((*name, *moved.ours), (f"m{index}",), moved.form, moved.null, moved.required))
        found.append(Property(name, theirs, form, null, required))
    key = f"type{len(forms)}"
    forms[key] = Record(tuple(found))
    return Known(key)


def forms_of(forms: dict[str, Record | OneOf], depth: int) -> st.SearchStrategy[Form]:
    """Return forms, with objects in them down to a depth."""
    leaves: st.SearchStrategy[Form] = st.sampled_from(LEAVES)
    if not depth:
        return leaves
    objects = records(forms, depth - 1)
    return st.one_of(leaves, objects, st.builds(Items, st.one_of(leaves, objects), st.booleans(), st.booleans()))


@st.composite
def documents(draw: st.DrawFn, form: Form, forms: Forms) -> Any:
    """Draw a document of ours."""
    if isinstance(form, Items):
        items = draw(st.lists(documents(form.form, forms), max_size=2))
        if form.null and draw(st.booleans()):
            items.append(None)
        return {f"k{index}": each for index, each in enumerate(items)} if form.keyed else items
    if not isinstance(form, Known):
        return draw(leaf_values(form))
    record = forms[form.key]
    assert isinstance(record, Record)
    found: dict[str, Any] = {}
    for each in sorted(record.properties, key=lambda each: len(each.ours)):
        inner: Any = found
        for name in each.ours[:-1]:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or not (each.required or draw(st.booleans())):
            continue
        null = each.null and draw(st.booleans())
        inner[each.ours[-1]] = None if null else draw(documents(each.form, forms))
    return found


@given(st.data())
def test_any_document_goes_there_and_comes_back(data: st.DataObject) -> None:
    """What a service gets, said back by it, is what the caller sent, whatever and wherever things are there."""
    forms: dict[str, Record | OneOf] = {}
    form = data.draw(records(forms, 2))
    document = data.draw(documents(form, forms))
    there = writer(form, forms)(document)
    seen: set[str] = set()
    read = reader(form, forms)
    assert document == read(decode(encode(there), max_depth=64, max_digits=100), seen)
    assert seen <= {NULL}  # an object that is null there, with a part that cannot be


@given(st.data())
def test_whatever_a_service_answers_is_read_or_refused(data: st.DataObject) -> None:
    """JSON of no form at all is no accident: it is read, or it is wrong, with a place that holds no value of it."""
    forms: dict[str, Record | OneOf] = {}
    form = data.draw(records(forms, 1))
    names = st.sampled_from(["p0", "p1", "t0", "t1", "group", "deep", "m0", "unheard"])
    values = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(-9, 9), st.text("xyz", max_size=2)),
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(names, inner, max_size=4)),
    )
    value, said = data.draw(values), ""
    try:
        reader(form, forms)(value, set())
    except Wrong as wrong:
        said = str(wrong)
    assert "" == said or re.fullmatch(r"(/(p[0-3]|t[0-3]|m[0-3]|group|deep|\*))* ?(the whole )?[a-z ]+", said)


CUSTOMER: Forms = {
    "one": OneOf(
        Property(("kind",), ("type",), Leaf(frozenset(("string",)), frozenset(("person", "company")), {"person": "P"})),
        {"person": "person", "company": "company"},
    ),
    "person": Record(
        (
            Property(("kind",), ("type",), Leaf(frozenset(("string",)), codes={"person": "P"}), required=True),
            Property(("name",), ("name", "last"), TEXT, required=True),
            Property(("address",), ("address",), Known("address"), null=True, required=True),
            Property(("address", "city"), ("town",), TEXT, null=True, required=True),
            Property(("phones",), ("phones",), Items(Known("phone"))),
        )
    ),
    "company": Record((Property(("kind",), ("type",), TEXT), Property(("partner",), ("partner",), Known("one")))),
    "address": Record((Property(("street",), ("road",), TEXT, required=True),)),
    "phone": Record((Property(("number",), ("number",), TEXT, required=True),)),
}
PERSON = {"type": "P", "name": {"last": "Muster"}, "address": {"road": "Am Ring"}, "town": "Wien"}
OURS = {"kind": "person", "name": "Muster", "address": {"street": "Am Ring", "city": "Wien"}}


def read(document: Any, forms: Forms = CUSTOMER, key: str = "one") -> tuple[Any, set[str]]:
    """Read one document; return it and what was noted."""
    seen: set[str] = set()
    return reader(Known(key), forms)(document, seen), seen


def test_both_ways_by_hand() -> None:
    """Names, depths and words are those of each side, and an object whose part stands elsewhere is put together."""
    assert (OURS, set()) == read(PERSON)
    assert PERSON == writer(Known("one"), CUSTOMER)(OURS)
    turned = {name: PERSON[name] for name in reversed(PERSON)}
    assert (OURS, set()) == read(turned)


def test_a_part_alone_leaves_no_empty_object() -> None:
    """A change of what stands elsewhere there does not touch the object that it is a part of here."""
    assert {"town": "Wien"} == writer(Known("person"), CUSTOMER)({"address": {"city": "Wien"}})
    assert {"address": {}} == writer(Known("person"), CUSTOMER)({"address": {}})


def test_words_of_ours_are_known() -> None:
    """A word that the contract does not have is wrong where the service has our words too."""
    words = reader(Leaf(frozenset(("string",)), frozenset(CODES)), {})
    assert "active" == words("active", set())
    with pytest.raises(Wrong, match="is a word that is not known"):
        words("A", set())


def test_kinds_of_objects_may_hold_each_other() -> None:
    """A type that contains itself is read and written as deep as it goes."""
    nested = {"type": "company", "partner": {"type": "company", "partner": PERSON}}
    ours = {"kind": "company", "partner": {"kind": "company", "partner": OURS}}
    assert (ours, set()) == read(nested)
    assert nested == writer(Known("one"), CUSTOMER)(ours)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"name": {}}, "/name/last is missing"),
        ({"name": None}, "/name/last is missing"),
        ({"name": "Muster"}, "/name is no object"),
        ({"name": {"last": 7}}, "/name/last is no string"),
        ({"address": {}}, "/address/road is missing"),
        ({"address": {"road": True}}, "/address/road is no string"),
        ({"phones": [{"number": "1"}, {"number": 1}]}, "/phones/*/number is no string"),
        ({"phones": [None]}, "/phones/* is no object"),
        ({"phones": {}}, "/phones is no array"),
        ({"type": "X"}, "/type does not say which kind of object it is"),
        ({"type": ["P"]}, "/type does not say which kind of object it is"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changed: Mapping[str, Any], wrong: str) -> None:
    """The place is the service's own, and values are not told."""
    with pytest.raises(Wrong) as caught:
        read({**PERSON, **changed})
    assert wrong == str(caught.value)


@pytest.mark.parametrize(("left_out", "wrong"), [("town", "/town is missing"), ("address", "/address/road is missing")])
def test_an_object_in_pieces_needs_each_of_them(left_out: str, wrong: str) -> None:
    """What the contract promises of an object is asked for, wherever the service has it."""
    with pytest.raises(Wrong) as caught:
        read({name: value for name, value in PERSON.items() if name != left_out})
    assert wrong == str(caught.value)


def test_a_whole_that_is_no_object() -> None:
    """A list, a text or nothing in the place of an object is wrong."""
    for document in ([], "x", None, 5):
        with pytest.raises(Wrong, match="does not say which kind"):
            read(document)
        with pytest.raises(Wrong, match="the whole is no object"):
            read(document, key="phone")


def test_what_nobody_knows_is_left_out_and_noted() -> None:
    """Properties that the contract does not have do not reach callers, at any depth."""
    more = {**PERSON, "extra": 1, "name": {"last": "Muster", "first": "E"}, "phones": [{"number": "1", "kind": "x"}]}
    assert ({**OURS, "phones": [{"number": "1"}]}, {UNKNOWN}) == read(more)


def test_null_where_the_contract_has_none() -> None:
    """It is as if it were absent, and noted; where the contract has null it stays."""
    assert (OURS, {NULL}) == read({**PERSON, "phones": None})
    assert (None, set()) == (read({**PERSON, "town": None, "address": None})[0]["address"], read(PERSON)[1])


def test_an_object_with_no_place_of_its_own() -> None:
    """Where all its parts stand elsewhere it is not sent, and it is there where one of them is."""
    forms = {
        "T": Record((Property(("a",), ("a",), Known("A")), Property(("a", "x"), ("x",), TEXT, null=True))),
        "A": Record(()),
    }
    write = writer(Known("T"), forms)
    assert {"x": "1"} == write({"a": {"x": "1"}})
    assert ({"a": {"x": "1"}}, set()) == read({"x": "1"}, forms, "T")
    assert ({"x": None}, {}) == (write({"a": None}), write({"a": {}}))
    assert ({}, set()) == read({}, forms, "T")


def test_words_and_numbers_of_the_service() -> None:
    """A word that is not in the table is wrong, and so is a number that is none."""
    for leaf in [each for each in LEAVES if isinstance(each, Leaf) and (each.codes or each.said)]:
        read_one = reader(leaf, {})
        for value in ("X", None, [], {}, "1e5", "１", "1", 7) if leaf.codes else ("X", None, [], {}, "1e5", "１"):
            with pytest.raises(Wrong):
                read_one(value, set())
        assert changes(leaf, {})
    assert "1000" == reader(LEAVES[8], {})(Decimal("1E+3"), set())


def test_put_merges_objects_in_any_order() -> None:
    """The pieces of an object of ours come as the service has them."""
    found: dict[str, Any] = {}
    put(found, ("a", "geo", "lat"), 1)
    put(found, ("a",), {"street": "x", "geo": {"lon": 2}})
    put(found, ("a",), None)
    assert {"a": {"street": "x", "geo": {"lat": 1, "lon": 2}}} == found
