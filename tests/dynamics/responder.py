"""Dynamics NAV as far as card pages need it: ReadMultiple, Read, Create, Update and Delete of its records.

Each record has a Key that changes with every update; a change that brings an older one is refused. What the page's own
schema does not allow is kept in ``rejected``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, cast

from lxml import etree

from tests.cases import ROOT

CONTRACT = Path(os.environ.get("ADAPTER_CORPUS", ROOT.parent / "shared" / "corpus")) / "wsdl" / "dynamics-nav"
ABSENT = "the corpus of real contracts is not here (ADAPTER_CORPUS)"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
# What names a record on each page.
PAGES = {"Vendors": "No", "ItemCard": "No", "ItemCategoryCard": "Code", "UnitsOfMeasure": "Code", "BOMs": "No"}
SEED: dict[str, list[dict[str, str]]] = {
    "Vendors": [
        {
            "No": "10000", "Name": "Müller & Söhne <Handel>", "Blocked": "_blank_", "Last_Date_Modified": "2026-01-31",
            "Balance_LCY": "1200.50", "Search_Name": "MÜLLER", "Address": "Am Wall 3", "Post_Code": "01067",
            "City": "Dresden", "Country_Region_Code": "DE", "ShowMap": "map", "E_Mail": "info@mueller.example",
            "Prices_Including_VAT": "false", "Currency_Code": "", "Priority": "2", "Partner_Type": "Company",
        },
        {"No": "20000", "Name": "Papier Paul", "Blocked": "All", "Partner_Type": "_blank_"},
    ],
    "ItemCard": [
        {
            "No": "1000", "Description": "Bicycle", "Blocked": "false", "Type": "Inventory",
            "Base_Unit_of_Measure": "PCS", "Inventory": "32.00", "Unit_Price": "4000.00", "Unit_Cost": "350.594",
            "Costing_Method": "Standard", "Vendor_No": "10000", "Last_Date_Modified": "2026-02-01",
        },
    ],
    "ItemCategoryCard": [{"Code": "MISC", "Description": "Miscellaneous", "Parent_Category": ""}],
    "UnitsOfMeasure": [{"Code": "PCS", "Description": "Piece", "International_Standard_Code": "EA"}],
    "BOMs": [{"No": "B-1000", "Description": "Bicycle", "Unit_of_Measure_Code": "PCS", "Status": "Certified"}],
}  # fmt: skip


class Fault(Exception):
    """A call that ends with a SOAP fault; the argument is NAV's text."""


@cache
def schema(page: str) -> Any:
    """Return the schema of a page, compiled once."""
    wsdl: Any = etree.parse(str(CONTRACT / f"{page}.wsdl"))
    return etree.XMLSchema(etree.fromstring(etree.tostring(wsdl.find(".//{http://www.w3.org/2001/XMLSchema}schema"))))


def invalid(envelope: bytes) -> list[str]:
    """Return what a page's schema says is wrong with the body of an envelope; a fault's is not asked for."""
    root: Any = etree.fromstring(envelope)
    body = root.find(f"{{{ENVELOPE}}}Body")[0]
    if body.tag == f"{{{ENVELOPE}}}Fault":
        return []
    judge = schema(page_of(body))
    valid = judge.validate(etree.ElementTree(etree.fromstring(etree.tostring(body))))
    return [] if valid else [error.message for error in cast("Iterable[Any]", judge.error_log)]


def page_of(element: Any) -> str:
    """Return the page that a message belongs to, by its namespace."""
    space = str(etree.QName(element).namespace).rpartition("/")[2]
    return next(page for page in PAGES if page.lower() == space)


