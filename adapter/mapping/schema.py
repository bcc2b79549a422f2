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

from adapter.mapping.keys import (
    FIELD_NAME,
    MAKER,
    NAME,
    OPERATION,
    PART,
    RETIRED,
    TEMPLATE,
    Flag,
    Raw,
    Section,
    Text,
    Whole,
    about,
    credential,
    one_of,
    value_path,
    xml_path,
)


class FileSection(Section):
    """A whole mapping file."""

    version = Whole(1, 1, **about("The version of this grammar.", required=True))
    resource = Text(
        NAME, "a name such as customers", **about("The resource's name; operations are resource.verb.", required=True)
    )
    path = Text(TEMPLATE, "a path such as /v1/customers", **about("Where its operations live.", required=True))
    title = Text(**about("A short title for the documentation."))
    doc = Text(**about("What the resource is, for the documentation."))
    uses = Text(NAME, "a name such as erp", **about("The file in mappings/shared/ that holds here too."))
    words = Raw(**about("What the file that 'uses' names has to fill in: each $(word) there."))
    scopes = Raw(**about("What callers of its operations need, where an operation does not say."))
    soap = Raw(**about("The contract behind it; it may stand in the file that 'uses' names."))
    http = Raw(**about("The JSON microservice that can answer instead."))
    rollout = Raw(**about("How its operations move to that service; true: by the plan of the house."))
    types = Raw(**about("JSON types by name."))
    lookups = Raw(**about("Code tables that the ERP answers, by name."))
    operations = Raw(**about("Operations by verb, or by the last part of their path."))
    faults = Raw(**about("Faults of all its operations; they come before those of the file that 'uses' names."))
    openapi = Text(
        RETIRED,
        "a file such as retired/customers.json",
        **about("In place of soap and operations, once the ERP is gone; `adapter rollout retire` writes it."),
    )


class SharedSection(Section):
    """A file in ``mappings/shared/``: what several mapping files have in common. It may ask for words: ``$(name)``."""

    version = Whole(1, 1, **about("The version of this grammar.", required=True))
    scopes = Raw(**about("What callers of their operations need, where neither a file nor an operation says."))
    soap = Raw(**about("The contract behind them, where it is one."))
    types = Raw(**about("JSON types by name."))
    lookups = Raw(**about("Code tables that the ERP answers, by name."))
    operations = Raw(**about("Patterns by verb; a file takes one with 'read: shared', or with 'shared: true' in it."))
    faults = Raw(**about("Faults of all their operations."))


class SoapSection(Section):
    """``soap:`` of a file."""

    wsdl = Text(**about("The WSDL, below wsdl/.", required=True))
    service = Text(**about("The wsdl:service.", required=True))
    port = Text(**about("The wsdl:port; it decides SOAP 1.1 or 1.2.", required=True))
    namespaces = Raw(**about("Prefixes for names in paths, to tell two of one name apart: prefix to namespace."))
    fault_code = xml_path("Where the ERP's own code stands in a fault's detail.")
    identity = Raw(**about("How the adapter logs in there."))
    strict = Flag(**about("Refuse a reply that is not just what the contract says; else what is clear is read."))
    attachments = one_of("mtom", "Binary values of requests that are not short travel beside the envelope.")
    headers = Raw(**about("SOAP header blocks: path from the header element to a constant, or a block to a function."))
    guard = Raw(**about("How its endpoint is protected."))
    addressing = Flag(**about("Calls have the header blocks of WS-Addressing: Action, MessageID, To, ReplyTo."))


class IdentitySection(Section):
    """``identity:`` of ``soap:``: one of the first three, a certificate, session or signature, or several of these."""

    basic = credential("HTTP Basic: USER, PASSWORD.")
    bearer = credential("OAuth 2.0 client credentials: TOKEN_URL, CLIENT_ID, CLIENT_SECRET, maybe SCOPE.")
    username_token = credential("WS-Security UsernameToken: USER, PASSWORD.")
    digest = Flag(**about("The token holds a digest in place of the password."))
    timestamp = Flag(**about("A wsu:Timestamp of five minutes stands beside the token."))
    ntlm = credential("NTLM, said once for each connection: USER (maybe with its domain), PASSWORD.")
    session = Raw(**about("A session of the ERP's own: log in by an operation, keep the token."))
    certificate = credential("A client certificate in TLS: CERTIFICATE, and KEY where it is not in the same file.")
    signature = credential("A WS-Security X.509 signature: CERTIFICATE, KEY where it is elsewhere, VERIFY.")
    signed = Raw(**about("Parts under the signature: timestamp, body, username_token, certificate, headers."))
    unsigned_answers = Flag(**about("The ERP does not sign its answers; they are read unchecked."))


class SessionSection(Section):
    """``session:`` of ``identity:``: log in by an operation, and show its token in every call."""

    call = Text(**about("The WSDL operation that logs in.", required=True))
    service = Text(**about("The wsdl:service of that operation, where it is another."))
    port = Text(**about("The wsdl:port of that operation, where it is another."))
    set = Raw(**about("Constants in its request, credentials among them."))
    token = xml_path("Where its reply says the token; left out: the cookie that it sets.")
    place = Raw(**about("Where calls show the token.", required=True))
    expired = Raw(**about("Signs that the token is not known any more, as in a fault table, in a list.", required=True))
    life = Whole(1, 1_000_000, **about("Seconds that a token is good for; left out: until the ERP says so."))


