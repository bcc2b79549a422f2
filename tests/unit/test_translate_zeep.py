"""zeep as the judge: on every recorded reply our reader's values are those that zeep decodes, where zeep keeps them."""

from __future__ import annotations

import base64
import datetime
import json
import random
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter.mapping.bound import BoundField, BoundType, Endpoint
from adapter.translate.replies import reply_reader
from adapter.wsdl.documents import read_documents
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.zeep_documents import zeep_client
from tests.evidence.wsdl_messages import endpoint_of
from tests.unit.mapped import ROOT, erp
from tests.unit.twins import comparer

REPLIES = sorted(
    path
    for path in (ROOT / "tests" / "golden").glob("*/*/soap-reply.xml")
    if json.loads((path.parent / "reply.json").read_text("utf-8"))["status"] < 300 and erp()[path.parts[-3]].reply.type
)


@cache
def binding(wsdl: str, service: str, port: str) -> Any:
    """Zeep's binding of a port."""
    client = zeep_client(read_documents(ROOT / "wsdl", wsdl))
    return client.wsdl.services[service].ports[port].binding


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: f"{path.parts[-3]}-{path.parts[-2]}")
def test_reader_agrees_with_zeep(path: Path) -> None:
    """Every value that our reader gives stands at the same place in what zeep decodes, and is equal."""
    _judged(erp()[path.parts[-3]], path.read_bytes())


@pytest.mark.parametrize("name", sorted(name for name, endpoint in erp().items() if endpoint.reply.type))
def test_made_up_replies_too(name: str) -> None:
    """The fast pass reads replies that were made up from the contract, mapped as it is, as zeep decodes them."""
    known = erp()[name]
    rule = known.resource.soap
    endpoint = endpoint_of(known.contract, rule.service, rule.port, known.operation.key, ())
    output, encoded = endpoint.operation.output, endpoint.operation.use == "encoded"
    assert output is not None
    assert output.root is not None
    space = binding(*_port(endpoint)).nsmap["soap-env"]
    for seed in range(12):
        envelope = etree.Element(f"{{{space}}}Envelope", nsmap={"e": space})
        maker = Instances(Ground.of(endpoint.contract), random.Random(seed), encoded, sure=3)
        etree.SubElement(envelope, f"{{{space}}}Body").append(maker.element(output.root))
        _judged(endpoint, etree.tostring(envelope))


def _port(endpoint: Endpoint) -> tuple[str, str, str]:
    rule = endpoint.resource.soap
    return rule.wsdl, rule.service, rule.port


def _judged(endpoint: Endpoint, envelope: bytes) -> None:
    theirs = binding(*_port(endpoint)).get(endpoint.operation.name).process_reply(etree.fromstring(envelope))
    child = next(each for each in etree.fromstring(envelope).find("{*}Body") if isinstance(each.tag, str))
    comparer(endpoint)(child)
    ours = reply_reader(endpoint)(child).document
    there = below(theirs, endpoint, ours)
    if isinstance(ours, list):
        assert len(ours) == len(there)
    for one, other in zip(ours, there, strict=True) if isinstance(ours, list) else [(ours, there)]:
        agrees(endpoint, endpoint.types[endpoint.reply.type], one, other, "reply")


def below(value: Any, endpoint: Endpoint, ours: Any) -> Any:
    """Follow the reply's steps in what zeep decoded. zeep unwraps a message of one element, and soapenc arrays."""
    fields = endpoint.types[endpoint.reply.type].fields
    if not endpoint.reply.steps and len(fields) == 1 and fields[0].steps:
        name = fields[0].steps[0].element.name
        return value if name in getattr(value, "__values__", ()) else {name: value}
    for step in endpoint.reply.steps:
        name = step.element.name
        if hasattr(value, "__values__") and name in value.__values__:
            value = value[name]
    return [] if value is None and isinstance(ours, list) else value


def agrees(endpoint: Endpoint, bound: BoundType, ours: dict[str, Any], theirs: Any, place: str) -> None:
    """Compare one object field by field."""
    if bound.variants:
        variant = next(each for each in bound.variants if each.value == ours[bound.discriminator])
        assert variant.record == type(theirs)._xsd_type.qname.text
        bound = endpoint.types[variant.type]
    for field in bound.fields:
        where = f"{place}.{field.name}"
        found = ours.get(field.name)
        their = value_of(field, theirs)
        if field.shape in ("scalars", "objects"):
            assert len(found or []) == len(their or []), where
            for index, (one, other) in enumerate(zip(found or [], their or [], strict=True)):
                item(endpoint, field, one, other, f"{where}[{index}]")
        else:
            item(endpoint, field, found, their, where)


def value_of(field: BoundField, theirs: Any) -> Any:
    """What zeep has at the field's place."""
    for step in field.steps:
        if theirs is None:
            return None
        # A soapenc array is a list, without the name of its items.
        theirs = theirs if isinstance(theirs, list) else theirs[step.element.name]
    if field.attribute is not None:
        return None if theirs is None else theirs[field.attribute.name]
    text = getattr(theirs, "_value_1", None) if not isinstance(theirs, list) else None
    return text if text is not None and field.codec is not None else theirs


def item(endpoint: Endpoint, field: BoundField, ours: Any, theirs: Any, place: str) -> None:
    """Compare one value. zeep does not tell absent, nil and empty apart, so there it is no judge."""
    if theirs is None:
        assert ours in (None, "", []), place
    elif field.type and ours is None:
        # zeep makes an object of nothing from a nil element.
        assert not any(theirs.__values__.values()), place
    elif field.type:
        agrees(endpoint, endpoint.types[field.type], ours, theirs, place)
    else:
        assert field.codec is not None
        assert comparable(field.codec.read(lexical(theirs)), theirs) == comparable(ours, theirs), place


def lexical(value: Any) -> str:
    """A value of zeep's as XML text, for the field's own codec."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def comparable(ours: Any, theirs: Any) -> Any:
    """Our value where several texts are one value: zones of times, zeros of decimals."""
    if isinstance(theirs, datetime.datetime):
        return datetime.datetime.fromisoformat(ours)
    if isinstance(theirs, Decimal | float):
        return Decimal(ours)
    return ours


def test_there_is_something_to_judge() -> None:
    """Every operation that answers something has at least one recorded reply."""
    answering = {name for name, endpoint in erp().items() if endpoint.reply.type}
    assert answering == {path.parts[-3] for path in REPLIES}
