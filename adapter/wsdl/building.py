"""What is in the making while the schemas of a contract are read: finished types, waiting ones, and a budget."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from adapter.errors import BuildError
from adapter.wsdl.builtins import BUILTINS, builtin_types
from adapter.wsdl.components import Component, Components
from adapter.wsdl.names import SOAP12_ENCODING, xsd
from adapter.wsdl.types import SOAP11_ENCODING, XSD, Any, Attribute, Element, Group, Record, Type

# A small file can name a group twice, that group another twice, and so on. Real contracts stay far below this.
MAX_PARTICLES = 2_000_000

ANY_TYPE = xsd("anyType")
SOAP_ARRAYS = (f"{{{SOAP11_ENCODING}}}Array", f"{{{SOAP12_ENCODING}}}Array")
_BUILTIN_KEYS = {local: xsd(local) for local in BUILTINS}
_ENCODED = _BUILTIN_KEYS | {"base64": xsd("base64Binary"), "Struct": ANY_TYPE, "Array": SOAP_ARRAYS[0]}


@dataclass(slots=True)
class Building:
    """One reading of a contract's schemas. ``queue`` holds every type to build, anonymous ones as they are met."""

    components: Components
    types: dict[str, Type] = field(default_factory=builtin_types)
    elements: dict[str, Element] = field(default_factory=dict)
    groups: dict[str, tuple[Group | None, int]] = field(default_factory=dict)
    attributes: dict[str, tuple[dict[str, Attribute], tuple[Any, ...]]] = field(default_factory=dict)
    queue: list[Component] = field(default_factory=list)
    unfinished: set[str] = field(default_factory=set)
    spent: int = 0

    def spend(self, particles: int, scope: Component) -> None:
        """Count particles and attributes. Raise BuildError once there are more than ``MAX_PARTICLES``."""
        self.spent += particles
        if self.spent > MAX_PARTICLES:
            self.components.wrong(
                scope.schema, scope.node, f"the schemas expand to more than {MAX_PARTICLES} particles"
            )
            raise BuildError(self.components.mistakes)

    def anonymous(self, scope: Component, node: etree._Element, key: str) -> str:
        """Queue an anonymous type under a key that says where it stands; return the key, made unique."""
        known, free, number = self.components.by_kind["type"], key, 1
        while free in known:
            number += 1
            free = f"{key}[{number}]"
        known[free] = Component(free, node, scope.schema, scope.redefines)
        self.queue.append(known[free])
        return free

    def type_key(self, scope: Component, node: etree._Element, qname: str) -> str:
        """Return the key of the type that a QName means; ``anyType``, with a mistake noted, where there is none."""
        key = self.components.name(scope, node, qname)
        if key is None:
            return ANY_TYPE
        if builtin := builtin_key(key, self.types):
            return builtin
        found = self.components.find("type", scope, node, qname)
        return found.key if found else ANY_TYPE


def builtin_key(key: str, types: dict[str, Type]) -> str | None:
    """Return the key of the built-in type that a key of XSD or of the SOAP encoding means, None for any other key."""
    namespace, _, local = key[1:].rpartition("}")
    if namespace == XSD:
        return _BUILTIN_KEYS.get(local)
    if namespace not in (SOAP11_ENCODING, SOAP12_ENCODING):
        return None
    if local == "Array":
        types.setdefault(SOAP_ARRAYS[0], soap_array(SOAP_ARRAYS[0], ANY_TYPE))
    return _ENCODED.get(local)


def soap_array(key: str, item: str, name: str = "item", doc: str = "") -> Record:
    """Return a soapenc array of a type (SOAP 1.1 section 5.4): one repeated element whose name is free."""
    return Record(key, Group("sequence", (Element(name, "", item, 0, None),)), soap_array=True, doc=doc)
