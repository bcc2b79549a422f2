"""Examples in YAML: they answer first, and every mistake in them is found when they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BuildError
from tests.unit.any_erp import calling, erp, reason, texts

GOOD = """examples:
  - operation: GetOrder
    match: {id: 1}
    reply: {Order: {"@rev": 4, Id: 1, State: open, Firm: {xsi:type: BigFirm, Name: null, Staff: 3}}}
  - operation: GetOrder
    match: {id: 2}
    fault: {text: no such order, code: Client, detail: {NoSuchOrder: {Id: 2}}}
  - operation: GetOrder
    match: {id: 3}
    reply: {Order: {Id: 3, Line: [{Sku: A, Price: 1.50}, {Sku: B}]}}
  - operation: GetOrder
    match: {id: 4, password: x}
    reply: {Order: {Id: 44}}
"""


def test_examples_answer_first(tmp_path: Path) -> None:
    """The first example that matches answers; what it leaves out and must be there is made up; others as always."""
    with calling(erp(tmp_path, GOOD)) as caller:
        first, third = caller.get_order(1)[1], caller.get_order(3)[1]
        refused = caller.get_order(2)[1]
        with_password = caller.get_order(4, "<password>x</password>")[1]
        assert (["1"], ["open"], ["3"]) == tuple(texts(first, f".//t:{name}") for name in ("Id", "State", "Staff"))
        assert ["4"] == [each.get("rev") for each in first.iter("{urn:t}Order")]
        assert (["A", "B"], "1.50", 2) == (
            texts(third, ".//t:Sku"), texts(third, ".//t:Price")[0], len(texts(third, ".//t:Price"))
        )  # fmt: skip
        assert (("Client", "no such order"), ["2"]) == (reason(refused), texts(refused, ".//detail//t:Id"))
        without = caller.get_order(4)[1]
        assert (["44"], ["4"]) == (texts(with_password, ".//t:Order/t:Id"), texts(without, ".//t:Order/t:Id"))


@pytest.mark.parametrize(
    ("text", "place", "said", "remedy"),
    [
        ("- operation: GetOrders\n    reply: {}", "2:5", "there is no operation GetOrders", "did you mean GetOrder?"),
        ("- operation: GetOrder\n    answer: {}", "3:5", "unknown key 'answer'", "one of fault"),
        ("- operation: GetOrder", "2:5", "either 'reply' or 'fault'", "write one of them"),
        ("- operation: GetOrder\n    reply: {Order: {Idd: 1}}", "3:21", "Order has no element Idd", "did you mean Id?"),
        ("- operation: GetOrder\n    reply: {Order: {Id: one}}", "3:21", "'one' is not a value of", "see the type"),
        ("- operation: GetOrder\n    reply: {Order: {State: new}}", "3:21", "'new' is not a value of", "see the type"),
        ("- operation: GetOrder\n    reply: {Order: 5}", "3:13", "Order holds elements, not a value", "object of Id"),
        ("- operation: GetOrder\n    reply: {Order: {Id: [1, 2]}}", "3:21", "Id may stand 1 times", "keep 1 of them"),
        ("- operation: GetOrder\n    reply: {Order: {Id: null}}", "3:21", "Id cannot be null", "leave it out"),
        ("- operation: GetOrder\n    reply: {Order: {Id: {}}}", "3:21", "Id is an object here", "write the value"),
        ("- operation: GetOrder\n    reply: {Order: {Person: A, Firm: {}}}", "3:13", "cannot stand together", "keep"),
        ("- operation: GetOrder\n    reply: {Order: {Firm: {xsi:type: Line}}}", "3:28", "Line is not derived", "Big"),
        ('- operation: GetOrder\n    reply: {Order: {"@rev": x}}', "3:21", "'x' is not a value of", "see the contract"),
        ("- operation: Tell\n    reply: {}", "3:5", "Tell answers nothing", "remove 'reply'"),
        ("- operation: GetOrder\n    match: 7\n    reply: {}", "3:5", "'match' is an object", "match: {"),
        ("- operation: GetOrder\n    fault: {texts: x}", "3:13", "unknown key 'texts'", "did you mean text?"),
        ("- operation: GetOrder\n    fault: {detail: {Nope: {}}}", "3:22", "declares no fault Nope", "NoSuchOrder"),
        ("- operation: GetOrder\n    fault: {status: bad}", "3:13", "'status' is an HTTP status", "status: 500"),
    ],
)  # fmt: skip
def test_mistakes_have_place_and_remedy(tmp_path: Path, text: str, place: str, said: str, remedy: str) -> None:
    """A mistake is found while reading, with its file, line, column and what to do."""
    with pytest.raises(BuildError) as caught:
        erp(tmp_path, f"examples:\n  {text}\n")
    shown = str(caught.value.mistakes[0])
    assert f"examples.yaml:{place}: " in shown
    assert said in shown
    assert remedy in shown


def test_a_file_that_holds_no_examples(tmp_path: Path) -> None:
    """What is no list of examples says how one begins."""
    with pytest.raises(BuildError, match="holds a list under the key 'examples'"):
        erp(tmp_path, "operation: GetOrder\n")
