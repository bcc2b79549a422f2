"""The grammar of partial changes."""

from __future__ import annotations

from adapter.mapping.keys import Section, xml_path


class PatchSection(Section):
    """``patch:`` of a body, where a word does not say enough."""

    null_list = xml_path("The repeated element, below the body's, that takes the names of what callers set to null.")
