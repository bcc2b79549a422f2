"""Arrays as objects by a key of their items, and lines in the order of numbers that the ERP gives meaning to."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.reader import Result
from adapter.translate.writer import writer
from tests.unit.mapped import check, echo, errors, mistakes, sent, typed
from tests.unit.test_mapping_nested import back
from tests.unit.test_mapping_stand_ins import component
from tests.unit.twins import reader

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def record(item: str, around: str = "", array: str = 'minOccurs="0" maxOccurs="unbounded"', type: str = "") -> str:
    """A schema whose T holds items ``P``, in an element ``Ps`` or, with ``around``, directly beside it."""
    inner = f"<xsd:complexType><xsd:sequence>{item}</xsd:sequence></xsd:complexType>"
    items = f'<xsd:element name="P" {array}>{inner}</xsd:element>'
    whole = f"<xsd:complexType><xsd:sequence>{items}</xsd:sequence></xsd:complexType>"
    wrapped = f'<xsd:element name="Ps" minOccurs="0" nillable="true">{whole}</xsd:element>'
    return typed(f"<xsd:sequence>{around}{items if around else wrapped}</xsd:sequence>")


def element(name: str, kind: str = "xsd:string", **more: Any) -> str:
    """An element declaration."""
    attributes = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<xsd:element name="{name}" type="{kind}"{attributes}/>'


PRICE = record(element("Art") + element("Wert", "xsd:decimal") + element("Text", minOccurs="0"))
KEYED = {"prices": {"soap": "Ps.P", "each": "Price", "by": "kind"}}
KIND: dict[str, Any] = {"soap": "Art", "codes": {"list": "L", "net": "N", "cost": "E"}}


def keyed(xsd: str = PRICE, kind: Any = KIND, fields: Any = KEYED, **more: Any) -> Endpoint:
    """An operation on a record with prices by their kind."""
    return echo(xsd, fields, Price={"fields": {"kind": kind, "value": "Wert", "text": "Text", **more}})


LINE = record(element("PosNr", "xsd:int") + element("Artikel"))
NUMBERS: dict[str, Any] = {"soap": "PosNr", "first": 10, "step": 10}


def numbered(xsd: str = LINE, number: Any = NUMBERS, soap: str = "Ps.P", **more: Any) -> Endpoint:
    """An operation on a record with numbered lines."""
    lines = {"soap": soap, "each": "Line", "number": number}
    return echo(xsd, {"lines": lines, **more}, Line={"fields": {"item": "Artikel"}})


def written(endpoint: Endpoint, body: Any) -> list[list[str | None]]:
    """The texts of every item that is written for a body."""
    return [[child.text for child in each] for each in sent(writer(endpoint)(check(endpoint, body))).iter("{urn:t}P")]


def read(endpoint: Endpoint, inner: str) -> Result:
    """What is read when the ERP answers X with this inside."""
    return reader(endpoint)(etree.fromstring(f'<Out xmlns="urn:t" xmlns:xsi="{XSI}"><X>{inner}</X></Out>'))


def price(kind: str, value: str) -> str:
    """One price of a reply."""
    return f"<P><Art>{kind}</Art><Wert>{value}</Wert></P>"


def line(number: str, item: str) -> str:
    """One line of a reply."""
    return f"<P><PosNr>{number}</PosNr><Artikel>{item}</Artikel></P>"


def test_a_list_is_an_object_by_its_key() -> None:
    """Keys are written into the items and read from them, with their codes, and do not stand inside."""
    endpoint = keyed()
    body = {"prices": {"net": {"value": "9.50"}, "list": {"value": "12.00", "text": "x"}}}
    assert [["N", "9.50"], ["L", "12.00", "x"]] == written(endpoint, body)
    assert body == read(endpoint, f"<Ps>{price('N', '9.50')}{price('L', '12.00')[:-4]}<Text>x</Text></P></Ps>").document


def test_none_and_null() -> None:
    """An empty object is an empty array, null is nil, and absent is absent."""
    endpoint = keyed()
    for body in ({"prices": {}}, {"prices": None}, {}):
        assert [] == written(endpoint, body)
        back(PRICE, endpoint, body)
    assert {"prices": {}} == read(endpoint, "<Ps/>").document
    assert {"prices": None} == read(endpoint, '<Ps xsi:nil="true"/>').document
    assert {} == read(endpoint, "").document


def test_without_an_element_around_it_is_always_there() -> None:
    """As any array: where nothing around the items says that there are none, there is an empty object."""
    xsd = record(element("Art") + element("Wert", "xsd:decimal") + element("Text", minOccurs="0"), element("Nr"))
    endpoint = keyed(xsd, fields={"nr": "Nr", "prices": {"soap": "P", "each": "Price", "by": "kind"}})
    assert {"nr": "1", "prices": {}} == read(endpoint, "<Nr>1</Nr>").document


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ([], {"/prices": "must be an object"}),
        ({"gross": {"value": "1"}}, {"/prices/gross": "as a key: must be one of list, net, cost"}),
        ({"net": None}, {"/prices/net": "must not be null"}),
        ({"net": {}}, {"/prices/net/value": "is required"}),
        ({"net": {"value": "x"}}, {"/prices/net/value": "not a decimal number such as 12.50"}),
        ({"net": {"value": "1", "kind": "net"}}, {"/prices/net/kind": "is not known here"}),
        ({"a/b": {"value": "1"}}, {"/prices/a~1b": "as a key: must be one of list, net, cost"}),
    ],
)
def test_wrong_keys_and_items_are_named(prices: Any, said: dict[str, str]) -> None:
    """A key that callers may not use is refused with a pointer to it, as is what is wrong below it."""
    assert said == errors(keyed(), {"prices": prices})


def test_two_keys_for_one_text_are_refused() -> None:
    """Keys that the ERP could not tell apart would lose an item."""
    endpoint = keyed(kind={"soap": "Art", "convert": "trimmed"})
    prices = {"a": {"value": "1"}, " a": {"value": "2"}}
    assert {"/prices/ a": "as a key: is the same key as a"} == errors(endpoint, {"prices": prices})


def test_a_reply_that_would_lose_an_item_is_refused() -> None:
    """Two items with one key, an item without a key and an unknown code fail the reply."""
    for inner in (price("N", "1") + price("N", "2"), "<P><Wert>1</Wert></P>", price("X", "1"), '<P xsi:nil="true"/>'):
        with pytest.raises(BackendReplyInvalid, match=r"Price|T\.prices"):
            read(keyed(), f"<Ps>{inner}</Ps>")


def test_a_kept_key_stands_for_a_missing_one() -> None:
    """Where the contract lets the key be missing, the mapping must say what stands for it."""
    xsd = record(element("Art", minOccurs="0") + element("Wert", "xsd:decimal") + element("Text", minOccurs="0"))
    endpoint = keyed(xsd, {**KIND, "missing": "list"})
    assert {"prices": {"list": {"value": "1"}}} == read(endpoint, "<Ps><P><Wert>1</Wert></P></Ps>").document
    assert "a reply may hold no kind" in mistakes(lambda: keyed(xsd))[0].text


def test_bounds_are_those_of_the_array() -> None:
    """The contract's bounds count the keys, and the documentation says so."""
    item = element("Art") + element("Wert", "xsd:decimal") + element("Text", minOccurs="0")
    endpoint = keyed(record(item, array='minOccurs="1" maxOccurs="2"'))
    assert {"/prices": "must have at least 1 items"} == errors(endpoint, {"prices": {}})
    three = {kind: {"value": "1"} for kind in ("list", "net", "cost")}
    assert {"/prices": "must have at most 2 items"} == errors(endpoint, {"prices": three})
    schema = component(endpoint, "TInput")["properties"]["prices"]
    assert (1, 2) == (schema["minProperties"], schema["maxProperties"])


