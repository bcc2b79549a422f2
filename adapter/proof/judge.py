"""Who says whether XML is what a contract allows: lxml where it can, else xmlschema, else our own tree.

lxml (libxml2) refuses content models that are not deterministic (XML Schema part 1, section 3.8.6), as real contracts
have them; xmlschema takes them. A report names its judge, since our own tree is no witness for itself.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xmlschema
from lxml import etree

from adapter.proof.schema_texts import MAIN, SchemaTexts, schema_texts
from adapter.proof.tree import tree_objection
from adapter.wsdl.documents import Documents
from adapter.wsdl.types import Contract, Message, Operation

# What an element is valid against: itself, in the form in which it is sent. Returns what is wrong, "" for nothing.
Objection = Callable[[Any], str]
TREE = "contract tree"


@dataclass(frozen=True, slots=True)
class Judge:
    """One judge of one contract. ``name`` stands in reports.

    ``element`` judges an element that the contract declares globally, ``typed`` any element as one of a type.
    """

    name: str
    contract: Contract
    element: Objection
    typed: Callable[[str, Any], str]

    def of(self, operation: Operation) -> str:
        """Return who judges the messages of an operation: SOAP encoding allows what no schema does."""
        return TREE if operation.use == "encoded" else self.name

    def message(self, operation: Operation, message: Message, root: Any) -> str:
        """Judge the one child of a SOAP body. The wrapper of rpc is in no schema: its parts are judged one by one."""
        declared = message.root
        if declared is None:
            return "" if root is None else "the body is empty in the contract"
        if root is None or root.tag != declared.tag:
            return f"{declared.tag} is missing"
        if operation.style == "document" and operation.use == "literal" and not message.bare:
            return self.element(root)
        return self.record(operation, declared.type, root)

    def record(self, operation: Operation, key: str, element: Any) -> str:
        """Judge an element of a message as one of the type with a key."""
        if operation.use == "encoded":
            return tree_objection(self.contract, key, element, encoded=True)
        return self.typed(key, element)


def judge_of(documents: Documents, contract: Contract) -> Judge:
    """Return the first judge that takes the contract's schemas."""
    schemas = schema_texts(documents)
    for make in (_lxml, _xmlschema):
        try:
            name, validate = make(schemas)
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError, xmlschema.XMLSchemaException):
            continue
        return _by_schema(name, validate, schemas, contract)
    return by_tree(contract)


def by_tree(contract: Contract) -> Judge:
    """Return our own judge."""
    return Judge(
        TREE, contract, lambda root: _declared(contract, root), lambda key, root: tree_objection(contract, key, root)
    )


def _declared(contract: Contract, root: Any) -> str:
    declared = contract.elements.get(root.tag)
    return tree_objection(contract, declared.type, root) if declared else f"there is no element {root.tag}"


def _by_schema(name: str, validate: Objection, schemas: SchemaTexts, contract: Contract) -> Judge:
    def typed(key: str, root: Any) -> str:
        tag = schemas.elements.get(key)
        if tag is None:
            return tree_objection(contract, key, root, typed)
        before, root.tag = root.tag, tag
        try:
            return validate(root)
        finally:
            root.tag = before

    return Judge(name, contract, validate, typed)


class _Closed(etree.Resolver):
    """Serves the texts of one closed set, and refuses everything else."""

    def __init__(self, schemas: SchemaTexts) -> None:
        super().__init__()
        self._texts = schemas.texts

    def resolve(self, system_url: str, public_id: str, context: object) -> Any:  # type: ignore[override]
        """Return the text of a document, or raise OSError when it is none of the set (called by lxml)."""
        text = self._texts.get(system_url.rpartition("/")[2])
        if text is None:
            raise OSError(f"{system_url} is outside of the contract")
        return self.resolve_string(text, context, base_url=system_url)


def _lxml(schemas: SchemaTexts) -> tuple[str, Objection]:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Closed(schemas))
    schema = etree.XMLSchema(etree.fromstring(schemas.texts[MAIN], parser, base_url=f"closed:/{MAIN}"))

    def objection(root: Any) -> str:
        if schema.validate(etree.ElementTree(root)):
            return ""
        log: Any = schema.error_log
        return str(log[0].message)

    return "lxml", objection


def _xmlschema(schemas: SchemaTexts) -> tuple[str, Objection]:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", xmlschema.XMLSchemaImportWarning)
        for name, text in schemas.texts.items():
            Path(folder, name).write_bytes(text)
        # Lax takes content models that are not deterministic, and whole schemas that stand there twice.
        schema = xmlschema.XMLSchema10(str(Path(folder, MAIN)), allow="sandbox", validation="lax")
    if schema.all_errors:
        raise schema.all_errors[0]

    def objection(root: Any) -> str:
        error = next(schema.iter_errors(xmlschema.XMLResource(root, allow="none")), None)
        return "" if error is None else f"{error.reason}"

    return "xmlschema", objection
