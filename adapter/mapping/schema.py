"""The grammar of a mapping file: which keys each section may have, and what their values look like.

The smallest mapping::

    version: 1
    resource: customers
    path: /v1/customers
    soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap11}
    types:
      Customer:
        fields: {id: PartnerNr, name: Name1}
    operations:
      read:
        request: GET /{id}
        call: LesePartner
        path: {id: PartnerNr}
        reply: {one: Customer, from: Partner}

One flat marshmallow schema per section, walked by ``reading``. ``description`` is what the reference prints.
"""

from __future__ import annotations

import re
from typing import Any

from adapter.mapping.keys import NAME, SLUG, TEMPLATE, XML_PATH, Flag, Raw, Section, Text, Whole


def _about(text: str, **rest: Any) -> dict[str, Any]:
    return {"metadata": {"description": text}, **rest}


def _xml_path(text: str, **rest: Any) -> Text:
    return Text(XML_PATH, "a path such as Partner.Name1 or Betrag.@waehrung", **_about(text, **rest))


def _one_of(words: str, text: str, **rest: Any) -> Text:
    return Text(re.compile("|".join(words.split())), f"one of {', '.join(words.split())}", **_about(text, **rest))


def _credential(text: str) -> Text:
    return Text(NAME, "a name such as erp", **_about(text))


class FileSection(Section):
    """A whole mapping file."""

    version = Whole(1, 1, **_about("The version of this grammar.", required=True))
    resource = Text(
        NAME, "a name such as customers", **_about("The resource's name; operations are resource.verb.", required=True)
    )
    path = Text(TEMPLATE, "a path such as /v1/customers", **_about("Where its operations live.", required=True))
    title = Text(**_about("A short title for the documentation."))
    doc = Text(**_about("What the resource is, for the documentation."))
    soap = Raw(**_about("The contract behind it.", required=True))
    http = Raw(**_about("The JSON microservice that can answer instead."))
    types = Raw(**_about("JSON types by name."))
    operations = Raw(**_about("Operations by verb.", required=True))
    faults = Raw(**_about("Faults of all its operations."))


class SoapSection(Section):
    """``soap:`` of a file."""

    wsdl = Text(**_about("The WSDL, below wsdl/.", required=True))
    service = Text(**_about("The wsdl:service.", required=True))
    port = Text(**_about("The wsdl:port; it decides SOAP 1.1 or 1.2.", required=True))
    fault_code = _xml_path("Where the ERP's own code stands in a fault's detail.")
    identity = Raw(**_about("How the adapter logs in there."))
    headers = Raw(**_about("SOAP header blocks: path from the header element to a constant."))


class IdentitySection(Section):
    """``identity:`` of ``soap:``: one of the first three, a certificate, or both."""

    basic = _credential("HTTP Basic: USER, PASSWORD.")
    bearer = _credential("OAuth 2.0 client credentials: TOKEN_URL, CLIENT_ID, CLIENT_SECRET, maybe SCOPE.")
    username_token = _credential("WS-Security UsernameToken: USER, PASSWORD.")
    digest = Flag(**_about("The token holds a digest in place of the password."))
    timestamp = Flag(**_about("A wsu:Timestamp of five minutes stands beside the token."))
    certificate = _credential("A client certificate in TLS: CERTIFICATE, and KEY where it is not in the same file.")


class HttpSection(Section):
    """``http:`` of a file."""

    service = Text(NAME, "a name such as customers", **_about("Name in ADAPTER_SERVICE_<NAME>.", required=True))
    path = Text(TEMPLATE, "a path such as /customers", **_about("Where the resource lives there.", required=True))


class TypeSection(Section):
    """One entry of ``types:``."""

    fields_ = Raw(data_key="fields", **_about("Properties by name.", required=True))
    variants = Raw(**_about("xsi:type derivations, told apart by a property."))
    doc = Text(**_about("What it is."))


class VariantsSection(Section):
    """``variants:`` of a type."""

    by = Text(NAME, "a property name", **_about("The property that tells the variants apart.", required=True))
    of = Raw(**_about("Variants by the property's value.", required=True))


class VariantSection(Section):
    """One entry of ``variants: of:``."""

    soap_type = Text(**_about("The derived XSD type's name.", required=True))
    fields_ = Raw(data_key="fields", **_about("Properties that only this variant has."))


class FieldSection(Section):
    """One property or parameter; text alone is short for ``{soap: text}``."""

    soap = _xml_path("Where the value stands in XML.", required=True, several=True)
    join = Text(**_about("What stands between the values of several elements."))
    one = Text(NAME, "a type's name", **_about("The value is one object of this type."))
    each = Text(NAME, "a type's name", **_about("The value is an array of objects of this type."))
    convert = Raw(**_about("A converter, or a list of them, nearest the XML first."))
    codes = Raw(**_about("Our words for the ERP's codes."))
    required = Flag(**_about("Callers must give it."))
    read_only = Flag(**_about("Callers cannot set it."))
    write_only = Flag(**_about("Callers can set it and never see it."))
    create_only = Flag(**_about("Callers can set it when they create, and not later."))
    json = _one_of("string number", "How a decimal or a big integer looks in JSON.")
    blank = Raw(**_about("null: an empty element is null.", allow_none=True))
    min_length = Whole(0, 1_000_000, **_about("Fewest characters."))
    max_length = Whole(0, 1_000_000, **_about("Most characters."))
    pattern = Text(**_about("A regular expression (XML Schema syntax)."))
    minimum = Raw(**_about("Smallest number."))
    maximum = Raw(**_about("Largest number."))
    default = Raw(**_about("What stands in for a query parameter or property that the caller leaves out."))
    missing = Raw(**_about("What callers read when the ERP's reply leaves the element out."))
    doc = Text(**_about("What it is."))
    example = Raw(**_about("An example value, as text."))


