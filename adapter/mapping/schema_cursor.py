"""The grammar of ``cursor:`` of an operation."""

from __future__ import annotations

from adapter.mapping.keys import Raw, Section, Text, Whole, about, xml_path


class CursorSection(Section):
    """``cursor:`` of an operation."""

    limit = Raw(**about("Where the ERP takes the number of rows: a path, or {header: a path from a header block}."))
    size = Whole(1, 100_000, **about("Rows of the ERP's pages, where it takes no number."))
    default = Whole(1, 100_000, **about("Rows when the caller says nothing; 50 when left out."))
    min = Whole(1, 100_000, **about("Fewest rows the ERP takes; callers may still ask for fewer."))
    max = Whole(1, 100_000, **about("Most rows a caller may ask for; 200 when left out."))
    total = xml_path("Where its reply says how many rows there are.")
    call = Text(**about("The WSDL operation of the next pages; left out: the same."))
    from_ = xml_path("Where its reply holds the rows; left out: as in 'reply'.", data_key="from")
    next = Raw(**about("Path in the next call: path in the page's reply, or last.path in its last row.", required=True))
    end = Raw(**about("How the last page is known: short_page, no_next, or where and is or reaches.", required=True))


class NextSection(Section):
    """One entry of ``next:`` of ``cursor:``; text alone is short for ``{from: text}``."""

    from_ = xml_path("Where the page holds it; last.path in its last row.", data_key="from", required=True)
    add = Whole(1, 1_000_000, **about("What is added to it, for page numbers."))


class LimitSection(Section):
    """``limit:`` of ``cursor:`` in a header block."""

    header = xml_path("The path, from the block's element.", required=True)


class EndSection(Section):
    """``end:`` of ``cursor:``."""

    where = xml_path("Where the reply says it.", required=True)
    is_ = Raw(data_key="is", **about("Values there that say that this was the last page, in a list."))
    reaches = xml_path("Where the number stands that the one at 'where' reaches with the last page.")
