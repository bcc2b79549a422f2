"""Values of rpc/encoded that stand apart and are referred to (SOAP 1.1, section 5.4.1), put where they are meant."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from lxml import etree

from adapter.virtual.faults import ProtocolFault

_DEEPEST = 100


def inlined(body: Sequence[etree._Element]) -> list[etree._Element]:
    """Return the body's first child with every ``href`` resolved, as one without any. Raise ProtocolFault if it cannot.

    A body that refers to nothing is returned as it is.
    """
    if not any(each.get("href") for child in body for each in child.iter(etree.Element)):
        return list(body)
    apart = {each.get("id", ""): each for each in body if each.get("id")}
    root = deepcopy(body[0])
    _resolve(root, apart, 0)
    return [root]


def _resolve(node: etree._Element, apart: dict[str, etree._Element], depth: int) -> None:
    if depth > _DEEPEST:
        raise ProtocolFault("Client", "the values that stand apart refer to each other in a circle")
    for child in list(node.iterchildren(etree.Element)):
        reference = child.get("href")
        if reference is not None:
            target = apart.get(reference.removeprefix("#"))
            if target is None:
                raise ProtocolFault("Client", f"href {reference!r} leads nowhere")
            del child.attrib["href"]
            child.text = target.text
            for name, value in target.attrib.items():
                if name != "id":
                    child.set(name, value)
            child.extend(deepcopy(each) for each in target)
        _resolve(child, apart, depth + 1)
