"""The contract tree as a judge, where no XSD processor takes a contract, and for what is in no schema.

The wrapper of rpc (WSDL 1.1 section 3.5) is such a thing, and so is all of SOAP encoding.
"""

from __future__ import annotations

from typing import Any

from adapter.wsdl.check import Checker, Objection, Typed
from adapter.wsdl.types import Contract, Element


def tree_objection(
    contract: Contract, key: str, element: Any, typed: Typed | None = None, *, encoded: bool = False
) -> str:
    """Return what is wrong with an element as one of type ``key``, "" for nothing.

    ``typed`` judges the elements inside it, where somebody else can; else they are judged here too. ``encoded``:
    anything may be nil or left out (SOAP 1.1 section 5.1), and what is nil has no attributes either.
    """
    checker = Checker(contract.types, contract.elements, contract.substitutes, encoded, typed, nil_alone=encoded)
    try:
        checker.check(Element("", "", key, nillable=True), element)
    except Objection as no:
        return str(no)
    return ""
