"""The JSON Schema of mapping files: editors complete and check with it what ``adapter check`` reads."""

from __future__ import annotations

import copy
import json
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from adapter.__main__ import main
from adapter.mapping import editor, keys, reading, schema
from adapter.mapping.convert import CONVERTERS
from adapter.mapping.files import Document, Path_, read
from tests.mistakes import cases

ROOT = Path(__file__).parents[2]
FOLDERS = ("mappings", "tests/foreign", "tests/real_contract")
SHIPPED = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.yaml"))
VALIDATOR = Draft202012Validator(editor.editor_schema())
# Mistakes of the grammar that need two places of a file at once, or more than a pattern.
BEYOND = {
    "unknown-verb",  # an action of that name would end in it
    "field-in-variant-and-type",
    "discriminator-is-a-field",
    "required-and-read-only",
    "codes-beside-one",
    "two-words-one-code",
    "pattern-not-closed",
    "bounds-crossed",
    "codes-beside-join",
    "null-name-and-read-only",
    "without-beside-null-list",
    "without-bad-path",
    "flag-beside-null-list",
    "parameter-flagged",
    "parameter-null-name",
    "create-only-and-read-only",
    "default-and-read-only",
    "default-and-required",
    "default-in-path",
    "list-without-join",
    "missing-and-write-only",
    "parameter-create-only",
    "parameter-joined",
    "parameter-missing",
    "parameter-read-only",
    "parameter-write-only",
    "write-only-and-read-only",
    "key-twice",
    "parameter-in-capitals",
    "default-above-max",
    "limit-twice",
    "limit-short-never",
    "limit-long-never",
    "sort-default-unknown",
    "descending-without-direction",
    "from-without-one",
    "fault-never-reached",
    "parameter-constant",
    "compute-and-required",
    "parameter-when",
    "when-and-default",
    "compute-unknown",
    "compute-and-value",
}


@cache
def document(path: Path) -> Document:
    """Return a mapping file as our own reader reads it."""
    found, _ = read(path, f"mappings/{path.name}")
    assert found is not None
    return found


def sections() -> Iterator[tuple[str, Any]]:
    """Yield each key of the grammar with its field."""
    for kind in keys.Section.__subclasses__():
        for name, field in kind().fields.items():
            yield f"{kind.__name__}.{field.data_key or name}", field


@pytest.mark.parametrize("shared", [False, True])
def test_it_is_a_json_schema(shared: bool) -> None:
    """It follows JSON Schema 2020-12, each reference in it leads somewhere, and nothing is there for nobody."""
    made = json.loads(editor.text(shared))
    Draft202012Validator.check_schema(made)
    references = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', editor.text(shared)))
    assert references == set(made["$defs"])


def test_every_key_is_in_it() -> None:
    """A key that the readers look at themselves has a shape of its own, and every key has a text to show."""
    assert {place for place, field in sections() if isinstance(field, keys.Raw)} == set(editor.RAW)
    made = editor.editor_schema()
    shapes = {**made["$defs"], "FileSection": made, "SharedSection": editor.shared_schema()}
    for place, field in sections():
        kind, key = place.split(".")
        shape = shapes[kind]["properties"][key]
        assert field.metadata["description"] in json.dumps(shape, ensure_ascii=False)


def test_every_pattern_is_one_of_ecmascript_too() -> None:
    """No key loses its pattern on the way, and none keeps a sign that editors read otherwise."""
    patterns = {field.pattern for _, field in sections() if isinstance(field, keys.Text) and field.pattern}
    assert [] == [pattern for pattern in patterns if editor._ecmascript(pattern.pattern) is None]
    assert not re.search(r"\\\\[wWAZ]", editor.text())
    assert VALIDATOR.evolve(schema=editor.editor_schema()["$defs"]["FieldSection"]).is_valid({"soap": "Größe.@maß"})


def test_converters_are_offered() -> None:
    """Completion of ``convert:`` has every converter."""
    shown = editor.RAW["FieldSection.convert"]["items"]["examples"]
    assert list(CONVERTERS) == [each.partition("(")[0] for each in shown]


