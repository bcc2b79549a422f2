"""What a mapping file says of paging by what the last page said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapter.mapping.model import Place


@dataclass(frozen=True, slots=True)
class NextRule:
    """One value of the call for the next page: where it goes (``to``), and where the last page holds it.

    ``last``: in its last row; else below the reply's root. ``add`` is added to it, for page numbers.
    """

    place: Place
    to: str
    source: str
    last: bool = False
    add: int = 0


@dataclass(frozen=True, slots=True)
class EndRule:
    """How the last page is known.

    ``short_page``: it has fewer rows than were asked for. ``no_next``: it holds nothing for the next call. ``value``:
    what stands at ``where`` is one of ``values``. ``reaches``: the number at ``where`` is not less than that there.
    """

    place: Place
    kind: Literal["short_page", "no_next", "value", "reaches"]
    where: str = ""
    values: tuple[str, ...] = ()
    reaches: str = ""


@dataclass(frozen=True, slots=True)
class CursorRule:
    """Paging behind one cursor.

    ``limit`` is where the call takes the number of rows (``in_header``: in a header block); without it a page of the
    ERP has ``size`` rows. ``min`` is the least number that it takes; callers may ask for fewer. ``call`` is the
    operation of the next pages, the same one where it is empty, and ``source`` where its rows are.
    """

    place: Place
    next: tuple[NextRule, ...]
    end: EndRule
    limit: str = ""
    in_header: bool = False
    size: int = 0
    default: int = 50
    min: int = 1
    max: int = 200
    total: str = ""
    call: str = ""
    source: str = ""
