"""Arrays that are arranged: variants, and that nothing is lost whatever callers and ERPs send."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapter.translate.writer import writer
from tests.unit.mapped import check, echo, errors, sent, typed
from tests.unit.test_mapping_arrays import NUMBERS, element, keyed, numbered, record
from tests.unit.test_mapping_nested import back
from tests.unit.twins import reader

KINDS = (
    '<xsd:complexType name="{}"><xsd:complexContent><xsd:extension base="t:P"/></xsd:complexContent></xsd:complexType>'
)


def test_variants_have_keys_and_numbers_too() -> None:
    """Items of derived types are keyed and numbered as any others."""
    base = '<xsd:complexType name="P" abstract="true"><xsd:sequence>{}</xsd:sequence></xsd:complexType>'
    xsd = typed('<xsd:sequence><xsd:element name="P" type="t:P" minOccurs="0" maxOccurs="9"/></xsd:sequence>').replace(
        "</xsd:schema>",
        base.format(element("Art") + element("PosNr", "xsd:int"))
        + KINDS.format("A")
        + KINDS.format("B")
        + "</xsd:schema>",
    )
    kinds = {"by": "type", "of": {"a": {"soap_type": "A"}, "b": {"soap_type": "B"}}}
    keys = {"soap": "P", "each": "I", "by": "kind"}
    endpoint = echo(xsd, {"x": keys}, I={"fields": {"kind": "Art", "nr": "PosNr"}, "variants": kinds})
    back(xsd, endpoint, {"x": {"k": {"type": "b", "nr": 1}, "l": {"type": "a", "nr": 2}}})
    assert {} == errors(endpoint, {"x": {"k": {"type": "b", "nr": 1}}})
    lines = {"soap": "P", "each": "I", "number": NUMBERS}
    endpoint = echo(xsd, {"x": lines}, I={"fields": {"kind": "Art"}, "variants": kinds})
    back(xsd, endpoint, {"x": [{"type": "b", "kind": "y"}, {"type": "a", "kind": "x"}]})
    assert {} == errors(endpoint, {"x": [{"type": "b", "kind": "y"}]})


TEXTS = st.text(st.sampled_from("ab ÄLN/~\t"), max_size=3)
PRICES = st.dictionaries(
    st.one_of(st.sampled_from(["list", "net"]), TEXTS),
    st.fixed_dictionaries({"value": st.sampled_from(["1", "x", "2.5"])}),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(
    PRICES, st.sampled_from([{}, {"codes": {"list": "L", "net": "N", "": "E"}}, {"convert": "trimmed"}]), st.booleans()
)
def test_accepted_keys_are_valid_and_lose_nothing(prices: Any, more: Any, token: bool) -> None:
    """Whatever passes is written as a valid document; what is read back has as many items, with the same values."""
    xsd = record(element("Art", "xsd:token" if token else "xsd:string") + element("Wert", "xsd:decimal")
                 + element("Text", minOccurs="0"))  # fmt: skip
    endpoint = keyed(xsd, {"soap": "Art", **more})
    if errors(endpoint, {"prices": prices}):
        return
    message = sent(writer(endpoint)(check(endpoint, {"prices": prices})))
    etree.XMLSchema(etree.fromstring(xsd)).assertValid(message)
    message.tag = "{urn:t}Out"
    found = reader(endpoint)(message).document["prices"]
    assert list(prices.values()) == list(found.values())
    assert [" ".join(key.split()) for key in prices] == [" ".join(key.split()) for key in found]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("abÄ", max_size=2), max_size=8),
    st.randoms(),
    st.integers(1, 40),
    st.sampled_from(["", "zero_padded(4)"]),
)
def test_lines_come_back_in_order(items: list[str], source: Any, step: int, convert: str) -> None:
    """However the ERP shuffles its lines, callers read them in the order they wrote."""
    xsd = record(element("PosNr") + element("Artikel"))
    endpoint = numbered(xsd, {"soap": "PosNr", "step": step, **({"convert": convert} if convert else {})})
    body = {"lines": [{"item": item} for item in items]}
    message = sent(writer(endpoint)(check(endpoint, body)))
    etree.XMLSchema(etree.fromstring(xsd)).assertValid(message)
    message.tag = "{urn:t}Out"
    lines = message[0][0]
    lines[:] = source.sample(list(lines), len(lines))
    assert body == reader(endpoint)(message).document
