"""GET /v1/vat-numbers/{country}/{number} over the published contract of the EU's VAT check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.real_contract.vies import CONTRACT, EXPECTED, asking, vies_app

pytestmark = pytest.mark.skipif(
    not CONTRACT.is_dir(), reason="the corpus of real contracts is not here (ADAPTER_CORPUS)"
)


@pytest.fixture(scope="module")
def ask() -> Iterator[Callable[[str], tuple[int, Any]]]:
    """How a VAT number is asked for."""
    with vies_app() as (app, _):
        yield asking(app)


@pytest.mark.parametrize("path", EXPECTED)
def test_answer(path: str, ask: Callable[[str], tuple[int, Any]]) -> None:
    """Valid, unknown, refused and unavailable numbers are told apart."""
    assert EXPECTED[path] == ask(path)


def test_bad_number_is_not_sent(ask: Callable[[str], tuple[int, Any]]) -> None:
    """What the contract's own words rule out is refused here, with the parameter's name."""
    status, problem = ask("lu/1")

    assert 422 == status
    assert ["country", "number"] == [error["pointer"] for error in problem["errors"]]
