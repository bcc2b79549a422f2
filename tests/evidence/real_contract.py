"""job.real_contract: the EU VAT check from the corpus, mapped in tests/ and called through the adapter."""

from __future__ import annotations

from tests.evidence import Result
from tests.real_contract.vies import CONTRACT, EXPECTED, asking, vies_app


def measure() -> Result:
    """Ask for known, unknown and refused numbers, and one that the contract's own words rule out."""
    if not CONTRACT.is_dir():
        return Result("the corpus is not here (ADAPTER_CORPUS)", ok=False)
    with vies_app() as (app, responder):
        ask = asking(app)
        wrong = [path for path, expected in EXPECTED.items() if ask(path) != expected]
        called = len(responder.sent)
        status, _ = ask("lu/1")
        if status != 422 or len(responder.sent) != called:
            wrong.append("lu/1")
    return Result(f"{len(wrong)} wrong, first {wrong[0]}" if wrong else f"right, {len(EXPECTED) + 1} calls", not wrong)
