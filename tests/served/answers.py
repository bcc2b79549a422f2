"""Whether an answer is what the mapping says, judged by others than the reader that made it.

Its schema is the one that the OpenAPI document gives; and every value in it has to stand in the SOAP reply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from jsonschema import Draft202012Validator
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapter.mapping.bound import Endpoint

_DOCUMENT = "urn:document"


class Judge:
    """Judges answers by an OpenAPI document, and by the reply that they were read from."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        resource = DRAFT202012.create_resource(document)
        self.document = document
        self.registry: Registry[Any] = Registry().with_resource(_DOCUMENT, resource)

    def objection(self, endpoint: Endpoint, status: int, answer: Any, reply: bytes) -> str:
        """Return what is wrong with an answer, empty where nothing is."""
        told = self.document["paths"][endpoint.path][endpoint.method.lower()]["responses"]
        if str(status) not in told:
            return f"status {status} is not in the OpenAPI document"
        content = told[str(status)].get("content")
        if content is None or answer is None:
            return "" if content is None and answer is None else "a body where the OpenAPI document has none, or none"
        pointer = "/".join(
            each.replace("~", "~0").replace("/", "~1")
            for each in ("paths", endpoint.path, endpoint.method.lower(), "responses", str(status), "content")
        )
        media_type = next(iter(content)).replace("/", "~1")
        validator = Draft202012Validator(
            {"$ref": f"{_DOCUMENT}#/{pointer}/{media_type}/schema"}, registry=self.registry
        )
        for error in validator.iter_errors(answer):
            return f"not as OpenAPI says: {error.message[:100]} at {'/'.join(map(str, error.absolute_path))}"
        return self._unknown(endpoint, answer, reply)

    def _unknown(self, endpoint: Endpoint, answer: Any, reply: bytes) -> str:
        """Return the first value that the reply does not hold."""
        root = etree.fromstring(reply)
        texts = {
            text for node in root.iter(etree.Element) for text in (node.text or "", *map(str, node.attrib.values()))
        }
        texts |= {_resolved(node) for node in root.iter(etree.Element)}
        said = {form for text in texts for form in (text, " ".join(text.split()), _plain(text))}
        said |= {word for text in texts for part in text.split() for word in (part, _plain(part))}
        said |= {variant.value for bound in endpoint.types.values() for variant in bound.variants}
        items = answer["items"] if endpoint.reply.rule.shape == "each" and isinstance(answer, dict) else answer
        unknown = next((each for each in _leaves(items) if each not in said and _plain(each) not in said), None)
        return "" if unknown is None else f"{unknown[:60]!r} is in the answer, and not in the reply"


def _resolved(node: Any) -> str:
    """Return the text of an element as a qualified name, the prefix resolved; any other text as it is."""
    text = (node.text or "").strip()
    prefix, _, local = text.rpartition(":")
    namespace = node.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else text


def _leaves(value: Any) -> Iterator[str]:
    """Yield the values of an answer as text; XML that is carried whole is judged elsewhere."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None and not str(value).lstrip().startswith("<"):
        yield str(value)


def _plain(text: str) -> str:
    """Return a number in one form, whatever zeros it has; any other text as it is."""
    try:
        return f"{Decimal(text.strip()).normalize():f}"
    except (InvalidOperation, ValueError):
        return {"1": "true", "0": "false"}.get(text, text)