def test_documentation_of_a_keyed_list() -> None:
    """It is an object whose properties are the items, with the codes as names; the key is not in the items."""
    endpoint = keyed()
    schema = component(endpoint, "TInput")["properties"]["prices"]
    assert ["object", "null"] == schema["type"]
    assert {"enum": ["list", "net", "cost"]} == schema["propertyNames"]
    assert {"$ref": "#/components/schemas/PriceInput"} == schema["additionalProperties"]
    assert ["value", "text"] == list(component(endpoint, "PriceInput")["properties"])
    assert ["value"] == component(endpoint, "Price")["required"]


def test_a_type_may_be_keyed_in_itself_and_in_a_list_elsewhere() -> None:
    """The same type shows its key where it is in a list, and hides it where it is keyed."""
    node = (
        '<xsd:sequence><xsd:element name="Name" type="xsd:string"/>'
        '<xsd:element name="T" type="t:T" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence>'
    )
    endpoint = echo(typed(node), {"name": "Name", "below": {"soap": "T", "each": "T", "by": "name"}})
    body = {"name": "a", "below": {"b": {"below": {"c": {"below": {}}}}, "d": {"below": {}}}}
    back(typed(node), endpoint, body)
    assert {} == errors(endpoint, body)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: keyed(fields={"prices": {**KEYED["prices"], "by": "kinds"}}), "Price has no property kinds"),
        (lambda: keyed(fields={"prices": {**KEYED["prices"], "by": "value"}}, value={"soap": "Wert", "json": "number"}),
         "by: value is no text"),
        (lambda: keyed(fields={"prices": {**KEYED["prices"], "by": "text"}}), "a reply may hold no text"),
        (lambda: keyed(kind={**KIND, "read_only": True}), "by: kind cannot be set"),
        (lambda: keyed(kind={**KIND, "write_only": True}), "by: kind cannot be shown"),
        (lambda: echo(PRICE, {"p": {"soap": "Ps", "one": "Q", "by": "a"}}, Q={"fields": {}}), "only an array"),
        (lambda: keyed(fields={"prices": {**KEYED["prices"], "number": NUMBERS}}), "either by a key or in the order"),
        (lambda: numbered(number={"soap": "Nr"}), "there is no Nr in P"),
        (lambda: numbered(number={"soap": "PosNr", "first": 0, "step": 0}), "step: must be a whole number from 1"),
        (lambda: numbered(number={"soap": "PosNr", "convert": "zero_padded(2)", "first": 100}), "the first one, 100"),
        (lambda: echo(LINE, {"lines": {"soap": "Ps.P", "each": "Line", "number": NUMBERS}},
                      Line={"fields": {"item": "Artikel", "nr": "PosNr"}}), "nr fill the same element"),
    ],
)  # fmt: skip
def test_mistakes(make: Any, text: str) -> None:
    """What could not be written or told apart is a mistake of the mapping."""
    found = mistakes(make)
    assert text in " ".join(each.text for each in found), found
    assert all(each.remedy and each.line for each in found)


