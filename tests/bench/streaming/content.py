"""A thousand different orders, as the ERP writes them and as callers must get them in each form.

More of them are the same thousand again, so what a caller must get is known without holding it.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from typing import Any, Final

BLOCK: Final = 1000
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
FORMS: Final = (JSON, NDJSON, CSV)
HEAD: Final = (
    b'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<SucheAuftraegeAntwort xmlns="urn:jahr"><Status>OK</Status><Auftraege>'
)
TAIL: Final = b"</Auftraege></SucheAuftraegeAntwort></s:Body></s:Envelope>"
_COLUMNS: Final = ("number", "customer", "date", "amount", "quantity", "open", "note", "to.city", "to.country", "tags")


def order(number: int) -> dict[str, Any]:
    """Return one of them as callers must get it."""
    return {
        "number": number,
        "customer": f"Bäcker & Söhne {number * 7919 % 9973}",
        "date": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "amount": f"{number * 37 % 10_000}.{number % 100:02}",
        "quantity": number % 90 + 1,
        "open": number % 3 == 0,
        "note": f'say "{number * 17 % 1000}", twice',
        "to": {"city": f"Ulm {number % 40}"},
        "tags": [],
    }


def row(made: dict[str, Any]) -> str:
    """Return one of them as the ERP writes it."""
    customer = made["customer"].replace("&", "&amp;")
    return (
        f"<Auftrag><Nr>{made['number']}</Nr><Kunde>{customer}</Kunde><Datum>{made['date']}</Datum>"
        f"<Betrag>{made['amount']}</Betrag><Menge>{made['quantity']}</Menge><Offen>{str(made['open']).lower()}</Offen>"
        f"<Hinweis>{made['note']}</Hinweis><Ziel><Ort>{made['to']['city']}</Ort></Ziel></Auftrag>"
    )


def block() -> bytes:
    """Return the thousand as the ERP writes them."""
    return "".join(row(order(number)) for number in range(BLOCK)).encode()


def expected(form: str, rows: int) -> tuple[int, int]:
    """Return length and CRC-32 of a whole answer of so many rows, a multiple of ``BLOCK``."""
    before, lines, between, after = _parts(form)
    size, check = len(before), zlib.crc32(before)
    for index in range(rows // BLOCK):
        piece = (between if index else b"") + lines
        size, check = size + len(piece), zlib.crc32(piece, check)
    return size + len(after), zlib.crc32(after, check)


def _parts(form: str) -> tuple[bytes, bytes, bytes, bytes]:
    orders = [order(number) for number in range(BLOCK)]
    texts = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in orders]
    if form == JSON:
        return b'{"items":[', ",".join(texts).encode(), b",", b"]}"
    if form == NDJSON:
        return b"", "".join(f"{text}\n" for text in texts).encode(), b"", b""
    header, *records = _csv([_COLUMNS, *(_record(each) for each in orders)])
    return header, b"".join(records), b"", b""


def _record(made: dict[str, Any]) -> tuple[Any, ...]:
    plain = [made[name] for name in ("number", "customer", "date", "amount", "quantity")]
    return (*plain, str(made["open"]).lower(), made["note"], made["to"]["city"], "", "[]")


def _csv(records: list[tuple[Any, ...]]) -> list[bytes]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return [f"{line}\r\n".encode() for line in text.getvalue().split("\r\n")[:-1]]