class OperationSection(Section):
    """One entry of ``operations:``."""

    request = Text(
        re.compile(r"(GET|POST|PUT|PATCH|DELETE) /.*"),
        "a method and a path such as 'GET /{id}'",
        **_about("HTTP method and path below the resource's path.", required=True),
    )
    call = Text(**_about("The WSDL operation.", required=True))
    title = Text(**_about("A short title."))
    doc = Text(**_about("What it does."))
    path = Raw(**_about("Path parameters by name."))
    query = Raw(**_about("Query parameters by name."))
    set = Raw(**_about("Constants in the request."))
    page = Raw(**_about("Paging."))
    sort = Raw(**_about("Sorting."))
    body = Raw(**_about("The JSON body."))
    reply = Raw(**_about("The answer.", required=True))
    faults = Raw(**_about("Faults of this operation; they come before the file's."))
    answered_by = _one_of("soap http", "Which backend answers.")
    timeout = Raw(**_about("Seconds until the caller gets an answer, whatever happens."))


class PageSection(Section):
    """``page:`` of an operation."""

    limit = _xml_path("Where the ERP takes the number of rows.", required=True)
    offset = _xml_path("Where the ERP takes the first row.", required=True)
    total = _xml_path("Where its reply says how many rows there are.")
    default = Whole(1, 100_000, **_about("Rows when the caller says nothing."))
    max = Whole(1, 100_000, **_about("Most rows a caller may ask for."))
    first = Whole(0, 1, **_about("The ERP's number of the first row."))


class SortSection(Section):
    """``sort:`` of an operation."""

    soap = _xml_path("Where the ERP takes the sort key.", required=True)
    by = Raw(**_about("Our names for the ERP's sort keys.", required=True))
    direction = Raw(**_about("Where the ERP takes the direction, and its words for it."))
    default = Text(**_about("The order when the caller says nothing; -name is descending."))


class DirectionSection(Section):
    """``direction:`` of ``sort:``."""

    soap = _xml_path("Where the ERP takes the direction.", required=True)
    ascending = Text(**_about("Its word for ascending.", required=True))
    descending = Text(**_about("Its word for descending.", required=True))


class BodySection(Section):
    """``body:`` of an operation."""

    one = Text(NAME, "a type's name", **_about("The body's type.", required=True))
    into = _xml_path("The element that it fills; left out: the message itself.")
    partial_ = Flag(data_key="partial", **_about("Nothing is required; absent stays untouched, null clears."))


class ReplySection(Section):
    """``reply:`` of an operation."""

    one = Text(NAME, "a type's name", **_about("The answer is one object of this type."))
    each = Text(NAME, "a type's name", **_about("The answer is a list of this type."))
    from_ = Text(XML_PATH, "a path such as Partner", data_key="from", **_about("The element that it is read from."))
    status = Whole(200, 299, **_about("The status of success."))
    location = Text(TEMPLATE, "a path such as /{id}", **_about("The Location header, below the resource's path."))
    when_empty = Raw(**_about("status and problem when the ERP answers with nothing."))
    refused = Raw(**_about("Where a reply that is no fault says no."))
    warnings = Raw(**_about("Where a reply warns; the codes go into the log and a counter."))


class RefusedSection(Section):
    """``refused:`` of ``reply:``."""

    each = _xml_path("The repeated element, one for each message; left out: the reply itself.")
    where = _xml_path("Where it says so; below 'each'. Absent or empty there: not refused.", required=True)
    is_ = Raw(data_key="is", **_about("Values there that say no, in a list."))
    is_not = Raw(**_about("Values there that do not say no; every other does."))
    code = Raw(**_about("Where the code for the fault table stands; several in a list are joined by '-'."))
    text = _xml_path("Where the text for the fault table stands.")


class WarningsSection(Section):
    """``warnings:`` of ``reply:``."""

    each = _xml_path("The repeated element, one for each message; left out: the reply itself.")
    where = _xml_path("Where it says so; below 'each'. Absent or empty there: no warning.", required=True)
    is_ = Raw(data_key="is", **_about("Values there that warn, in a list."))
    is_not = Raw(**_about("Values there that do not warn; every other does."))
    code = Raw(**_about("Where its code stands; several in a list are joined by '-'.", required=True))


class EmptySection(Section):
    """``when_empty:`` of ``reply:``."""

    status = Whole(400, 499, **_about("The status.", required=True))
    problem = Text(SLUG, "a slug such as customer-not-found", **_about("The problem type.", required=True))


class ConstantSection(Section):
    """A constant: written here, or by the operator."""

    value = Text(**_about("The value, as text."))
    setting = Text(NAME, "a name such as client", **_about("Name in ADAPTER_VALUE_<NAME>."))


class FaultSection(Section):
    """One line of a fault table."""

    code = Text(**_about("The ERP's code: at soap.fault_code, else the SOAP fault code."))
    detail = Text(**_about("Name of the element in the fault's detail."))
    text = Text(**_about("Words that the fault's text holds."))
    status = Whole(400, 599, **_about("The status the caller sees.", required=True))
    problem = Text(SLUG, "a slug such as record-locked", **_about("The problem type.", required=True))
    title = Text(**_about("The problem's title."))
    message = Flag(**_about("Show the ERP's text to the caller."))
    retryable = Flag(**_about("The same call may succeed later."))
