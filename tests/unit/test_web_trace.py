"""Ids and traces that are made here."""

from __future__ import annotations

import re
import uuid

from adapter.web import trace


def test_an_id_of_ours_is_a_random_uuid() -> None:
    """Version 4 in the variant of RFC 9562, and each another one."""
    made = [trace.request_id(None) for _ in range(300)]

    assert 300 == len(set(made))
    assert {(4, uuid.RFC_4122)} == {(each.version, each.variant) for each in map(uuid.UUID, made)}
    assert made == [str(uuid.UUID(each)) for each in made]


def test_a_trace_of_ours_is_new_each_time() -> None:
    """Trace and span are 16 and 8 random bytes; it is not sampled (W3C Trace Context, section 3.2)."""
    made = {trace.continued(None)[0] for _ in range(300)}

    assert 300 == len({each[3:35] for each in made}) == len({each[36:52] for each in made})
    assert all(re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", each) for each in made)


def test_a_trace_that_begins_here_is_recorded_where_that_is_wanted() -> None:
    """The flag says so; a caller's own decision stands."""
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"

    assert trace.continued(None, trace.share(100))[0].endswith("-01")
    assert trace.continued(None, trace.share(0))[0].endswith("-00")
    mine, parent = trace.continued(theirs, trace.share(100))
    assert ("b7ad6b7169203331", True) == (parent, mine.endswith("-00"))
    assert {True, False} == {trace.share(50)() for _ in range(200)}
