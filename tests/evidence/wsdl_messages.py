"""wsdl.messages: real messages, read by a mapping of the whole reply, and every value of theirs compared.

A message counts when each text and attribute in its body is in the JSON that was read, under its name, and nothing else
is; what the contract does not know must be named by the reader. A file that is no message of any contract here, or no
well-formed XML, is counted apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.backends.soap.answer import NAMESPACES, open_answer
from adapter.errors import BackendError
from adapter.exchange import Reply
from adapter.mapping import reading
from adapter.mapping.agreement.whole import agree
from adapter.mapping.bound import Endpoint
from adapter.mapping.proposal.single import one_operation
from adapter.translate.tolerance import aligner
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.evidence import Result
from tests.evidence.message_leaves import Leaf, of_json, of_xml
from tests.netsuite.contract import ABSENT, CORPUS
from tests.unit.mapped import around
from tests.unit.twins import reader

FOLDER = CORPUS / "wsdl"
# A reply that lacks what its contract requires is read where the mapping says what stands for it.
_LACKS = re.compile(r"operation\.create: (\w+\.\w+) is missing")
_LISTED = re.compile(r"missing: must be one of (\w+)")
SYSTEMS = ("onvif", "zuora", "dhl-bcs", "vmware-vim")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file: ``read``, ``fault``, ``apart`` (no message) or ``lost``, and why."""

    kind: str
    text: str = ""
    unexpected: int = 0
    absent: int = 0


def measure() -> Result:
    """Read every message."""
    if not FOLDER.is_dir():
        return Result(ABSENT, ok=False)
    told = {file: _told(system, file) for system in SYSTEMS for file in files(system)}
    counts = Counter(each.kind for each in told.values())
    lost = [f"{file.name}: {each.text}" for file, each in told.items() if each.kind == "lost"]
    apart = Counter(each.text for each in told.values() if each.kind == "apart")
    unexpected = sum(each.unexpected for each in told.values())
    good, whole = counts["read"] + counts["fault"], sum(counts.values()) - counts["apart"]
    value = f"{good} of {whole} ({counts['fault']} faults), {unexpected} values that no contract knows named"
    lacking = sum(bool(each.absent) for each in told.values())
    value += f"; {lacking} lack what their contract requires, read with 'missing:'" if lacking else ""
    value += "".join(f"; apart: {count} {why}" for why, count in sorted(apart.items()))
    value += f"; lost in {len(lost)}: {'; '.join(lost[:8])}" if lost else ""
    return Result(value, bool(good) and not lost)


def files(system: str) -> list[Path]:
    """Return the message files of a system."""
    return sorted((FOLDER / system / "messages").rglob("*.xml"))


def _told(system: str, file: Path) -> Told:
    content = file.read_bytes()
    try:
        root = etree.fromstring(content)
    except etree.XMLSyntaxError:
        return Told("apart", "not well-formed")
    answer = content if root.tag.endswith("}Envelope") else enveloped(root)
    version = "1.2" if NAMESPACES["1.2"].encode() in answer else "1.1"
    try:
        opened = open_answer(Reply(200, {"content-type": "text/xml"}, answer), version, None)
    except BackendError as error:
        return Told("apart", f"no SOAP ({error.cause})")
    if opened.fault is not None:
        return _fault(opened.fault, root)
    if opened.child is None:
        return Told("apart", "with an empty body")
    found = operation_of(system, opened.child)
    if found is None:
        return Told("apart", "of contracts that are not here, or no message")
    absent: tuple[str, ...] = ()
    while True:
        try:
            return _compared(endpoint_of(*found, absent), deepcopy(opened.child), len(absent))
        except (BackendError, AssertionError) as error:
            why = getattr(error, "cause", "") or str(error)[:200]
            lacks, listed = _LACKS.fullmatch(why), _LISTED.search(why)
            if listed is not None and not absent[-1].endswith(listed[1]):
                absent = (*absent[:-1], f"{absent[-1]}.{listed[1]}")
            elif lacks is not None and lacks[1] not in absent:
                absent = (*absent, lacks[1])
            else:
                return Told("lost", why)


def enveloped(root: Any) -> bytes:
    """Return an envelope around a body that came without one."""
    space = NAMESPACES["1.1"]
    envelope = etree.Element(f"{{{space}}}Envelope")
    etree.SubElement(envelope, f"{{{space}}}Body").append(root)
    return etree.tostring(envelope)


