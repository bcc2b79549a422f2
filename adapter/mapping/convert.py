"""Named converters: the habits of ERPs, declared per field and usable in both directions.

A converter turns the text that stands in XML into plainer text and back. Several form a chain: the first named stands
next to the XML. What comes out at the JSON end is then read as ``result``, the name of an XSD built-in type; an empty
``result`` leaves the type as it was. ``None`` is JSON null, for converters that give one text that meaning.

A team's own converters stand in one Python module, named by ADAPTER_CONVERTERS, in a dictionary ``CONVERTERS`` of
name -> factory, beside the ones here. Nothing registers itself by being imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.mapping.digits import decimal_pattern
from adapter.wsdl import lexical
from adapter.wsdl.types import Facets


@dataclass(frozen=True, slots=True)
class Sure:
    """What a converter makes of all texts of a pattern: what ``make`` gives, of one length and of one form.

    ``example`` is one of them. A converter may take other texts too.
    """

    pattern: re.Pattern[str]
    make: Callable[[str], str]
    example: str


@dataclass(frozen=True, slots=True)
class Converter:
    """One converter ready for use. ``read`` goes towards JSON, ``write`` towards XML; both raise ValueError.

    ``schema`` adds to the JSON Schema of the value. ``gives_null`` says that ``read`` may return None and that
    ``write`` accepts it. ``texts`` are examples of what ``write`` gives, which the contract must allow.

    For those who write at once: ``fixed`` says that ``write`` gives the same text for the same value at all times,
    ``keeps`` that it gives the text that it takes, or refuses it. ``words`` are all texts that it takes, where they are
    few. ``sure`` is what can be said of its texts without it.
    """

    name: str
    read: Callable[[str], str | None]
    write: Callable[[str | None], str]
    result: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    gives_null: bool = False
    texts: tuple[str, ...] = ()
    fixed: bool = True
    keeps: bool = False
    words: tuple[str, ...] = ()
    sure: Sure | None = None


Factory = Callable[..., Converter]
_TYPED = frozenset((*lexical.INTEGERS, *lexical.DATES, *"decimal float double boolean base64Binary hexBinary".split()))
_DIGITS = re.compile("[0-9]+")
_WHOLE = re.compile("([+-]?)([0-9]+)")
_EIGHT_DIGITS = re.compile("[0-9]{8}")
_EXAMPLES = {"boolean": ("true", "false"), "date": ("2024-12-31",), "dateTime": ("2024-12-31T23:59:59",)}


def _given(text: str | None) -> str:
    if text is None:
        raise ValueError("must not be null")
    return text


def zero_padded(width: str) -> Converter:
    """``zero_padded(10)``: ``0000000042`` in XML is ``42`` in JSON; a number of zeros only is ``0``."""
    size = _size(width)
    if size == 0:
        raise ValueError("takes at least one digit")

    def read(text: str) -> str:
        return text.strip().lstrip("0") or ("0" if text.strip() else "")

    def write(value: str | None) -> str:
        text = _given(value)
        if not _DIGITS.fullmatch(text) or len(text) > size or (len(text) > 1 and text.startswith("0")):
            raise ValueError(f"must be 1 to {size} digits without leading zeros")
        return text.rjust(size, "0")

    schema = {"pattern": "^(0|[1-9][0-9]*)$", "minLength": 1, "maxLength": size}
    sure = Sure(re.compile(f"0|[1-9][0-9]{{0,{size - 1}}}"), lambda text: text.rjust(size, "0"), "1")
    return Converter(f"zero_padded({size})", read, write, "", schema, texts=("1".rjust(size, "0"),), sure=sure)


def yyyymmdd() -> Converter:
    """``yyyymmdd``: ``20241231`` in XML is the date ``2024-12-31`` in JSON."""

    def read(text: str) -> str:
        digits = text.strip()
        if not _EIGHT_DIGITS.fullmatch(digits):
            raise ValueError("not a date of eight digits")
        plain = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        lexical.date(plain)
        return plain

    def write(value: str | None) -> str:
        text = _given(value)
        lexical.date(text)
        if len(text) != 10:
            raise ValueError("must be a date without a time zone and with a year of four digits")
        return text.replace("-", "")

    sure = Sure(lexical.ORDINARY_DAY, lambda text: text.replace("-", ""), "2024-12-31")
    return Converter("yyyymmdd", read, write, "date", texts=("20241231",), sure=sure)


def flag(true: str, false: str) -> Converter:
    """``flag(J,N)``: ``J`` in XML is true in JSON, ``N`` is false."""
    if true == false:
        raise ValueError("needs two different texts")
    plain = {true: "true", false: "false"}
    back = {"true": true, "false": false, "1": true, "0": false}

    def read(text: str) -> str:
        if text.strip() not in plain:
            raise ValueError(f"neither {true} nor {false}")
        return plain[text.strip()]

    def write(value: str | None) -> str:
        if value not in back:
            raise ValueError("must be true or false")
        return back[value]

    return Converter(f"flag({true},{false})", read, write, "boolean", texts=(true, false))


def implied_decimal(places: str) -> Converter:
    """``implied_decimal(2)``: ``150000`` in XML is ``1500.00`` in JSON. More decimals than that are refused."""
    scale = _size(places)

    def read(text: str) -> str:
        number = _WHOLE.fullmatch(text.strip())
        if number is None:
            raise ValueError("not a number without a point")
        digits = (number[2].lstrip("0") or "0").rjust(scale + 1, "0")
        whole, part = digits[: len(digits) - scale], digits[len(digits) - scale :]
        return number[1].removeprefix("+") + whole + (f".{part}" if part else "")

    def write(value: str | None) -> str:
        text = _given(value)
        lexical.decimal(text)
        whole, _, part = text.lstrip("+-").partition(".")
        part = part.rstrip("0")
        if len(part) > scale:
            raise ValueError(f"must have at most {scale} decimals")
        return ("-" if text.startswith("-") else "") + ((whole + part.ljust(scale, "0")).lstrip("0") or "0")

    schema = {"pattern": decimal_pattern(Facets(fraction_digits=scale))}
    return Converter(f"implied_decimal({scale})", read, write, "decimal", schema)


def trimmed() -> Converter:
    """``trimmed``: white space around the text, as fixed-width ERPs pad it, is no part of the value."""
    return Converter("trimmed", str.strip, lambda text: _given(text).strip())


def sentinel_date(date: str) -> Converter:
    """``sentinel_date(9999-12-31)``: that text in XML is null in JSON (open end, never, not known).

    Before ``yyyymmdd`` it takes the ERP's form: ``[sentinel_date(00000000), yyyymmdd]``.
    """
    if not re.fullmatch(r"[0-9./-]{4,12}", date):
        raise ValueError("takes a date as the ERP writes it")

    def read(text: str) -> str | None:
        return None if text.strip() == date else text

    def write(value: str | None) -> str:
        if value is not None and value.strip() == date:
            raise ValueError(f"must not be {date}; null stands for that")
        return date if value is None else value

    return Converter(f"sentinel_date({date})", read, write, gives_null=True, keeps=True)


def read_as(builtin: str) -> Converter:
    """``as(decimal)``: text in XML that holds a value of another type, ``12.50`` for one of decimal in JSON.

    It takes the name of any XSD built-in type that is more than text, such as int, boolean, date or dateTime.
    """
    if builtin not in _TYPED:
        raise ValueError("takes a built-in type of XML Schema such as decimal, int, boolean or date")
    return Converter(f"as({builtin})", lambda text: text, _given, builtin, texts=_EXAMPLES.get(builtin, ()))


def codes(table: Mapping[str, str]) -> Converter:
    """The ``codes`` key of a field: our words (left) for the ERP's (right)."""
    if not table:
        raise ValueError("name at least one code")
    theirs = {right: left for left, right in table.items()}
    if len(theirs) != len(table):
        raise ValueError("two of our words stand for the same code")

    def read(text: str) -> str:
        if text not in theirs and text.strip() not in theirs:
            raise ValueError("a code that the mapping does not know")
        return theirs[text if text in theirs else text.strip()]

    def write(value: str | None) -> str:
        text = _given(value)
        if text not in table:
            raise ValueError(f"must be one of {', '.join(table)}")
        return table[text]

    return Converter("codes", read, write, "string", {"enum": list(table)}, texts=tuple(theirs), words=tuple(table))


