"""Envelopes whose content is not what the contract or the mapping says."""

from __future__ import annotations

from typing import Any

from tests.bad_answers.case import GOOD, INVALID, LIST, PERSON, SECRET, SOAP11, STOCK, Case, customer, envelope, http

_NAME = "<p:Name1>Schäfer</p:Name1>"
_ENCODED = f's:encodingStyle="{SOAP11[:-9]}encoding/"'
_LEVEL = (
    '<artikelNr xsi:type="xsd:string">A-1</artikelNr><lagerort xsi:type="xsd:string">ULM</lagerort>'
    '<menge xsi:type="xsd:decimal">1.5</menge><einheit xsi:type="xsd:string">ST</einheit>'
    '<stand xsi:type="xsd:dateTime">2024-02-14T07:31:09Z</stand>'
)
_ROW = {"item_id": "A-1", "warehouse": "ULM", "quantity": "1.5", "unit": "piece"}


def _wrong(name: str, old: str, new: str, why: str) -> Case:
    return Case(name, http(envelope(customer(old, new))), *INVALID, why)


def _read(case: str, old: str, new: str, why: str, note: str = "", **found: Any) -> Case:
    return Case(case, http(envelope(customer(old, new))), 200, "", why, found={**GOOD, **found}, note=note)


def _stock(name: str, items: str, why: str, others: str = "", *, found: dict[str, Any] | None = None) -> Case:
    array = f'<bestaende xsi:type="soapenc:Array" soapenc:arrayType="lt:Bestand[]">{items}</bestaende>'
    answer = http(envelope(f"<l:LeseBestandResponse {_ENCODED}>{array}</l:LeseBestandResponse>{others}"))
    expected = INVALID if found is None else (200, "")
    return Case(name, answer, *expected, why, found=found or {}, path=STOCK)


def _list(name: str, content: str, why: str, note: str = "", **found: Any) -> Case:
    answer = http(envelope(f"<d:SuchePartnerAntwort>{content}</d:SuchePartnerAntwort>"))
    return Case(name, answer, *((200, "") if found else INVALID), why, found=found, note=note, path=LIST)


