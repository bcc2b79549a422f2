"""Links in answers: path templates that are filled, and links in place of long binary values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from adapter import pieces
from adapter.mapping.bound import BoundField, Endpoint

Put = Callable[[Any, Mapping[str, str]], None]


def linker(endpoint: Endpoint) -> Put | None:
    """Return what puts links into what was read, a list or an object; None where the mapping asks for none.

    It takes the document, which it changes, and the path parameters of the request.
    """
    if not endpoint.links:
        return None
    put = _Linking(endpoint).object(endpoint.reply.type)
    return put if endpoint.reply.rule.shape == "one" else _each(put)


class _Linking:
    """Compiles the walk to the values that may be links, type by type."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._made: dict[str, Put] = {}

    def leads(self, key: str) -> bool:
        """Tell whether an object of a bound type can hold a link, at any depth."""
        seen, waiting = set[str](), [key]
        while waiting:
            bound = self._endpoint.types[waiting.pop()]
            if any(field.rule.link is not None for field in bound.fields):
                return True
            inner = [each.type for each in bound.fields] + [each.type for each in bound.variants]
            waiting += [each for each in inner if each and each not in seen]
            seen.update(inner)
        return False

    def object(self, key: str) -> Put:
        """Return what puts the links into an object of a bound type."""
        if key not in self._made:
            # A type that contains itself meets this entry while it is being compiled.
            self._made[key] = lambda found, path: self._made[key](found, path)
            bound = self._endpoint.types[key]
            self._made[key] = (
                _variants(bound.discriminator, {each.value: self.object(each.type) for each in bound.variants})
                if bound.variants
                else _all([self._field(field) for field in bound.fields if self._concerns(field)])
            )
        return self._made[key]

    def _concerns(self, field: BoundField) -> bool:
        return field.rule.link is not None or bool(field.type and self.leads(field.type))

    def _field(self, field: BoundField) -> Put:
        rule, name = field.rule.link, field.name
        if rule is not None:
            return _link(name, rule.over, self._endpoint.links[rule.operation])
        inner = self.object(field.type)
        if field.shape == "objects":
            inner = _each(inner)

        def below(found: Any, path: Mapping[str, str]) -> None:
            if found.get(name) is not None:
                inner(found[name], path)

        return below


def _link(name: str, over: int, template: str) -> Put:
    def put(found: Any, path: Mapping[str, str]) -> None:
        text = found.get(name)
        # Four characters of base64 are three bytes, less what the padding stands for.
        size = len(text) // 4 * 3 - text[-2:].count("=") if isinstance(text, str) else 0
        if size > over and (where := location(template, found, path)):
            found[name] = {"href": where, "bytes": size}

    return put


def _variants(by: str, puts: Mapping[str, Put]) -> Put:
    return lambda found, path: puts[found[by]](found, path)


def _all(puts: list[Put]) -> Put:
    def put(found: Any, path: Mapping[str, str]) -> None:
        for each in puts:
            each(found, path)

    return put


def _each(put: Put) -> Put:
    """Return what puts links into every item: of an array, or of an object that stands for a keyed one."""

    def all_of(found: Any, path: Mapping[str, str]) -> None:
        for item in pieces.each(found.values() if isinstance(found, dict) else found):
            if item is not None:
                put(item, path)

    return all_of


def location(template: str, document: Mapping[str, Any], path: Mapping[str, str]) -> str:
    """Fill a path template from the answer, or from the request's own path (RFC 9110 section 10.2.2).

    Return an empty string where a value is missing: a Location that leads elsewhere is worse than none.
    """
    values = {name: document.get(name, path.get(name)) for name in re.findall(r"\{([^}]*)\}", template)}
    if any(value in (None, "") for value in values.values()):
        return ""
    return re.sub(r"\{([^}]*)\}", lambda match: quote(str(values[match[1]]), safe=""), template)
