"""Customers and orders as callers see them, and where the ERP keeps each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_dump, validate

from tests.bench.peers.hand.values import Cents, Codes, Digits, EightDigits, Flag, Moment, Number

ORDER_STATUS = {"open": "10", "partly_delivered": "20", "delivered": "30", "invoiced": "40", "cancelled": "90"}
UNITS = {"piece": "ST", "kilogram": "KG", "metre": "M", "litre": "L", "pack": "PAK", "hour": "STD"}
LEGAL_FORMS = {"gmbh": "GMBH", "ag": "AG", "kg": "KG", "ohg": "OHG", "sole_trader": "EK", "other": "SONST"}


def text(soap: str, longest: int, **rest: Any) -> fields.String:
    """A text that the ERP takes up to a length."""
    return fields.String(attribute=soap, validate=validate.Length(max=longest), **rest)


class Record(Schema):
    """What the ERP does not have is left out."""

    @post_dump
    def without_none(self, data: Mapping[str, Any], **rest: Any) -> Mapping[str, Any]:
        """Leave out what zeep gives as None."""
        return {name: value for name, value in data.items() if value is not None}


class Amount(Record):
    value = Number(attribute="_value_1")
    currency = fields.String(attribute="waehrung")


class Address(Record):
    street = text("Strasse", 40)
    postcode = text("Plz", 20)
    city = text("Ort", 40, required=True)
    country = fields.String(attribute="land", validate=validate.Regexp("^[A-Z]{2}$"))


class Phone(Record):
    number = text("Nummer", 40, required=True)
    kind = Codes({"landline": "F", "mobile": "M", "fax": "X"}, attribute="art")


class Customer(Record):
    id = Digits(10, attribute="PartnerNr", dump_only=True)
    name = text("Name1", 40, required=True)
    name_suffix = text("Name2", 40)
    status = Codes({"active": "A", "dormant": "R", "deleted": "L"}, attribute="Status")
    blocked = Flag(attribute="SperrKz")
    credit_limit = Cents(attribute="KreditLimit")
    discount = Number(attribute="Rabatt")
    payment_days = fields.Integer(attribute="ZahlZiel")
    email = text("Email", 254)
    note = text("Notiz", 2000)
    address = fields.Nested(Address, attribute="Adresse")
    phones = fields.Nested(Phone, many=True, attribute="Telefone.Telefon")
    tags = fields.List(fields.String(), attribute="Merkmale.Merkmal")
    last_contact_on = fields.Date(attribute="LetztKontakt")
    created_on = EightDigits(attribute="AnlDat", dump_only=True)
    changed_at = Moment(attribute="GeaendAm", dump_only=True)
    account_number = fields.String(attribute="KontoRef", dump_only=True)
    revenue = fields.Nested(Amount, attribute="Umsatz", dump_only=True)
    version = fields.Integer(attribute="AendNr")


class Person(Customer):
    kind = fields.Constant("person")
    first_name = text("Vorname", 40)
    born_on = fields.Date(attribute="GebDat")


class Company(Customer):
    kind = fields.Constant("company")
    vat_id = text("UstId", 20)
    legal_form = Codes(LEGAL_FORMS, attribute="Rechtsform")


class OrderLine(Record):
    number = fields.Integer(attribute="PosNr", dump_only=True)
    item_id = fields.String(
        attribute="ArtikelNr", required=True, validate=[validate.Length(1, 18), validate.Regexp("^[A-Z0-9-]+$")]
    )
    description = text("Bez", 40)
    quantity = Number(attribute="Menge", required=True, validate=validate.Range(min=0))
    unit = Codes(UNITS, attribute="Einheit")
    unit_price = Number(attribute="EinzelPreis")
    batches = fields.List(fields.String(validate=validate.Length(max=20)), attribute="Charge")
    amount = fields.Nested(Amount, attribute="Betrag", dump_only=True)


class DirectDebit(Record):
    iban = fields.String(attribute="Iban", required=True, validate=validate.Regexp("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"))
    mandate = text("MandatRef", 40)


class Card(Record):
    token = text("Token", 40, required=True)
    holder = text("Inhaber", 40)


class OnInvoice(Record):
    days = fields.Integer(attribute="ZielTage", required=True, strict=True)


class Payment(Record):
    direct_debit = fields.Nested(DirectDebit, attribute="Lastschrift")
    card = fields.Nested(Card, attribute="Karte")
    invoice = fields.Nested(OnInvoice, attribute="Rechnung")


class Order(Record):
    id = Digits(10, attribute="AuftragNr", dump_only=True)
    customer_id = Digits(10, attribute="PartnerNr", required=True)
    reference = text("FremdRef", 36)
    status = Codes(ORDER_STATUS, attribute="Status", dump_only=True)
    ordered_on = EightDigits(attribute="AuftrDat", dump_only=True)
    entered_at = Moment(attribute="ErfasstAm", dump_only=True)
    wanted_on = fields.Date(attribute="WunschDat")
    partial_delivery = Flag(attribute="TeilLiefKz")
    note = text("Hinweis", 2000)
    delivery_address = fields.Nested(Address, attribute="LieferAdresse")
    payment = fields.Nested(Payment, attribute="Zahlung")
    tags = fields.List(fields.String(validate=validate.Length(max=20)), attribute="Merkmale.Merkmal")
    line_count = fields.Integer(attribute="PosAnz", dump_only=True)
    total = fields.Nested(Amount, attribute="GesBetrag", dump_only=True)
    version = fields.Integer(attribute="AendNr", strict=True)
    lines = fields.Nested(OrderLine, many=True, attribute="Positionen.Position")
