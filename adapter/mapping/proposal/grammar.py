"""How single things are written in the grammar."""

from __future__ import annotations

from typing import Any

from adapter.mapping import keys, schema
from adapter.mapping.codec import codec
from adapter.wsdl import lexical
from adapter.wsdl.types import Contract, Port, Record, Scalar

XML = "xml" in schema.FieldSection().fields
MANY = 24
"""Most concrete types that are proposed as the variants of one."""


def rule(path: str, **more: Any) -> Any:
    """Return a field's rule: the path alone where there is nothing else to say."""
    return {"soap": path, **more} if more else path


def soap_section(contract: Contract, service: str, port: Port) -> dict[str, Any]:
    """Return where a port is called, with WS-Addressing where the contract asks for it."""
    asked = port.addressing is not None and port.addressing.required
    where = {"wsdl": contract.file, "service": service, "port": port.name}
    return {**where, "addressing": True} if asked else where


def can_name(name: str) -> bool:
    """Tell whether a path can name an element or attribute called so."""
    return keys.XML_PATH.fullmatch(name) is not None and "." not in name


def json_form(contract: Contract, key: str) -> dict[str, str]:
    """Return ``json:`` of a number: what it is in JSON if nothing else is said. {} for anything else."""
    kind = contract.types.get(key)
    if isinstance(kind, Record) and kind.text:
        return json_form(contract, kind.text)
    if not isinstance(kind, Scalar) or (kind.builtin != "decimal" and kind.builtin not in lexical.INTEGERS):
        return {}
    return {"json": "string" if codec(kind.builtin, kind.facets).schema["type"] == "string" else "number"}