def _fault(fault: Any, root: Any) -> Told:
    """A fault is not lost when its code and text are what the XML says, and its detail is there as it came."""
    texts = {text.strip() for text in root.itertext() if text.strip()}
    detail = {text.strip() for text in fault.detail.itertext()} if fault.detail is not None else set()
    missing = [text for text in (fault.code, fault.text) if text and not any(text in each for each in texts)]
    return Told("lost", f"fault {missing}") if missing or not detail <= texts | {""} else Told("fault")


def _compared(endpoint: Endpoint, child: Any, absent: int) -> Told:
    """Read a body's child, and compare what is in it with what was read."""
    came, name = Counter(of_xml(etree.fromstring(etree.tostring(child)))), etree.QName(child).localname
    notes = aligner(endpoint, everything=True)(child)
    document = reader(endpoint)(child).document
    read = Counter(of_json(endpoint, document, name)) if endpoint.reply.type else Counter[Leaf]()
    unknown = [note.partition(": ")[::2] for note in notes if note.startswith(("unknown-", "unexpected-"))]
    missing, added = came - read, read - came
    named = [leaf for leaf in missing.elements() if _named(leaf, child, unknown)]
    lost = [leaf for leaf in missing.elements() if leaf not in named]
    if lost or added:
        return Told("lost", f"{len(lost)} missing {lost[:2]}, {sum(added.values())} added {list(added)[:2]}")
    return Told("read", unexpected=len(named), absent=absent)


def _named(leaf: Leaf, child: Any, unknown: list[tuple[str, str]]) -> bool:
    """Whether a value stands in, or is, something that the reader named as unknown."""
    around, name, _ = leaf
    for kind, place in unknown:
        parent, _, own = place.replace("@", "").partition("/")
        if (around, name) == (parent, own) or (kind == "unexpected-text" and name == parent):
            return True
        inside = child.xpath(f".//*[local-name()='{parent}']/*[local-name()='{own}']") if own else []
        if any((around, name) == (each[0], each[1]) for found in inside for each in of_xml(found)):
            return True
    return False


def operation_of(system: str, child: Any) -> tuple[Contract, str, str, str] | None:
    """Return the operation whose reply has this element as its root."""
    for contract in _contracts(system):
        for service in contract.services.values():
            for port in service.ports.values():
                for key, operation in port.operations.items():
                    if child.tag in operation.reply_tags:
                        return contract, service.name, port.name, key
    return None


@cache
def _contracts(system: str) -> tuple[Contract, ...]:
    return tuple(_loaded(system))


def _loaded(system: str) -> Iterator[Contract]:
    for path in sorted((FOLDER / system).rglob("*.wsdl")):
        yield load(FOLDER, path.relative_to(FOLDER).as_posix())


_ENDPOINTS: dict[tuple[object, ...], Endpoint] = {}


def endpoint_of(contract: Contract, service: str, port: str, call: str, absent: tuple[str, ...]) -> Endpoint:
    """Return the operation bound to the mapping of its whole reply that ``propose`` would write.

    ``absent`` are properties (``Type.name``) that the reply lacks; they have a ``missing:`` then, which
    may stand in the name too (``Type.name.value``).
    """
    key = (contract.file, service, port, call, absent)
    if key not in _ENDPOINTS:
        document = one_operation(contract, service, port, call)
        for name in absent:
            _may_be_missing(document.data["types"], *name.split("."))
        resource, mistakes = reading.resource(document, {})
        assert resource is not None, mistakes
        endpoints, wrong = agree([resource], {contract.file: contract}, around())
        assert not wrong, f"{call}: {wrong[0]}"
        _ENDPOINTS[key] = endpoints[0]
    return _ENDPOINTS[key]


def _may_be_missing(types: Any, name: str, field: str, text: str = "(missing)") -> None:
    """Say in a type, or in each of its variants, what a property is that a reply leaves out."""
    section = types[name]
    for fields in (
        section.get("fields", {}),
        *(of["fields"] for of in section.get("variants", {}).get("of", {}).values()),
    ):
        if field in fields:
            rule = fields[field] if isinstance(fields[field], dict) else {"soap": fields[field]}
            number = rule.get("json") == "number"
            fields[field] = {**rule, "missing": -987654321 if number else text}
