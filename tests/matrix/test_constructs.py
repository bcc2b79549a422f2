"""Every construct of ``tests/matrix`` keeps its values in both directions, and refuses what its contract refuses."""

from __future__ import annotations

import pytest
from lxml import etree

from adapter.errors import InvalidRequest
from tests.matrix.construct import Construct, constructs, message, plain, read, written


@pytest.mark.parametrize("construct", constructs(), ids=lambda construct: construct.name)
def test_both_ways(construct: Construct) -> None:
    """JSON becomes the construct's XML, valid for its schema, and that XML becomes the same JSON."""
    endpoint, schema = construct.endpoint(), construct.schema()
    for example in construct.given("both") + construct.given("write"):
        made = written(endpoint, example["json"])
        assert plain(message(example, "request")) == plain(made)
        assert schema is None or schema.validate(etree.fromstring(etree.tostring(made))), schema.error_log
    for example in construct.given("both") + construct.given("read"):
        assert example["json"] == read(endpoint, message(example, "reply"))
    for body in construct.given("refused"):
        with pytest.raises(InvalidRequest):
            written(endpoint, body)
    assert construct.given("both")
