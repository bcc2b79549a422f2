"""What our API says that our ERP does not."""

from datetime import date
from decimal import Decimal


def age_class(birth_date: date, kind: str | None) -> str:
    """Whether somebody was born before the year 2000."""
    if kind == "company":
        return "none"
    return "adult" if birth_date < date(2000, 1, 1) else "young"


def gross(net: Decimal, rate: int) -> Decimal:
    """The amount with VAT."""
    return (net * (100 + rate) / 100).quantize(net)


def price_class(net: Decimal | None, kind: str | None) -> str | None:
    """The ERP's class of an amount; a company has none."""
    if net is not None and net < 0:
        raise ValueError("an amount cannot be negative")
    return None if net is None or kind == "company" else "A" if net >= 100 else "B"


FUNCTIONS = {"age_class": age_class, "gross": gross, "price_class": price_class}
