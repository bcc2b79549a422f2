"""The grammar of ``write:`` of an operation."""

from __future__ import annotations

from adapter.mapping.keys import NAME, SLUG, Flag, Raw, Section, Text, about, one_of

_NAMED = (NAME, "the name of a property or parameter")


class WriteSection(Section):
    """``write:`` of an operation that changes something."""

    key = one_of("required optional off", "Idempotency-Key: required, optional (when left out) or off.")
    entity = Text(*_NAMED, **about("Writes of one entity keep their order: the property or parameter that names it."))
    subject = Text(*_NAMED, **about("The property or parameter that says whose data it is; left out: the entity."))
    reference = Text(*_NAMED, **about("The property that carries our reference; filled where the caller gives none."))
    resolve = Raw(**about("How it is found out whether a write had an effect, where the answer was lost."))
    if_match = Raw(**about("The property or query parameter with the ERP's token of a version; If-Match fills it."))
    when_down = one_of("queue refuse", "What becomes of it while the ERP is down: refuse (when left out) or queue.")
    later = Flag(**about("Callers may ask for 202 at once, with Prefer: respond-async."))
    slow = Raw(**about("Seconds after which a call that is not answered yet is answered with 202."))
    callback = Flag(**about("Callers of what is answered with 202 may name a URL that is told how it ended."))


class ResolveSection(Section):
    """``resolve:`` of ``write:``."""

    by = Text(NAME, "a verb such as list", **about("An operation of this file that reads.", required=True))
    with_ = Raw(data_key="with", **about("Its parameters, and the property or parameter of the write for each."))
    then = Text(NAME, "a verb such as read", **about("The operation that reads all of what was found."))
    after = Raw(**about("Seconds until 'not found' is believed; 10 when left out."))


class MatchSection(Section):
    """``if_match:`` of ``write:``; text alone is short for ``{property: text}``."""

    property = Text(*_NAMED, **about("The property or query parameter with the ERP's token.", required=True))
    conflict = Text(SLUG, "a slug such as version-conflict", **about("The problem that says that the token is old."))
    required = Flag(**about("Without If-Match nothing is changed: 428."))
