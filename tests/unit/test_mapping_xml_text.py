"""XML texts: what is taken from callers, and how elements become texts."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping.xml_text import MOST_CHARACTERS, MOST_DEPTH, MOST_TAGS, canonical, parsed, written
from adapter.translate.markup import graft, placed
from tests.unit.random_markup import content, fragment


@given(st.integers())
def test_law_of_coming_back(seed: int) -> None:
    """What is built into a message, sent and read again says the same, and prefixes in its texts mean the same."""
    text = fragment(random.Random(seed), "{urn:one}x")
    # The message calls the same namespaces otherwise.
    message = etree.Element("{urn:one}m", nsmap={"n0": "urn:one", "n1": "urn:two"})
    graft(message, parsed(text))
    body = etree.Element("{urn:s}Body", nsmap={"s": "urn:s", "t": "urn:two"})
    placed(body, message)
    arrived = etree.fromstring(etree.tostring(body))[0][0]
    assert content(parsed(text)) == content(parsed(canonical(arrived)))


@given(st.integers())
def test_law_of_both_ways(seed: int) -> None:
    """Canonicalization itself, where it is taken, writes what the plain way writes, of an element at any place."""
    text = fragment(random.Random(seed), "{urn:one}x", tidy=bool(seed % 2))
    around = f'<p:m xmlns:p="urn:p" xmlns="urn:d" xmlns:q="urn:two">{text}<r xmlns="">a:b<?p i?></r>q:n</p:m>'
    for element in etree.fromstring(around).iter("*"):
        assert written(element) == canonical(element)


@given(st.integers())
def test_law_of_canonical_form(seed: int) -> None:
    """Our text of an element is the one that Exclusive XML Canonicalization 1.0 gives, prefixes of texts declared."""
    root = parsed(fragment(random.Random(seed), "{urn:two}y", tidy=True))
    once = canonical(root)
    assert once == canonical(parsed(once))
    assert etree.tostring(root, method="c14n", exclusive=True) == (
        etree.tostring(parsed(once), method="c14n", exclusive=True)
    )
    assert content(root) == content(parsed(once))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no well-formed XML: line 1, column 1"),
        ("x", "is no well-formed XML: line 1, column 1"),
        ("<a>\n <b></a>", "is no well-formed XML: line 2, column 8"),
        ("<a/><b/>", "is no well-formed XML: line 1, column 4"),
        ("<p:a/>", "is no well-formed XML: line 1, column 4"),
        ("<a>&b;</a>", "is no well-formed XML: line 1, column 6"),
        ("<a>&#1;</a>", "is no well-formed XML: line 1, column 7"),
        ("<!DOCTYPE a><a/>", "must not have a DOCTYPE"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "must not have a DOCTYPE"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "must not have a DOCTYPE"),
        ("<?xml version='1.0'?><a/>", "must be an element, without an XML declaration"),
        ("<?b c?><a/>", "must not have processing instructions or entities"),
        ("<a><?b c?></a>", "must not have processing instructions or entities"),
        ("<a/><?b c?>", "must not have processing instructions or entities"),
        ("<a>\x01</a>", "holds a character that XML cannot carry"),
        ("<a>" * (MOST_DEPTH + 1) + "</a>" * (MOST_DEPTH + 1), f"is nested deeper than {MOST_DEPTH} levels"),
        ("<a>" + "<b/>" * MOST_TAGS + "</a>", f"has more than {MOST_TAGS} tags"),
        ("<a>" + "b" * MOST_CHARACTERS + "</a>", f"has more than {MOST_CHARACTERS} characters"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_refused(text: str, why: str) -> None:
    """A text that is not one plain element is refused, in words for its caller."""
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        parsed(text)


def test_as_deep_as_may_be() -> None:
    """The deepest text that is taken becomes a message, and a text again."""
    text = "<a>" * MOST_DEPTH + "</a>" * MOST_DEPTH
    parent = etree.Element("m")
    graft(parent, parsed(text))
    assert text == canonical(parent[0])


def test_comments_are_no_data() -> None:
    """Comments are dropped, and the texts around them are one."""
    assert "<a>bc</a>" == canonical(parsed("<!-- x --><a>b<!-- y -->c</a>"))
    assert "<a>bc</a>" == canonical(etree.fromstring("<a>b<!-- y -->c</a>"))


def test_self_contained() -> None:
    """A part of a document brings the namespaces that it uses, those of texts and xsi:type too, and no others."""
    document = etree.fromstring(
        '<e xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q" xmlns:r="urn:r" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        '<b i:type="T" c="q:d">p:x<f xml:lang="de" r:g="1"/>\r</b>tail</e>'
    )
    assert (
        '<b xmlns="urn:d" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="urn:p" xmlns:q="urn:q" c="q:d" '
        'i:type="T">p:x<f xmlns:r="urn:r" xml:lang="de" r:g="1"></f>\n</b>'
    ) == canonical(document[0])


def test_relative_namespaces_are_kept() -> None:
    """A namespace that is no absolute URI, which libxml2 has no canonical form for, is a name like any other."""
    assert '<a xmlns="demo"><b xmlns=""></b></a>' == canonical(etree.fromstring('<a xmlns="demo"><b xmlns=""/></a>'))