class Nav:
    """One company. Call it with an envelope; it answers with status and envelope."""

    def __init__(self) -> None:
        self.rejected: list[str] = []
        self.calls: list[tuple[bytes, bytes]] = []
        self.reset()

    def reset(self) -> None:
        """Go back to the records of the start."""
        self.calls.clear()
        self.rejected.clear()
        self.records = {
            page: [{"Key": f"{page};{record[PAGES[page]]};1", **record} for record in records]
            for page, records in SEED.items()
        }

    def __call__(self, envelope: bytes) -> tuple[int, bytes]:
        """Answer one call."""
        self.rejected.extend(invalid(envelope))
        root: Any = etree.fromstring(envelope)
        call = root.find(f"{{{ENVELOPE}}}Body")[0]
        page, name = page_of(call), etree.QName(call).localname
        try:
            answer = getattr(self, f"_{name.lower()}")(page, call)
            status, content = 200, f'<{name}_Result xmlns="{etree.QName(call).namespace}">{answer}</{name}_Result>'
        except Fault as fault:
            text = f"<faultcode>s:Client</faultcode><faultstring>{fault}</faultstring>"
            status, content = 500, f"<s:Fault>{text}</s:Fault>"
        reply = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{content}</s:Body></s:Envelope>'.encode()
        self.calls.append((envelope, reply))
        return status, reply

    def _read(self, page: str, call: Any) -> str:
        found = self._found(page, PAGES[page], call[0].text)
        return _shown(page, found) if found else ""

    def _readmultiple(self, page: str, call: Any) -> str:
        """Filter as NAV does: the criteria hold the operators."""
        tests = [(each[0].text or "", each[1].text or "") for each in call.iterfind("{*}filter")]
        size = int(call.findtext("{*}setSize"))
        found = [record for record in self.records[page] if all(_fits(record.get(f, ""), c) for f, c in tests)]
        bookmark = call.findtext("{*}bookmarkKey")
        keys = [record["Key"] for record in found]
        begin = keys.index(bookmark) + 1 if bookmark in keys else 0
        rows = "".join(_shown(page, record) for record in found[begin : begin + size])
        return f"<ReadMultiple_Result>{rows}</ReadMultiple_Result>" if rows else ""

    def _create(self, page: str, call: Any) -> str:
        given = _values(call[0])
        name = given.get(PAGES[page], "")
        if not name:
            raise Fault(f"{PAGES[page]} must have a value in {page}. It cannot be zero or empty.")
        if self._found(page, PAGES[page], name):
            raise Fault(f"The {page} already exists. Identification fields and values: {PAGES[page]}='{name}'")
        self.records[page].append({**given, "Key": f"{page};{name};1"})
        return _shown(page, self.records[page][-1])

    def _update(self, page: str, call: Any) -> str:
        given = _values(call[0])
        found = self._current(page, given.get("Key", ""))
        found.update(given, Key=_next(found["Key"]))
        return _shown(page, found)

    def _delete(self, page: str, call: Any) -> str:
        self.records[page].remove(self._current(page, call[0].text or ""))
        return "<Delete_Result>true</Delete_Result>"

    def _current(self, page: str, key: str) -> dict[str, str]:
        if not key:
            raise Fault(f"Key must have a value in {page}. It cannot be zero or empty.")
        found = self._found(page, PAGES[page], key.split(";")[1])
        if not found:
            raise Fault(f"The {page} does not exist.")
        if found["Key"] != key:
            raise Fault("Other user has modified the record: it was changed by another user.")
        return found

    def _found(self, page: str, field: str, value: str | None) -> dict[str, str]:
        return next((record for record in self.records[page] if record[field] == value), {})


def _fits(value: str, criteria: str) -> bool:
    """Tell whether a value fits criteria: alternatives, ranges, wildcards, and @ for any case."""
    if "|" in criteria:
        return any(_fits(value, each) for each in criteria.split("|"))
    if ".." in criteria:
        low, _, high = (_point(each) for each in criteria.partition(".."))
        here = _point(value)
        return bool(value) and (low == "" or here >= low) and (high == "" or here <= high)
    if criteria.startswith("@"):
        value, criteria = value.casefold(), criteria[1:].casefold()
    return fnmatchcase(value, criteria)


def _point(text: str) -> Any:
    """Return a number as one; a date in digits is in the order of time anyway."""
    return Decimal(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else text


def _values(element: Any) -> dict[str, str]:
    return {etree.QName(each).localname: each.text or "" for each in element}


def _next(key: str) -> str:
    before, _, number = key.rpartition(";")
    return f"{before};{int(number) + 1}"


def _shown(page: str, record: dict[str, str]) -> str:
    """Return a record with its elements in the contract's order."""
    wsdl: Any = etree.parse(str(CONTRACT / f"{page}.wsdl"))
    elements = wsdl.iterfind(f".//{{*}}complexType[@name='{page}']//{{*}}element")
    parts = []
    for element in elements:
        if (name := element.get("name")) in record:
            made = etree.Element(name)
            made.text = record[name]
            parts.append(etree.tostring(made, encoding="unicode"))
    return f"<{page}>{''.join(parts)}</{page}>"
