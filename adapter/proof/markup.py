"""XML for values that have no shape in JSON: a whole element, what a wildcard lets in, further attributes."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField
from adapter.mapping.markup import Markup
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.strangers import ELSEWHERE
from adapter.wsdl.types import Any as Wildcard
from adapter.wsdl.types import Element
from adapter.wsdl.values import NoValue


def markup_value(ground: Ground, field: BoundField, whole: Element | None, source: random.Random) -> Any:
    """Return a value of a field without a shape. ``whole`` is the element of a value that is the whole message.

    Raise LookupError where nothing may stand there.
    """
    markup = field.markup
    assert markup is not None
    if markup.kind == "attributes":
        return attributes(markup.wildcards, markup)
    try:
        if markup.kind == "element":
            here = replace(field.steps[-1].element, type=field.steps[-1].type, nillable=False) if field.steps else whole
        else:
            here = _let_in(ground, markup, source)
        if here is None:
            raise LookupError("the message is empty")
        return as_text(ground, here, source)
    except NoValue as error:
        raise LookupError(str(error)) from error


def as_text(ground: Ground, declared: Element, source: random.Random) -> str:
    """Return an element as XML text. One without a type is nobody's."""
    if not declared.type:
        nsmap = {"x": declared.namespace} if declared.namespace else None
        element = etree.Element(declared.tag, nsmap=nsmap)
        element.text = "Text"
    else:
        element = Instances(ground, source, deep=2, many=40).element(declared)
    return etree.tostring(element, encoding="unicode")


def _let_in(ground: Ground, markup: Markup, source: random.Random) -> Element:
    """Return an element that a wildcard of a record lets in."""
    found = [each for each in map(ground.wildcards.element, markup.wildcards) if each is not None]
    if not found:
        raise LookupError("nothing of the contract may stand for the wildcard")
    return source.choice(found)


def attributes(wildcards: tuple[Wildcard, ...], markup: Markup) -> dict[str, str]:
    """Return an attribute that a wildcard lets in. Raise LookupError where there is none."""
    for each in wildcards:
        free = [name for name in (f"{{{ELSEWHERE}}}note", "note") if each.lets(etree.QName(name).namespace or "")]
        if each.process != "strict" and free and free[0] not in markup.others:
            return {free[0]: "Text"}
        known = [name for name in sorted(markup.known - markup.others) if each.lets(etree.QName(name).namespace or "")]
        if known:
            return {known[0]: "de" if known[0].endswith("}lang") else "1"}
    raise LookupError("nothing of the contract may stand for the attribute wildcard")
