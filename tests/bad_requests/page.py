"""The page ``docs/reference/bad-requests.rst``, made from the cases."""

from __future__ import annotations

from collections.abc import Iterable

from tests.bad_requests.case import BY_SERVER, Case
from tests.bad_requests.run import GROUPS

_WIDEST = 90
_USUAL = ("Host: localhost", "Connection: close", "Content-Type: application/json")


def page() -> str:
    """The page as reStructuredText."""
    lines = list(_INTRODUCTION)
    for title, cases in GROUPS.items():
        lines += [title, "-" * len(title), "", ".. list-table::", "   :header-rows: 1", ""]
        lines += _row(("Case", "What is sent", "Answer", "Why"))
        for case in cases:
            lines += _row((case.name, _literal(case.shown or _shown(case)), _answer(case), case.why))
        lines.append("")
    return "\n".join(lines)


_INTRODUCTION = (
    "Bad requests",
    "============",
    "",
    "What callers get for requests that are wrong. Each line is sent to a real adapter (``make test``; as",
    "``job.bad_requests`` in ``make evidence``); the next right request must work, and no answer may show anything of",
    "Python, of files, or the ERP's own names. Sizes and counts are the defaults of the settings. Shown are method,",
    "target, header fields that are not the usual ones, and the body. *The server's own page*: gunicorn refuses what",
    "is no HTTP request before the adapter sees it.",
    "",
    "Written by ``make docs`` from ``tests/bad_requests``.",
    "",
)


def _row(cells: Iterable[str]) -> list[str]:
    first, *rest = cells
    return [f"   * - {first}", *(f"     - {cell}" for cell in rest)]


def _answer(case: Case) -> str:
    kind = "*the server's own page*" if case.problem == BY_SERVER else f"``{case.problem}``"
    places = [f"``{place.strip()}``" for place in case.at]
    fields = [f"``{name}: {value}``" for name, value in case.headers.items()]
    return ", ".join([f"{case.status} {kind}", *places, *fields])


def _shown(case: Case) -> str:
    head, _, body = case.sent.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    parts = [_readable(first).removesuffix(" HTTP/1.1")]
    parts += [text for text in map(_readable, fields) if text not in (*_USUAL, f"Content-Length: {len(body)}")]
    return " ⏎ ".join(_cut(part) for part in [*parts, *([_readable(body)] if body else [])])


def _readable(data: bytes) -> str:
    """Return text as it is; what cannot be shown in hexadecimal."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text).replace("`", "'")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… ({len(text):,} characters)"


def _literal(text: str) -> str:
    return f"``{text.strip()}``"
