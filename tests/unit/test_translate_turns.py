"""Groups that repeat as a whole: arrays of their turns, in document order, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.openapi.schemas import schemas
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, errors, sent, typed
from tests.unit.repeating import A_OR_B, AB, MANY, TURNS, both_ways, element, group, read, record, written
from tests.unit.twins import reader


def test_turns_of_a_choice_keep_their_order() -> None:
    """Each element of a choice that repeats is a turn of its own, written and read where it stands."""
    endpoint = echo(A_OR_B, TURNS, Turn=AB)
    both_ways(endpoint, {"turns": [{"b": "x"}, {"a": 1}, {"a": 2}, {"b": "y"}]}, "b=x a=1 a=2 b=y")


def test_turns_of_a_sequence_end_where_the_next_pass_begins() -> None:
    """A pass takes what may stand in it, whatever of it is left out; the next one begins with what cannot."""
    xsd = record(group("sequence", element("a") + element("b", 'minOccurs="0"') + element("c", MANY)))
    endpoint = echo(xsd, TURNS, Turn={"fields": {"a": "a", "b": "b", "c": "c"}})
    turns = [{"a": 1, "c": []}, {"a": 2, "b": 3, "c": [4, 5]}, {"a": 6, "c": [7]}]
    both_ways(endpoint, {"turns": turns}, "a=1 a=2 b=3 c=4 c=5 a=6 c=7")


def test_a_pass_takes_no_more_than_it_may() -> None:
    """What is more than ``maxOccurs`` of an element in one pass belongs to the next."""
    xsd = record(group("sequence", element("a", 'maxOccurs="2"') + element("b", 'minOccurs="0"')))
    endpoint = echo(xsd, TURNS, Turn=AB)
    both_ways(endpoint, {"turns": [{"a": [1, 2]}, {"a": [3], "b": 4}]}, "a=1 a=2 a=3 b=4")


def test_turns_that_xml_does_not_tell_apart_are_read_as_one_and_are_the_same_xml() -> None:
    """Where everything in a pass may be left out, reading is greedy, and what was read is written as it was."""
    xsd = record(group("sequence", element("a", 'minOccurs="0"') + element("b", 'minOccurs="0"')))
    endpoint = echo(xsd, TURNS, Turn=AB)
    assert "a=1 b=2 a=3" == written(endpoint, {"turns": [{"a": 1}, {"b": 2}, {"a": 3}]})
    both_ways(endpoint, {"turns": [{"a": 1, "b": 2}, {"a": 3}]}, "a=1 b=2 a=3")


def test_a_branch_that_is_a_sequence_is_one_turn() -> None:
    """A choice may hold sequences: a turn is one pass of one of them."""
    pair = group("sequence", element("a") + element("b", 'minOccurs="0"'), "")
    endpoint = echo(
        record(group("choice", pair + element("c"))), TURNS, Turn={"fields": {"a": "a", "b": "b", "c": "c"}}
    )
    both_ways(
        endpoint, {"turns": [{"c": 1}, {"a": 2, "b": 3}, {"a": 4}, {"c": 5}, {"c": 6}]}, "c=1 a=2 b=3 a=4 c=5 c=6"
    )
    assert {"/turns/0": "must have only one of a, b, c"} == errors(endpoint, {"turns": [{"a": 1, "c": 2}]})
    assert {"/turns/0/a": "is required"} == errors(endpoint, {"turns": [{"b": 1}]})


def test_groups_inside_a_turn_are_turns_again() -> None:
    """``group()`` in the type of a turn is a group inside it; the outermost one is meant first."""
    inner = group("choice", element("b") + element("c"))
    endpoint = echo(
        record(group("sequence", element("a") + inner)), TURNS,
        Turn={"fields": {"a": "a", "more": {"soap": "group(c)", "each": "Inner"}}},
        Inner={"fields": {"b": "b", "c": "c"}},
    )  # fmt: skip
    turns = [{"a": 1, "more": [{"c": 2}, {"b": 3}]}, {"a": 4, "more": []}, {"a": 5, "more": [{"b": 6}]}]
    both_ways(endpoint, {"turns": turns}, "a=1 c=2 b=3 a=4 a=5 b=6")


def test_a_group_that_only_holds_a_group_is_one() -> None:
    """The bounds of both are multiplied, and a turn is one of what is inside."""
    xsd = record(group("sequence", group("choice", element("a") + element("b"), ""), 'maxOccurs="3"'))
    endpoint = echo(xsd, TURNS, Turn=AB)
    both_ways(endpoint, {"turns": [{"b": 1}, {"a": 2}, {"b": 3}]}, "b=1 a=2 b=3")
    assert {"/turns": "must have at most 3 items"} == errors(endpoint, {"turns": [{"a": 1}] * 4})


def test_several_groups_of_a_record_are_apart() -> None:
    """Each has its own array, also where an element of the same name stands beside them."""
    pair = group("sequence", element("a") + element("b", 'minOccurs="0"'), 'minOccurs="0" maxOccurs="2"')
    other = group("choice", element("c") + element("d"))
    endpoint = echo(
        record(element("x") + pair + other + element("y")),
        {"x": "x", **TURNS, "others": {"soap": "group(d)", "each": "Other"}, "y": "y"},
        Turn=AB,
        Other={"fields": {"c": "c", "d": "d"}},
    )
    body = {"x": 0, "turns": [{"a": 1}, {"a": 2, "b": 3}], "others": [{"d": 4}, {"c": 5}], "y": 6}
    both_ways(endpoint, body, "x=0 a=1 a=2 b=3 d=4 c=5 y=6")


def test_an_element_of_the_same_name_outside_the_group_is_not_in_a_turn() -> None:
    """What stands before the group is told from what stands in it by its place."""
    xsd = record(element("b") + element("x") + group("sequence", element("a") + element("b")))
    endpoint = echo(xsd, {"first": "b", "x": "x", **TURNS}, Turn=AB)
    assert {"first": 1, "x": 2, "turns": [{"a": 3, "b": 4}]} == read(endpoint, "b=1 x=2 a=3 b=4")


def test_what_follows_a_group_is_not_taken_for_a_part_of_it() -> None:
    """An element that could only be the rest of a pass stands for itself where no pass begins."""
    xsd = record(group("sequence", element("a") + element("b")) + element("b", 'minOccurs="0"'))
    endpoint = echo(xsd, TURNS, Turn=AB)
    assert {"turns": []} == read(endpoint, "b=1")
    assert {"turns": [{"a": 1, "b": 2}]} == read(endpoint, "a=1 b=2 b=3")


def test_bounds_of_the_group_are_those_of_the_array() -> None:
    """``minOccurs`` and ``maxOccurs`` of the group are checked, and stand in the documentation."""
    xsd = record(group("sequence", element("a") + element("b"), 'minOccurs="2" maxOccurs="3"'))
    endpoint = echo(xsd, TURNS, Turn=AB)
    turn = {"a": 1, "b": 2}
    assert {"/turns": "must have at least 2 items"} == errors(endpoint, {"turns": [turn]})
    assert {"/turns": "must have at most 3 items"} == errors(endpoint, {"turns": [turn] * 4})
    assert {"/turns": "is required"} == errors(endpoint, {})
    assert {} == errors(endpoint, {"turns": [turn] * 2})
    components = schemas([endpoint]).components
    assert 3 == components["TInput"]["properties"]["turns"]["maxItems"]
    assert (1, ["a", "b"]) == (components["TurnInput"]["minProperties"], components["TurnInput"]["required"])


@pytest.mark.parametrize("turn", [{}, {"b": []}])
def test_a_turn_that_writes_nothing_is_refused(turn: Any) -> None:
    """It would not be there when the message is read."""
    xsd = record(group("sequence", element("a", 'minOccurs="0"') + element("b", MANY)))
    endpoint = echo(xsd, TURNS, Turn=AB)
    assert {"/turns/0": "must not be empty"} == errors(endpoint, {"turns": [turn]})
    assert {} == errors(endpoint, {"turns": [{"b": [1]}]})


def test_what_a_turn_lacks_is_refused_and_read_as_it_is() -> None:
    """A caller must give what a pass requires; a reply without it is not what the contract says."""
    endpoint = echo(record(group("sequence", element("a") + element("b"))), TURNS, Turn=AB)
    assert {"/turns/0/b": "is required"} == errors(endpoint, {"turns": [{"a": 1}]})
    with pytest.raises(BackendReplyInvalid, match="Turn.b is missing"):
        read(endpoint, "a=1 a=2 b=3")


def test_strange_children_are_passed_over() -> None:
    """Comments, and elements that the contract does not know, belong to no turn and end none."""
    endpoint = echo(record(group("sequence", element("a") + element("b")) + element("c")), {**TURNS, "c": "c"}, Turn=AB)
    reply = etree.fromstring(
        '<Out xmlns="urn:t"><X><a>1</a><!-- b --><b>2</b><z/><a>3</a><b>4</b><c>5</c><a>6</a><b>7</b></X></Out>'
    )
    turns = [{"a": 1, "b": 2}, {"a": 3, "b": 4}, {"a": 6, "b": 7}]
    assert {"turns": turns, "c": 5} == reader(endpoint)(reply).document


def test_rows_of_a_list_can_be_turns() -> None:
    """``from:`` of a list may end at a group; each turn is a row."""
    xsd = A_OR_B.replace('type="t:T"/>', 'type="t:T" minOccurs="0"/>')
    endpoint = build(
        xsd, {"Turn": AB}, {"request": "GET /", "reply": {"each": "Turn", "from": "X.group(b)"}}, verb="list"
    )
    assert [{"b": "x"}, {"a": 1}] == read(endpoint, "b=x a=1")
    assert [] == read(endpoint, "")


def test_elements_of_a_choice_may_be_read_one_by_one_beside_its_turns() -> None:
    """A reply can have both: an array of one of the elements, and all of them in order."""
    fields = {**TURNS, "a": {"soap": "a", "read_only": True}}
    both = echo(A_OR_B, fields, Turn=AB)
    assert {"turns": [{"a": 1}, {"b": "x"}, {"a": 2}], "a": [1, 2]} == read(both, "a=1 b=x a=2")


def test_one_by_one_the_order_is_lost() -> None:
    """Elements of a choice that are named directly are an array each."""
    endpoint = echo(A_OR_B, {"a": "a", "b": "b"})
    assert {"a": [1, 2], "b": ["x"]} == read(endpoint, "a=1 b=x a=2")
    assert "a=1 a=2 b=x" == written(endpoint, {"b": ["x"], "a": [1, 2]})


def test_null_for_the_turns_is_nil_on_the_element_around_them() -> None:
    """An array of turns is null as any array is: where the element around the turns may be nil."""
    around = '<xsd:element name="L" nillable="true"><xsd:complexType>{}</xsd:complexType></xsd:element>'
    xsd = record(around.format(group("choice", element("a") + element("b"))))
    endpoint = echo(xsd, {"turns": {"soap": "L.group(a)", "each": "Turn"}}, Turn=AB)
    message = sent(writer(endpoint)(check(endpoint, {"turns": None})))
    assert "true" == message[0][0].get("{http://www.w3.org/2001/XMLSchema-instance}nil")
    message.tag = "{urn:t}Out"
    assert {"turns": None} == reader(endpoint)(message).document


def test_turns_in_a_derived_type_are_those_of_the_derived_type() -> None:
    """A record that a path names by its type has the groups that it inherits."""
    base = f'<xsd:complexType name="T"><xsd:sequence>{group("choice", element("a") + element("b"))}</xsd:sequence>'
    derived = (
        '<xsd:complexType name="D"><xsd:complexContent><xsd:extension base="t:T"><xsd:sequence>'
        f"{element('c')}</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>"
    )
    xsd = typed("").replace('<xsd:complexType name="T">', f"{derived}{base}")
    endpoint = build(
        xsd,
        {"D": {"fields": {**TURNS, "c": "c"}}, "Turn": AB},
        {"body": {"one": "D", "into": "X(D)"}, "reply": {"one": "D", "from": "X(D)"}},
    )
    assert "b=1 a=2 c=3" == written(endpoint, {"c": 3, "turns": [{"b": 1}, {"a": 2}]})


def test_turns_may_be_elements_that_a_wildcard_lets_in() -> None:
    """A branch that is a wildcard is a turn whose one property is the element as XML text."""
    wild = '<xsd:any namespace="##other" processContents="lax"/>'
    endpoint = echo(
        record(group("choice", wild + element("a"))),
        {"turns": {"soap": "group(*)", "each": "Turn"}},
        Turn={"fields": {"a": "a", "other": {"soap": "*"}}},
    )
    first, last = '<z xmlns="urn:z"><y>1</y></z>', '<w xmlns="urn:w"></w>'
    body = {"turns": [{"other": first}, {"a": 2}, {"other": last}]}
    message = sent(writer(endpoint)(check(endpoint, body)))
    assert ["{urn:z}z", "{urn:t}a", "{urn:w}w"] == [child.tag for child in message[0]]
    reply = etree.fromstring(f'<Out xmlns="urn:t"><X>{first}<a>2</a>{last}<b/></X></Out>')
    assert body == reader(endpoint)(reply).document
    assert {"/turns/0": "must have only one of other, a"} == errors(endpoint, {"turns": [{"a": 1, "other": first}]})


def test_what_the_contract_fixes_in_a_pass_is_written_in_every_turn() -> None:
    """A required element with a fixed value needs no property, and stands in each pass, not beside them."""
    fixed = '<xsd:element name="k" type="xsd:string" fixed="K"/>'
    endpoint = echo(
        record(group("sequence", fixed + element("a"), 'maxOccurs="3"')), TURNS, Turn={"fields": {"a": "a"}}
    )
    both_ways(endpoint, {"turns": [{"a": 1}, {"a": 2}]}, "k=K a=1 k=K a=2")