class TokenPlaceSection(Section):
    """``place:`` of ``session:``: one of these."""

    header = xml_path("A path from a SOAP header element.")
    body = xml_path("A path in the request.")
    http_header = Text(FIELD_NAME, "a name such as X-Session", **about("An HTTP header field."))
    cookie = Text(FIELD_NAME, "a name such as JSESSIONID", **about("A cookie."))


class ExpiredSection(Section):
    """One sign in ``expired:``: one of these."""

    code = Text(**about("The ERP's code: at soap.fault_code, else the SOAP fault code; of a refusal in a reply too."))
    detail = Text(**about("Name of the element in the fault's detail."))
    text = Text(**about("Words that the fault's text holds."))


class TypeSection(Section):
    """One entry of ``types:``."""

    doc = Text(**about("What it is."))
    bags = Raw(**about("Name-value bags by name."))
    fields_ = Raw(data_key="fields", **about("Properties by name.", required=True))
    variants = Raw(**about("xsi:type derivations, told apart by a property."))
    set = Raw(**about("Constants that are written with every object of this type."))


class BagSection(Section):
    """One entry of ``bags:`` of a type."""

    each = xml_path("The repeated element, one for each entry.", required=True)
    name = xml_path("Where the entry's name stands, below 'each'.", required=True)


class VariantsSection(Section):
    """``variants:`` of a type."""

    by = Text(NAME, "a property name", **about("The property that tells the variants apart.", required=True))
    of = Raw(**about("Variants by the property's value.", required=True))


class VariantSection(Section):
    """One entry of ``variants: of:``."""

    soap_type = Text(**about("The derived XSD type's name.", required=True))
    fields_ = Raw(data_key="fields", **about("Properties that only this variant has."))


class FieldSection(Section):
    """One property or parameter; text alone is short for ``{soap: text}``."""

    bag = Text(NAME, "a bag's name", **about("The value is one entry of this bag; 'soap' is a path inside the entry."))
    entry = Text(**about("The name of that entry."))
    soap = value_path(
        "Where the value stands in XML; * ends it at what xsd:any lets in, @* at what anyAttribute lets in.",
        several=True,
    )
    compute = Text(**about("In place of soap: a function of yours and the properties that it takes. Read only."))
    constant = Raw(**about("In place of soap: the one value that the property always has."))
    when = Raw(**about("Other properties and the values that they must have, or it is not there."))
    join = Text(**about("What stands between the values of several elements."))
    xml = Flag(**about("The value is the whole element as XML text."))
    one = Text(NAME, "a type's name", **about("The value is one object of this type."))
    each = Text(NAME, "a type's name", **about("The value is an array of objects of this type."))
    by = Text(NAME, "a property's name", **about("The array is an object, keyed by this property of its items."))
    number = Raw(**about("The items have numbers, by which they are in order."))
    convert = Raw(**about("A converter, or a list of them, nearest the XML first."))
    codes = Raw(**about("Our words for the ERP's codes."))
    lookup = Text(NAME, "a lookup's name", **about("The entry of lookups that has the words for the ERP's codes."))
    required = Flag(**about("Callers must give it."))
    read_only = Flag(**about("Callers cannot set it."))
    write_only = Flag(**about("Callers can set it and never see it."))
    create_only = Flag(**about("Callers can set it when they create, and not later."))
    flagged = Flag(**about("false: it has no place among the flags of changed_flags."))
    null_name = Text(
        **about("The ERP's name of it in a null_list; left out: the first step of its path, or its entry.")
    )
    json = one_of("string number", "How a decimal or a big integer looks in JSON.")
    blank = Raw(**about("null: an empty element is null.", allow_none=True))
    min_length = Whole(0, 1_000_000, **about("Fewest characters."))
    max_length = Whole(0, 1_000_000, **about("Most characters."))
    pattern = Text(**about("A regular expression (XML Schema syntax)."))
    minimum = Raw(**about("Smallest number."))
    maximum = Raw(**about("Largest number."))
    default = Raw(**about("What stands in for a query parameter or property that the caller leaves out."))
    missing = Raw(**about("What callers read when the ERP's reply leaves the element out."))
    link = Raw(**about("A binary value that is long is a link to an operation that answers it as a document."))
    doc = Text(**about("What it is."))
    example = Raw(**about("An example value, as text."))


class LinkSection(Section):
    """``link:`` of a property that holds base64: what callers read in its place where it is long."""

    over = Whole(0, 2**30, **about("The most bytes that stand in JSON themselves.", required=True))
    operation = Text(
        OPERATION, "a name such as invoice-files.read", **about("The operation with the document.", required=True)
    )


class NumberSection(Section):
    """``number:`` of an array. Callers do not see the numbers: writing counts the items, reading puts them in order."""

    soap = xml_path("Where an item's number stands, below the item.", required=True)
    first = Whole(0, 1_000_000, **about("The first number; left out: the step."))
    step = Whole(1, 1_000_000, **about("How far apart they are; left out: 1."))
    convert = Raw(**about("A converter, or a list of them, nearest the XML first."))


class ConstantSection(Section):
    """A constant: written here, or by the operator; or a part of credentials, read for each call."""

    value = Text(**about("The value, as text."))
    setting = Text(NAME, "a name such as client", **about("Name in ADAPTER_VALUE_<NAME>."))
    credential = credential("Credentials: what stands there is one 'part' of them.")
    part = Text(PART, "a part such as PASSWORD", **about("The part, as in ADAPTER_CREDENTIAL_<NAME>_<PART>."))
    when = Raw(**about("What must be so, or it is not written: properties or parameters that are given."))
    compute = Text(
        MAKER,
        "a name such as now, or a call such as iban(account, bank)",
        **about("What makes it for each call: a name, or a function of yours; beside credential: a header block."),
    )
