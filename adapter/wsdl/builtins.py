"""The built-in types of XML Schema 1.0 part 2, as entries of the contract tree."""

from __future__ import annotations

from collections.abc import Mapping

from adapter.wsdl.names import xsd
from adapter.wsdl.types import Any, Facets, Group, ListOf, Record, Scalar, Type

# The three that are lists, with the type of their items (part 2, sections 3.3.5, 3.3.10 and 3.3.12).
LISTS: Mapping[str, str] = {"NMTOKENS": "NMTOKEN", "IDREFS": "IDREF", "ENTITIES": "ENTITY"}

BUILTINS: tuple[str, ...] = (
    *("anyType", "anySimpleType", "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN"),
    *("ID", "IDREF", "ENTITY", "NMTOKENS", "IDREFS", "ENTITIES", "QName", "NOTATION", "anyURI", "boolean"),
    *("base64Binary", "hexBinary", "float", "double", "decimal", "integer", "nonPositiveInteger", "negativeInteger"),
    *("nonNegativeInteger", "positiveInteger", "long", "int", "short", "byte", "unsignedLong", "unsignedInt"),
    *("unsignedShort", "unsignedByte", "duration", "dateTime", "time", "date"),
    *("gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth"),
)

# The ur-type (part 1, section 3.4.7): anything at all, so a message's XML is kept as it is.
_ANYTHING = Any(0, None, "##any", "lax")
ANY_TYPE = Record(xsd("anyType"), Group("sequence", (_ANYTHING,)), mixed=True, any_attribute=(_ANYTHING,))


def builtin_types() -> dict[str, Type]:
    """Return every built-in type by key. ``anyType`` is a mixed record of anything, the list types are lists."""
    types: dict[str, Type] = {xsd(name): Scalar(xsd(name), name) for name in BUILTINS}
    for name, item in LISTS.items():
        types[xsd(name)] = ListOf(xsd(name), xsd(item), Facets(min_length=1))
    types[ANY_TYPE.name] = ANY_TYPE
    return types
