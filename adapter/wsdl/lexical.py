"""Check the lexical form of XSD built-in types (XML Schema part 2, section 3) without going through a float.

Each check takes text whose white space has been collapsed and raises ValueError with words meant for a caller.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable

STRINGS = frozenset(
    "string normalizedString token language Name NCName NMTOKEN ID IDREF ENTITY anyURI QName NOTATION "
    "anySimpleType anyAtomicType IDREFS ENTITIES NMTOKENS".split()
)
# Those of them whose texts hold names with prefixes, and are ``{namespace}local`` in JSON.
QNAMES = ("QName", "NOTATION")
# Those of them that take an empty text.
EMPTY = frozenset(("string", "normalizedString", "token", "anyURI", "anySimpleType"))
INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
SAFE_INTEGER = 2**53 - 1
DATES = frozenset("date dateTime time duration gYear gYearMonth gMonth gMonthDay gDay".split())

# Longer numbers would meet limits of Python's own, which speak of Python.
_LONGEST = 4000
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN")
_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
# XML Schema 1.0 has no year 0000, and must carry four digits; nine are more than any calendar has needed.
_YEAR = r"-?([1-9][0-9]{3,8}|(?!0000)0[0-9]{3})"
_DATE = re.compile(_YEAR + r"-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])" + _ZONE)
# Days that every month has, those that all but February have, and the 31st: of these no calendar need be asked.
_ORDINARY_DAY = (
    r"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
ORDINARY_DAY = re.compile(_ORDINARY_DAY)
_CLOCK = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)" + _ZONE
_TIME = re.compile(_CLOCK)
_DURATION = re.compile(r"-?P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")
_OTHER_DATES = {
    "gYear": re.compile(_YEAR + _ZONE),
    "gYearMonth": re.compile(_YEAR + r"-(0[1-9]|1[0-2])" + _ZONE),
    "gMonth": re.compile(r"--(0[1-9]|1[0-2])" + _ZONE),
    "gMonthDay": re.compile(r"--(02-(0[1-9]|[12][0-9])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|"
                            r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))" + _ZONE),
    "gDay": re.compile(r"---(0[1-9]|[12][0-9]|3[01])" + _ZONE),
    "duration": _DURATION,
    "time": _TIME,
}  # fmt: skip
_ORDINARY_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-]0[0-9]:[0-5][0-9])?"
ORDINARY = {
    "date": ORDINARY_DAY,
    "dateTime": re.compile(f"{_ORDINARY_DAY}T{_ORDINARY_CLOCK}"),
    "time": re.compile(_ORDINARY_CLOCK),
}
"""Forms of dates that say enough: whatever has one is valid, though not all that is valid has one."""
# XML 1.0 (section 2.3) and Namespaces in XML (section 3): letters and digits that every edition takes, no colon.
_LETTERS = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_START = rf"(?:(?=[^\W\d])[{_LETTERS}])"
_REST = rf"(?:(?=\w)[{_LETTERS}0-9]|[.\-\u00b7])"
_NAMES = {
    "language": re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*"),
    "NMTOKEN": re.compile(rf"({_REST}|:)+"),
    "Name": re.compile(rf"({_START}|:)({_REST}|:)*"),
    **dict.fromkeys(("NCName", "ID", "IDREF", "ENTITY"), re.compile(rf"{_START}{_REST}*")),
    # A prefix would need a declaration that no value brings along, so the namespace stands there itself.
    **dict.fromkeys(QNAMES, re.compile(rf"(\{{[^{{}}\s]+\}})?{_START}{_REST}*")),
}
# The white space that a string type keeps: all of it, each character as a space, or single spaces inside (4.3.6).
_SPACE = re.compile(r"[ \t\r\n]+")
_NARROWER = ("preserve", "replace", "collapse")
_BASE64 = re.compile(
    r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?"
)  # fmt: skip


def integer(builtin: str, text: str) -> None:
    """Check an integer and its built-in type's range."""
    if not _INTEGER.fullmatch(text):
        raise ValueError("not a whole number")
    low, high = INTEGERS[builtin]
    if len(text) > _LONGEST:
        raise ValueError("more digits than any ERP can hold")
    number = int(text)
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(f"out of range for {builtin}")


