"""The grammar of bodies of many rows: ``body:`` with ``each``."""

from __future__ import annotations

from adapter.mapping.keys import NAME, Section, Text, Whole, about, xml_path


class RowsBodySection(Section):
    """``body:`` of an operation that takes many rows."""

    each = Text(NAME, "a type's name", **about("The type of one row.", required=True))
    into = xml_path("The repeated element that each row fills.", required=True)
    max_bytes = Whole(1, 2**50, **about("Most bytes of an upload; left out: 1073741824."))
    max_rows = Whole(1, 2**40, **about("Most rows; left out: as many as the contract takes."))
