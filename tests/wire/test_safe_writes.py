"""Orders with a key, through the whole adapter, against an ERP that drops the line at every place it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from adapter.app import create_app
from adapter.virtual import Server, VirtualErp, answering
from tests.stack import EVERYONE, ROOT, erp_settings

ORDER = {"customer_id": "1", "lines": [{"item_id": "A-00007", "quantity": "12.5"}]}


class Shop:
    """The adapter on the example project, and the ERP behind it."""

    def __init__(self, erp: Server, orders: VirtualErp, folder: Path, **environ: str) -> None:
        self.erp, self.orders = erp, orders
        places = {"ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / "subjects.db")}
        self.client = create_app(ROOT, {**EVERYONE, **erp_settings(erp), **places, **environ}).test_client()
        self.before = self.count()

    def count(self) -> int:
        """Return how many orders the ERP has."""
        return int(self.orders.state.one("SELECT count(*) FROM auftrag"))

    @property
    def made(self) -> int:
        """How many orders were made meanwhile."""
        return self.count() - self.before

    def order(self, key: str | None = '"one"', body: Any = ORDER) -> TestResponse:
        """Order something."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.client.post("/v1/orders", json=body, headers=headers)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop of one's own."""
    orders = VirtualErp(ROOT)
    with answering(orders) as erp:
        yield Shop(erp, orders, tmp_path)


@pytest.mark.parametrize("place", ["executed", "headers", "body"])
def test_an_order_whose_answer_was_lost_is_found(shop: Shop, place: str) -> None:
    """Where the line broke after the ERP had acted, the caller gets the whole order, and there is one."""
    plain = shop.order('"plain"')
    shop.erp.control.add("LegeAuftragAn", 1, close=place)
    lost = shop.order()
    assert (201, 201) == (plain.status_code, lost.status_code)
    assert plain.json is not None
    assert lost.json is not None
    assert plain.json.keys() == lost.json.keys()
    assert ORDER["lines"][0]["quantity"] == lost.json["lines"][0]["quantity"]  # type: ignore[index]
    assert f"/v1/orders/{lost.json['id']}" == lost.headers["Location"]
    again = shop.order()
    assert (lost.data, "true") == (again.data, again.headers["Idempotent-Replayed"])
    assert 2 == shop.made


@pytest.mark.parametrize("place", ["unread", "read"])
def test_an_order_that_never_arrived_is_sent_again(shop: Shop, place: str) -> None:
    """Where the ERP says, late enough, that there is no such order, it is sent again: one order in the end."""
    shop.erp.control.add("LegeAuftragAn", 1, close=place)
    assert 201 == shop.order().status_code
    assert 1 == shop.made


def test_a_reference_of_ours_is_in_the_order(shop: Shop) -> None:
    """The order carries our reference where the caller gave none, and the caller's where there is one."""
    ours = shop.order().json
    theirs = shop.order('"two"', {**ORDER, "reference": "PO-7"}).json
    assert ours is not None
    assert theirs is not None
    assert 26 == len(ours["reference"])
    assert "PO-7" == theirs["reference"]


def test_without_a_key_the_order_is_what_it_was(shop: Shop) -> None:
    """Without a key nothing is filled in and nothing is kept: two requests are two orders."""
    first = shop.order(None).json
    assert first is not None
    assert "reference" not in first
    shop.order(None)
    assert 2 == shop.made


def test_a_refusal_is_given_again(shop: Shop) -> None:
    """What the ERP refused is answered again with the same bytes, and the ERP is asked once."""
    wrong = {**ORDER, "lines": [{"item_id": "A-99999", "quantity": "1"}]}
    first, again = shop.order(body=wrong), shop.order(body=wrong)
    assert (422, 422) == (first.status_code, again.status_code)
    assert (first.data, first.content_type) == (again.data, again.content_type)
    assert 1 == shop.erp.control.counts["LegeAuftragAn"]


def test_another_spelling_is_the_same_order(shop: Shop) -> None:
    """The same values written otherwise are the same request; other values are 422."""
    first = shop.order()
    same = shop.order(body={"lines": [{"quantity": "12.5", "item_id": "A-00007"}], "customer_id": "1"})
    assert (first.data, "true") == (same.data, same.headers["Idempotent-Replayed"])
    other = shop.order(body={**ORDER, "customer_id": "2"})
    assert other.json is not None
    assert "/problems/idempotency-key-reused" == other.json["type"]


def test_what_is_invalid_is_not_kept(shop: Shop) -> None:
    """A request that validation refuses leaves the key usable."""
    assert 422 == shop.order(body={"customer_id": "1", "lines": "none"}).status_code
    assert 201 == shop.order().status_code
