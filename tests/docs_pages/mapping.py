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
from adapter.mapping.model.operation import VERBS, PageRule
from tests.docs_pages.places import PLACES
from tests.docs_pages.rst import GENERATED, block, code, heading, literal, paragraph, table
from tests.docs_pages.values import json_values

_FIELDS = "names, each to `one field`_"
_HEADERS = "names of header fields of HTTP, each to `one field`_"
_CONSTANTS = "paths, each to `one constant`_"
_FAULTS = "a list, each item `one fault`_"
_VALUES = "a list of texts"
_TAKEN = "paths, each to a path"
_CODE = "a path into XML, or a list of them"
# What the keys hold that ``reading`` looks at itself.
_SCOPES = "a list, ``any``, ``public``"
RAW = {
    "FileSection.soap": "`soap`_",
    "FileSection.http": "`http`_",
    "FileSection.types": "names, each to `one type`_",
    "FileSection.operations": "verbs, each to `one operation`_",
    "FileSection.lookups": "names, each to `one lookup`_",
    "SharedSection.lookups": "names, each to `one lookup`_",
    "LookupSection.set": _CONSTANTS,
    "FileSection.faults": _FAULTS,
    "FileSection.words": "words, each to a text",
    "SharedSection.soap": "`soap`_",
    "SharedSection.types": "names, each to `one type`_",
    "SharedSection.operations": "verbs, each to keys of `one operation`_",
    "SharedSection.faults": _FAULTS,
    "SoapSection.headers": _CONSTANTS,
    "SoapSection.namespaces": "prefixes, each to a namespace",
    "SoapSection.identity": "`identity`_",
    "IdentitySection.signed": "a list of words",
    "IdentitySection.session": "`session`_",
    "SessionSection.set": "paths in its request to constants",
    "SessionSection.place": "`place of session`_",
    "SessionSection.expired": "list of signs: `One line of expired`_",
    "TypeSection.fields": _FIELDS,
    "TypeSection.set": _CONSTANTS,
    "TypeSection.variants": "`variants`_",
    "TypeSection.bags": "names of `bags`_",
    "VariantsSection.of": "values, each to `one variant`_",
    "VariantSection.fields": _FIELDS,
    "FieldSection.link": "`link`_",
    "FieldSection.number": "`number`_",
    "NumberSection.convert": "one of the `converters`_, or a list",
    "FieldSection.when": "names, each to a list of JSON values",
    "ConstantSection.when": "names, each to ``given``, ``not_given`` or a list of JSON values",
    "FieldSection.constant": "text, a number, ``true`` or ``false``",
    "FieldSection.convert": "one of the `converters`_, or a list",
    "FieldSection.codes": "our words to the ERP's codes",
    "FieldSection.blank": "``null``",
    "FieldSection.minimum": "a number",
    "FieldSection.maximum": "a number",
    "FieldSection.default": "text",
    "FieldSection.missing": "text",
    "FieldSection.example": "text",
    "OperationSection.path": _FIELDS,
    "OperationSection.query": "names, each to `one field`_ or `one test`_",
    "OperationSection.headers": _HEADERS,
    "ReplySection.headers": _HEADERS,
    "DocumentReplySection.headers": _HEADERS,
    "OperationSection.filter": "`filter`_",
    "FilterSection.words": "tests, each to a text or a list of them",
    "FilterSection.text": "tests, each to a text with ``{value}``; between has ``{to}`` too; `one_of`_",
    "FilterSection.never": _VALUES,
    "FilterSection.set": _CONSTANTS,
    "FilterSection.otherwise": "parameters, each to a text",
    **{
        f"TestSection.{key}": "as of `one field`_"
        for key in ("convert", "codes", "minimum", "maximum", "default", "example")
    },
    "OperationSection.set": _CONSTANTS,
    "OperationSection.page": "`page`_",
    "OperationSection.sort": "`sort`_",
    "OperationSection.body": "`body`_",
    "OperationSection.reply": "`reply`_",
    "OperationSection.faults": _FAULTS,
    "OperationSection.timeout": "seconds, above 0 and up to 600",
    "SoapSection.guard": "`guard`_",
    "HttpSection.guard": "`guard`_",
    "HttpSection.timeout": "seconds, above 0 and up to 600",
    "HttpSection.fields": "names of types, each to our properties, each to `one property there`_",
    "HttpSection.faults": "a list of `one fault of a service`_",
    "SaidSection.codes": "our words to the service's",
    "OperationSection.http": "`http of an operation`_",
    "ThereSection.timeout": "seconds, above 0 and up to 600",
    "ThereSection.query": "our parameters, each to `one property there`_",
    "GuardSection.closed": "a list of times such as ``22:00-04:00``, ``sat``, ``sun 00:00-12:00``",
    "GuardSection.breaker": "``off``, or `breaker`_",
    "BreakerSection.slow": "seconds, above 0 and up to 600",
    "BreakerSection.open": "seconds, above 0 and up to 600",
    "FileSection.rollout": "``true``, or `rollout`_",
    "RolloutSection.stays": "a list of operations such as ``export``",
    "RolloutSection.steps": "a list of stages; ``canary`` has a percentage",
    "RolloutSection.windows": "a list of times such as ``mon-fri 09:00-16:00``",
    "RolloutSection.freeze": "a list of days such as ``2026-12-20/2027-01-06``",
    "RolloutSection.gate": "`gate`_",
    "RolloutSection.beside": "`beside`_",
    "RolloutSection.compare": "`compare`_",
    **dict.fromkeys(
        ("GateSection.mismatches", "GateSection.sure", "BesideSection.share", "BesideSection.noise"), "a percentage"
    ),
    "GateSection.minutes": "minutes, above 0",
    "GateSection.lag": "seconds, above 0 and up to 86400",
    "BesideSection.slow": "seconds, above 0 and up to 600",
    **dict.fromkeys(("CompareSection.ignore", "CompareSection.show"), "a list of pointers such as ``/phones/*/kind``"),
    "CompareSection.unordered": "pointers, each to the name of a property, or ``''``",
    "CompareSection.numbers": "pointers, each to a number",
    "CompareSection.times": "pointers, each to seconds",
    "CompareSection.codes": "pointers, each to words of the new service and ours",
    **{f"{kind}Section.scopes": "`scopes`_" for kind in ("File", "Shared")},
    **dict.fromkeys(
        ("OperationSection.scopes", "ScopesSection.read", "ScopesSection.write"), "a list, ``any``, ``public``"
    ),
    "OperationSection.limit": "a rate such as ``60/minute`` (second, minute, hour or day), or a list of such",
    "OperationSection.cache": "`cache`_",
    "OperationSection.touches": "a list of names such as orders.read",
    "OperationSection.write": "`write`_",
    "WriteSection.resolve": "`resolve`_",
    "WriteSection.if_match": "a name, or `if_match`_",
    "WriteSection.slow": "seconds, above 0 and up to 60",
    "ResolveSection.with": "names of its parameters, each to a name of the write's",
    "ResolveSection.after": "seconds, above 0 and up to 86400",
    "OperationSection.calls": "names, each to `one call`_",
    "OperationSection.commit": "`commit`_",
    "OperationSection.undo": "`undo`_",
    "CallSection.body": "`body of a call`_",
    "CallSection.query": _FIELDS,
    "CallSection.reply": "`reply`_",
    "CommitSection.reply": "`reply`_",
    "CommitSection.refused": "`refused`_",
    "UndoSection.refused": "`refused`_",
    **{
        f"{kind}.{key}": words
        for kind in ("CallSection", "CommitSection", "UndoSection")
        for key, words in {"path": _FIELDS, "set": _CONSTANTS, "take": _TAKEN, "faults": _FAULTS}.items()
    },
    "BodySection.patch": "``partial`` (null is xsi:nil), ``read_modify_write`` (as ``read`` gives it), or `patch`_",
    "PatchSection.without": "a list of paths",
    "OperationSection.cursor": "`cursor`_",
    "CursorSection.limit": "a path into XML, or `limit of a cursor`_",
    "CursorSection.next": "paths, each to `one next value`_",
    "CursorSection.end": "``short_page``, ``no_next``, or `end`_",
    "EndSection.is": _VALUES,
    "SortSection.by": "our names to the ERP's keys",
    "SortSection.direction": "`direction`_",
    **{
        f"{kind}.{key}": f"`{key}`_"
        for kind in ("ReplySection", "DocumentReplySection")
        for key in ("when_empty", "refused", "warnings")
    },
    "ReplySection.stream": "``true``, or `stream`_",
    "DocumentBodySection.media_types": "media types in small letters, in a list",
    "DocumentReplySection.media_type": "a path, or `media type of a document`_",
    "RefusedSection.is": _VALUES,
    "RefusedSection.is_not": _VALUES,
    "RefusedSection.code": _CODE,
    "WarningsSection.is": _VALUES,
    "WarningsSection.is_not": _VALUES,
    "WarningsSection.code": _CODE,
}
# What a description leaves to the model.
MORE = {
    "FileSection.operations": f"Verbs: {', '.join(VERBS)}. An action: ``POST /{{id}}/approve`` is ``approve``.",
    "FileSection.words": "Each must be given, and each that is given must be asked for by what the file takes.",
    "SharedSection.operations": "Sections right below an operation (``query``, ``path``, ``set``, ``reply`` …) may "
    "be in both files: their entries are put together, and the file's own stand over those of the same name.",
    "OperationSection.shared": "Sections are put together; see `shared`_.",
    "PageSection.default": f"Without it: {PageRule.__dataclass_fields__['default'].default}.",
    "PageSection.max": f"Without it: {PageRule.__dataclass_fields__['max'].default}.",
    "PageSection.first": f"Without it: {PageRule.__dataclass_fields__['first'].default}. Callers count from 0.",
    "OperationSection.timeout": "Without it: ADAPTER_TIMEOUT.",
    "SoapSection.guard": "See `protect-the-erp.rst <../howto/protect-the-erp.rst>`_.",
    "OperationSection.tries": "Without it: 1. What was not sent is sent once more, whatever it does.",
    "OperationSection.scopes": "Without it: those of the file. They count unless ADAPTER_CALLERS is everyone.",
    "OperationSection.limit": "See `limits.rst <../howto/limits.rst>`_.",
    "OperationSection.cache": "See `cache.rst <../howto/cache.rst>`_.",
    "OperationSection.touches": "With a path parameter of the same name in the same file: only that entity, and lists.",
    "OperationSection.write": "See `safe-writes.rst <../howto/safe-writes.rst>`_.",
    "WriteSection.entity": "Without it: the path parameters, and no order where there are none.",
    "WriteSection.when_down": "queue needs ``resolve``, unless the operation says ``effect: idempotent``.",
    "ResolveSection.then": "Without it: what ``by`` answers is all that the answer needs.",
    "ReplySection.status": "Without it: 201 for ``create``, 204 for ``cancel`` and without a body, else 200.",
    "ReplySection.stream": "See `streams.rst <../howto/streams.rst>`_.",
    "FieldSection.compute": "See `own-function.rst <../howto/own-function.rst>`_.",
    "FieldSection.constant": "Callers may repeat it; any other value is refused (422). It is never written.",
    "FieldSection.soap": "A list of paths beside ``join``; ``.`` beside ``one`` is an object around flat elements. "
    "In an entry of a bag it may begin with the entry's type in brackets.",
    "FieldSection.join": "Writing splits there into exactly as many texts; the last one takes the rest.",
    "FieldSection.required": "The contract's own requirements hold without it.",
    "FieldSection.read_only": "A request that gives it is refused (422).",
    "FieldSection.write_only": "It is in no reply, even when the ERP sends it.",
    "FieldSection.create_only": "An update or patch that gives it is refused (422).",
    "FieldSection.default": "Not in ``partial`` bodies, where what is left out stays untouched.",
    "FieldSection.missing": "The property is then in every reply. An empty element and xsi:nil are not missing.",
    "FieldSection.flagged": "Without it: true.",
    "FieldSection.null_name": "Two properties with one name can only be null together.",
    "FieldSection.json": "Without it: a string where a double could not hold every value.",
    "RefusedSection.is": "Either this or ``is_not``.",
    "RefusedSection.code": "``code``, ``text`` or both must be there.",
    "WarningsSection.is": "Either this or ``is_not``.",
    "OperationSection.commit": "Not where the operation only reads.",
    "OperationSection.undo": "Not where the operation only reads. It is called once, and has time of its own.",
    "CallSection.reply": "Without ``status`` and ``location``, which the operation's own reply says.",
    "CallSection.optional": "Not with a body: nobody could tell whether it was done.",
    "FaultSection.message": "Without it the ERP's text goes nowhere.",
    "FaultSection.retryable": "The answer then has ``Retry-After: 1``.",
}  # fmt: skip


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
