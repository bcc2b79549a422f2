"""``components.schemas``: one schema for each JSON object type and what it is for, with names that read well.

A type of a mapping may be bound to several records and modes. Those that say the same share one component; the name is
the mapping's, ``Customer`` in replies, ``CustomerInput`` in requests, ``CustomerPatch`` in partial ones. Where equal
names mean different things, the resource's name stands in front, except in the resource that the type names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from adapter import strict_json
from adapter.mapping.bound import BoundType, Choice, Endpoint, Mode, leaves
from adapter.mapping.flat import shown
from adapter.openapi.conditions import dependent
from adapter.openapi.values import Schema, described, property_of

PROBLEM = "Problem"
_PREFIX = "#/components/schemas/"
_SUFFIXES: Mapping[Mode, str] = {
    "reply": "",
    "request": "Input",
    "update": "Update",
    "partial": "Patch",
    "merge": "Patch",
}
_Key = tuple[str, str]
_Ref = Callable[[_Key], str]


@dataclass(frozen=True, slots=True)
class Schemas:
    """The components by name, and where the schema of each bound type of a resource stands."""

    components: Mapping[str, Schema]
    targets: Mapping[_Key, str]

    def ref(self, endpoint: Endpoint, key: str) -> Schema:
        """Return the reference to the schema of the bound type ``key`` of an endpoint."""
        return {"$ref": self.targets[endpoint.resource.name, key]}


@dataclass(frozen=True, slots=True)
class _Node:
    """One bound type of one resource; for a variant with the discriminator ``by`` and its ``value``."""

    resource: str
    bound: BoundType
    encoded: bool
    by: str = ""
    value: str = ""

    @property
    def key(self) -> _Key:
        return self.resource, self.bound.key

    @property
    def name(self) -> str:
        return self.bound.name + camel(self.value)


def schemas(endpoints: Iterable[Endpoint]) -> Schemas:
    """Return the schemas of everything that the endpoints take and answer, in the order of their first use."""
    nodes: dict[_Key, _Node] = {}
    for endpoint in endpoints:
        for each in endpoint.whole():
            body = each.body.type if each.body and each.body.document is None else ""
            reply = each.reply.type if each.reply.rule.document is None else ""
            for key in (body, reply, *each.details.values()):
                if key:
                    _collect(endpoint, key, nodes)
    labels = _classes(nodes)
    alike: dict[str, list[_Node]] = {}
    for node in nodes.values():
        alike.setdefault(labels[node.key], []).append(node)
    named = _names(list(alike.values()))
    targets = {node.key: _PREFIX + name for name, group in named.items() for node in group}
    return Schemas({name: _draft(group[0], targets.__getitem__) for name, group in named.items()}, targets)


def camel(name: str) -> str:
    """Return ``customer-orders`` as ``CustomerOrders``."""
    return "".join(part[:1].upper() + part[1:] for part in re.findall("[A-Za-z0-9]+", name))


def _collect(endpoint: Endpoint, key: str, nodes: dict[_Key, _Node], by: str = "", value: str = "") -> None:
    resource = endpoint.resource.name
    if (resource, key) in nodes:
        return
    bound = endpoint.types[key]
    nodes[resource, key] = _Node(resource, bound, endpoint.operation.use == "encoded", by, value)
    for variant in bound.variants:
        _collect(endpoint, variant.type, nodes, bound.discriminator, variant.value)
    for each in shown(bound):
        if each.type:
            _collect(endpoint, each.type, nodes)


def _classes(nodes: Mapping[_Key, _Node]) -> dict[_Key, str]:
    """Label the nodes so that equal labels mean equal schemas, references included.

    Starts with all equal and parts what differs, until nothing parts any more; so types that contain themselves end.
    """
    drawn = _drawn(nodes)
    labels = dict.fromkeys(nodes, "")
    while True:
        seen: dict[tuple[str, bytes, tuple[str, ...]], str] = {}
        parted = {}
        for key, (content, refs) in drawn.items():
            meant = tuple(labels[key[0], each] for each in refs)
            parted[key] = seen.setdefault((nodes[key].name, content, meant), str(len(seen)))
        if parted == labels:
            return labels
        labels = parted


def _drawn(nodes: Mapping[_Key, _Node]) -> dict[_Key, tuple[bytes, tuple[str, ...]]]:
    """Return the parts of all nodes. Files that share a type have the same bound one, and so the same parts."""
    known: dict[tuple[int, bool, str, str], tuple[bytes, tuple[str, ...]]] = {}
    drawn = {}
    for key, node in nodes.items():
        same = id(node.bound), node.encoded, node.by, node.value
        if same not in known:
            known[same] = _parts(node)
        drawn[key] = known[same]
    return drawn


def _parts(node: _Node) -> tuple[bytes, tuple[str, ...]]:
    """Return the schema of a node without what it refers to, and that, in order."""
    refs: list[str] = []

    def number(target: _Key) -> str:
        refs.append(target[1])
        return str(len(refs))

    content = strict_json.encode(_draft(node, number))
    return content, tuple(refs)


def _names(groups: Sequence[Sequence[_Node]]) -> dict[str, Sequence[_Node]]:
    short = [group[0].name + _suffix(group) for group in groups]
    wanted = Counter(short)
    named: dict[str, Sequence[_Node]] = {}
    taken = {PROBLEM}
    for name, group in zip(short, groups, strict=True):
        if wanted[name] > 1 and not any(_own(node) for node in group):
            name = camel(group[0].resource) + name
        # The same name for two records within one resource has nothing else to tell them apart.
        free = next(each for each in chain((name,), (f"{name}{number}" for number in count(2))) if each not in taken)
        taken.add(free)
        named[free] = group
    return named


def _suffix(group: Sequence[_Node]) -> str:
    modes = {node.bound.mode for node in group}
    return next(word for mode, word in _SUFFIXES.items() if mode in modes)


def _own(node: _Node) -> bool:
    """Whether the resource is named after the type, as ``orders`` is after ``Order``."""
    return camel(node.resource) in (node.bound.name, f"{node.bound.name}s")


def _draft(node: _Node, target: _Ref) -> Schema:
    bound = node.bound

    def ref(key: str) -> str:
        return target((node.resource, key))

    if bound.variants:
        mapping = {variant.value: ref(variant.type) for variant in bound.variants}
        discriminator = {"propertyName": bound.discriminator, "mapping": mapping}
        union = {"oneOf": [{"$ref": target} for target in mapping.values()], "discriminator": discriminator}
        return described(union, bound.doc)
    properties: dict[str, Any] = {each.name: property_of(each, bound.mode, ref) for each in shown(bound)}
    # In SOAP encoding any accessor may be left out of a message, whatever its schema says (SOAP 1.1 section 5.1).
    promised = bound.mode != "reply" or not node.encoded
    required = [each.name for each in shown(bound) if each.required and (promised or each.missing is not None)]
    if node.by:
        properties = {node.by: {"type": "string", "const": node.value}, **properties}
        required.insert(0, node.by)
    schema = described({"type": "object", "properties": properties}, bound.doc)
    if required:
        schema["required"] = required
    if bound.mode != "reply":
        schema["additionalProperties"] = False
    empty = any(each.default for each in leaves(bound.fields))
    if (bound.nested or bound.turn) and bound.mode != "reply" and not empty:
        schema["minProperties"] = 1
    schema |= _choices(bound)
    if rules := dependent(bound):
        schema["allOf"] = [*schema.get("allOf", []), *rules]
    return schema


def _choices(bound: BoundType) -> Schema:
    arrays = {each.name for each in bound.fields if each.shape in ("scalars", "objects")}
    rules = [
        # A reply may hold a branch that nobody mapped, and so none of those that are.
        _choice(choice, choice.required and bound.mode != "reply")
        for choice in bound.choices
        # An array may be there and empty, so its presence says nothing about the branch taken.
        if not any(arrays.intersection(branch) for branch in choice.branches)
    ]
    return {} if not rules else rules[0] if len(rules) == 1 else {"allOf": rules}


def _choice(choice: Choice, required: bool) -> Schema:
    branches = [_any_of(branch) for branch in choice.branches]
    if not required:
        branches.append({"not": _any_of([name for branch in choice.branches for name in branch])})
    return {"oneOf": branches}


def _any_of(names: Sequence[str]) -> Schema:
    given: list[Schema] = [{"required": [name]} for name in names]
    return given[0] if len(given) == 1 else {"anyOf": given}
