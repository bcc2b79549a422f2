"""``scopes:`` of operations, files and shared files: what holds for an operation, and what is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter import app
from adapter.errors import BuildError
from adapter.mapping.model.policy import Scopes
from adapter.mapping.project import load_project
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.unit.mapped import WSDL, around, typed

ENDPOINT = {"ADAPTER_ENDPOINT_S": "http://127.0.0.1:1/"}
_FILE = """version: 1
resource: things
path: /v1/things
{of_file}
soap: {{wsdl: t.wsdl, service: S, port: P}}
types: {{T: {{fields: {{a: a}}}}}}
operations:
  read: {{request: GET /, call: Do, {of_read} reply: {{one: T, from: X}}}}
  create: {{request: POST /, call: Do, {of_create} body: {{one: T, into: X}}, reply: {{one: T, from: X}}}}
"""
_ELEMENT = '<xsd:sequence><xsd:element name="a" type="xsd:string" minOccurs="0"/></xsd:sequence>'


def project(folder: Path, of_file: str = "", of_read: str = "", of_create: str = "", shared: str = "") -> Path:
    """Write a project with two operations."""
    for name in ("wsdl", "mappings/shared"):
        (folder / name).mkdir(parents=True)
    xsd = typed(_ELEMENT).replace('name="X"', 'name="X" minOccurs="0"')
    (folder / "wsdl/t.wsdl").write_text(WSDL.format(schema=xsd), "utf-8")
    text = _FILE.format(of_file=of_file, of_read=of_read, of_create=of_create)
    if shared:
        (folder / "mappings/shared/erp.yaml").write_text(f"version: 1\n{shared}\n", "utf-8")
        text = text.replace("soap:", "uses: erp\nsoap:", 1)
    (folder / "mappings/things.yaml").write_text(text, "utf-8")
    write_lock(folder / "wsdl", [load(folder / "wsdl", "t.wsdl")])
    return folder


def found(folder: Path, **more: str) -> list[Scopes | None]:
    """The scopes of both operations."""
    endpoints, _ = load_project(project(folder, **more), load, around())
    return [each.policy.scopes for each in endpoints]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"of_read": "scopes: [a, b],", "of_create": "scopes: any,"}, [Scopes(("a", "b")), Scopes()]),
        ({"of_read": "scopes: public,"}, [Scopes(public=True), None]),
        ({"of_file": "scopes: {read: [r], write: [w]}"}, [Scopes(("r",)), Scopes(("w",))]),
        ({"of_file": "scopes: {read: [r], write: [w]}", "of_create": "scopes: [own],"},
         [Scopes(("r",)), Scopes(("own",))]),
        ({"of_file": "scopes: {read: [r], write: [w]}", "of_create": "effect: read,"},
         [Scopes(("r",)), Scopes(("r",))]),
        ({"shared": "scopes: {read: any, write: [theirs]}"}, [Scopes(), Scopes(("theirs",))]),
        ({"shared": "scopes: {read: any, write: [theirs]}", "of_file": "scopes: {write: [ours]}"},
         [Scopes(), Scopes(("ours",))]),
        ({}, [None, None]),
    ],
)  # fmt: skip
def test_the_nearest_scopes_hold(tmp_path: Path, written: dict[str, str], meant: list[Scopes | None]) -> None:
    """Those of the operation, else those of its file for its effect, else those of the shared file."""
    assert meant == found(tmp_path, **written)


def wrong(folder: Path, environ: dict[str, str]) -> list[tuple[int, str]]:
    """What a build says: line and text."""
    try:
        app.build(folder, {**ENDPOINT, **environ})
    except BuildError as error:
        return [(each.line, each.text) for each in error.mistakes]
    return []


def test_an_operation_without_scopes_is_a_mistake_where_callers_are_known(tmp_path: Path) -> None:
    """Nothing is open because somebody forgot to say so; the mistake leads to the line of the operation."""
    folder = project(tmp_path, of_read="scopes: any,")
    assert [(9, "things.create: no scopes say who may call it")] == wrong(folder, {})
    assert [] == wrong(folder, {"ADAPTER_CALLERS": "everyone"})


def test_a_file_without_any_scopes_is_one_mistake(tmp_path: Path) -> None:
    """Two hundred operations do not make two hundred lines."""
    assert [(2, "things: no scopes say who may call its operations")] == wrong(project(tmp_path), {})


def test_a_word_of_a_shared_file_fills_a_scope(tmp_path: Path) -> None:
    """A shared file may name the scopes of whoever uses it."""
    shared = 'scopes: {read: ["$(name).read"], write: any}'
    assert [Scopes(("things.read",)), Scopes()] == found(tmp_path, shared=shared, of_file="words: {name: things}")
