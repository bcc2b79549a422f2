"""The grammar of ``scopes:`` of a file."""

from __future__ import annotations

from adapter.mapping.keys import Raw, Section, about


class ScopesSection(Section):
    """``scopes:`` of a file: what callers of its operations need, by what these do."""

    read = Raw(**about("What operations need whose effect is read: a list of scopes, any, or public."))
    write = Raw(**about("What all others need: a list of scopes, any, or public."))
