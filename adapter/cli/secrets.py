"""What ``explain`` must not show: values that operators gave for ``setting:`` constants, and what we log in with.

Rule 1: where the mapping puts such a value, nothing is shown, however short it is.
Rule 2: wherever else the same text comes back (an echo in a fault, in JSON), it is hidden too, unless it is so short
        that it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from adapter.backends.soap.security import hide_security
from adapter.identity.hiding import HIDDEN, forms
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Constant
from adapter.settings import Settings


class Secrets:
    """Hides the secrets of one operation by their place in its envelopes, and those of all operations in any text."""

    def __init__(self, endpoint: Endpoint | None, settings: Settings, credentials: Iterable[str] = ()) -> None:
        self._forms = forms((*settings.value.values(), *credentials))
        self._header: tuple[Constant, ...] = ()
        self._body: tuple[Constant, ...] = ()
        self._objects: tuple[Constant, ...] = ()
        if endpoint is not None:
            named = [rule for rule in endpoint.resource.operations if rule.name == endpoint.name]
            rules = [each for rule in named for each in rule.whole()]
            rules += [lookup.rule.rule for lookup in endpoint.lookups]
            self._header = tuple(each for each in _in_header(endpoint) if each.setting or each.credential)
            self._body = tuple(each for rule in rules for each in rule.set if each.setting or each.credential)
            types = endpoint.resource.types.values()
            self._objects = tuple(each for rule in types for each in rule.set if each.setting or each.credential)

    def text(self, text: str) -> str:
        """Return a text (JSON or XML, as it is written, or plain) without the secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def envelope(self, root: etree._Element) -> None:
        """Take the secrets out of the places in a SOAP envelope where the mapping puts them."""
        hide_security(root)
        hide(root.iterfind("{*}Header"), self._header)
        hide(root.iterfind("{*}Body/*"), self._body)
        # An object can stand anywhere in the body, so what looks like one is taken for one.
        hide(root.iterfind("{*}Body//*") if self._objects else (), self._objects)


def _in_header(endpoint: Endpoint) -> Iterator[Constant]:
    """Yield the constants of the header blocks; each value of a block that a function makes is one."""
    yield from (each for each in endpoint.resource.soap.headers if not each.compute)
    for block in endpoint.headers:
        made = [field for field in block.fields if field.made is not None and field.made.compute]
        yield from (replace(field.made, path=f"{block.element.name}.{field.name}") for field in made if field.made)


def hide(parents: Iterable[etree._Element], constants: Iterable[Constant]) -> None:
    """Hide what stands at the end of each constant's path (``Aufruf.Kennwort``, ``Aufruf.@id``) below the parents."""
    parents = list(parents)
    for constant in constants:
        *steps, last = constant.path.split(".")
        found = parents
        for step in [*steps, "" if last.startswith("@") else last]:
            if step not in ("", "#text"):
                found = [child for element in found for child in element.iterfind(f"{{*}}{step}")]
        for element in found:
            if not last.startswith("@"):
                element.text = HIDDEN
            for name in element.attrib:
                if f"@{etree.QName(name).localname}" == last:
                    element.set(name, HIDDEN)
