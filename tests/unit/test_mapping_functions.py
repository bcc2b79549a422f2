"""A team's own functions: what they declare, and properties that they compute."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter import app
from adapter.errors import BackendReplyInvalid, BuildError, InvalidRequest
from adapter.mapping.bound import Endpoint
from adapter.mapping.functions import Kind, declared
from adapter.translate.writer import writer
from tests.everyone import EVERYONE
from tests.unit import mapped
from tests.unit.mapped import around, errors, mistakes
from tests.unit.test_mapping_stand_ins import answered, component, element, inside

OPTIONAL = {"minOccurs": "0"}
KINDS = {"s": "string", "i": "int", "b": "boolean", "d": "decimal", "t": "date", "m": "dateTime", "x": "double"}
XSD = inside(*(element(name, f"xsd:{kind}", **OPTIONAL) for name, kind in KINDS.items()))


def shown(s: str | None, i: int, b: bool, d: Decimal, t: date, m: datetime) -> str:
    """All kinds of values at once."""
    return f"{s!r} {i!r} {b!r} {d!r} {t!r} {m!r}"


def length(s: str) -> int:
    """How long a text is; it fails for a secret."""
    if s == "secret":
        raise LookupError(s)
    return len(s)


def liar(s: str) -> int:
    """Says that it gives a number."""
    return s  # type: ignore[return-value]


def maybe(s: str) -> date | None:
    """A day, for one text."""
    return date(2026, 1, 31) if s == "day" else None


def double(d: Decimal) -> Decimal:
    """Twice as much."""
    return d * 2


def later(m: datetime) -> datetime:
    """The same moment."""
    return m


def not_empty(s: str | None) -> bool:
    """Whether there is a text."""
    return bool(s)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (shown, length, liar, maybe, double, later, not_empty)
}


def computing(compute: str, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> Endpoint:
    """A record with every kind of value, and one that is computed of them."""
    found, wrong = declared(FUNCTIONS)
    assert [] == wrong
    plain = around()
    with_functions = type(plain)(plain.value_of, plain.service_of, plain.endpoint_of, {}, functions=found)
    monkeypatch.setattr(mapped, "around", lambda converters: with_functions)
    return mapped.echo(XSD, {**{name: name for name in KINDS}, "c": {"compute": compute}, **fields})


def test_each_kind_of_value_reaches_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decimals stay exact, days and times are Python's own, and what is left out is None where that is allowed."""
    endpoint = computing("shown(s, i, b, d, t, m)", monkeypatch)
    inner = "<i>7</i><b>true</b><d>1.50</d><t>2026-01-31</t><m>2026-01-31T12:00:00Z</m>"
    when = "datetime.datetime(2026, 1, 31, 12, 0, tzinfo=datetime.timezone.utc)"
    expected = f"None 7 True Decimal('1.50') datetime.date(2026, 1, 31) {when}"
    assert expected == answered(endpoint, inner)["c"]
    assert expected.replace("None", "'a'") == answered(endpoint, f"<s>a</s>{inner}")["c"]


def test_what_cannot_be_computed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument that is not there, or that Python does not know, makes the property absent."""
    assert {} == answered(computing("length(s)", monkeypatch), "")
    assert {"s": "abc", "c": 3} == answered(computing("length(s)", monkeypatch), "<s>abc</s>")
    assert {"m": "12026-01-31T12:00:00"} == answered(computing("later(m)", monkeypatch), "<m>12026-01-31T12:00:00</m>")
    assert {"c": False} == answered(computing("not_empty(s)", monkeypatch), "")


def test_null_days_and_decimals_come_back_as_json_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is null, a day its text, and a decimal a text with all its digits."""
    assert [None, "2026-01-31"] == [
        answered(computing("maybe(s)", monkeypatch), f"<s>{text}</s>")["c"] for text in ("x", "day")
    ]
    assert "3.00" == answered(computing("double(d)", monkeypatch), "<d>1.50</d>")["c"]


