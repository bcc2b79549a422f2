"""CSV as rows: cells become the values that the fields ask for, however the text is quoted and wherever it is cut."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.rows.bounds import Bounds
from adapter.rows.csv_columns import columns
from adapter.rows.csv_values import Columns
from adapter.rows.from_csv import Table
from adapter.rows.to_csv import to_csv
from tests.unit.mapped import build, schema
from tests.unit.test_rows_in import PLACES, cut, rows

BOUNDS = Bounds(row_bytes=10_000, max_depth=64, max_digits=1000)
XSD = schema(
    """
    <xsd:element name="In"><xsd:complexType><xsd:sequence>
      <xsd:element name="X" type="t:T" minOccurs="0" maxOccurs="unbounded"/>
    </xsd:sequence></xsd:complexType></xsd:element>
    <xsd:element name="Out"><xsd:complexType><xsd:sequence/></xsd:complexType></xsd:element>
    <xsd:complexType name="T"><xsd:sequence>
      <xsd:element name="Text" type="xsd:string" minOccurs="0"/>
      <xsd:element name="Whole" type="xsd:int" minOccurs="0"/>
      <xsd:element name="Exact" type="xsd:decimal" minOccurs="0"/>
      <xsd:element name="Yes" type="xsd:boolean" minOccurs="0"/>
      <xsd:element name="Words" type="t:Words" minOccurs="0"/>
      <xsd:element name="In" minOccurs="0"><xsd:complexType><xsd:sequence>
        <xsd:element name="Deep" type="xsd:string" minOccurs="0"/>
        <xsd:element name="Many" type="xsd:int" minOccurs="0" maxOccurs="unbounded"/>
      </xsd:sequence></xsd:complexType></xsd:element>
    </xsd:sequence></xsd:complexType>
    <xsd:complexType name="U"><xsd:complexContent><xsd:extension base="t:T"><xsd:sequence>
      <xsd:element name="Own" type="xsd:int"/></xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>
    <xsd:simpleType name="Words"><xsd:list itemType="xsd:string"/></xsd:simpleType>
    """
)
INNER = {"fields": {"deep": "Deep", "many": "Many"}}
FIELDS = {
    "text": "Text",
    "whole": "Whole",
    "exact": "Exact",
    "number": {"soap": "Exact", "json": "number"},
    "yes": "Yes",
    "words": "Words",
    "inner": {"one": "Inner", "soap": "In"},
}
PLAIN = {name: rule for name, rule in FIELDS.items() if name != "number"}


@cache
def endpoint() -> Endpoint:
    """An operation that takes rows of one kind."""
    return build(
        XSD,
        {"Row": {"fields": PLAIN}, "Inner": INNER},
        {"body": {"each": "Row", "into": "X"}, "reply": {"status": 204}},
    )


@cache
def kinds() -> Endpoint:
    """An operation that takes rows of two kinds."""
    variants = {
        "by": "kind",
        "of": {"plain": {"soap_type": "T"}, "own": {"soap_type": "U", "fields": {"own": "Own"}}},
    }
    return build(
        XSD,
        {"Row": {"fields": {"text": "Text"}, "variants": variants}},
        {"body": {"each": "Row", "into": "X"}, "reply": {"status": 204}},
    )


def table(of: Endpoint) -> Table:
    """What begins a body."""
    assert of.body is not None
    return Table(BOUNDS, Columns(of.types, of.body.type, BOUNDS))


def written(lines: list[list[str]], **how: Any) -> bytes:
    """CSV as a program writes it."""
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(lines)
    return out.getvalue().encode()


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from('",\r\n'), min_size=1
)
CELLS = st.tuples(TEXTS | st.just(""), st.integers(-(2**31), 2**31 - 1), st.booleans(), TEXTS | st.just(""))


@given(
    st.lists(CELLS, max_size=5),
    PLACES,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_in_pieces(cells: list[tuple[Any, ...]], places: list[int], quoting: int, end: str, mark: bool) -> None:
    """What a CSV library writes is read as it was meant, with a byte order mark or without, cut anywhere."""
    lines = [[text, str(whole), "true" if yes else "false", deep] for text, whole, yes, deep in cells]
    # Python's writer leaves a lone CR without quotes, which RFC 4180 does not.
    quoting = csv.QUOTE_ALL if any("\r" in cell for line in lines for cell in line) else quoting
    data = written([["text", "whole", "yes", "inner.deep"], *lines], quoting=quoting, lineterminator=end)
    wanted = [
        {
            **({"text": text} if text else {}),
            "whole": whole,
            "yes": yes,
            **({"inner": {"deep": deep}} if deep else {}),
        }
        for text, whole, yes, deep in cells
    ]

    assert wanted == rows(table(endpoint()), cut(b"\xef\xbb\xbf" * mark + data, places))


OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXTS,
        "whole": st.integers(-(2**31), 2**31 - 1),
        "exact": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
        "yes": st.booleans(),
        "words": st.lists(TEXTS, max_size=2),
        "inner": st.fixed_dictionaries({"deep": TEXTS}, optional={"many": st.lists(st.integers(), max_size=2)}),
    },
)


@given(st.lists(OBJECTS, max_size=4), PLACES)
def test_what_we_write_is_what_we_read(values: list[dict[str, Any]], places: list[int]) -> None:
    """A list that was answered as CSV can be sent as it is."""
    of = endpoint()
    assert of.body is not None
    data = to_csv(columns(of.types, of.body.type)).whole(values, None)

    assert values == rows(table(of), cut(data, places))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"text\n", []),
        (b"text\n\n\na\n\n", [{"text": "a"}]),
        (b"text\na", [{"text": "a"}]),
        (b'text\n"a\n\nb"\n', [{"text": "a\n\nb"}]),
        (b'text\n"a ""quoted"" b"\n', [{"text": 'a "quoted" b'}]),
        (b"exact,text\n00.10,\n", [{"exact": "00.10"}]),
        (b'inner.many,words\n"[1, 2]","[""a"", ""b""]"\n', [{"inner": {"many": [1, 2]}, "words": ["a", "b"]}]),
        (b'inner\n"{""deep"": ""a""}"\n', [{"inner": {"deep": "a"}}]),
        (b"text,inner.deep\n,\n", [{}]),
    ],
)
def test_read(text: bytes, wanted: list[Any]) -> None:
    """Empty cells are left out, empty lines passed over, arrays and whole objects are JSON."""
    assert wanted == rows(table(endpoint()), [text])


@pytest.mark.parametrize(
    ("text", "status", "why"),
    [
        (b"", 400, "There is no line that names the columns."),
        (b"\n\n", 400, "There is no line that names the columns."),
        (b"text\na,b\n", 400, "It has 2 cells, and there are 1 columns."),
        (b'text\na"b\n"\n', 400, "A quote stands where none can, or a line break is a lone CR."),
        (b'text\n"a"b\n', 400, "A quote stands where none can, or a line break is a lone CR."),
        (b'text\n"a\n', 400, "A quote stands where none can, or a line break is a lone CR."),
        (b"text\na\rb\n", 400, "A quote stands where none can, or a line break is a lone CR."),
        (b"text\n\xe4\n", 400, "It is not UTF-8."),
        (b"text\n" + b"x" * 10_001, 413, "One row has at most 10000 bytes."),
        (b"txt\na\n", 422, "/txt is not a column here"),
        (b"text,text\na,b\n", 422, "/text is given twice"),
        (b"inner,inner.deep\n,b\n", 422, "/inner/deep is given twice"),
        (b"text.deep\na\n", 422, "/text/deep is not a column here"),
        (b"inner.deep.er\na\n", 422, "/inner/deep/er is not a column here"),
        (b"whole\n1.0\n", 422, "/whole must be a whole number"),
        (b"yes\nTRUE\n", 422, "/yes must be true or false"),
        (b"words\n[\n", 422, "/words is no JSON: Expecting value: line 1, column 2."),
        (b"text\n\x01\n", 422, "/text Holds a character that XML cannot carry."),
    ],
)
@pytest.mark.parametrize("size", [1, 100_000])
def test_refused(text: bytes, status: int, why: str, size: int) -> None:
    """What is no CSV is 400; columns nobody knows and cells that are no values are 422."""
    with pytest.raises(RequestError) as caught:
        rows(table(endpoint()), [text[at : at + size] for at in range(0, len(text), size)])
    found = [f"{each.pointer} {each.detail}" for each in caught.value.fields] or [caught.value.detail]

    assert (status, [why]) == (caught.value.status, found)


def test_a_cell_that_is_too_long_for_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CSV library bounds a cell; one that is longer is told as what it is."""
    roomy = Bounds(row_bytes=10**6, max_depth=64, max_digits=1000)
    of = endpoint()
    assert of.body is not None
    form = Table(roomy, Columns(of.types, of.body.type, roomy))
    with pytest.raises(RequestError) as caught:
        rows(form, [b"text\n" + b"x" * 131_073 + b"\n"])

    assert "A cell has more than 131072 characters." == caught.value.detail


def test_kinds() -> None:
    """Each row says what it is; a column of another kind may stay empty."""
    text = b"kind,text,own\nplain,a,\nown,b,7\n"

    assert [{"kind": "plain", "text": "a"}, {"kind": "own", "text": "b", "own": 7}] == rows(table(kinds()), [text])


def test_a_column_of_another_kind() -> None:
    """A value in a column of another kind is left for that kind to refuse, and unknown kinds too."""
    text = b"kind,own\nplain,7\nother,8\n"

    assert [{"kind": "plain", "own": "7"}, {"kind": "other", "own": "8"}] == rows(table(kinds()), [text])


def test_number() -> None:
    """A number of JSON is exact."""
    of = build(
        XSD,
        {"Row": {"fields": {"number": FIELDS["number"]}}},
        {"body": {"each": "Row", "into": "X"}, "reply": {"status": 204}},
    )

    assert "[{'number': Decimal('0.10')}]" == str(rows(table(of), [b"number\n0.10\n"]))
