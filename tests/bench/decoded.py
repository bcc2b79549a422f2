"""speed.reader_median and speed.reader_worst: decoding alone, zeep's time divided by ours.

Replies of the systems of the corpus: their real messages, and replies made up for some operations of each contract,
their first list grown to the length of a page. What has hardly a value is left out, and so is what zeep reads in part
only, for it is quick about what it loses. Both decoders begin with the same parsed reply and a tree of its own:
zeep makes its objects of it, ours the value that JSON is written from, held against the contract on the way. The
mapping has the whole reply, as ``propose`` writes it. Time is that of the processor; both take turns.
"""

from __future__ import annotations

import random
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from lxml import etree

from adapter.backends.soap.answer import NAMESPACES, open_answer
from adapter.errors import AdapterError, BuildError
from adapter.exchange import Reply
from adapter.mapping.bound import Endpoint
from adapter.translate.replies import reply_reader
from adapter.wsdl.documents import read_documents
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.load import load
from adapter.wsdl.types import SOAP12_ENVELOPE, Contract
from adapter.wsdl.values import NoValue
from adapter.wsdl.zeep_documents import REFUSALS, zeep_client
from tests.evidence import Result
from tests.evidence.wsdl_messages import SYSTEMS, endpoint_of, enveloped, files, operation_of
from tests.evidence.wsdl_served import FOLDER, contracts
from tests.netsuite.contract import ABSENT

OPERATIONS: Final = 10
ITEMS: Final = 25
ROUNDS: Final = 7
MIN_BYTES: Final = 2000
VALUES: Final = 10
WHOLE: Final = 0.9
MEDIAN, WORST = 10, 5
_AT_LEAST: Final = 0.003


@dataclass(frozen=True, slots=True)
class Pair:
    """One reply, ready for both: ``envelope`` as it came, and what decodes it from its parsed envelope."""

    system: str
    what: str
    envelope: bytes
    zeeps: Callable[[Any], Any]
    ours: Callable[[Any], Any]


def measure() -> dict[str, Result]:
    """Decode every reply by both, in turns."""
    if not FOLDER.is_dir():
        return {f"speed.reader_{name}": Result(ABSENT, ok=False) for name in ("median", "worst")}
    ratios: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    apart: Counter[str] = Counter()
    for pair in _pairs(apart):
        try:
            if why := _unfit(pair):
                apart[why] += 1
                continue
            ratio = _ratio(pair)
        except (AdapterError, *REFUSALS) as error:
            apart["not decoded by ours" if isinstance(error, AdapterError) else "not decoded by zeep"] += 1
            continue
        ratios[pair.system].append((ratio, len(pair.envelope), pair.what))
    for system, found in sorted(ratios.items()):
        low = min(found)
        print(
            f"{system}: {len(found)} replies, median {_middle(found):.1f}, lowest {low[0]:.1f} {low[2]} {low[1]} bytes"
        )
    return _results(ratios, apart)


def _results(ratios: dict[str, list[tuple[float, int, str]]], apart: Counter[str]) -> dict[str, Result]:
    """Return the stricter reading of each line."""
    everything = [each for found in ratios.values() for each in found]
    by_system = {system: _middle(found) for system, found in ratios.items()}
    middle = min(_middle(everything), median(by_system.values()))
    said = f"{len(ratios)} systems, {len(everything)} replies" + "".join(f", {n} {why}" for why, n in apart.items())
    system = min(by_system, key=by_system.__getitem__)
    large = min((each for each in everything if each[1] >= MIN_BYTES), default=(0.0, 0, "none"))
    worst = min(by_system[system], large[0])
    told = f"{worst:.1f} (median of {system} {by_system[system]:.1f}; single reply of {MIN_BYTES} bytes or more "
    return {
        "speed.reader_median": Result(f"{middle:.1f} ({said})", middle >= MEDIAN),
        "speed.reader_worst": Result(f"{told}{large[0]:.1f}, {large[2]}, {large[1]} bytes)", worst >= WORST),
    }


def _middle(found: list[tuple[float, int, str]]) -> float:
    return median(each[0] for each in found)


def _unfit(pair: Pair) -> str:
    """Return why a reply compares nothing, "" where it does."""
    tree = etree.fromstring(pair.envelope)
    there = sum(1 for each in tree[0].iter("*") if (each.text or "").strip())
    there += sum(1 for each in tree[0].iter("*") for name in each.attrib if not str(name).startswith("{"))
    if there < VALUES:
        return f"with fewer than {VALUES} values"
    return "that zeep reads in part only" if _held(pair.zeeps(tree)) < WHOLE * there else ""


def _held(value: Any) -> int:
    """How many values there are in what zeep makes of a reply. What it keeps as raw elements it did not decode."""
    if value is None or isinstance(value, etree._Element):
        return 0
    if isinstance(value, list | tuple | set):
        return sum(map(_held, value))
    values = value if isinstance(value, dict) else getattr(value, "__values__", None)
    if values is None:
        return 1
    return sum(_held(each) for name, each in values.items() if name != "_raw_elements")


