"""The fast pass has no other answer than the plain code: the same results, notes and errors, however odd a reply is.

Replies are made up from contracts and then changed by chance. Where the corpus of real contracts is here, some of its
operations are read too, mapped as ``propose`` maps them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter.app import build
from adapter.mapping.bound import Endpoint
from adapter.translate.replies import reply_reader
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.load import load
from adapter.wsdl.once import once
from adapter.wsdl.values import NoValue
from tests.cases import SHAPES, shape_project
from tests.evidence.wsdl_messages import endpoint_of
from tests.evidence.wsdl_served import FOLDER, contracts
from tests.matrix.construct import Construct, constructs
from tests.netsuite.contract import ABSENT
from tests.proof import give_tables
from tests.replay import Replay, replaying
from tests.unit.mapped import calls, echo, erp, typed
from tests.unit.mutated import mutated
from tests.unit.twins import comparer

_REPLIES, _CHANGES, _OPERATIONS = 6, 5, 4


def _replies(endpoint: Endpoint, seed: int) -> Iterator[Any]:
    """Replies of an operation: a right one, then some that drift."""
    source, output = random.Random(seed), endpoint.operation.output
    if output is None or output.root is None:
        return
    encoded, sure = endpoint.operation.use == "encoded", source.choice((0, 1, 3))
    maker = Instances(_ground(endpoint.contract), source, encoded, sure=sure, chance=source.choice((0.3, 1.0)))
    try:
        made = maker.element(output.root)
    except NoValue:
        return
    yield etree.fromstring(etree.tostring(made))
    keys = [key for key in endpoint.contract.types if not set("/#") & set(key.rpartition("}")[2])]
    for _ in range(_CHANGES):
        changed = mutated(made, source, keys)
        if changed is not None:
            yield changed


_ground = once(Ground.of)


def _compared(endpoint: Endpoint) -> int:
    """Read replies of an operation with both twins; return how many there were."""
    compare, count = comparer(endpoint), 0
    for seed in range(_REPLIES):
        for reply in _replies(endpoint, seed):
            compare(reply)
            count += 1
    return count


@pytest.mark.parametrize("name", sorted(erp()))
def test_the_example_project(name: str) -> None:
    """Replies of the example ERP."""
    assert _compared(erp()[name]) > _REPLIES


@pytest.mark.parametrize("file", contracts(FOLDER) if FOLDER.is_dir() else [None])
def test_real_contracts(file: str | None) -> None:
    """Replies of some operations of a real contract."""
    if file is None:
        pytest.skip(ABSENT)
    contract = load(FOLDER, file)
    places = [
        (service.name, port.name, key)
        for service in contract.services.values()
        for port in service.ports.values()
        for key, operation in port.operations.items()
        if operation.output is not None and operation.output.root is not None
    ]
    for place in random.Random(file).sample(places, min(_OPERATIONS, len(places))):
        _compared(endpoint_of(contract, *place, ()))


@pytest.mark.parametrize("construct", constructs(), ids=lambda construct: construct.name)
def test_constructs(construct: Construct) -> None:
    """Replies of every construct of contracts that we know."""
    _compared(construct.endpoint())


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    """The endpoint of every shape's ports."""
    with replaying() as server:
        yield server


@pytest.mark.parametrize(
    "shape", sorted(path.parent for path in SHAPES.glob("*/shape.wsdl")), ids=lambda path: path.name
)
def test_shapes(shape: Path, replay: Replay, tmp_path: Path) -> None:
    """Replies of every call of every shape of mappings, its further calls and pages too."""
    for endpoint in build(shape_project(shape, tmp_path / "project", replay.url), {}).endpoints:
        for each in endpoint.whole():
            give_tables(each)
            _compared(each)


_ROWS = (
    "<xsd:sequence>"
    + "".join(
        f'<xsd:element name="{name}" type="{kind}" minOccurs="0" maxOccurs="{most}"/>'
        for name, kind, most in (("Row", "t:Row", "unbounded"), ("End", "xsd:string", 1))
    )
    + "</xsd:sequence></xsd:complexType><xsd:complexType name='Row'><xsd:sequence>"
    + "".join(
        f'<xsd:element name="{name}" type="{kind}" minOccurs="0"/>'
        for name, kind in (("A", "xsd:string"), ("B", "xsd:int"), ("C", "xsd:date"), ("D", "xsd:decimal"))
    )
    + "</xsd:sequence>"
)
_ROW = "<Row><A>x</A><B>7</B><C>2024-02-29</C><D>1.50</D></Row>"


@cache
def _listing() -> Endpoint:
    """An operation that reads rows of four values."""
    fields = {"a": "A", "b": "B", "c": "C", "d": "D"}
    return echo(typed(_ROWS), {"rows": {"soap": "Row", "each": "Row"}, "end": "End"}, Row={"fields": fields})


def _cost(rows: str, *, plain: bool = False) -> int:
    """How many calls of functions reading rows takes: the same on every machine."""
    read = reply_reader(_listing(), plain=plain)
    element = etree.fromstring(f'<Out xmlns="urn:t"><X>{rows}</X></Out>')
    return calls(lambda: read(element))


@pytest.mark.parametrize(
    "row",
    [
        _ROW.replace("<B>", "<New>1</New><B>"),
        _ROW.replace("<Row>", '<Row new="1">'),
        _ROW.replace("7", "-12345678"),
        _ROW.replace("2024-02-29", "2024-02-30"),
        _ROW.replace("<B>7</B>", "stray"),
    ],
)
def test_one_odd_row_costs_one_row(row: str) -> None:
    """What is odd about a row does not make the others dear, wherever it stands."""
    right, odd = _cost(_ROW * 200), _cost(_ROW * 150 + row + _ROW * 49)

    assert odd - right < 0.2 * right


def test_drift_in_every_row_is_no_cliff() -> None:
    """An ERP that sends one more element in every row is read nearly as fast as before."""
    assert _cost(_ROW.replace("<B>", "<New>1</New><B>") * 200) < 1.5 * _cost(_ROW * 200)


def test_the_fast_pass_is_faster() -> None:
    """The fast pass takes a fraction of the calls that the plain code takes: it was not left by mistake."""
    assert 5 * _cost(_ROW * 200) < _cost(_ROW * 200, plain=True)


def test_what_a_name_means_is_asked_in_every_row() -> None:
    """A name that is left alone where the right one stands beside it is put right in a row where it stands alone."""
    rows = '<Row><A>x</A><A xmlns="">y</A></Row><Row><A xmlns="">z</A></Row>'
    element = etree.fromstring(f'<Out xmlns="urn:t"><X>{rows}</X></Out>')
    comparer(_listing())(element)

    assert [{"a": "x"}, {"a": "z"}] == reply_reader(_listing())(element).document["rows"]
