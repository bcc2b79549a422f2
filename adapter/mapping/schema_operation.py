"""The grammar of ``operations:`` and of fault tables."""

from __future__ import annotations

import re

from adapter.mapping.keys import (
    NAME,
    SLUG,
    TEMPLATE,
    XML_PATH,
    Flag,
    Raw,
    Section,
    Text,
    Whole,
    about,
    one_of,
    xml_path,
)


class OperationSection(Section):
    """One entry of ``operations:``; ``shared`` alone is short for ``{shared: true}``."""

    shared = Flag(**about("Keys of this operation in the file that 'uses' names hold here, where none stands here."))
    request = Text(
        re.compile(r"(GET|POST|PUT|PATCH|DELETE) /.*"),
        "a method and a path such as 'GET /{id}'",
        **about("HTTP method and path below the resource's path.", required=True),
    )
    call = Text(**about("The WSDL operation.", required=True))
    title = Text(**about("A short title."))
    doc = Text(**about("What it does."))
    scopes = Raw(**about("What callers need: a list of scopes (all of them), any (whoever is known), or public."))
    path = Raw(**about("Path parameters by name."))
    query = Raw(**about("Query parameters by name."))
    set = Raw(**about("Constants in the request."))
    headers = Raw(**about("Request header fields of HTTP whose values go into SOAP header blocks."))
    filter = Raw(**about("How the ERP takes tests; query parameters are tests."))
    page = Raw(**about("Paging."))
    cursor = Raw(**about("Paging by what the last page said."))
    sort = Raw(**about("Sorting."))
    body = Raw(**about("The JSON body."))
    reply = Raw(**about("The answer.", required=True))
    faults = Raw(**about("Faults of this operation; they come before the file's."))
    http = Raw(**about("How the new service is asked for it, where that is not as here."))
    timeout = Raw(**about("Seconds until the caller gets an answer, whatever happens."))
    effect = one_of("read idempotent write irreversible", "What calls do; without it GET reads and others write.")
    tries = Whole(1, 10, **about("Most calls where one fails; only where the effect is read or idempotent."))
    limit = Raw(**about("How often each caller may ask, such as 60/minute; or a list of such."))
    write = Raw(**about("What keeps its writes from being lost or doubled."))
    cache = Raw(**about("For how long answers of a read are given again."))
    touches = Raw(**about("Reads whose kept answers a write makes old; left out: those of this file."))
    calls = Raw(**about("More SOAP calls behind it; each is a property of the answer."))
    commit = Raw(**about("The call that makes final what the others made."))
    undo = Raw(**about("The call that takes back what the main one made, where a later one fails."))


class PageSection(Section):
    """``page:`` of an operation."""

    limit = xml_path("Where the ERP takes the number of rows.", required=True)
    offset = xml_path("Where the ERP takes the first row.", required=True)
    total = xml_path("Where its reply says how many rows there are.")
    default = Whole(1, 100_000, **about("Rows when the caller says nothing."))
    max = Whole(1, 100_000, **about("Most rows a caller may ask for."))
    first = Whole(0, 1, **about("The ERP's number of the first row."))


class SortSection(Section):
    """``sort:`` of an operation."""

    soap = xml_path("Where the ERP takes the sort key.", required=True)
    by = Raw(**about("Our names for the ERP's sort keys.", required=True))
    direction = Raw(**about("Where the ERP takes the direction, and its words for it."))
    default = Text(**about("The order when the caller says nothing; -name is descending."))


class DirectionSection(Section):
    """``direction:`` of ``sort:``."""

    soap = xml_path("Where the ERP takes the direction.", required=True)
    ascending = Text(**about("Its word for ascending.", required=True))
    descending = Text(**about("Its word for descending.", required=True))


class BodySection(Section):
    """``body:`` of an operation."""

    one = Text(NAME, "a type's name", **about("The body's type.", required=True))
    into = xml_path("The element that it fills; left out: the message itself.")
    patch = Raw(**about("A partial change, and how the ERP is told of it: absent stays untouched, null clears."))


class ReplySection(Section):
    """``reply:`` of an operation."""

    one = Text(NAME, "a type's name", **about("The answer is one object of this type."))
    each = Text(NAME, "a type's name", **about("The answer is a list of this type."))
    from_ = Text(XML_PATH, "a path such as Partner", data_key="from", **about("The element that it is read from."))
    status = Whole(200, 299, **about("The status of success."))
    location = Text(TEMPLATE, "a path such as /{id}", **about("The Location header, below the resource's path."))
    when_empty = Raw(**about("status and problem when the ERP answers with nothing."))
    headers = Raw(**about("Header fields of the answer whose values stand in SOAP header blocks of the reply."))
    refused = Raw(**about("Where a reply that is no fault says no."))
    warnings = Raw(**about("Where a reply warns; the codes go into the log and a counter."))
    stream = Raw(**about("true: the list leaves row by row, as JSON, NDJSON or CSV."))


class RefusedSection(Section):
    """``refused:`` of ``reply:``."""

    each = xml_path("The repeated element, one for each message; left out: the reply itself.")
    where = xml_path("Where it says so; below 'each'. Absent or empty there: not refused.", required=True)
    is_ = Raw(data_key="is", **about("Values there that say no, in a list."))
    is_not = Raw(**about("Values there that do not say no; every other does."))
    code = Raw(**about("Where the code for the fault table stands; several in a list are joined by '-'."))
    text = xml_path("Where the text for the fault table stands.")


class WarningsSection(Section):
    """``warnings:`` of ``reply:``."""

    each = xml_path("The repeated element, one for each message; left out: the reply itself.")
    where = xml_path("Where it says so; below 'each'. Absent or empty there: no warning.", required=True)
    is_ = Raw(data_key="is", **about("Values there that warn, in a list."))
    is_not = Raw(**about("Values there that do not warn; every other does."))
    code = Raw(**about("Where its code stands; several in a list are joined by '-'.", required=True))


class EmptySection(Section):
    """``when_empty:`` of ``reply:``."""

    status = Whole(400, 499, **about("The status.", required=True))
    problem = Text(SLUG, "a slug such as customer-not-found", **about("The problem type.", required=True))


class FaultSection(Section):
    """One line of a fault table."""

    code = Text(**about("The ERP's code: at soap.fault_code, else the SOAP fault code."))
    detail = Text(**about("Name of the element in the fault's detail."))
    one = Text(NAME, "a type's name", **about("The type that this element is read as; callers get it in 'fault'."))
    text = Text(**about("Words that the fault's text holds."))
    status = Whole(400, 599, **about("The status the caller sees.", required=True))
    problem = Text(SLUG, "a slug such as record-locked", **about("The problem type.", required=True))
    title = Text(**about("The problem's title."))
    message = Flag(**about("Show the ERP's text to the caller."))
    retryable = Flag(**about("The same call may succeed later."))
