"""The grammar of partial changes."""

from __future__ import annotations

from adapter.mapping.keys import Raw, Section, Text, about, one_of, xml_path
from adapter.mapping.model.operation import VERBS


class PatchSection(Section):
    """``patch:`` of a body, where a word does not say enough."""

    null_list = xml_path("The repeated element, below the body's, that takes the names of what callers set to null.")
    changed_flags = xml_path("The element, in the message, that has a flag at the path of each value.")
    flag = Text(**about("The flag of a value that is given; X where it is left out."))
    read_modify_write = one_of(
        " ".join(VERBS), "The operation that reads the record; it is changed and sent back whole."
    )
    without = Raw(**about("Paths, below the record, of what the ERP must not get back."))