def test_shared_files_have_a_schema_of_their_own() -> None:
    """An editor has nothing to say about files that share and files that take, and knows a key that is none."""
    judge = Draft202012Validator(editor.shared_schema())
    shared = sorted((ROOT / "tests").glob("*/mappings/shared/n*.yaml"))
    users = [path for each in shared for path in each.parents[1].glob("*.yaml")]
    assert len(users) >= 10
    assert [] == [error.message for path in shared for error in judge.iter_errors(document(path).data)]
    assert [] == [error.message for path in users for error in VALIDATOR.iter_errors(document(path).data)]
    changed = copy.deepcopy(document(shared[0]).data)
    changed["operations"]["read"]["reply"]["statsu"] = 200
    changed["operations"]["read"]["request"] = "FETCH /{id}"
    assert {("operations", "read", "reply"), ("operations", "read", "request")} == {
        tuple(error.absolute_path) for error in judge.iter_errors(changed)
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_mappings_are_valid(path: Path) -> None:
    """An editor has nothing to say about the mappings that are shipped."""
    assert [] == [error.message for error in VALIDATOR.iter_errors(document(path).data)]


def test_clone_names_its_schema() -> None:
    """Each mapping of the clone says in its first line where editors find the grammar."""
    mappings = sorted((ROOT / "mappings").glob("*.yaml"))
    assert mappings
    assert [] == [path.name for path in mappings if not path.read_text("utf-8").startswith(editor.MODELINE)]
    assert (ROOT / "mappings" / editor.FILE).is_file()


def places(error: ValidationError) -> Iterator[Path_]:
    """Yield where an error stands: the key itself, where the key is what is wrong."""
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        yield from ((*path, key) for key in error.instance if key not in known)
    else:
        yield (*path, error.instance) if "propertyNames" in error.absolute_schema_path else path


def test_it_says_no_to_mistakes_of_the_grammar() -> None:
    """Most mistakes of ``tests/mistakes`` that the grammar forbids are found, on their lines; what is right is not."""
    file = "mappings/grammar.yaml"
    marked: dict[int, set[str]] = {}
    for each in cases.expected():
        if each.file == file:
            marked.setdefault(each.line, set()).add(each.id)
    found = document(cases.HERE / file)
    lines = {found.place(*place).line for error in VALIDATOR.iter_errors(found.data) for place in places(error)}
    assert lines <= set(marked)
    told = {id for line in lines for id in marked[line]}
    assert set().union(*marked.values()) - BEYOND == told


@pytest.mark.parametrize("path", sorted((cases.HERE / "mappings").glob("*.yaml")), ids=lambda path: path.name)
def test_what_only_the_contract_knows_is_left_to_check(path: Path) -> None:
    """Where ``reading`` has no mistake, neither has the schema."""
    found, _ = read(path, path.name)
    if found is not None and not reading.resource(found)[1]:
        assert VALIDATOR.is_valid(found.data)


PARTS = st.sampled_from(
    [None, True, 0, 1, 404, "", ".", "x", "Größe.@maß", "a b", "/{id}", "GET /{id}", "soap", "number", [], ["trim"], {},
     {"soap": "A"}, {"one": "A"}, {"value": "x"}, {"status": 404, "problem": "gone"}, {"setting": "a", "value": "b"}]
)  # fmt: skip
KEYS = sorted({place.partition(".")[2] for place, _ in sections()} | {"1st", "x"})


def inside(value: Any) -> list[Any]:
    """Return every section and list in a value, itself included."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(each for item in below for each in inside(item))] if isinstance(value, dict | list) else []


@settings(max_examples=600, deadline=None)
@given(path=st.sampled_from(SHIPPED), data=st.data())
def test_it_never_says_no_to_what_is_read(path: Path, data: st.DataObject) -> None:
    """However a mapping is changed: where our reader takes it, an editor does."""
    changed = copy.deepcopy(document(path).data)
    where = data.draw(st.sampled_from(inside(changed)))
    if isinstance(where, list):
        where.append(data.draw(PARTS))
    else:
        key = data.draw(st.sampled_from(sorted(where)) if where and data.draw(st.booleans()) else st.sampled_from(KEYS))
        where[key] = data.draw(PARTS)
    if not reading.resource(Document("x.yaml", changed, {}))[1]:
        assert [] == [error.message for error in VALIDATOR.iter_errors(changed)]


@pytest.mark.parametrize(
    ("old", "new", "mistakes"),
    [
        ("name: Name1", "name: {soap: Name1, blank: null}", []),
        ("path: /v1/customers", "path: /v1/customers\nhttp:", ["http: is empty"]),
    ],
)
def test_null_is_read_where_it_means_something(tmp_path: Path, old: str, new: str, mistakes: list[str]) -> None:
    """``blank: null`` is the one null of the grammar; reader and schema agree that any other is a mistake."""
    smallest = textwrap.dedent(str(schema.__doc__).partition("::\n\n")[2].partition("\n\n")[0])
    assert old in smallest
    (tmp_path / "x.yaml").write_text(smallest.replace(old, new), "utf-8")
    found = document(tmp_path / "x.yaml")
    assert mistakes == [mistake.text for mistake in reading.resource(found)[1]]
    assert VALIDATOR.is_valid(found.data) is not bool(mistakes)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed, or written to a file; a new project has it beside its mapping, which names it."""
    assert 0 == main(["schema"])
    printed = capsys.readouterr().out
    assert editor.editor_schema() == json.loads(printed)
    assert 0 == main(["schema", "-o", str(tmp_path / "s.json")])
    assert 0 == main(["new", str(tmp_path / "new")])
    assert printed == (tmp_path / "s.json").read_text("utf-8")
    assert 0 == main(["schema", "--shared", "-o", str(tmp_path / "shared.json")])
    assert editor.text(shared=True) == (tmp_path / "shared.json").read_text("utf-8")
    assert printed == (tmp_path / "new/mappings" / editor.FILE).read_text("utf-8")
    assert (tmp_path / "new/mappings/items.yaml").read_text("utf-8").startswith(editor.MODELINE)
