"""What a database does wrong, told as one error: the store cannot be asked now."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from adapter.errors import StoreUnavailable

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
    """Return what an error of a driver means, None where it is about the values and not about the store."""
    if isinstance(error, IntegrityError | DataError):
        return None
    first = str(error.orig).strip().partition("\n")[0]
    return unavailable(f"{type(error.orig).__name__}: {first}")
