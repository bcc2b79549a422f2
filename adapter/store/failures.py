"""What a database does wrong, told as one error: the store cannot be asked now."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from adapter.errors import StoreUnavailable
from adapter.tracebacks import forget

# How often a failing store is asked: the outage of a database ends in seconds or in many minutes.
RETRY_AFTER = 5


def unavailable(cause: str) -> StoreUnavailable:
    """Return the error for a store that cannot be asked now. ``cause`` is for the log and names no value."""
    return StoreUnavailable(
        "store-unavailable",
        503,
        "The store of this service cannot be asked now.",
        headers={"Retry-After": str(RETRY_AFTER)},
        cause=cause,
        sent="no",
    )


def failed(error: DBAPIError) -> StoreUnavailable | None:
    """Return what an error of a driver means, None where it is about the values and not about the store.

    One that is about the store forgets where it was raised: SQLAlchemy has it in variables of its calls.
    """
    if isinstance(error, IntegrityError | DataError):
        return None
    forget(error, (DBAPIError, type(error.orig or error)))
    first = str(error.orig).strip().partition("\n")[0]
    return unavailable(f"{type(error.orig).__name__}: {first}")
