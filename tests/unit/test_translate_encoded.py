"""rpc/encoded messages: references, soapenc arrays and xsi:type, out and in, from honest and hostile senders."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate import reading
from adapter.translate.reader import Result
from adapter.translate.tolerance import aligner
from adapter.translate.writer import writer
from tests.unit.mapped import calls, check, erp, sent
from tests.unit.twins import reader

LIST, CREATE = erp()["stock.list"], erp()["stock-movements.create"]
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SOAPENC = "{http://schemas.xmlsoap.org/soap/encoding/}"
SPACES = (
    'xmlns:l="urn:muster-lager" xmlns:lt="urn:muster-lager:typen" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" '
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
)
LEVEL = "<artikelNr>A</artikelNr><lagerort>L</lagerort><menge>1.50</menge><einheit>ST</einheit><stand xsi:nil='true'/>"
EXPECTED = {"item_id": "A", "warehouse": "L", "quantity": "1.50", "unit": "piece", "counted_at": None}


def read(endpoint: Endpoint, inside: str, beside: str = "", root: str = "l:AnyNameResponse") -> Result:
    """Read the first child of a SOAP body; ``beside`` are its siblings, where multiRef elements stand."""
    body = etree.fromstring(f"<soap:Body {SPACES}><{root}>{inside}</{root}>{beside}</soap:Body>")
    return reader(endpoint)(body[0])


def array(items: str) -> str:
    """A soapenc array of stock levels."""
    return f'<bestaende xsi:type="soapenc:Array" soapenc:arrayType="lt:Bestand[9]">{items}</bestaende>'


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("tag", ["item", "Bestand", "l:x"])
def test_array_of_items_of_any_name(tag: str, count: int) -> None:
    """The name of an item in a soapenc array is free, and arrayType's number is not believed."""
    result = read(LIST, array(f"<{tag} xsi:type='lt:Bestand'>{LEVEL}</{tag}>" * count + "<!-- c -->"))
    assert [EXPECTED] * count == result.document


def test_references_are_followed() -> None:
    """Values beside the answer are read as if they stood in it, in chains and shared by several."""
    inside = '<bestaende href="#list"/>'
    beside = f"""<multiRef id="list"><i href="#one"/><i href="#two"/><i href="#one"/></multiRef>
      <multiRef id="one">{LEVEL}</multiRef><multiRef id="two" href="#one"/>"""
    assert [EXPECTED] * 3 == read(LIST, inside, beside).document


def test_scalars_and_arrays_of_scalars_are_referred_to_as_well() -> None:
    """A reference may stand for a plain value."""
    level = LEVEL.replace("<menge>1.50</menge>", '<menge href="#m"/>')
    assert [EXPECTED] == read(LIST, array(f"<i>{level}</i>"), '<multiRef id="m">1.50</multiRef>').document


@pytest.mark.parametrize(
    ("inside", "beside", "cause"),
    [
        ('<bestaende href="#none"/>', "", "a reference leads nowhere"),
        ('<bestaende href="cid:part"/>', '<multiRef id="x"/>', "a reference leads nowhere"),
        ('<bestaende href="#a"/>', '<m id="a" href="#b"/><m id="b" href="#a"/>', "references in a circle"),
        ('<bestaende href="#a"/>', '<m id="a" href="#a"/>', "references in a circle"),
        (array("<i><menge>viel</menge></i>"), "", "StockLevel.quantity: not a decimal"),
    ],
)
def test_references_that_cannot_be_followed_are_refused(inside: str, beside: str, cause: str) -> None:
    """Missing ids and circles end with an answer that cannot be read."""
    with pytest.raises(BackendReplyInvalid) as caught:
        read(LIST, inside, beside)
    assert cause in caught.value.cause


def test_object_that_contains_itself_ends() -> None:
    """A record that refers to itself from within is refused, not followed for ever."""
    posting = '<buchungNr>1</buchungNr><bestand href="#b"/>'
    level = LEVEL.replace("<artikelNr>A</artikelNr>", '<artikelNr href="#b"/>')
    with pytest.raises(BackendReplyInvalid, match="holds elements"):
        read(CREATE, f"<buchung>{posting}</buchung>", f'<m id="b">{level}</m>')


