"""Names of operations: verbs, and actions that are called as their path ends."""

from __future__ import annotations

from tests.unit.mapped import build, errors, mistakes, typed

XSD = typed("<xsd:sequence><xsd:element name='id' type='xsd:int'/></xsd:sequence>")
TAKES = {"path": {"id": "X.id"}, "reply": {"one": "T", "from": "X"}}
TYPES = {"T": {"fields": {"id": "id"}}}


def test_an_action_is_called_as_its_path_ends() -> None:
    """What is done to a thing is an operation of its own; it answers 200 where it answers something."""
    endpoint = build(XSD, TYPES, {**TAKES, "request": "POST /{id}/hand-over"}, verb="hand-over")
    assert ("things.hand-over", "Hand over things", 200) == (endpoint.name, endpoint.title, endpoint.reply.status)
    assert {} == errors(endpoint, path={"id": "1"})


def test_a_name_that_ends_no_path_is_a_slip() -> None:
    """A verb with a slip in it is named, as is a name that no path could have."""
    for verb, request in (
        ("raed", "GET /{id}"),
        ("Approve", "POST /{id}/Approve"),
        ("approve", "POST /{id}/approve-it"),
    ):
        found = mistakes(lambda verb=verb, request=request: build(XSD, TYPES, {**TAKES, "request": request}, verb=verb))
        assert [f"'{verb}' is not a verb of the grammar"] == [mistake.text for mistake in found]
