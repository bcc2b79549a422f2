"""The grammar of code tables that the ERP answers: ``lookups:`` of a file."""

from __future__ import annotations

from adapter.mapping.keys import Raw, Section, Text, Whole, about, xml_path


class LookupSection(Section):
    """One entry of ``lookups:``."""

    call = Text(**about("The WSDL operation that answers the table.", required=True))
    set = Raw(**about("Constants in its request."))
    each = xml_path("The repeated element of its reply, one for each row.", required=True)
    code = xml_path("Where the ERP's code stands, below 'each'.", required=True)
    word = xml_path("Where our word stands, below 'each'.", required=True)
    keep = Whole(1, 604_800, **about("Seconds until it is asked for again; 3600 when left out."))
