"""The grammar of ``http:``: the new service of a file, and how it is asked for one operation."""

from __future__ import annotations

import re

from adapter.mapping.keys import (
    FIELD_NAME,
    NAME,
    SLUG,
    TEMPLATE,
    Flag,
    Raw,
    Section,
    Text,
    Whole,
    about,
    credential,
    one_of,
)

# Names of JSON properties, from the outermost object inwards; a name itself holds no dot.
THERE = re.compile(r"[^.\s/]+(\.[^.\s/]+)*")
POINTER = re.compile(r"(/([^~/]|~[01])+)+")
_THERE = "a name such as fullName, or a path such as person.fullName"


class HttpSection(Section):
    """``http:`` of a file."""

    service = Text(NAME, "a name such as customers", **about("Name in ADAPTER_SERVICE_<NAME>.", required=True))
    path = Text(TEMPLATE, "a path such as /customers", **about("Where the resource lives there.", required=True))
    guard = Raw(**about("How the service is protected."))
    repeats = Flag(**about("It does what an Idempotency-Key stands for once, and gives the first answer again."))
    timeout = Raw(**about("Seconds that one call of it may take; left out: as long as the caller's call may."))
    credentials = credential("How we log in there: TOKEN (bearer), or USER and PASSWORD (basic), or KEY with 'header'.")
    header = Text(FIELD_NAME, "a name such as X-Api-Key", **about("The header field where KEY goes."))
    shadow = credential("Credentials of calls beside those that count; left out: the same.")
    fields_ = Raw(data_key="fields", **about("What it calls our properties, by types. Left out: as we do."))
    faults = Raw(**about("What it refuses with, and the problem that callers see; the first line that fits decides."))


class SaidSection(Section):
    """One property in ``fields:`` of ``http:``; a name alone is short for ``{name: …}``."""

    name = Text(THERE, _THERE, **about("What the service calls it; with dots it stands in objects there."))
    codes = Raw(**about("The service's words for ours: all of ours, each once."))
    json = one_of("string number", "How the service says a decimal or a big integer; number: its words are numbers.")


class ServiceFaultSection(Section):
    """One line of ``faults:`` of ``http:``."""

    status = Whole(400, 599, **about("The status that the service answers with.", required=True))
    type = Text(**about("The last part of its problem type (RFC 9457)."))
    code = Text(**about("Its own code."))
    at = Text(POINTER, "a pointer such as /error/code", **about("Where the code stands in its answer; else /code."))
    problem = Text(
        SLUG, "a slug such as customer-not-found", **about("The problem type, which a fault table has.", required=True)
    )


class ThereSection(Section):
    """``http:`` of an operation: how the service is asked, where that is not as here."""

    request = Text(
        re.compile(r"(GET|POST|PUT|PATCH|DELETE) /.*"),
        "a method and a path such as 'GET /partners/{id}'",
        **about("HTTP method and path there, from the service's address on."),
    )
    timeout = Raw(**about("Seconds that one call may take."))
    query = Raw(**about("What the service calls our query parameters, and its words for ours."))
    items = Text(POINTER, "a pointer such as /content", **about("Where the items of a list stand; else /items."))
    total = Text(POINTER, "a pointer such as /count", **about("Where it says how many there are; else /page/total."))
