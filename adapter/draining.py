"""Whether this process has been told to stop and still takes calls, so that those who send them can look elsewhere.

It is of a process, not of an application: gunicorn's worker says it, ``/readyz`` asks.
"""

from __future__ import annotations

_going_on = False


def begin() -> None:
    """Say that this process will stop. There is no way back."""
    global _going_on
    _going_on = True


def going_on() -> bool:
    """Return whether this process will stop."""
    return _going_on