CASES = (
    _wrong("required element missing", _NAME, "", "The contract promises it."),
    _wrong("required element nil", _NAME, '<p:Name1 xsi:nil="true"/>', "It is not nillable."),
    _wrong("reply without its object", PERSON, "", "The contract promises it."),
    _wrong("object nil", PERSON, '<d:Partner xsi:type="p:PrivatPartnerTyp" xsi:nil="true"/>', "It is not nillable."),
    _wrong("type unknown", "p:PrivatPartnerTyp", "p:RobotTyp", "The mapping has two kinds."),
    _wrong("type abstract", "p:PrivatPartnerTyp", "p:PartnerTyp", "There is no such thing in itself."),
    _wrong("type of something else", "p:PrivatPartnerTyp", "p:PartnerListeTyp", "The mapping has two kinds."),
    _wrong("type missing", ' xsi:type="p:PrivatPartnerTyp"', "", "The declared type is abstract."),
    _wrong("type with an unknown prefix", "p:PrivatPartnerTyp", "q:PrivatPartnerTyp", "A prefix without a namespace."),
    _wrong("type without a prefix", "p:PrivatPartnerTyp", "PrivatPartnerTyp", "Another namespace."),
    _wrong("integer in words", ">16<", ">vierzehn<", "Not an xsd:int."),
    _wrong("integer with a fraction", ">16<", ">16.5<", "Not an xsd:int."),
    _wrong("integer empty", ">16<", "><", "Not an xsd:int."),
    _wrong("integer too large", ">16<", ">99999999999<", "Not an xsd:int."),
    _wrong("5,000 digits", ">16<", f">{'9' * 5000}<", "Not an xsd:int."),
    _wrong("long beyond 2^63", ">9223372036854775002<", ">9223372036854775808<", "Not an xsd:long."),
    _wrong("decimal with a comma", ">2.02<", ">2,02<", "Not an xsd:decimal."),
    _wrong("decimal with an exponent", ">2.02<", ">2e2<", "Not an xsd:decimal."),
    _wrong("decimal NaN", ">2.02<", ">NaN<", "Not an xsd:decimal."),
    _wrong("implied decimal with a point", ">0000300000<", ">3000.00<", "The converter knows digits only."),
    _wrong("unknown code", "<p:Status>A<", f"<p:Status>{SECRET}<", "The mapping has no word for it."),
    _wrong("unknown flag", "<p:SperrKz>N<", "<p:SperrKz>X<", "Neither J nor N."),
    _wrong("element inside a value", _NAME, "<p:Name1>Sch<b>ä</b>fer</p:Name1>", "It is no text any more."),
    _wrong("element in another namespace", _NAME, "<d:Name1>Schäfer</d:Name1>", "So the required one is missing."),
    _read("bad date", ">1964-08-12<", ">1964-02-30<", "Kept as it is; it is noted.", "Customer.born_on",
          born_on="1964-02-30"),
    _read("bad date of eight digits", ">20240322<", ">99999999<", "Kept as it is; it is noted.", "Customer.created_on",
          created_on="99999999"),
    _read("bad time", ">2024-03-22T23:59:59.123Z<", ">gestern<", "Kept as it is; it is noted.", "Customer.changed_at",
          changed_at="gestern"),
    _read("optional element nil", "<p:Status>A<", '<p:Status xsi:nil="true"><', "Left out; it is noted.",
          "Customer.status is nil"),
    _read("element twice", _NAME, f"{_NAME}<p:Name1>Evil</p:Name1>", "The first counts; it is noted.",
          "Customer.name stands there twice"),
    Case("another order", http(envelope(customer("</d:Partner>", f"{_NAME}</d:Partner>",
                                                 person=PERSON.replace(_NAME, "")))), 200, "",
         "Elements are found by name; it is noted.", note="reordered", found=GOOD),
    _read("unknown element", _NAME, f"<p:Neu><p:Name1>Evil</p:Name1></p:Neu>{_NAME}",
          "It is passed over and noted.", "unknown-element"),
    _read("unknown attribute", _NAME, '<p:Name1 neu="1">Schäfer</p:Name1>', "It is passed over and noted.",
          "unknown-attribute"),
    _read("element without a namespace", _NAME, "<Name1>Schäfer</Name1>", "Clear all the same; it is noted.",
          "other-namespace"),
    _read("element of a stranger beside ours", _NAME, f"<x:Name1 xmlns:x='urn:x'>Evil</x:Name1>{_NAME}",
          "Ours counts; the other is noted.", "unknown-element"),
    _read("longer than the contract says", _NAME, f"<p:Name1>{'S' * 500}</p:Name1>", "The ERP knows its own data.",
          name="S" * 500),
    _read("markup in a value", _NAME, "<p:Name1>&lt;script&gt;</p:Name1>", "JSON carries it as text.", name="<script>"),
    _read("object twice", "</d:Partner>", "</d:Partner><d:Partner/>", "The first counts; it is noted.",
          "Partner stands there twice"),
    _list("total in words", "<d:GesamtAnz>viele</d:GesamtAnz><d:Partner/>", "Not an xsd:int."),
    _list("item nil", '<d:GesamtAnz>1</d:GesamtAnz><d:Partner><p:Partner xsi:nil="true"/></d:Partner>',
          "It is not nillable."),
    _list("item of an unknown type", "<d:GesamtAnz>1</d:GesamtAnz><d:Partner><p:Partner/></d:Partner>",
          "One bad item is one too many."),
    _list("more items than the total",
          f"<d:GesamtAnz>0</d:GesamtAnz><d:Partner>{PERSON.replace('d:Partner', 'p:Partner')}</d:Partner>",
          "The ERP's count is passed on.", page={"limit": 50, "offset": 0, "total": 0}),
    _stock("encoded: by reference", '<x href="#a"/>', "SOAP 1.1 section 5.4.1.",
           f'<multiRef id="a" xsi:type="lt:Bestand">{_LEVEL}</multiRef>',
           found={"items": [{**_ROW, "counted_at": "2024-02-14T07:31:09Z"}]}),
    _stock("encoded: reference to nothing", '<x href="#a"/>', "It leads nowhere."),
    _stock("encoded: reference to itself", '<x href="#a"/>', "It has no end.", '<multiRef id="a" href="#a"/>'),
    _stock("encoded: references in a circle", '<x href="#a"/>', "They have no end.",
           '<multiRef id="a" href="#b"/><multiRef id="b" href="#a"/>'),
    _stock("encoded: reference elsewhere", '<x href="http://evil.example/#a"/>', "Nothing is fetched."),
    _stock("encoded: reference bomb", '<x href="#a"/>' * 50_000, "2.5 GB in 700 KB.",
           f'<multiRef id="a" xsi:type="lt:Bestand">{_LEVEL.replace("ULM", "U" * 50_000)}</multiRef>'),
    _stock("encoded: decimal in words", f"<x>{_LEVEL.replace('1.5', 'viel')}</x>", "Not an xsd:decimal."),
    _stock("encoded: no items", "", "An array of none.", found={"items": []}),
)  # fmt: skip
