"""The table of JSON values: every row is what the codec of that type does now."""

from __future__ import annotations

from collections.abc import Iterator

from adapter import strict_json
from adapter.mapping.codec import codec
from adapter.wsdl.types import Facets
from tests.docs_pages.rst import code, heading, paragraph, table

# XSD built-in type, a text as it stands in XML, the rule's json key.
SAMPLES = (
    ("string", "Muster & Co", ""),
    ("boolean", "1", ""),
    ("short", "12", ""),
    ("int", "-5", ""),
    ("long", "9007199254740993", ""),
    ("long", "42", "number"),
    ("integer", "98765432109876543210001", ""),
    ("decimal", "1500.00", ""),
    ("decimal", "1500.00", "number"),
    ("double", "1.5E3", ""),
    ("double", "INF", ""),
    ("date", "2024-12-31", ""),
    ("dateTime", "2024-12-31T23:59:59+01:00", ""),
    ("duration", "P1DT2H", ""),
    ("base64Binary", "JVBE Ri0=", ""),
    ("hexBinary", "CAFE", ""),
)
SHAPES = (
    ("the element is left out", "the property is absent", "in a change: untouched"),
    ("``xsi:nil``", "``null``", "in a change: cleared; only where the contract says ``nillable``"),
    ("an empty element", '``""``', "``blank: null`` makes it ``null``, both ways"),
    ("``maxOccurs`` above 1", "an array", "also for none and one; the contract decides, never the message"),
    ("``xsd:list``", "an array", ""),
    ("``xsd:union``", "a string", "the text as it is"),
    ("``xsd:QName``", '``"{namespace}local"``', "prefixes are resolved, and declared again"),
    ("``xsd:choice``", "exactly one of the properties", ""),
    ("``xsi:type``", "an object with a property that tells the kind", "see `variants`_"),
)


def json_values() -> Iterator[str]:
    """Yield the section."""
    yield heading("JSON values", "-")
    yield paragraph(
        "What stands in XML, and what your callers see. It is the same in both directions. Nothing passes through a "
        "binary float, so a decimal is a string unless the field says ``json: number``."
    )
    yield table(("Type in the contract", "XML", "JSON", "Remark"), (25, 30, 30, 15), _values())
    yield paragraph("Presence and shape:")
    yield table(("XML", "JSON", "Remark"), (25, 35, 40), SHAPES)


def _values() -> Iterator[tuple[str, str, str, str]]:
    for builtin, text, json in SAMPLES:
        value = codec(builtin, Facets(), json=json).read(text)
        shown = strict_json.encode(value).decode("utf-8")
        yield code(f"xsd:{builtin}"), code(text), code(shown), f"with ``json: {json}``" if json else ""
