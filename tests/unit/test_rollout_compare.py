"""Two answers are the same, or every difference is found: by hand, and by Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapter.rollout.compare import MOST, Answered, Comparer
from adapter.rollout.fingerprints import fingerprint, groups
from adapter.rollout.rules import CompareRule

PLAIN = CompareRule()
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.decimals(-9, 9, places=2), st.text("ab/~0", max_size=3)
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(st.sampled_from("abcd"), below, max_size=4)),
    max_leaves=12,
)


def found(rule: CompareRule, legacy: Any, candidate: Any) -> list[tuple[str, str]]:
    """Return the pointers and kinds of what differs."""
    return [(each.pointer, each.kind) for each in Comparer(rule).differences(legacy, candidate)]


@pytest.mark.parametrize(
    ("expected", "legacy", "candidate"),
    [
        ([("/a", "value")], {"a": "1"}, {"a": "2"}),
        ([("/a", "type")], {"a": "1"}, {"a": 1}),
        ([("/a", "type")], {"a": True}, {"a": 1}),
        ([("/a", "type")], {"a": {}}, {"a": []}),
        ([("/a", "missing")], {"a": "1"}, {}),
        ([("/a", "extra")], {}, {"a": "1"}),
        ([("/a", "missing")], {"a": "1"}, {"a": None}),
        ([("/a", "extra")], {"a": None}, {"a": "1"}),
        ([("/a", "length")], {"a": [1]}, {"a": [1, 2]}),
        ([("/a", "order")], {"a": [1, 2, 2]}, {"a": [2, 1, 2]}),
        ([("/a/0", "value"), ("/a/1", "value")], {"a": [1, 2]}, {"a": [2, 3]}),
        ([("/a/1/b", "value")], {"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3}]}),
        ([("/a~1b~0", "value")], {"a/b~": 1}, {"a/b~": 2}),
        ([("", "type")], {}, []),
        ([("/a", "value")], {"a": "1500.0"}, {"a": "1500.00"}),
        ([], {"a": Decimal("1500.0")}, {"a": Decimal("1500.00")}),
        ([], {"a": 1}, {"a": Decimal("1.0")}),
        ([], {"a": None}, {}),
    ],
)
def test_kinds(expected: list[tuple[str, str]], legacy: Any, candidate: Any) -> None:
    """Where nothing is said, types, values, members and order count; null is as good as nothing."""
    assert expected == found(PLAIN, legacy, candidate)


@pytest.mark.parametrize(
    ("rule", "legacy", "candidate"),
    [
        ({"ignore": ("/a",)}, {"a": 1}, {}),
        ({"ignore": ("/a/*/b",)}, {"a": [{"b": 1, "c": 2}]}, {"a": [{"c": 2}]}),
        ({"ignore": ("/a",)}, {}, {"a": [1]}),
        ({"ignore": ("/a/*/b",)}, {"a": {"x": {"b": 1}}}, {"a": {"x": {"b": 2}}}),
        ({"numbers": {"/a": 0}}, {"a": "1500.0"}, {"a": "1500.00"}),
        ({"numbers": {"/a": 0.01}}, {"a": "19.99"}, {"a": "20.00"}),
        ({"numbers": {"/a": 0.01}}, {"a": 19}, {"a": Decimal("19.01")}),
        ({"numbers": {"/a/*": 1}}, {"a": [1, 2]}, {"a": [2, 3]}),
        ({"times": {"/a": 1}}, {"a": "2026-01-01T10:00:00Z"}, {"a": "2026-01-01T11:00:01+01:00"}),
        ({"times": {"/a": 0}}, {"a": "2026-01-01T10:00:00.000Z"}, {"a": "2026-01-01T10:00:00+00:00"}),
        ({"times": {"/a": 60}}, {"a": "10:00:00"}, {"a": "10:01:00"}),
        ({"times": {"/a": 86400}}, {"a": "2026-01-01"}, {"a": "2026-01-02"}),
        ({"codes": {"/a": {"inactive": "dormant"}}}, {"a": "dormant"}, {"a": "inactive"}),
        ({"unordered": {"/a": ""}}, {"a": ["x", "y", "y"]}, {"a": ["y", "x", "y"]}),
        ({"unordered": {"/a": "n"}}, {"a": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 2}, {"n": 1}]}),
        ({"unordered": {"/a": "n"}}, {"a": [{"n": 1, "b": 1}, {"n": 1}]}, {"a": [{"n": 1}, {"n": 1, "b": 1}]}),
        # each of them is near two others, so that the pairs cannot be taken one by one
        ({"unordered": {"/a": ""}, "numbers": {"/a/*": 1}}, {"a": [0, 1]}, {"a": [0, -1]}),
        (
            {"unordered": {"/a": "s"}, "codes": {"/a/*/s": {"new": "old"}}},
            {"a": [{"s": "x"}, {"s": "old", "v": 1}]},
            {"a": [{"s": "new", "v": 1}, {"s": "x"}]},
        ),
    ],
)  # fmt: skip
def test_what_is_said_to_be_the_same_is(rule: Mapping[str, Any], legacy: Any, candidate: Any) -> None:
    """Each rule makes its difference none, and without the rule it is one."""
    assert [] == found(CompareRule(**rule), legacy, candidate)
    assert [] != found(PLAIN, legacy, candidate)


@pytest.mark.parametrize(
    ("expected", "rule", "legacy", "candidate"),
    [
        ([("/a", "value")], {"numbers": {"/a": 0.01}}, {"a": "19.99"}, {"a": "20.01"}),
        ([("/a", "value")], {"numbers": {"/a": 1}}, {"a": "x"}, {"a": "1"}),
        ([("/a", "value")], {"numbers": {"/a": 1}}, {"a": "NaN"}, {"a": "1"}),
        ([("/a", "value")], {"numbers": {"/a": 1}}, {"a": "1e99999999"}, {"a": "1"}),
        ([("/a", "type")], {"numbers": {"/a": 1}}, {"a": True}, {"a": 1}),
        ([("/a", "value")], {"times": {"/a": 1}}, {"a": "2026-01-01T10:00:00"}, {"a": "2026-01-01T10:00:00Z"}),
        ([("/a", "value")], {"times": {"/a": 1}}, {"a": "soon"}, {"a": "2026-01-01"}),
        ([("/a", "value")], {"codes": {"/a": {"in": "dormant"}}}, {"a": "in"}, {"a": "dormant"}),
        ([("/a", "missing")], {"null_is_absent": False}, {"a": None}, {}),
        ([("/a", "type")], {"null_is_absent": False}, {"a": None}, {"a": 1}),
        ([("/a/0", "missing"), ("/a/1", "extra")], {"unordered": {"/a": ""}}, {"a": ["x", "y"]}, {"a": ["y", "z"]}),
        ([("/a/1/b", "value")], {"unordered": {"/a": "n"}}, {"a": [{"n": 1}, {"n": 2, "b": 1}]},
         {"a": [{"n": 2, "b": 2}, {"n": 1}]}),
        ([("/a/1", "extra")], {"unordered": {"/a": "n"}}, {"a": [{"n": 1}]}, {"a": [{"n": 1}, {"n": 2}]}),
        ([("/a/0", "missing"), ("/a/0", "extra")], {"unordered": {"/a": "n"}}, {"a": [{"b": 1}]}, {"a": [{"b": 2}]}),
        ([("/a/0", "missing"), ("/a/0", "extra")], {"unordered": {"/a": ""}}, {"a": [True]}, {"a": [1]}),
        ([("/a/0", "missing"), ("/a/0", "extra")], {"unordered": {"/a": ""}, "codes": {"/a/*": {"in": "dormant"}}},
         {"a": ["in"]}, {"a": ["dormant"]}),
    ],
)  # fmt: skip
def test_what_is_beyond_a_rule_is_told(
    expected: list[tuple[str, str]], rule: Mapping[str, Any], legacy: Any, candidate: Any
) -> None:
    """A rule covers what it says, and no more."""
    assert expected == found(CompareRule(**rule), legacy, candidate)


def test_refusals_are_compared_by_status_and_problem() -> None:
    """An answer and a refusal differ, two refusals of one type are the same, whatever their words."""
    comparer = Comparer(PLAIN)
    missing, gone, there = Answered(404, problem="no-such"), Answered(404, problem="gone"), Answered(200, {"a": 1})
    assert () == comparer.answers(missing, Answered(404, {"other": "words"}, "no-such"))
    told = [(each.kind, each.legacy, each.candidate) for each in comparer.answers(missing, gone)]
    assert [("status", "404 no-such", "404 gone")] == told
    assert [("status", "200", "404 gone")] == [(e.kind, e.legacy, e.candidate) for e in comparer.answers(there, gone)]
    assert ["/a"] == [each.pointer for each in comparer.answers(there, Answered(200, {"a": 2}))]


def test_a_broken_candidate_is_told_of_once_for_each_place_and_not_without_end() -> None:
    """Of thousands of differences a hundred are told; they are one group, since items are all alike."""
    legacy, candidate = {"a": [{"b": n} for n in range(5000)]}, {"a": [{"b": -n - 1} for n in range(5000)]}
    differences = Comparer(PLAIN).differences(legacy, candidate)
    assert MOST == len(differences)
    assert ["/a/*/b"] == [each.shape for each in groups("x.read", differences).values()]
    assert MOST == len(Comparer(PLAIN).differences({str(n): n for n in range(5000)}, {}))


def test_names_that_the_contract_does_not_have_are_not_told() -> None:
    """What a candidate makes up may be somebody's name; all of it is one group."""
    comparer = Comparer(PLAIN, known={"a"})
    differences = comparer.differences({"a": {}}, {"a": {"Eva": 1, "Jo": 2}, "x": 1})
    assert ["/a/?", "/a/?", "/?"] == [each.shape for each in differences]
    assert 2 == len(groups("x.read", differences))


