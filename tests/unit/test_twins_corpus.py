"""What is proposed for contracts of the corpus: the fast check and the fast writer never differ from the plain ones."""

from __future__ import annotations

import pytest

from tests.corpus import ABSENT, WSDL, contracts
from tests.served.twins import twins

# One in four: all of them take a minute.
SOME = contracts()[::4]


@pytest.mark.skipif(not SOME, reason=ABSENT)
@pytest.mark.parametrize("file", SOME)
def test_the_ways_agree(file: str) -> None:
    """The check accepts what marshmallow accepts, all of it at once, and both writers write the same message."""
    found = twins(WSDL, file, tries=2)

    assert ([], 0) == (found.wrong[:3], found.left.total())
    assert found.written or not found.operations
