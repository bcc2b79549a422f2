"""Forms that are kept as JSON beside a mapping without a contract."""

from __future__ import annotations

import pytest

from adapter.mapping.forms import Known
from adapter.mapping.frozen_forms import frozen, thawed
from adapter.mapping.service_forms import answered, sent
from tests.unit.mapped import erp


@pytest.mark.parametrize("name", sorted(erp()))
def test_forms_are_kept_whole(name: str) -> None:
    """What is written beside a mapping and read again is the same forms, of any operation."""
    for shaped in (answered(erp()[name]), sent(erp()[name]), sent(erp()[name], there=False)):
        assert shaped == thawed(frozen(shaped))


def test_forms_that_lead_nowhere() -> None:
    """A form that asks for one that is not there is none."""
    with pytest.raises(ValueError, match="a form is not there"):
        thawed(frozen((Known("nobody"), {})))
