"""wsdl.zeep_gap: cases where zeep drops, bends or refuses what is there and we read it: both on the same bytes."""

from __future__ import annotations

import logging

import zeep

from tests.evidence import Result
from tests.matrix.construct import Construct
from tests.zeep_gap.decoding import cases, ours, zeeps

AT_LEAST = 12


def measure() -> Result:
    """Decode every case with zeep and with our reader."""
    # zeep tells of each value that it gives up in its log.
    logging.disable(logging.ERROR)
    found = cases()
    wrong = {case.name: why for case in found if (why := _not_shown(case))}
    refused = sum("refuses" in case.case for case in found if case.name not in wrong)
    kept = len(found) - len(wrong)
    told = "".join(f"; {name}: {why}" for name, why in wrong.items())
    value = f"{kept} ({refused} that zeep {zeep.__version__} refuses, {kept - refused} dropped or bent){told}"
    return Result(value, kept >= AT_LEAST and not wrong)


def _not_shown(case: Construct) -> str:
    """Say which half of a case does not hold; "" where both do."""
    expected = case.case["zeep" if "zeep" in case.case else "refuses"]
    if (said := zeeps(case)) != expected:
        return f"zeep gives {said[:60]}"
    try:
        value = ours(case)
    except Exception as error:
        # Whatever it is, it is what we make of the reply.
        return f"we raise {type(error).__name__}"
    return "" if value == case.given("read")[0]["json"] else "we read another value"
