"""The reference of the mapping grammar, from its schema, the converters and the codecs."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from marshmallow.fields import Field
from marshmallow.validate import Range

from adapter.mapping import keys, schema
from adapter.mapping.convert import CONVERTERS
from tests.docs_pages.mapping import MORE, PLACES, RAW
from tests.docs_pages.rst import GENERATED, block, code, heading, literal, paragraph, table
from tests.docs_pages.values import json_values


def page() -> str:
    """Return the page in reStructuredText."""
    return "".join((GENERATED, *_head(), *_sections(), *_converters(), *json_values())).rstrip() + "\n"


def _head() -> Iterator[str]:
    yield heading("Mapping files")
    yield paragraph(
        "One YAML file in ``mappings/`` for each resource. Left is your API; right of ``soap:`` is the ERP. The "
        "smallest file that works:"
    )
    yield block(_smallest(), "yaml")
    yield paragraph(
        "**A path** (the right of ``soap:``, ``from:``, ``into:`` and so on) is element names joined by points, from "
        "the place where the rule stands: ``Telefone.Telefon``. An attribute is ``@land`` at the end. The text of an "
        "element that also has attributes is ``.`` alone, or ``Betrag.#text``."
    )
    yield paragraph(
        "**Written as text.** ``NO``, ``010`` and ``12:30`` stay text here, unlike in other YAML. An unknown key is a "
        "mistake, never ignored. Anchors, tags and several documents in one file are refused."
    )
    yield paragraph("**What can go wrong.** Much; ``adapter check`` names every mistake with its place and what to do.")
    yield ".. contents::\n    :local:\n\n"


def _smallest() -> str:
    """Return the example in the docstring of the schema."""
    return textwrap.dedent(inspect.cleandoc(str(schema.__doc__)).partition("::\n\n")[2].partition("\n\n")[0])


def _sections() -> Iterator[str]:
    for place in PLACES:
        yield heading(place.title, "-")
        yield paragraph(literal(str(place.kind.__doc__).partition("\n")[0]))
        if place.example:
            yield block(place.example, "yaml")
        yield table(("Key", "Value", "Required", "Meaning"), (15, 30, 10, 45), _keys(place.kind))


def _keys(kind: type[keys.Section]) -> Iterator[tuple[str, str, str, str]]:
    for name, field in kind().fields.items():
        key = field.data_key or name
        place = f"{kind.__name__}.{key}"
        meaning = " ".join(filter(None, (str(field.metadata["description"]), MORE.get(place, ""))))
        yield code(key), _value(field, place), "yes" if field.required else "", meaning


def _value(field: Field[Any], place: str) -> str:
    if isinstance(field, keys.Raw):
        return RAW[place]
    if isinstance(field, keys.Flag):
        return "``true`` or ``false``"
    if isinstance(field, keys.Whole):
        (bounds,) = (each for each in field.validators if isinstance(each, Range))
        return f"whole number, {bounds.min} to {bounds.max}" if bounds.min != bounds.max else code(str(bounds.min))
    assert isinstance(field, keys.Text)
    if field.pattern in (keys.XML_PATH, keys.ENTRY_PATH):
        return "a path into XML"
    return field.form.removeprefix("one of ").replace(", ", " or ") or "text"


def _converters() -> Iterator[str]:
    yield heading("Converters", "-")
    yield paragraph(
        "What a field names in ``convert:``. Each works in both directions. In a list the first stands nearest the "
        "XML: ``[sentinel_date(00000000), yyyymmdd]``. Your own: `own-converter.rst <../howto/own-converter.rst>`_."
    )
    rows = []
    for name, factory in CONVERTERS.items():
        arguments = ", ".join(inspect.signature(factory).parameters)
        words = " ".join(inspect.cleandoc(str(factory.__doc__)).split())
        rows.append((code(f"{name}({arguments})" if arguments else name), words))
    yield table(("Converter", "What it does"), (30, 70), rows)