def test_fingerprints_are_the_same_in_every_process() -> None:
    """A group has one name for good: by operation, place and kind."""
    (value,) = Comparer(PLAIN).differences({"a": [1]}, {"a": [2]})
    (kind,) = Comparer(PLAIN).differences({"a": [1]}, {"a": ["2"]})
    assert "db0729318886" == fingerprint("customers.read", value)
    assert 3 == len({fingerprint("customers.read", value), fingerprint("customers.read", kind),
                     fingerprint("customers.list", value)})  # fmt: skip


@given(DOCUMENTS)
def test_a_document_is_itself(document: Any) -> None:
    """Whatever it is, a document is the same as a copy of it, also where orders say nothing."""
    copy = json.loads(json.dumps(document, default=str)) if "." not in str(document) else document
    rules = [PLAIN, CompareRule(null_is_absent=False), CompareRule(unordered={"/a": "", "/b": "a"})]
    assert [[]] * 3 == [found(rule, document, copy) for rule in rules]


RULE = CompareRule(
    ignore=("/noise", "/items/*/noise"),
    unordered={"/items": "id", "/tags": ""},
    numbers={"/price": 0.01, "/items/*/price": 0.01},
    times={"/when": 1},
    codes={"/state": {"B": "A"}},
)
ITEM = st.fixed_dictionaries(
    {"price": st.decimals(0, 99, places=2).map(str)},
    optional={"text": st.none() | st.text("ab", max_size=2), "noise": SCALARS},
)
WHOLE = st.fixed_dictionaries(
    {
        "items": st.lists(ITEM, max_size=4).map(lambda items: [{"id": str(n), **item} for n, item in enumerate(items)]),
        "tags": st.lists(st.text("abc", max_size=1), max_size=4),
        "price": st.decimals(0, 99, places=2).map(str),
        "when": st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
        "state": st.sampled_from("AC"),
    },
    optional={"noise": SCALARS, "nothing": st.none(), "plain": st.lists(st.integers(0, 3), max_size=3)},
)


