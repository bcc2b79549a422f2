"""``components.schemas``: one schema for each JSON object type and what it is for, with names that read well.

A type of a mapping may be bound to several records and modes. Those that say the same share one component; the name is
the mapping's, ``Customer`` in replies, ``CustomerInput`` in requests, ``CustomerPatch`` in partial ones. Where equal
names mean different things, the resource's name stands in front, except in the resource that the type names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapter import strict_json
from adapter.mapping.bound import BoundType, Choice, Endpoint
from adapter.openapi.values import Schema, described, property_of

_PREFIX = "#/components/schemas/"
_Key = tuple[str, str]
_Ref = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Schemas:
    """The components by name, and under which name a bound type of a resource stands there."""

    components: Mapping[str, Schema]
    names: Mapping[_Key, str] = field(repr=False)

    def ref(self, endpoint: Endpoint, key: str) -> Schema:
        """Return the reference to the schema of the bound type ``key`` of an endpoint."""
        return {"$ref": _PREFIX + self.names[endpoint.resource.name, key]}


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
        for key in (endpoint.body.type if endpoint.body else "", endpoint.reply.type):
            if key:
                _collect(endpoint, key, nodes)
    labels = _classes(nodes)
    members: dict[int, list[_Node]] = {}
    for node in nodes.values():
        members.setdefault(labels[node.key], []).append(node)
    named = _names(list(members.values()))
    names = {node.key: name for name, group in named.items() for node in group}
    components = {
        name: _draft(group[0], lambda key, resource=group[0].resource: _PREFIX + names[resource, key])  # type: ignore[misc]
        for name, group in named.items()
    }
    return Schemas(components, names)


def camel(name: str) -> str:
    """Return ``customer-orders`` as ``CustomerOrders``."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def _collect(endpoint: Endpoint, key: str, nodes: dict[_Key, _Node], by: str = "", value: str = "") -> None:
    resource = endpoint.resource.name
    if (resource, key) in nodes:
        return
    bound = endpoint.types[key]
    nodes[resource, key] = _Node(resource, bound, endpoint.operation.use == "encoded", by, value)
    for variant in bound.variants:
        _collect(endpoint, variant.type, nodes, bound.discriminator, variant.value)
    for each in bound.fields:
        if each.type:
            _collect(endpoint, each.type, nodes)


def _classes(nodes: Mapping[_Key, _Node]) -> dict[_Key, int]:
    """Number the nodes so that equal numbers mean equal schemas, references included.

    Starts from equal names and parts what differs, until nothing parts any more; so types that contain themselves end.
    """
    labels = {key: 0 for key in nodes}
    while True:
        seen: dict[tuple[str, bytes], int] = {}
        refined = {}
        for key, node in nodes.items():
            draft = _draft(node, lambda inner, resource=node.resource: str(labels[resource, inner]))  # type: ignore[misc]
            refined[key] = seen.setdefault((node.name, strict_json.encode(draft)), len(seen))
        if refined == labels:
            return labels
        labels = refined


def _names(groups: Sequence[Sequence[_Node]]) -> dict[str, Sequence[_Node]]:
    short = [group[0].name + _suffix(group) for group in groups]
    wanted = Counter(short)
    named: dict[str, Sequence[_Node]] = {}
    for name, group in zip(short, groups, strict=True):
        if wanted[name] > 1 and not any(_own(node) for node in group):
            name = camel(group[0].resource) + name
        # The same name for two records within one resource has nothing else to tell them apart.
        number = next(number for number in range(1, len(groups) + 1) if _numbered(name, number) not in named)
        named[_numbered(name, number)] = group
    return named


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"


def _suffix(group: Sequence[_Node]) -> str:
    modes = {node.bound.mode for node in group}
    return "" if "reply" in modes else "Input" if "request" in modes else "Patch"


def _own(node: _Node) -> bool:
    """Whether the resource is named after the type, as ``orders`` is after ``Order``."""
    return camel(node.resource) in (node.bound.name, f"{node.bound.name}s")


def _draft(node: _Node, ref: _Ref) -> Schema:
    bound = node.bound
    if bound.variants:
        mapping = {variant.value: ref(variant.type) for variant in bound.variants}
        discriminator = {"propertyName": bound.discriminator, "mapping": mapping}
        union = {"oneOf": [{"$ref": target} for target in mapping.values()], "discriminator": discriminator}
        return described(union, bound.doc)
    properties: dict[str, Any] = {each.name: property_of(each, ref) for each in bound.fields}
    # In SOAP encoding any accessor may be left out of a message, whatever its schema says (SOAP 1.1 section 5.1).
    promised = bound.mode != "reply" or not node.encoded
    required = [each.name for each in bound.fields if each.required and promised]
    if node.by:
        properties = {node.by: {"type": "string", "const": node.value}, **properties}
        required.insert(0, node.by)
    schema = described({"type": "object", "properties": properties}, bound.doc)
    if required:
        schema["required"] = required
    if bound.mode != "reply":
        schema["additionalProperties"] = False
    return {**schema, **_choices(bound)}


def _choices(bound: BoundType) -> Schema:
    arrays = {each.name for each in bound.fields if each.shape in ("scalars", "objects")}
    rules = [
        _choice(choice)
        for choice in bound.choices
        # A reply has every array, though empty, so there its presence says nothing about the branch taken.
        if bound.mode != "reply" or not any(arrays.intersection(branch) for branch in choice.branches)
    ]
    return {} if not rules else rules[0] if len(rules) == 1 else {"allOf": rules}


def _choice(choice: Choice) -> Schema:
    branches = [_any_of(branch) for branch in choice.branches]
    if not choice.required:
        branches.append({"not": _any_of([name for branch in choice.branches for name in branch])})
    return {"oneOf": branches}


def _any_of(names: Sequence[str]) -> Schema:
    given: list[Schema] = [{"required": [name]} for name in names]
    return given[0] if len(given) == 1 else {"anyOf": given}


