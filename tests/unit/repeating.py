"""Small contracts with groups that repeat, and messages of them as ``a=1 b=x``."""

from __future__ import annotations

from typing import Any

from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import check, sent, typed
from tests.unit.twins import reader

MANY = 'minOccurs="0" maxOccurs="unbounded"'
TURNS = {"turns": {"soap": "group(a)", "each": "Turn"}}
AB = {"fields": {"a": "a", "b": "b"}}


def element(name: str, bounds: str = "", kind: str = "xsd:int") -> str:
    """An element declaration."""
    return f'<xsd:element name="{name}" type="{kind}" {bounds}/>'


def group(kind: str, content: str, bounds: str = MANY) -> str:
    """A model group."""
    return f"<xsd:{kind} {bounds}>{content}</xsd:{kind}>"


def record(content: str) -> str:
    """A schema whose type T has this content."""
    return typed(f"<xsd:sequence>{content}</xsd:sequence>")


A_OR_B = record(group("choice", element("a") + element("b", kind="xsd:string")))


def written(endpoint: Endpoint, body: Any) -> str:
    """The children of X that a body becomes, as ``a=1 b=x``."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    return " ".join(f"{child.tag.rpartition('}')[2]}={child.text or ''}" for child in message[0])


def read(endpoint: Endpoint, children: str) -> Any:
    """What a reply becomes whose X has these children, given as ``a=1 b=x``."""
    parts = (each.split("=") for each in children.split())
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts)
    return reader(endpoint)(etree.fromstring(f'<Out xmlns="urn:t"><X>{inside}</X></Out>')).document


def both_ways(endpoint: Endpoint, body: Any, children: str) -> None:
    """Assert that a body becomes these children, and they become the body."""
    assert children == written(endpoint, body)
    assert body == read(endpoint, children)