def blank_null() -> Converter:
    """The ``blank: null`` key of a field: an empty element is null in JSON, and null is written as empty."""

    def write(value: str | None) -> str:
        if value is not None and not value.strip():
            raise ValueError("must not be blank; null stands for that")
        return value or ""

    return Converter("blank", lambda text: text if text.strip() else None, write, gives_null=True, keeps=True)


def guarded(converter: Converter) -> Converter:
    """Return a team's own converter so that no defect of it ends a call as a failure of ours.

    Whatever ``read`` raises becomes a ValueError without a word of the reply; of ``write`` only the words of a
    ValueError remain, which are meant for callers.
    """

    def read(text: str) -> str | None:
        try:
            value = converter.read(text)
        except Exception as error:
            raise ValueError(f"{converter.name} cannot read it ({type(error).__name__})") from error
        if not isinstance(value, str) and not (value is None and converter.gives_null):
            raise ValueError(f"{converter.name} gave no text")
        return value

    def write(value: str | None) -> str:
        try:
            text: object = converter.write(value)
        except ValueError:
            raise
        except Exception as error:
            raise ValueError("cannot be converted") from error
        if not isinstance(text, str):
            raise ValueError("cannot be converted")
        return text

    return replace(converter, read=read, write=write, fixed=False)


def _size(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise ValueError("takes one whole number")
    return int(text)


CONVERTERS: Mapping[str, Factory] = {
    "zero_padded": zero_padded,
    "yyyymmdd": yyyymmdd,
    "flag": flag,
    "implied_decimal": implied_decimal,
    "trimmed": trimmed,
    "as": read_as,
    "sentinel_date": sentinel_date,
}