@pytest.mark.parametrize(("compute", "text"), [("length(s)", "length failed"), ("liar(s)", "liar failed")])
def test_a_function_that_fails_refuses_the_reply(compute: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause names the property, the function and the kind of error, and nothing of the reply."""
    with pytest.raises(BackendReplyInvalid) as caught:
        answered(computing(compute, monkeypatch), "<s>secret</s>")
    assert text in caught.value.cause
    assert "T.c" in caught.value.cause
    assert "secret" not in caught.value.cause


def test_callers_cannot_give_it_and_the_documentation_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read only, in no request, and described."""
    endpoint = computing("maybe(s)", monkeypatch)
    assert {"/c": "is read-only"} == errors(endpoint, {"c": "x"})
    said = {"type": ["string", "null"], "format": "date", "description": "Computed from s.", "readOnly": True}
    assert said == component(endpoint, "T")["properties"]["c"]
    assert "c" not in component(endpoint, "TInput")["properties"]
    assert ["c"] == component(computing("not_empty(s)", monkeypatch), "T")["required"]


@pytest.mark.parametrize(
    ("compute", "text"),
    [
        ("lenght(s)", "there is no function lenght"),
        ("length", "'length' is no call"),
        ("length(s, i)", "length takes 1 arguments, not 2"),
        ("length(z)", "there is no property z"),
        ("length(c)", "c is in no reply, or is computed itself"),
        ("length(hidden)", "hidden is in no reply"),
        ("length(i)", "i is no str"),
        ("double(x)", "x is no Decimal"),
        ("maybe(t)", "t is no str"),
    ],
)
def test_mistakes(compute: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is found while building, with its line and what to do."""
    hidden = {"soap": "s", "write_only": True}
    fields = {"hidden": hidden, "s": {"soap": "s", "read_only": True}} if "hidden" in compute else {}
    found = mistakes(lambda: computing(compute, monkeypatch, **fields))
    assert text in " ".join(each.text for each in found)
    assert all(each.remedy and each.line for each in found)


def no_hint(s) -> str:  # type: ignore[no-untyped-def]
    """A parameter that says nothing."""
    return str(s)


def no_result(s: str):  # type: ignore[no-untyped-def]
    """A result that says nothing."""
    return s


def a_list(s: list[str]) -> str:
    """A kind of value that no property has."""
    return str(s)


def many(*s: str) -> str:
    """Any number of arguments."""
    return str(s)


def a_default(s: str = "") -> str:
    """A parameter that need not be given."""
    return s


def unknown(s: Nowhere) -> str:  # type: ignore[name-defined] # noqa: F821
    """An annotation that leads nowhere."""
    return str(s)


@pytest.mark.parametrize("call", [no_hint, no_result, a_list, many, a_default, unknown, str])
def test_what_a_function_does_not_declare_is_a_mistake(call: Callable[..., Any]) -> None:
    """Inputs and output are declared, each of a kind that a property can have."""
    found, wrong = declared({"f": call})
    assert {} == found
    assert wrong
    assert all(each.startswith("f") for each in wrong)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", "functions cannot be imported (AttributeError)"),
        ("FUNCTIONS = [len]", "is not a dictionary of name -> function"),
        ("def f(x: list) -> str: ...\nFUNCTIONS = {'f': f}", "f: the annotation of x must be"),
        ("raise OSError('disk')", "cannot be imported (OSError)"),
    ],
)
def test_a_module_that_is_none_is_a_mistake_of_the_settings(source: str, text: str, tmp_path: Path) -> None:
    """The setting is named, and what to do."""
    (tmp_path / "functions.py").write_text(source, "utf-8")
    with pytest.raises(BuildError) as caught:
        app.build(tmp_path, {**EVERYONE, "ADAPTER_FUNCTIONS": "functions"})
    assert any("ADAPTER_FUNCTIONS" in each.text and text in each.text and each.remedy for each in caught.value.mistakes)


@given(
    st.one_of(st.text(), st.integers(), st.booleans(), st.decimals(allow_nan=False, allow_infinity=False), st.dates())
)
def test_what_is_given_in_json_is_taken_back(value: Any) -> None:
    """A value of each kind goes to JSON and comes back equal."""
    kind = Kind(type(value))
    assert value == kind.value(json.loads(json.dumps(kind.json(value))))


def initial(s: str) -> str:
    """The first letter, of a text that has one."""
    if not s:
        raise ValueError("needs a letter")
    return s[0]


def broken(s: str) -> str:
    """Fails for whatever it gets."""
    raise LookupError(s)


def perhaps(s: str | None) -> str | None:
    """The text, if it is there."""
    return s


def number(s: str) -> int:
    """No text."""
    return len(s)


WRITING = {each.__name__: each for each in (initial, broken, perhaps, number, double)}


def writing(compute: str, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Endpoint:
    """An operation that writes what is computed of its body and of a query parameter."""
    found, wrong = declared(WRITING)
    assert [] == wrong
    plain = around()
    with_functions = type(plain)(plain.value_of, plain.service_of, plain.endpoint_of, {}, functions=found)
    monkeypatch.setattr(mapped, "around", lambda converters: with_functions)
    xsd = inside(*(element(name, "xsd:string", **OPTIONAL) for name in ("s", "q", "c")))
    operation = {
        "query": {"q": "X.q"}, "body": {"one": "T", "into": "X"}, "set": {"X.c": {"compute": compute}},
        "reply": {"status": 204}, **more,
    }  # fmt: skip
    return mapped.build(xsd, {"T": {"fields": {"s": {"soap": "s", "required": True}}}}, operation)


def written(bound: Endpoint, body: Any, *query: tuple[str, str]) -> dict[str, str | None]:
    """The texts that a request writes, by element."""
    record = mapped.sent(writer(bound)(mapped.check(bound, body, query=query)))[0]
    return {child.tag.rpartition("}")[2]: child.text for child in record}


def test_a_constant_is_computed_of_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the function gives is written beside what it was computed of."""
    bound = writing("initial(s)", monkeypatch)
    assert {"s": "Anna", "c": "A"} == written(bound, {"s": "Anna"})


def test_a_constant_is_computed_of_a_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parameter that is left out is None, and None writes nothing."""
    bound = writing("perhaps(q)", monkeypatch)
    assert {"s": "", "q": "x", "c": "x"} == {**written(bound, {"s": "-"}, ("q", "x")), "s": ""}
    assert {"s": "-"} == written(bound, {"s": "-"})


def test_words_of_a_value_error_reach_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """The team's own words are for callers; of any other error only its kind is said."""
    for name, words in {"initial": "initial: needs a letter", "broken": "broken: broken failed (LookupError)"}.items():
        bound = writing(f"{name}(s)", monkeypatch)
        with pytest.raises(InvalidRequest) as caught:
            written(bound, {"s": ""})
        assert (422, words) == (caught.value.status, caught.value.fields[0].detail)


@pytest.mark.parametrize(
    ("compute", "text"),
    [
        ("initial(q)", "initial takes q, which callers may leave out"),
        ("initial(nobody)", "callers give no nobody"),
        ("double(s)", "s is no Decimal"),
        ("number(s)", "number gives int, which the contract does not take there"),
        ("initial(s, q)", "initial takes 1 arguments, not 2"),
        ("initail(s)", "there is no function initail"),
    ],
)
def test_constants_that_cannot_be_computed(compute: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is found while building."""
    found = mistakes(lambda: writing(compute, monkeypatch))
    assert any(text in mistake.text for mistake in found), found