def decimal(text: str) -> None:
    """Check an xsd:decimal: digits and at most one point, no exponent."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a decimal number such as 12.50")
    if len(text) > _LONGEST:
        raise ValueError("more digits than any ERP can hold")


def double(text: str) -> None:
    """Check an xsd:float or xsd:double."""
    if not _FLOAT.fullmatch(text):
        raise ValueError("not a number")
    if len(text) > _LONGEST or len(text.lower().partition("e")[2]) > 5:
        raise ValueError("more digits than any ERP can hold")


def boolean(text: str) -> None:
    """Check an xsd:boolean."""
    if text not in ("true", "false", "1", "0"):
        raise ValueError("not true or false")


def date(text: str) -> None:
    """Check an xsd:date, with its day in the calendar."""
    if not _DATE.fullmatch(text):
        raise ValueError("not a date such as 2024-12-31")
    sign = 1 if text.startswith("-") else 0
    year, month, day = text[sign:].split("-", 2)
    if int(day[:2]) > 28 and int(day[:2]) > monthrange((int(year) - 1) % 400 + 1, int(month))[1]:
        raise ValueError("not a day of the calendar")


def date_time(text: str) -> None:
    """Check an xsd:dateTime."""
    day, parted, clock = text.partition("T")
    if not parted or not _TIME.fullmatch(clock):
        raise ValueError("not a date and time such as 2024-12-31T23:59:59Z")
    if not _DATE.fullmatch(day) or not day[-1].isdigit() or ":" in day:
        raise ValueError("not a date and time such as 2024-12-31T23:59:59Z")
    date(day)


def _other_date(kind: str) -> Callable[[str], None]:
    pattern = _OTHER_DATES[kind]

    def check(text: str) -> None:
        if not pattern.fullmatch(text):
            raise ValueError(f"not a {kind} in XML Schema form")

    return check


def base64_binary(text: str) -> None:
    """Check base64 (RFC 4648) with padding; white space between groups is allowed by XSD."""
    if not _BASE64.fullmatch(_SPACE.sub("", text)):
        raise ValueError("not base64")


def hex_binary(text: str) -> None:
    """Check pairs of hexadecimal digits."""
    if not re.fullmatch(r"([0-9a-fA-F]{2})*", text):
        raise ValueError("not pairs of hexadecimal digits")


def any_uri(text: str) -> None:
    """Check an anyURI as far as RFC 3986 parts it: scheme, escapes, one fragment. Other letters are escaped later."""
    before = re.split(r"[/?#]", text, maxsplit=1)[0]
    scheme, colon, _ = before.partition(":")
    wrong_scheme = colon and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme)
    brackets = re.search(r"[\[\]]", re.sub(r"//[^/?#\[]*\[[0-9A-Fa-f:.]+\]", "", text, count=1))
    if wrong_scheme or brackets or text.count("#") > 1 or re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise ValueError("not a URI")


def collapsed(builtin: str, text: str, white_space: str | None = None) -> str:
    """Return text as a schema processor sees it, its white space replaced or collapsed (4.3.6).

    ``white_space`` is the facet of a type that is derived from a string; each other type collapses.
    """
    return collapsing(builtin, white_space)(text)


def collapsing(builtin: str, white_space: str | None = None) -> Callable[[str], str]:
    """Return what ``collapsed`` does to the texts of one type."""
    rule = white_space_rule(builtin, white_space)
    if rule == "preserve":
        return str
    if rule == "replace":
        return lambda text: re.sub(r"[\t\r\n]", " ", text)
    # Letters and digits alone hold no white space.
    return lambda text: text if text.isalnum() else _SPACE.sub(" ", text).strip(" ")


def white_space_rule(builtin: str, white_space: str | None = None) -> str:
    """Return what becomes of the white space of a type: ``preserve``, ``replace`` or ``collapse`` (4.3.6)."""
    kept = {"string": "preserve", "anySimpleType": "preserve", "normalizedString": "replace"}.get(builtin, "collapse")
    return max(kept, white_space or kept, key=_NARROWER.index)


def items(text: str) -> list[str]:
    """Return the items of a list (part 2, section 2.5.1.2). Only XML's own white space parts them."""
    return [part for part in _SPACE.split(text) if part]


def anything(text: str) -> None:
    """Accept any text."""


def _name(kind: str) -> Callable[[str], None]:
    pattern = _NAMES[kind]

    def check(text: str) -> None:
        if not pattern.fullmatch(text):
            raise ValueError(f"not a {kind} in XML Schema form")

    return check


def check_for(builtin: str) -> Callable[[str], None]:
    """Return the check for a built-in type's local name."""
    if builtin in INTEGERS:
        return lambda text: integer(builtin, text)
    named: dict[str, Callable[[str], None]] = {
        "decimal": decimal,
        "float": double,
        "double": double,
        "boolean": boolean,
        "date": date,
        "dateTime": date_time,
        "base64Binary": base64_binary,
        "hexBinary": hex_binary,
        "anyURI": any_uri,
    }
    if builtin in _OTHER_DATES:
        return _other_date(builtin)
    if builtin in _NAMES:
        return _name(builtin)
    return named.get(builtin, anything)
