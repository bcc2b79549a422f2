"""Proposing again: what people wrote stays, letter for letter; what is new is added; what they took out stays away."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.mapping import files
from adapter.mapping.proposal.rerun import Change, changes, remembered
from adapter.mapping.proposal.text import written
from adapter.mapping.proposal.whole import first_ports, propose
from tests.unit.proposed import element, service
from tests.unit.test_proposal_whole import ORDER, ORDERS

Texts = dict[str, str]
FIRST = ("GetOrder", "GetOrders", "CancelOrder", "UpdateOrder")


def drafts(names: tuple[str, ...] = FIRST, order: str = ORDER, faults: tuple[str, ...] = ()) -> Any:
    """The proposed files of a contract with these operations."""
    made = service({name: ORDERS[name] for name in names}, faults, Order=order)
    return propose(made, first_ports(made)).files


def before() -> tuple[Texts, set[str]]:
    """The texts of a first proposal, and what is remembered of it."""
    first = drafts()
    return {name: written(draft) for name, draft in first.items()}, set(remembered(first))


def again(texts: Texts, memory: set[str], **more: Any) -> Change:
    """What a second proposal changes."""
    return changes(drafts(**more), texts, memory, "")


def test_nothing_new_changes_nothing() -> None:
    """The same contract again: no file is written."""
    assert Change() == again(*before())


def test_a_new_operation_comes_in_with_its_types() -> None:
    """It is added to the file of its resource; the lines that are there stay, in their order."""
    texts, memory = before()
    texts["orders.yaml"] = texts["orders.yaml"].replace("title: Orders", "title: What people order  # ours")
    change = again(texts, memory, names=(*FIRST, "ImportOrders", "Ping"))
    assert ["actions.yaml", "orders.yaml", "shared/t.yaml"] == sorted(change.files)
    assert "title: What people order  # ours" in change.files["orders.yaml"]
    assert "  # confidence 0.8: the verb is import\n  import:\n" in change.files["orders.yaml"]
    assert "mappings/orders.yaml: operation import" in change.added
    assert "mappings/shared/t.yaml: type ImportOrders" in change.added
    assert [] == change.refused


def test_a_new_field_comes_in() -> None:
    """A field whose element no other field has is new; a renamed one is not."""
    texts, memory = before()
    texts["shared/t.yaml"] = texts["shared/t.yaml"].replace("      status: status\n", "      state: status  # ours\n")
    change = again(texts, memory, order=ORDER + element("currency"))
    assert ["mappings/shared/t.yaml: field currency of Order"] == change.added
    assert "      state: status  # ours\n" in change.files["shared/t.yaml"]
    assert "      currency: currency\n" in change.files["shared/t.yaml"]


def test_what_people_took_out_stays_away() -> None:
    """An operation, a field and a fault that are gone were not wanted."""
    first = drafts(faults=("Locked",))
    texts, memory = {name: written(draft) for name, draft in first.items()}, set(remembered(first))
    text = texts["orders.yaml"]
    texts["orders.yaml"] = text[: text.index("faults:")].replace("call: CancelOrder", "call: GetOrder")
    texts["shared/t.yaml"] = texts["shared/t.yaml"].replace("      status: status\n", "")
    assert Change() == again(texts, memory, faults=("Locked",))


def test_a_file_that_people_took_out_stays_away() -> None:
    """All its operations were proposed before."""
    texts, memory = before()
    del texts["orders.yaml"]
    assert Change() == again(texts, memory)


def test_what_cannot_be_added_is_said() -> None:
    """Where a section is no section any more nothing is guessed."""
    texts, memory = before()
    texts["orders.yaml"] = "version: 1\nresource: orders\npath: /v1/orders\noperations: none\n"
    change = again(texts, memory, names=(*FIRST, "ImportOrders"))
    assert ["mappings/orders.yaml: operation import: operations is no section"] == change.refused
    assert "orders.yaml" not in change.files


def test_faults_come_in() -> None:
    """A new fault is a new line."""
    texts, memory = before()
    change = again(texts, memory, faults=("Locked",))
    assert change.files["orders.yaml"].endswith("\nfaults:\n  - {detail: Locked, status: 409, problem: locked}\n")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([(), ("ImportOrders",), ("Ping", "CreateOrder"), ("DeleteOrder",)]))
def test_no_edit_is_ever_lost(seed: int, new: tuple[str, ...]) -> None:
    """Whatever people change in the files, each of their lines is still there afterwards, in its order."""
    source = random.Random(seed)
    texts, memory = before()
    edited = {name: edit(source, text) for name, text in texts.items()}
    if any(files.parse(text, name)[1] or files.parse(text, name)[0] is None for name, text in edited.items()):
        return
    change = again(edited, memory, names=(*FIRST, *new), order=ORDER + element("currency"))
    for name, text in edited.items():
        rest = iter(change.files.get(name, text).splitlines())
        assert all(line in rest for line in text.splitlines())


def edit(source: random.Random, text: str) -> str:
    """A text with some lines changed, taken out, or put in."""
    lines = text.splitlines()
    for _ in range(source.randrange(6)):
        at = source.randrange(len(lines))
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        match source.randrange(4):
            case 0:
                lines.insert(at, f"{indent}# a comment")
            case 1:
                lines[at] += "  # ours"
            case 2:
                lines.insert(at, "")
            case _:
                del lines[at]
    return "\n".join(lines) + source.choice(["", "\n"])