def _ratio(pair: Pair) -> float:
    """Return zeep's time divided by ours: the median of some rounds, in which both have trees of their own."""
    times = max(1, min(50, round(_AT_LEAST / max(_took(pair.zeeps, pair.envelope, 1), 1e-6))))
    _took(pair.ours, pair.envelope, 1)
    rounds = [(_took(pair.zeeps, pair.envelope, times), _took(pair.ours, pair.envelope, times)) for _ in range(ROUNDS)]
    return median(theirs for theirs, _ in rounds) / median(own for _, own in rounds)


def _took(decode: Callable[[Any], Any], envelope: bytes, times: int) -> float:
    """Return the seconds of the processor that decoding takes that often, each time from another tree."""
    trees = [etree.fromstring(envelope) for _ in range(times)]
    start = time.process_time()
    for tree in trees:
        decode(tree)
    return time.process_time() - start


def _pairs(apart: Counter[str]) -> Iterator[Pair]:
    for file in contracts(FOLDER):
        system = file.partition("/")[0]
        contract = load(FOLDER, file)
        theirs = _zeep(file)
        if theirs is None:
            apart["contracts that zeep refuses"] += 1
            continue
        places = _places(contract)
        for place in random.Random(file).sample(places, min(OPERATIONS, len(places))):
            made = _made_up(contract, *place)
            operation = _operation(theirs, place[2])
            if made is None or operation is None:
                apart["operations without"] += 1
                continue
            yield _pair(system, place[2], endpoint_of(contract, *place, ()), made, operation)
        yield from _real(system, contract, theirs)


def _pair(system: str, what: str, endpoint: Endpoint, root: Any, operation: Any) -> Pair:
    """Return a reply as both take it. Raises nothing: what cannot be decoded is found when it is."""
    output, read = endpoint.operation.output, reply_reader(endpoint)
    space = NAMESPACES["1.2" if operation.binding.nsmap["soap-env"] == SOAP12_ENVELOPE else "1.1"]
    envelope = etree.Element(f"{{{space}}}Envelope", nsmap={"e": space})
    body = etree.SubElement(envelope, f"{{{space}}}Body")
    if output is not None and output.bare:
        body.extend(root)
    else:
        body.append(root)

    def ours(tree: Any) -> None:
        read(tree[0] if output is not None and output.bare else tree[0][0])

    return Pair(system, what, etree.tostring(envelope), operation.process_reply, ours)


def _places(contract: Contract) -> list[tuple[str, str, str]]:
    return [
        (service.name, port.name, key)
        for service in contract.services.values()
        for port in service.ports.values()
        for key, operation in port.operations.items()
        if operation.output is not None and operation.output.root is not None
    ]


def _zeep(file: str) -> Any:
    """Return zeep's reading of a contract, None where it refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return zeep_client(read_documents(FOLDER, file)).wsdl
    except (BuildError, *REFUSALS):
        return None


def _operation(wsdl: Any, name: str) -> Any:
    """Return zeep's operation of a name, None where it dropped it."""
    found = [binding._operations[name] for binding in wsdl.bindings.values() if name in binding._operations]
    return found[0] if found else None


def _made_up(contract: Contract, service: str, port: str, key: str) -> Any:
    """Return a reply that is valid, its first list grown; None where none can be made."""
    operation = contract.operation(service, port, key)
    assert operation.output is not None
    assert operation.output.root is not None
    maker = Instances(Ground.of(contract), random.Random(key), operation.use == "encoded", many=300, chance=0.8, sure=3)
    try:
        root = maker.element(operation.output.root)
    except NoValue:
        return None
    for element in root.iter("*"):
        first, second = element.getprevious(), element.getnext()
        if first is None and second is not None and second.tag == element.tag:
            for _ in range(ITEMS):
                element.addnext(deepcopy(element))
            break
    return root


def _real(system: str, contract: Contract, theirs: Any) -> Iterator[Pair]:
    """Yield the real messages of a contract that are replies of its operations."""
    for file in files(system) if system in SYSTEMS else ():
        try:
            root = etree.fromstring(file.read_bytes())
            answer = etree.tostring(root) if root.tag.endswith("}Envelope") else enveloped(root)
            version = "1.2" if NAMESPACES["1.2"].encode() in answer else "1.1"
            opened = open_answer(Reply(200, {"content-type": "text/xml"}, answer), version, None)
        except (AdapterError, etree.XMLSyntaxError):
            continue
        found = operation_of(system, opened.child) if opened.child is not None else None
        operation = _operation(theirs, found[3]) if found is not None and found[0].file == contract.file else None
        if found is not None and operation is not None:
            yield _pair(system, file.name, endpoint_of(*found, ()), deepcopy(opened.child), operation)


if __name__ == "__main__":
    for line, result in measure().items():
        print(line, result.value, "ok" if result.ok else "short")
