"""Several operations of one name in a binding: which one of the port type each means, and what to call it here.

WSDL 1.1 tells overloaded operations apart by the names of their inputs and outputs (section 2.5), which have defaults
(section 2.4.5). Where a binding leaves them out, or names what the port type does not have, the order decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lxml import etree

from adapter.wsdl.names import wsdl
from adapter.wsdl.reasons import Unresolved

_DEFAULTS = {"input": "Request", "output": "Response"}


def words(bound: Sequence[etree._Element], abstract: Sequence[etree._Element | None]) -> list[str]:
    """Return what tells each operation of a binding from others of its name; "" for one that is alone.

    It is the name of the operation's input, else its number among those of its name: ``echo(2)``.
    """
    alone = Counter(node.get("name", "") for node in bound)
    pairs = list(zip(bound, abstract, strict=True))
    names = [_own(node, "input") or (_own(other, "input") if other is not None else "") for node, other in pairs]
    used = Counter((node.get("name", ""), name) for node, name in zip(bound, names, strict=True))
    found, seen = [], Counter[str]()
    for node, name in zip(bound, names, strict=True):
        operation = node.get("name", "")
        seen[operation] += 1
        word = name if name and used[operation, name] == 1 else str(seen[operation])
        found.append(word if alone[operation] > 1 else "")
    return found


def abstract_of(port_type: etree._Element, binding: etree._Element, node: etree._Element) -> etree._Element:
    """Return the port type's operation that an operation of a binding means. Raises Unresolved with the reason."""
    name = node.get("name", "")
    same = [found for found in port_type.findall(wsdl("operation")) if found.get("name") == name]
    fitting = same
    for direction in _DEFAULTS if len(same) > 1 else ():
        wanted = _own(node, direction)
        closer = [found for found in fitting if wanted in (name_of(found, direction), _own(found, direction))]
        fitting = closer or fitting
    if len(fitting) == 1:
        return fitting[0]
    bound = [found for found in binding.findall(wsdl("operation")) if found.get("name") == name]
    if len(bound) == len(same) and same:
        return same[bound.index(node)]
    raise Unresolved("binding-missing", f"its port type has {len(same) or 'no'} such operation")


def _own(operation: etree._Element, direction: str) -> str:
    """Return the name that an operation gives its input or output, "" where it gives none."""
    found = operation.find(wsdl(direction))
    return "" if found is None else (found.get("name") or "").strip()


def name_of(operation: etree._Element, direction: str) -> str:
    """Return the name of an operation's input or output, the default one where it gives none."""
    one_way = operation.find(wsdl("output")) is None
    return _own(operation, direction) or operation.get("name", "") + ("" if one_way else _DEFAULTS[direction])