def test_lines_are_numbered_by_their_position() -> None:
    """Each line gets its number; callers give and see none."""
    endpoint = numbered()
    body = {"lines": [{"item": "a"}, {"item": "b"}, {"item": "c"}]}
    assert [["10", "a"], ["20", "b"], ["30", "c"]] == written(endpoint, body)
    back(LINE, endpoint, body)
    assert {"/lines/0/number": "is not known here"} == errors(endpoint, {"lines": [{"item": "a", "number": 1}]})
    assert ["item"] == list(component(endpoint, "LineInput")["properties"])
    assert [["1", "a"], ["2", "b"]] == written(numbered(number={"soap": "PosNr"}), {"lines": body["lines"][:2]})


def test_lines_are_read_in_the_order_of_their_numbers() -> None:
    """Whatever order the reply has; none and null stay what they are."""
    endpoint = numbered()
    found = read(endpoint, f"<Ps>{line('20', 'b')}{line('9', 'a')}{line('100', 'c')}</Ps>")
    assert [{"item": "a"}, {"item": "b"}, {"item": "c"}] == found.document["lines"]
    assert () == found.notes
    for body in ({"lines": []}, {"lines": None}, {}):
        back(LINE, endpoint, body)


def test_numbers_that_cannot_be_read_lose_nothing() -> None:
    """A bad or missing number is noted, and its line stays behind the one before it; equal ones keep their order."""
    inner = line("20", "c") + line("x", "d") + "<P><Artikel>e</Artikel></P>" + line("10", "a") + line(" 10 ", "b")
    found = read(numbered(), f"<Ps>{inner}</Ps>")
    assert list("abcde") == [each["item"] for each in found.document["lines"]]
    said = ("T.lines: an item has no number that can be read", "T.lines: two items have the same number")
    assert said == found.notes


def test_numbers_of_text_are_padded() -> None:
    """The number goes through its converter and the contract's type, and lines it has no number for are refused."""
    short = '<xsd:element name="PosNr"><xsd:simpleType><xsd:restriction base="xsd:string"><xsd:maxLength value="3"/>'
    xsd = record(f"{short}</xsd:restriction></xsd:simpleType></xsd:element>" + element("Artikel"))
    endpoint = numbered(xsd, {**NUMBERS, "step": 300, "convert": "zero_padded(3)"})
    body = {"lines": [{"item": item} for item in "abcd"]}
    assert [["010", "a"], ["310", "b"], ["610", "c"], ["910", "d"]] == written(endpoint, body)
    too_many = {"lines": [*body["lines"], {"item": "e"}]}
    assert {"/lines": "has too many items: there are numbers for 4 of them"} == errors(endpoint, too_many)
    inner = line("910", "d") + line("310", "b") + line("610", "c") + line("010", "a")
    assert body == read(endpoint, f"<Ps>{inner}</Ps>").document


def test_a_read_only_number_may_be_shown() -> None:
    """The number as a property of its own is read beside it."""
    lines = {"soap": "Ps.P", "each": "Line", "number": NUMBERS}
    shown = {"item": "Artikel", "nr": {"soap": "PosNr", "read_only": True}}
    endpoint = echo(LINE, {"lines": lines}, Line={"fields": shown})
    found = read(endpoint, f"<Ps>{line('20', 'b')}{line('10', 'a')}</Ps>").document
    assert [{"item": "a", "nr": 10}, {"item": "b", "nr": 20}] == found["lines"]
