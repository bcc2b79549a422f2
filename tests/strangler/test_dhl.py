"""Thirteen replies of a carrier's SOAP interface beside its REST successor's: what differs, and why.

``EXPLAINED`` was written by hand, by looking at each difference once. A *mapping* difference is one that a rule of
comparison would end; an *intended change* is the successor's other design, which callers of ours have to be told; a
*defect* is what should be mended before anybody moves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from adapter.rollout.differences import Difference
from tests.strangler.carrier import ABSENT, FOLDER, Pair, compared, pairs

REPLIES = 13


class Explained(NamedTuple):
    """One kind of difference: in which calls, at which shape, from which value to which, and why."""

    calls: str
    shape: str
    legacy: object
    candidate: object
    why: Literal["mapping", "intended change", "defect"]
    words: str


_OK = "the words for people are other ones; the code is what counts: ignore /status/text and /items/*/status/text"
_SEVERAL = "more than one shipment is 207 for the whole, whatever became of each: the items say it"
EXPLAINED = (
    Explained("*", "/status/text", "ok", "OK", "mapping", _OK),
    Explained("*", "/status/text", "ok", "Multi-Status", "mapping", _OK),
    Explained("*", "/status/text", "Some Shipments had errors.", "Multi-Status", "mapping", _OK),
    Explained("*", "/status/text", "Weak validation error occured.", "Multi-Status", "mapping", _OK),
    Explained("*", "/status/text", "Unknown shipment number.", "Multi-Status", "mapping", _OK),
    Explained("*", "/items/*/status/text", "ok", "OK", "mapping", _OK),
    Explained("*", "/items/*/status/text", "Hard validation error occured.", "Bad Request", "mapping", _OK),
    Explained("*", "/items/*/status/text", "Unknown shipment number.", "UnknownShipmentNumber", "mapping", _OK),
    Explained(
        "createshipment", "/items/*/status/text", "Weak validation error occured.", "OK",
        "mapping", "a warning moved from the text into validationMessages, which this contract does not have",
    ),
    Explained(
        "validateshipment", "/items/*/status/text", "Weak validation error occured.",
        "Within the shipment there was at least one weak validation error.", "mapping", _OK,
    ),
    Explained("*", "/status/code", "ok", "several", "intended change", _SEVERAL),
    Explained(
        "cancelshipment", "/status/code", "unknown_shipment", "several",
        "intended change", f"{_SEVERAL}; the ERP gave the first item's error to the whole, even where others went well",
    ),
    Explained(
        "cancelshipment", "", "200", "404 unknown-shipment",
        "intended change", "a request of which nothing was done is refused (400) and no success any more",
    ),
    Explained(
        "getversion", "/release", "3.0", "3.3.2",
        "intended change", "the release of the product behind it is told, and no longer that of the interface",
    ),
    Explained("validateshipment", "/items/*/sequence", "0", "1", "intended change", "items are counted from 1"),
    Explained("validateshipment", "/items/*/sequence", "1", "2", "intended change", "items are counted from 1"),
    Explained(
        "validateshipment", "/items/*/status/code", "ok", "invalid",
        "defect", "validation refuses (400) with the same warnings with which creation succeeds (200)",
    ),
)  # fmt: skip


def explanations(pair: Pair, found: Difference) -> list[Explained]:
    """Return the lines of the table that are about a difference."""
    said = found.shape, found.legacy, found.candidate
    return [each for each in EXPLAINED if each.calls in ("*", pair.call) and said == each[1:4]]


def unexplained(differences: dict[Pair, tuple[Difference, ...]]) -> list[str]:
    """Return the differences that not exactly one line of the table explains, and lines that explain nothing."""
    found = [(pair, each, explanations(pair, each)) for pair, several in differences.items() for each in several]
    lost = [f"{pair}{each.pointer}: {each.kind}" for pair, each, lines in found if len(lines) != 1]
    used = {line for _, _, lines in found for line in lines}
    return [*lost, *(f"not seen: {line.shape} {line.legacy}" for line in EXPLAINED if line not in used)]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_every_difference_is_explained(tmp_path: Path) -> None:
    """Each reply that has the successor's answer beside it is read as the contract, and what differs has one reason."""
    differences = compared(tmp_path / "project")
    assert REPLIES == len(pairs()) == len(differences)
    assert [] == unexplained(differences)


def test_another_difference_is_not_explained() -> None:
    """A status that means something else, or at another place, is told."""
    pair = Pair("cancelshipment", "invented")
    other = Difference("/items/0/status/code", "value", "ok", "unknown_shipment", "/items/*/status/code")
    assert "cancelshipment/invented/items/0/status/code: value" == unexplained({pair: (other,)})[0]
