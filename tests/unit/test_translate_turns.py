"""Groups that repeat as a whole: arrays of their turns, in document order, both ways."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.mapping.bound import Endpoint
from adapter.translate.reader import reader
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, errors, mistakes, sent, typed

TURNS = {"turns": {"soap": "group(a)", "each": "Turn"}}


def choice(bounds: str = 'minOccurs="0" maxOccurs="unbounded"', more: str = "") -> str:
    """A type whose content is a choice of a and b that repeats."""
    return typed(
        f'<xsd:sequence><xsd:choice {bounds}><xsd:element name="a" type="xsd:int"/>'
        f'<xsd:element name="b" type="xsd:string"/></xsd:choice>{more}</xsd:sequence>'
    )


def sequence(content: str, bounds: str = 'minOccurs="0" maxOccurs="unbounded"') -> str:
    """A type whose content is a sequence that repeats."""
    return typed(f"<xsd:sequence><xsd:sequence {bounds}>{content}</xsd:sequence></xsd:sequence>")


def element(name: str, bounds: str = "", kind: str = "xsd:int") -> str:
    """An element declaration."""
    return f'<xsd:element name="{name}" type="{kind}" {bounds}/>'


def written(endpoint: Endpoint, body: Any) -> str:
    """The children of X that a body becomes, as ``a=1 b=x``."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    return " ".join(f"{child.tag.rpartition('}')[2]}={child.text}" for child in message[0])


def read(endpoint: Endpoint, children: str) -> Any:
    """What a reply becomes whose X has these children, given as ``a=1 b=x``."""
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in (each.split("=") for each in children.split()))
    from lxml import etree

    return reader(endpoint)(etree.fromstring(f'<Out xmlns="urn:t"><X>{inside}</X></Out>')).document


def test_turns_of_a_choice_keep_their_order() -> None:
    """Each element of a choice that repeats is a turn of its own, written and read where it stands."""
    endpoint = echo(choice(), TURNS, Turn={"fields": {"a": "a", "b": "b"}})
    body = {"turns": [{"b": "x"}, {"a": 1}, {"a": 2}, {"b": "y"}]}
    assert written(endpoint, body) == "b=x a=1 a=2 b=y"
    assert read(endpoint, "b=x a=1 a=2 b=y") == body
