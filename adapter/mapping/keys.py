"""What the keys of a mapping file hold: forms of names and paths, and the kinds of values, as marshmallow fields."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
PART = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
# A token of RFC 9110, section 5.6.2, as field names and cookies have them.
FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
MAKER = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*|[A-Za-z_][A-Za-z0-9_]*\([^()]*\)")
OPERATION = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*\.[a-z][a-z0-9_]*")
# How often: so many in a second, a minute, an hour or a day.
RATE = re.compile(r"[1-9][0-9]{0,5}/(second|minute|hour|day)")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
XML_NAME = r"([^\W\d][\w\-]*:)?[^\W\d][\w\-]*"
XML_STEP = rf"(group\(\*\)|{XML_NAME}(\({XML_NAME}\))?)"
XML_PATH = re.compile(rf"(\.|(@|#text\b)?({XML_NAME})?|({XML_STEP})(\.{XML_STEP})*(\.@{XML_NAME}|\.#text)?)")
# Inside an entry of a bag: a path, or the entry's own type in brackets and maybe a path below it.
_BELOW = rf"(@{XML_NAME}|#text|({XML_STEP})(\.{XML_STEP})*(\.@{XML_NAME}|\.#text)?)"
# All that the wildcards of a record let in: elements, or with @ attributes.
_WILD = rf"({XML_STEP}\.)*@?\*"
ENTRY_PATH = re.compile(rf"({XML_PATH.pattern}|{_WILD}|\({XML_NAME}\)(\.({_BELOW}|{_WILD}))?)")
# Beside a mapping without a contract, below mappings/.
RETIRED = re.compile(r"retired/[A-Za-z0-9_-]+\.json")
TEMPLATE = re.compile(r"(/[A-Za-z0-9._~-]+|/\{[a-z][a-z0-9_]*\})*/?")


class Text(fields.Field[Any]):
    """Text as written, or with ``several`` a list. A number or true/false is refused: quotes make it text."""

    def __init__(
        self, pattern: re.Pattern[str] | None = None, form: str = "", several: bool = False, **rest: Any
    ) -> None:
        super().__init__(**rest)
        self.pattern, self.form, self.several = pattern, form, several

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        if self.several and isinstance(value, list) and all(isinstance(each, str) for each in value):
            return [self._deserialize(each, attr, data) for each in value]
        if not isinstance(value, str):
            raise ValidationError(f'must be text; write it in quotes: "{value}"')
        if self.pattern is not None and not self.pattern.fullmatch(value):
            raise ValidationError(f"'{value}' is not {self.form}")
        return value


class Whole(fields.Integer):
    """A whole number within bounds."""

    def __init__(self, low: int, high: int, **rest: Any) -> None:
        text = f"must be {low}" if low == high else f"must be a whole number from {low} to {high}"
        bounds = validate.Range(low, high, error=text)
        super().__init__(strict=True, validate=bounds, error_messages={"invalid": text}, **rest)


class Flag(fields.Field[bool]):
    """true or false, and no other word for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class Raw(fields.Field[Any]):
    """A section or a value that ``reading`` looks at itself."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        return value


class Section(Schema):
    """A section with no keys but its own."""

    class Meta:
        """An unknown key is a mistake, never ignored."""

        unknown = RAISE


def about(text: str, **rest: Any) -> dict[str, Any]:
    """Return the keywords of a key that ``text`` describes, for the reference and for editors."""
    return {"metadata": {"description": text}, **rest}


def xml_path(text: str, **rest: Any) -> Text:
    """Return a key that holds a path into XML; with ``several`` it may be a list."""
    return Text(XML_PATH, "a path such as Partner.Name1 or Betrag.@waehrung", **about(text, **rest))


def value_path(text: str, **rest: Any) -> Text:
    """Return a key that holds where a value stands; with ``several`` it may be a list."""
    return Text(ENTRY_PATH, "a path such as Partner.Name1 or Betrag.@waehrung", **about(text, **rest))


def one_of(words: str, text: str, **rest: Any) -> Text:
    """Return a key that holds one of some words, which blanks part."""
    return Text(re.compile("|".join(words.split())), f"one of {', '.join(words.split())}", **about(text, **rest))


def credential(text: str) -> Text:
    """Return a key that names credentials of the operator's."""
    return Text(NAME, "a name such as erp", **about(text))
