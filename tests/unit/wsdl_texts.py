"""Small WSDL and XSD texts for tests of the contract reader, and the folder that they stand in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapter.errors import BuildError
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract, Element, Group, Record, Scalar

ROOT = Path(__file__).parents[2]
# Real contracts that are not part of the project; tests over them skip where they are absent.
CORPUS = Path(os.environ.get("ADAPTER_CORPUS") or ROOT.parent / "shared" / "corpus") / "wsdl"

XS = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACES = (
    'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
    'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:t="urn:t"'
)
HTTP = 'transport="http://schemas.xmlsoap.org/soap/http"'


def folder(tmp_path: Path, **files: str) -> Path:
    """Write files into a ``wsdl/`` folder and return it; ``__`` in a name stands for ``.``, ``___`` for ``/``."""
    wsdl_dir = tmp_path / "wsdl"
    for name, text in files.items():
        target = wsdl_dir / name.replace("___", "/").replace("__", ".")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return wsdl_dir


def schema(body: str, attributes: str = 'targetNamespace="urn:t" elementFormDefault="qualified"') -> str:
    """Return a schema with a body; the prefix ``t`` is ``urn:t``."""
    return f"<xs:schema {NAMESPACES} {attributes}>{body}</xs:schema>"


def definitions(body: str) -> str:
    """Return a WSDL document with a body."""
    return f'<wsdl:definitions {NAMESPACES} targetNamespace="urn:t">{body}</wsdl:definitions>'


def types_of(tmp_path: Path, body: str, attributes: str | None = None) -> Contract:
    """Load one schema as a contract without services."""
    text = schema(body) if attributes is None else schema(body, attributes)
    return load(folder(tmp_path, s__xsd=text), "s.xsd")


def record(contract: Contract, key: str) -> Record:
    """Return a complex type of a contract."""
    found = contract.types[key]
    assert isinstance(found, Record)
    return found


def scalar(contract: Contract, key: str) -> Scalar:
    """Return an atomic simple type of a contract."""
    found = contract.types[key]
    assert isinstance(found, Scalar)
    return found


def elements(contract: Contract, key: str) -> list[Element]:
    """Return the elements of a complex type whose content is one plain group."""
    content = record(contract, key).content
    return [item for item in content.items if isinstance(item, Element)] if content else []


def group(contract: Contract, key: str) -> Group:
    """Return the content of a complex type."""
    content = record(contract, key).content
    assert content is not None
    return content


def of_type(body: str, attributes: str = "", name: str = "A") -> str:
    """A complex type with a sequence."""
    return f"<xs:complexType name='{name}' {attributes}><xs:sequence>{body}</xs:sequence></xs:complexType>"


def simple(body: str, name: str = "S") -> str:
    """A simple type."""
    return f"<xs:simpleType name='{name}'>{body}</xs:simpleType>"


def wrong(tmp_path: Path, body: str) -> list[str]:
    """Return the mistakes of a schema as text."""
    with pytest.raises(BuildError) as caught:
        types_of(tmp_path, body)
    return [str(mistake) for mistake in caught.value.mistakes]


def watched(program: str, tmp_path: Path, wsdl_dir: Path) -> Any:
    """Run a program on a folder in a process of its own, since an audit hook stays; return the JSON that it prints."""
    file = tmp_path / "program.py"
    file.write_text(program)
    done = subprocess.run(
        [sys.executable, str(file), str(wsdl_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return json.loads(done.stdout)
