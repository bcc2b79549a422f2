"""The table of what the libraries' exceptions mean is complete."""

from __future__ import annotations

import http.client
import inspect

import pytest
from urllib3 import exceptions

from adapter.exchange import failures


def exception_classes(module: object) -> list[type[Exception]]:
    """Return the exception classes that a module defines, without warnings."""
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Exception) and not issubclass(member, Warning) and member.__module__ == module.__name__  # type: ignore[attr-defined]
    ]


def test_table_knows_every_exception() -> None:
    """Each exception class of urllib3 and http.client stands in the table, or among those only a defect can raise."""
    known = set(failures.TABLE) | failures.OURS
    assert [] == [kind for kind in exception_classes(exceptions) + exception_classes(http.client) if kind not in known]
    assert not failures.OURS & set(failures.TABLE)


def test_defects_are_not_dressed_up() -> None:
    """An exception that only a defect of ours can raise is raised as it is."""
    with pytest.raises(exceptions.TimeoutStateError):
        failures.failed(exceptions.TimeoutStateError())