@given(WHOLE, st.randoms(use_true_random=False))
def test_changes_that_the_rule_allows_are_none(legacy: dict[str, Any], random: Any) -> None:
    """Items in another order, a cent more, another word, nulls left out, noise: the documents stay the same."""
    candidate = {name: value for name, value in legacy.items() if value is not None}
    candidate["items"] = random.sample([_near(each, random) for each in legacy["items"]], len(legacy["items"]))
    candidate["tags"] = random.sample(legacy["tags"], len(legacy["tags"]))
    candidate |= {"price": str(Decimal(legacy["price"]) + Decimal("0.010")), "noise": random.random()}
    candidate["state"] = "B" if legacy["state"] == "A" else "C"
    assert [] == found(RULE, legacy, candidate)


def _near(item: dict[str, Any], random: Any) -> dict[str, Any]:
    return {**item, "price": str(Decimal(item["price"]) - Decimal("0.01")), "noise": random.random(), "text2": None}


@given(WHOLE, st.data())
def test_a_change_at_any_leaf_is_found(legacy: dict[str, Any], data: st.DataObject) -> None:
    """Another value at a leaf that is not ignored is a difference whatever the rule allows, and so is its loss."""
    leaves = [path for path in _leaves(legacy, ()) if "noise" not in path]
    path = data.draw(st.sampled_from(leaves))
    changed = json.loads(json.dumps(legacy, default=str))
    around: Any = changed
    for name in path[:-1]:
        around = around[name]
    assume(around[path[-1]] is not None)
    if data.draw(st.booleans()):
        around[path[-1]] = "other"
    else:
        del around[path[-1]]
    assert [] != found(RULE, json.loads(json.dumps(legacy, default=str)), changed)


def _leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield path
    for name, each in inside:
        yield from _leaves(each, (*path, name))
