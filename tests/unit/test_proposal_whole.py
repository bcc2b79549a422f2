"""The proposal of a whole contract: places of operations, what they take and answer, and its text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapter.mapping import files
from adapter.mapping.layout import formatted
from adapter.mapping.proposal.resources import place
from adapter.mapping.proposal.text import written
from adapter.mapping.proposal.whole import Proposal, first_ports, propose
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.proposed import element, service

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "wsdl"
ROW = element("order", "t:Order", minOccurs="0", maxOccurs="unbounded")
ORDER = element("orderId") + element("status", minOccurs="0") + element("total", "xsd:decimal")
ORDERS = {
    "GetOrder": (element("orderId"), element("order", "t:Order")),
    "GetOrders": (element("status", minOccurs="0") + element("limit", "xsd:int") + element("offset", "xsd:int"), ROW),
    "SearchOrders": (element("status", maxOccurs="9"), ROW + element("name")),
    "CreateOrder": (element("order", "t:Order"), element("orderId")),
    "UpdateOrder": (element("orderId") + element("status"), ""),
    "ModifyOrder": (element("orderId") + element("order", "t:Order"), ""),
    "DeleteOrder": (element("orderId") + element("reason", minOccurs="0"), ""),
    "CancelOrder": (element("orderId"), ""),
    "ImportOrders": (element("order", "t:Order", maxOccurs="9"), element("done", "xsd:int")),
    "AssignOrderLines": (element("customerId") + element("line", maxOccurs="9"), ""),
    "Ping": ("", element("text")),
    "RememberMeOptOut": (element("orderId"), element("done", "xsd:boolean")),
    "GetOrderEx": (element("orderId"), element("order", "t:Order")),
}


def orders() -> Contract:
    """A service of orders."""
    return service(ORDERS, Order=ORDER)


def proposal(contract: Contract, only: str = "*") -> Proposal:
    """What is proposed for all its ports."""
    return propose(contract, first_ports(contract), only)


def test_places() -> None:
    """Each operation stands where the conventions say."""
    made = orders()
    assert {
        "GetOrder": "GET /v1/orders/{}",
        "GetOrders": "GET /v1/orders",
        "SearchOrders": "POST /v1/orders/search",
        "CreateOrder": "POST /v1/orders",
        "UpdateOrder": "PUT /v1/orders/{}",
        "ModifyOrder": "PATCH /v1/orders/{}",
        "DeleteOrder": "DELETE /v1/orders/{}",
        "CancelOrder": "POST /v1/orders/{}/cancel",
        "ImportOrders": "POST /v1/orders/import",
        "AssignOrderLines": "POST /v1/customers/{}/assign-order-lines",
        "Ping": "POST /v1/actions/ping",
        # a name without a verb may stand for anything, and GET has to be safe
        "RememberMeOptOut": "POST /v1/actions/remember-me-opt-out",
        "GetOrderEx": "GET /v1/orders-ex/{}",
    } == {each.call: " ".join(each.route) for each in place(made, first_ports(made))}


def test_a_noun_of_two_ports() -> None:
    """A file speaks to one port; what two ports do to one thing stands below one path all the same."""
    made = orders()
    (whole,) = made.services.values()
    (port,) = whole.ports.values()
    ports = [
        replace(port, name=name, operations={call: port.operations[call]})
        for name, call in (("P", "GetOrder"), ("Q", "CancelOrder"))
    ]
    found = place(made, [(whole, each) for each in ports])
    expected = [("orders", ("GET", "/v1/orders/{}")), ("orders-q", ("POST", "/v1/orders/{}/cancel"))]
    assert expected == [(each.resource, each.route) for each in found]


def operation(name: str, file: str = "orders.yaml") -> Any:
    """The section of one proposed operation."""
    return proposal(orders()).files[file].section["operations"][name]


def test_a_list_is_paged_and_filtered() -> None:
    """What pages is no filter; the rows are what is answered."""
    assert {
        "request": "GET /",
        "call": "GetOrders",
        "query": {"status": "status"},
        "page": {"limit": "limit", "offset": "offset"},
        "reply": {"each": "Order", "from": "order"},
    } == operation("list")


def test_one_is_read_by_its_key() -> None:
    """The only object in the reply is the answer."""
    assert {"order_id": "orderId"} == operation("read")["path"]
    assert {"one": "Order", "from": "order"} == operation("read")["reply"]


def test_bodies() -> None:
    """The key stands in the path and not in the body; an object that is all that is left is the body itself."""
    assert {"one": "Order", "into": "order"} == operation("create")["body"]
    assert {"one": "UpdateOrderBody"} == operation("update")["body"]
    assert {"one": "Order", "into": "order"} == operation("patch")["body"]
    assert {"reason": "reason"} == operation("delete")["query"]


def test_what_answers_nothing_has_no_content() -> None:
    """204 says so."""
    assert {"status": 204} == operation("cancel")["reply"]


def test_nothing_that_is_beside_the_rows_is_lost() -> None:
    """A reply that says more than its rows is answered whole."""
    assert {"one": "SearchOrdersResponse"} == operation("search")["reply"]


def test_only_some() -> None:
    """The others are left for another time; those that are proposed stand where they always would."""
    assert ["orders.yaml", "orders-ex.yaml", "shared/t.yaml"] == list(proposal(orders(), "GetOrder*").files)


def test_declared_faults_are_lines() -> None:
    """The name says the status: not found, exists, invalid; anything else is the ERP's fault."""
    made = service(
        {"GetOrder": ORDERS["GetOrder"]}, faults=("OrderNotFoundFault", "Broken", "InvalidOrder"), Order=ORDER
    )
    assert [
        {"detail": "OrderNotFoundFault", "status": 404, "problem": "order-not-found"},
        {"detail": "Broken", "status": 502, "problem": "broken"},
        {"detail": "InvalidOrder", "status": 422, "problem": "invalid-order"},
    ] == proposal(made).files["orders.yaml"].section["faults"]


def test_text_says_what_is_proposed_and_stays_as_it_is() -> None:
    """The text is read back as the same data, ``fmt`` has nothing to lay out, and it is the same every time."""
    for name, draft in proposal(orders()).files.items():
        text = written(draft)
        document, mistakes = files.parse(text, name)
        assert document is not None
        assert [] == mistakes
        assert draft.section == document.data
        assert (text, []) == formatted(text, name)
        assert text == written(proposal(orders()).files[name])


def test_each_guess_says_how_sure_it_is() -> None:
    """The comment stands above the operation."""
    text = written(proposal(orders()).files["orders.yaml"])
    assert "  # confidence 0.9: the verb is get, and it takes orderId\n  read:\n" in text


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real contracts is not here")
@pytest.mark.parametrize("file", ["zuora/zuora.a.78.0.wsdl", "dynamics-nav/ItemCard.wsdl", "vies/vies.wsdl"])
def test_real_contracts_are_proposed_whole(file: str) -> None:
    """Every operation has a place of its own, and holds as it was guessed."""
    made = load(CORPUS, file)
    found = proposal(made)
    assert {} == found.left_out
    assert len({each.route for each in found.placed}) == len(found.placed)
    assert sum(len(port.operations) for _, port in first_ports(made)) == len(found.placed)
    assert [] == [each.call for each in found.placed if each.way.why == "nothing else holds"]
