"""One construct: a folder with a contract, a mapping of it, and values in JSON and in XML.

``schema.xsd`` declares ``In`` and ``Out`` (both with an element X of type T, where ``case.yaml`` says nothing else), or
``contract.wsdl`` is a whole contract. ``case.yaml`` holds::

    types: the types of the mapping
    operation: its body and reply, where they are not one T in X
    soap: service and port, where contract.wsdl is there; the operation is Do
    both:    [{json, xml}]    JSON becomes exactly this XML, which becomes exactly this JSON
    read:    [{json, xml}]    other XML of a reply that says the same
    write:   [{json, xml}]    JSON of a request whose XML is another than that of the reply
    refused: [json]           bodies that the contract does not allow

``xml`` is what In and Out hold, or whole children of the SOAP body below ``request`` and ``reply``.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.mapping.project import load_project
from adapter.translate.writer import writer
from adapter.wsdl.load import load
from tests.cases import canonical
from tests.unit.mapped import WSDL, around, check
from tests.unit.twins import reader

FOLDER = Path(__file__).parent
_WHOLE = {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}}
_INCLUDE = '<xsd:schema><xsd:import namespace="urn:t" schemaLocation="schema.xsd"/></xsd:schema>'
SPACES = (
    'xmlns="urn:t" xmlns:t="urn:t" xmlns:o="urn:other" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" '
    'xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"'
)


@dataclass(frozen=True)
class Construct:
    """A construct's folder and its ``case.yaml``."""

    folder: Path
    case: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    def given(self, kind: str) -> list[Any]:
        """Return the examples of one kind, none where the case has none."""
        found: list[Any] = self.case.get(kind, [])
        return found

    def endpoint(self) -> Endpoint:
        """Bind the construct's mapping to its contract."""
        with self.project() as project:
            endpoints, _ = load_project(project, load, around())
        return endpoints[0]

    @contextmanager
    def project(self) -> Iterator[Path]:
        """Yield a project of the contract, ``wsdl/contract.wsdl``, and its mapping."""
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            shutil.copytree(self.folder, project / "wsdl", ignore=shutil.ignore_patterns("case.yaml"))
            if not (project / "wsdl" / "contract.wsdl").exists():
                (project / "wsdl" / "contract.wsdl").write_text(WSDL.format(schema=_INCLUDE), "utf-8")
            (project / "mappings").mkdir()
            # JSON is YAML.
            (project / "mappings" / "things.yaml").write_text(json.dumps(self._mapping()), "utf-8")
            yield project

    def schema(self) -> etree.XMLSchema | None:
        """Return the judge of what is written, None where the contract is not a plain schema."""
        file = self.folder / "schema.xsd"
        return etree.XMLSchema(etree.parse(str(file))) if file.exists() else None

    def _mapping(self) -> dict[str, Any]:
        soap = {"wsdl": "contract.wsdl", **self.case.get("soap", {"service": "S", "port": "P"})}
        operation = {"call": "Do", "request": "POST /", **self.case.get("operation", _WHOLE)}
        return {
            "version": 1,
            "resource": "things",
            "path": "/v1/things",
            "soap": soap,
            "types": self.case["types"],
            "operations": {"create": operation},
        }


def constructs(folder: Path = FOLDER) -> list[Construct]:
    """Return all those that have a folder there, by name."""
    files = sorted(folder.glob("*/case.yaml"))
    return [Construct(file.parent, yaml.safe_load(file.read_text("utf-8"))) for file in files]


def message(example: dict[str, Any], way: str) -> Any:
    """Return the child of the SOAP body that an example has as ``request`` or ``reply``, with what stands beside it."""
    return etree.fromstring(f"<env:Body {SPACES}>{text(example, way)}</env:Body>")[0]


def text(example: dict[str, Any], way: str) -> str:
    """Return what an example has in the SOAP body of its ``request`` or ``reply``, with prefixes of ``SPACES``."""
    root = {"request": "In", "reply": "Out"}[way]
    return str(example[way]) if way in example else f"<{root}>{example['xml']}</{root}>"


def written(endpoint: Endpoint, body: Any) -> Any:
    """Return the child of the SOAP body that a JSON body becomes. Raises InvalidRequest."""
    return writer(endpoint)(check(endpoint, body))


def read(endpoint: Endpoint, element: Any) -> Any:
    """Return the JSON that a reply becomes."""
    return reader(endpoint)(element).document


def plain(element: Any) -> bytes:
    """Return an element in canonical form."""
    return canonical(etree.tostring(element))
