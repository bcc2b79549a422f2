"""``soap.namespaces``: what a mapping calls the namespaces of its contract, so that paths can tell namesakes apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model import Place
from adapter.mapping.model.soap import SoapRule
from adapter.mapping.path_names import suggest
from adapter.mapping.sections import Sections
from adapter.wsdl.types import Contract, Element, Group, Record

_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")


def namespaces(sections: Sections, data: Any, path: Path_) -> dict[str, str]:
    """Return the namespaces of a section by their prefixes; "" is that of names in none."""
    found = sections.texts(data, path, "namespaces")
    for prefix in found:
        if not _PREFIX.fullmatch(prefix) or prefix.lower().startswith("xml"):
            text = f"namespaces: '{prefix}' is no prefix"
            sections.wrong((*path, prefix), text, "letters, digits, _ and -; not beginning with xml")
    return found


def with_namespaces(contract: Contract, soap: SoapRule, wrong: Callable[[Place, str, str], None]) -> Contract:
    """Return the contract as the paths of a mapping see it. A namespace that it does not have is noted."""
    if not soap.namespaces:
        return contract
    known = _namespaces(contract)
    for prefix, namespace in soap.namespaces.items():
        if namespace not in known:
            text = f"namespaces: {contract.file} has nothing in the namespace {namespace} ({prefix})"
            wrong(soap.place, text, suggest(namespace, sorted(known - {""})))
    return replace(contract, prefixes=soap.namespaces)


def _namespaces(contract: Contract) -> set[str]:
    """Return the namespaces of all that a path can name."""
    keys = [*contract.types, *contract.elements]
    for kind in contract.types.values():
        if isinstance(kind, Record):
            keys += [each.tag for each in kind.attributes]
            groups = [kind.content] if kind.content is not None else []
            while groups:
                items = groups.pop().items
                keys += [each.tag for each in items if isinstance(each, Element)]
                groups += [each for each in items if isinstance(each, Group)]
    return {key.rpartition("}")[0].removeprefix("{") for key in keys}