def test_bomb_of_references_is_refused_before_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many references to a big value are counted with its size, so the work stays within a bound."""
    monkeypatch.setattr(reading, "MAX_COPIED", 100_000)
    items, level = '<i href="#big"/>' * 2000, LEVEL.replace("<lagerort>L", f"<lagerort>{'L' * 1000}")
    with pytest.raises(BackendReplyInvalid, match="references stand for too much"):
        read(LIST, array(items), f'<m id="big">{level}</m>')


def test_honest_sharing_is_far_below_the_bound() -> None:
    """A thousand items that share one value of usual size are read."""
    assert 1000 == len(read(LIST, array('<i href="#x"/>' * 1000), f'<m id="x">{LEVEL}</m>').document)


def referring(count: int) -> Any:
    """A reply of so many items, each by reference to a value of its own."""
    items = "".join(f'<i href="#{number}"/>' for number in range(count))
    values = "".join(f'<m id="{number}">{LEVEL}</m>' for number in range(count))
    return etree.fromstring(f"<soap:Body {SPACES}><l:r>{array(items)}</l:r>{values}</soap:Body>")[0]


def test_many_references_cost_no_more_than_their_number() -> None:
    """Ten times the references take ten times the steps."""
    few, many, take = referring(100), referring(1000), reader(LIST)
    assert 1000 == len(take(many).document)
    assert calls(lambda: take(many)) < 11 * calls(lambda: take(few))


def test_accessors_may_be_left_out_or_nil() -> None:
    """In SOAP encoding any accessor may be missing or nil, whatever its schema says."""
    result = read(LIST, array("<i><artikelNr>A</artikelNr><menge xsi:nil='true'/></i>"))
    assert [{"item_id": "A", "quantity": None}] == result.document


def written(endpoint: Endpoint, body: Any = None, **parameters: Any) -> Any:
    """The request as it arrives."""
    return sent(writer(endpoint)(check(endpoint, body, **parameters)))


def resolved(element: Any, name: str) -> str:
    """A QName in an attribute as a Clark name."""
    prefix, _, local = element.get(name).partition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"


MOVEMENT = {"item_id": "A", "warehouse": "L", "direction": "in", "quantity": "1.5"}


def test_every_accessor_says_its_type() -> None:
    """The message carries the encoding style, and xsi:type on records and values."""
    wrapper = written(CREATE, {**MOVEMENT, "reference": None})
    assert "{urn:muster-lager}BucheBewegung" == wrapper.tag
    assert SOAPENC.strip("{}") == wrapper.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle")
    movement = wrapper[0]
    assert "{urn:muster-lager:typen}Bewegung" == resolved(movement, f"{XSI}type")
    types = {child.tag: resolved(child, f"{XSI}type") for child in movement if child.get(f"{XSI}nil") is None}
    xsd = "{http://www.w3.org/2001/XMLSchema}"
    assert {
        "artikelNr": f"{xsd}string", "lagerort": f"{xsd}string", "art": "{urn:muster-lager:typen}BewegungArt",
        "menge": f"{xsd}decimal",
    } == types  # fmt: skip
    assert "true" == movement.find("belegRef").get(f"{XSI}nil")


@pytest.mark.parametrize("batches", [[], ["1"], ["1", "2", "3"]])
def test_array_says_how_many_items_it_has(batches: list[str]) -> None:
    """A soapenc array names its item type and their number."""
    chargen = written(CREATE, {**MOVEMENT, "batches": batches})[0].find("chargen")
    assert f"{SOAPENC}Array" == resolved(chargen, f"{XSI}type")
    assert f"xsd:string[{len(batches)}]" == chargen.get(f"{SOAPENC}arrayType")
    assert batches == [item.text for item in chargen]


def test_null_array_is_nil_and_an_absent_one_is_not_there() -> None:
    """Null and absent stay apart in SOAP encoding too."""
    assert "true" == written(CREATE, {**MOVEMENT, "batches": None})[0].find("chargen").get(f"{XSI}nil")
    assert written(CREATE, MOVEMENT)[0].find("chargen") is None


def test_every_part_of_an_rpc_call_is_there() -> None:
    """A parameter that the caller leaves out is a nil part, since old servers count them."""
    wrapper = written(LIST, path={"item_id": "A"})
    assert ["artikelNr", "lagerort"] == [part.tag for part in wrapper]
    assert "true" == wrapper[1].get(f"{XSI}nil")


def test_what_is_written_is_read_back() -> None:
    """Our own array, marked as SOAP encoding wants it, is read by our own reader."""
    answer = read(CREATE, f"<buchung><buchungNr>9007199254740993</buchungNr><bestand>{LEVEL}</bestand></buchung>")
    assert {"id": "9007199254740993", "level": EXPECTED} == answer.document


def test_what_an_encoded_reply_has_beside_the_contract_is_counted() -> None:
    """An unknown accessor is noted, their order is free, and a reply with references is left to the reader."""

    def noted(inside: str) -> tuple[str, ...]:
        return aligner(LIST)(etree.fromstring(f"<l:AnyNameResponse {SPACES}>{inside}</l:AnyNameResponse>"))

    assert ("unknown-element: AnyNameResponse/neu",) == noted(array(f"<i>{LEVEL}</i>") + "<neu>1</neu>")
    assert () == noted(array(f"<i>{LEVEL}</i>"))
    assert () == noted('<bestaende href="#list"/><neu>1</neu>')
