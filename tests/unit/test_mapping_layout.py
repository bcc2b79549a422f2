"""The layout of mapping files: what moves, what stays, and that nothing is lost."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.__main__ import main
from adapter.mapping import editor, files, schema
from adapter.mapping.layout import formatted

ROOT = Path(__file__).parents[2]
OURS = sorted((ROOT / "mappings").glob("*.yaml"))
WRITTEN = """\
# yaml-language-server: $schema=mapping.schema.json
resource: items
version: 1

operations:
    read:
        # the answer
        reply: {one: Item, from: Artikel}
        call: LeseArtikel
        request: GET /{id}
        path: {id: ArtikelNr}
    list:
        request: GET /
        call: SucheArtikel
        reply: {each: Item,
                from: Artikel.Artikel}


# types of this file
types:
    Item:
        # what stays in its order
        fields: {name: Bez, id: ArtikelNr}   # short
        doc: |
            Two lines,
              the second one indented.
path: /v1/items
soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap12}
# the end
"""
LAID_OUT = """\
version: 1
# yaml-language-server: $schema=mapping.schema.json
resource: items
path: /v1/items
soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap12}
# the end

# types of this file
types:
  Item:
    doc: |
        Two lines,
          the second one indented.
    # what stays in its order
    fields: {name: Bez, id: ArtikelNr}   # short

operations:
  list:
    request: GET /
    call: SucheArtikel
    reply: {each: Item,
            from: Artikel.Artikel}
  read:
    request: GET /{id}
    call: LeseArtikel
    path: {id: ArtikelNr}
    # the answer
    reply: {one: Item, from: Artikel}
"""


def test_keys_move_with_their_comments_and_lines() -> None:
    """Sections are in the order of the grammar, what is named by the user stays in its own, braces stay as they are."""
    assert (LAID_OUT, []) == formatted(WRITTEN, "items.yaml")


def test_what_is_laid_out_stays() -> None:
    """A second run changes nothing."""
    assert (LAID_OUT, []) == formatted(LAID_OUT, "items.yaml")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_mappings_are_laid_out(path: Path) -> None:
    """The example project keeps to its own layout."""
    text = path.read_text("utf-8")
    assert text == formatted(text, path.name)[0]


@given(st.sampled_from(OURS), st.integers(0, 2**32))
def test_however_the_keys_stand_it_comes_out_the_same(path: Path, seed: int) -> None:
    """Top-level sections in any order, with comments of their own, give one layout, and each comment keeps its key."""
    rest = path.read_text("utf-8").partition("\n")[2]
    document, _ = files.parse(rest, path.name)
    assert document is not None
    starts = [document.places[(name,)].line - 1 for name in document.data]
    lines = rest.splitlines()
    parts = [lines[start:stop] for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True)]
    parts = [[f"# about {part[0].partition(':')[0]}", *part] for part in parts]
    random.Random(seed).shuffle(parts)
    text, wrong = formatted("\n".join(line for part in parts for line in part), path.name)
    assert [] == wrong
    assert formatted(text, path.name) == (text, [])
    again, _ = files.parse(text, path.name)
    assert again is not None
    assert document.data == again.data
    order = [field.data_key or name for name, field in schema.FileSection().fields.items()]
    assert sorted(document.data, key=order.index) == list(again.data)
    laid_out = text.splitlines()
    for number, line in enumerate(laid_out):
        if line.startswith("# about "):
            assert f"{line.removeprefix('# about ')}:" == laid_out[number + 1].partition(" ")[0]


@pytest.mark.parametrize(
    "text",
    [
        "version: [1",
        "a: 1\na: 2\n",
        "",
        "a: &x 1\nb: *x\n",
        "- one\n- two\n",
        "just text\n",
        "{version: 1, path: /v1}\n",
    ],
)
def test_what_cannot_be_laid_out_stays_as_it_is(text: str) -> None:
    """A file that is no mapping, or not readable, is not touched."""
    assert text == formatted(text, "x.yaml")[0]


def test_a_text_of_several_lines_keeps_its_words() -> None:
    """Blanks at the end of lines can be part of a text; then the file is left as it is, and says so."""
    text = 'version: 1\ndoc: |\n  two blanks  \n  end\nresource: "items"\n'
    done, wrong = formatted(text, "x.yaml")
    assert text == done
    assert ["is left as it is: its layout cannot be changed safely"] == [mistake.text for mistake in wrong]


def test_every_section_of_the_grammar_is_reached() -> None:
    """What the editor's schema says of each key is enough to know every section below it."""
    known = {shape.get("$ref") for shape in editor.RAW.values()} - {None}
    assert {f"#/$defs/{name}" for name in ("SoapSection", "HttpSection", "PageSection", "ReplySection")} <= known


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``adapter fmt --check`` names what is not in layout and exits 1; ``adapter fmt`` mends it."""
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    (tmp_path / "mappings" / "items.yaml").write_text(WRITTEN, "utf-8")
    assert 1 == main(["fmt", "--check", "--project", str(tmp_path)])
    assert "not in layout: mappings/items.yaml\n" == capsys.readouterr().err
    assert WRITTEN == (tmp_path / "mappings" / "items.yaml").read_text("utf-8")
    assert 0 == main(["fmt", "--project", str(tmp_path)])
    assert LAID_OUT == (tmp_path / "mappings" / "items.yaml").read_text("utf-8")
    assert 0 == main(["fmt", "--check", "--project", str(tmp_path)])


def test_command_names_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken file is named with its line; the others are laid out all the same."""
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "a.yaml").write_text("version: [1\n", "utf-8")
    (tmp_path / "mappings" / "b.yaml").write_text(WRITTEN, "utf-8")
    assert 1 == main(["fmt", "--project", str(tmp_path)])
    assert "mappings/a.yaml:2:1: not readable as YAML" in capsys.readouterr().err
    assert LAID_OUT == (tmp_path / "mappings" / "b.yaml").read_text("utf-8")
