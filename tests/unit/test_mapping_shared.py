"""``uses:``: contract, types, faults and patterns of operations that several mapping files have in common."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import BuildError
from adapter.mapping import files
from adapter.mapping.bound import Endpoint
from adapter.mapping.files import Document
from adapter.mapping.project import load_project
from adapter.mapping.sections import Sections
from adapter.mapping.shared import taken
from adapter.mapping.words import texts
from adapter.wsdl.load import load
from tests.unit.mapped import ROOT, around

SHARED = """version: 1
soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap12, fault_code: ErpFehler.Code}
types:
  Price: {fields: {value: ., currency: "@waehrung"}}
  Address: {fields: {street: Strasse, city: Ort}}
faults:
  - {code: GP-404, status: 404, problem: record-not-found}
  - {code: GP-409, status: 409, problem: version-conflict}
"""
ITEMS = """version: 1
resource: items
path: /v1/items
uses: erp
types:
  Item: {fields: {name: Bez, prices: {soap: Preise.Preis, each: Price}}}
operations:
  read:
    request: GET /{id}
    call: LeseArtikel
    path: {id: ArtikelNr}
    reply: {one: Item, from: Artikel}
    faults:
      - {code: GP-404, status: 410, problem: item-gone}
faults:
  - {code: GP-409, status: 423, problem: item-locked}
"""


def project(folder: Path, **files: str) -> tuple[Endpoint, ...]:
    """Build a project of the example's contract and these files; ``shared`` is the one that others use."""
    shutil.copytree(ROOT / "wsdl", folder / "wsdl")
    (folder / "mappings" / "shared").mkdir(parents=True)
    for name, text in files.items():
        place = "shared/erp.yaml" if name == "shared" else f"{name}.yaml"
        (folder / "mappings" / place).write_text(text, "utf-8")
    return load_project(folder, load, around())[0]


def test_contract_types_and_faults_are_shared(tmp_path: Path) -> None:
    """A file that uses another has its soap and types; types that it does not need are no mistake."""
    (read,) = project(tmp_path, shared=SHARED, items=ITEMS)
    assert "ErpSoap12" == read.port.name
    assert ["name", "prices"] == [field.name for field in read.types[read.reply.type].fields]


def test_the_nearest_fault_comes_first(tmp_path: Path) -> None:
    """Faults of the operation come before those of the file, and these before the shared ones."""
    (read,) = project(tmp_path, shared=SHARED, items=ITEMS)
    assert ["item-gone", "item-locked", "record-not-found", "version-conflict"] == [
        rule.problem for rule in read.faults
    ]


def test_a_mistake_in_a_shared_file_is_named_there(tmp_path: Path) -> None:
    """What disagrees with the contract stands in the shared file, and is found where a mapping uses it."""
    with pytest.raises(BuildError) as caught:
        project(tmp_path, shared=SHARED.replace("@waehrung", "@waehrunk"), items=ITEMS)
    (mistake,) = caught.value.mistakes
    assert ("mappings/shared/erp.yaml", 4) == (mistake.file, mistake.line)


def test_what_a_shared_type_becomes_is_made_once(tmp_path: Path) -> None:
    """Two files that use a type have the same bound one; what each of them calls alike remains its own."""
    second = ITEMS.replace("resource: items", "resource: goods").replace("/v1/items", "/v1/goods")
    one, two = project(tmp_path, shared=SHARED, items=ITEMS, goods=second)
    prices = next(key for key in one.types if key.startswith("Price "))
    assert one.types[prices] is two.types[prices]
    assert one.types[one.reply.type] is not two.types[two.reply.type]


def test_a_type_whose_field_names_a_lookup_is_bound_for_each_file(tmp_path: Path) -> None:
    """Each file has the tables of its lookups for itself, so nothing that reads one is shared."""
    shape = ROOT / "tests" / "shapes" / "lookup"
    whole = (shape / "mapping.yaml").read_text("utf-8")
    head, rest = whole.split("soap:", 1)
    common, operations = rest.split("operations:", 1)
    (tmp_path / "mappings" / "shared").mkdir(parents=True)
    (tmp_path / "wsdl").mkdir()
    shutil.copy(shape / "shape.wsdl", tmp_path / "wsdl")
    (tmp_path / "mappings" / "shared" / "erp.yaml").write_text(f"version: 1\nsoap:{common}", "utf-8")
    for name in ("customers", "people"):
        own = head.replace("customers", name) + f"uses: erp\noperations:{operations}"
        (tmp_path / "mappings" / f"{name}.yaml").write_text(own, "utf-8")
    one, _, two, _ = load_project(tmp_path, load, around())[0]
    assert (one.types.keys(), False) == (two.types.keys(), one.types[one.reply.type] is two.types[two.reply.type])


def test_many_files_of_their_own_words_keep_their_own_types(tmp_path: Path) -> None:
    """A type that a word of each file's decides is another one in each; none is taken for one that is gone."""
    words = SHARED.replace("value: .,", "value: {soap: ., doc: $(doc)},")
    names = [f"n{number:02}" for number in range(40)]
    users = {
        name: ITEMS.replace("uses: erp", f"uses: erp\nwords: {{doc: {name}}}").replace("items\n", f"{name}\n")
        for name in names
    }
    found = project(tmp_path, shared=words, **users)
    docs = [one.fields[0].doc for each in found for key, one in each.types.items() if key.startswith("Price ")]
    assert names == docs


def test_a_shared_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    """Whoever uses a broken file is not told that it is not there."""
    with pytest.raises(BuildError) as caught:
        project(tmp_path, shared="version: 1\n\tsoap: x", items=ITEMS)
    assert ["mappings/shared/erp.yaml"] == [mistake.file for mistake in caught.value.mistakes]


PATTERNS = """version: 1
soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap12}
operations:
  list:
    request: GET /
    call: Suche$(record)
    query: {name: {soap: Suche.Nam, doc: Part of it.}}
    page: {limit: Blatt.MaxAnz, offset: Blatt.AbPos}
    reply: {each: $(type), from: $(record).$(record)}
    faults:
      - {code: GP-404, status: 404, problem: record-not-found}
      - {code: GP-409, status: 409, problem: version-conflict}
  read:
    request: GET /{id}
    call: Lese$(record)
    path: {id: $(record)Nr}
    reply: {one: $(type), from: $(record)}
"""
USER = """version: 1
resource: {name}
path: /v1/{name}
uses: erp
words: {{record: Artikel, type: Item}}
types: {{Item: {{fields: {{id: ArtikelNr}}}}}}
operations:
  read: shared
  list:
    shared: true
    query: {{name: Suche.Bez}}
    page: {{max: 70}}
    faults:
      - {{code: GP-404, status: 410, problem: item-gone}}
"""


def test_own_keys_stand_over_the_pattern(tmp_path: Path) -> None:
    """Sections of both are put together, own entries over the pattern's; own faults come first, and only once."""
    listed, read = sorted(project(tmp_path, shared=PATTERNS, items=USER.format(name="items")), key=lambda e: e.name)
    assert ("SucheArtikel", "LeseArtikel") == (listed.operation.name, read.operation.name)
    assert listed.page is not None
    assert 70 == listed.page.rule.max
    assert ["item-gone", "version-conflict"] == [rule.problem for rule in listed.faults]


def test_a_mistake_in_a_pattern_names_its_user_once(tmp_path: Path) -> None:
    """It stands in the pattern and says who takes it; two that take it make one mistake of it."""
    wrong = PATTERNS.replace("$(record)Nr}", "$(record)Nummer}")
    users = {name: USER.format(name=name) for name in ("items", "parts")}
    with pytest.raises(BuildError) as caught:
        project(tmp_path, shared=wrong, **users)
    assert [
        "mappings/shared/erp.yaml:16:12: id: there is no ArtikelNummer in LeseArtikel"
        " (as mappings/items.yaml:8 takes it) -> did you mean ArtikelNr?"
    ] == [str(mistake) for mistake in caught.value.mistakes]


def test_what_does_not_depend_on_words_is_checked_though_nobody_uses_it(tmp_path: Path) -> None:
    """A file that waits for its first user has no mistake in it."""
    alone = ITEMS.replace("uses: erp\n", "soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap12}\n").replace(
        "fields: {name: Bez, prices: {soap: Preise.Preis, each: Price}}", "fields: {name: Bez}"
    )
    with pytest.raises(BuildError) as caught:
        project(tmp_path, shared=SHARED.replace("street: Strasse", "street: A..B"), items=alone)
    assert [("mappings/shared/erp.yaml", 5)] == [(mistake.file, mistake.line) for mistake in caught.value.mistakes]


def test_each_part_keeps_its_place() -> None:
    """What stands in the pattern is found there, own parts in the file; nothing of an overridden part is left."""
    there, _ = files.parse(PATTERNS, "shared.yaml")
    own = USER.format(name="items").replace("query: {name: Suche.Bez}", "query: {name: {soap: Suche.Bez}}\n    set: x")
    mine, _ = files.parse(own.replace("page: {max: 70}", "page: none"), "own.yaml")
    assert there is not None
    assert mine is not None
    whole, _ = taken(Sections(mine), mine.data, {"erp": there})
    listed = ("operations", "list")
    assert {
        ("request",): ("shared.yaml", 5),
        ("query", "name", "soap"): ("own.yaml", 11),
        ("query", "name", "doc"): ("own.yaml", 11),
        ("page",): ("own.yaml", 13),
        ("page", "limit"): ("own.yaml", 13),
        ("faults", 0, "problem"): ("own.yaml", 15),
        ("faults", 1, "problem"): ("shared.yaml", 12),
        ("faults", 2): ("own.yaml", 14),
    } == {
        path: ((place := whole.place(*listed, *path)).file, place.line)
        for path in (
            ("request",),
            ("query", "name", "soap"),
            ("query", "name", "doc"),
            ("page",),
            ("page", "limit"),
            ("faults", 0, "problem"),
            ("faults", 1, "problem"),
            ("faults", 2),
        )
    }


def taken_from(shared: Any, own: Any) -> tuple[Any, list[str]]:
    """Return the operations of a file with what they take, and the texts of mistakes."""
    sections = Sections(Document("own.yaml", own, {}))
    whole, _ = taken(sections, own, {"erp": Document("shared.yaml", shared, {})})
    return whole.data["operations"], [mistake.text for mistake in sections.mistakes]


WORDS = st.text(st.sampled_from("aZ09.$()@{}: '\"\n#-[],"), max_size=8)


@given(WORDS, WORDS)
def test_a_word_stays_the_text_that_it_is(first: str, second: str) -> None:
    """Nothing in a word is read as YAML, or as another word."""
    shared = {"operations": {"read": {"call": "x$(a)y$(b)", "set": {"$(a)": ["$(b)", 1, True]}}}}
    own = {"uses": "erp", "words": {"a": first, "b": second}, "operations": {"read": "shared"}}
    wanted = {"read": {"call": f"x{first}y{second}", "set": {first: [second, 1, True]}}}
    assert (wanted, []) == taken_from(shared, own)


WRITTEN = [files.read(path, path.name)[0] for path in sorted((ROOT / "mappings").glob("*.yaml"))]


def apart(data: st.DataObject, section: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give each key of a section to one file or the other, the entries of sections below it to either."""
    there: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key, value in section.items():
        where = data.draw(st.sampled_from(("there", "own", "both")))
        if where == "both" and isinstance(value, dict):
            kept = data.draw(st.sets(st.sampled_from(sorted(value))) if value else st.just(set()))
            there[key] = {name: each for name, each in value.items() if name not in kept} | dict.fromkeys(
                sorted(kept)[:1], "stands below the own one"
            )
            own[key] = {name: each for name, each in value.items() if name in kept}
        else:
            (own if where == "own" else there)[key] = value
            if where == "own" and data.draw(st.booleans()) and key != "faults":
                there[key] = "stands below the own one"
    return there, own


@given(document=st.sampled_from(WRITTEN), data=st.data())
def test_whatever_is_shared_the_operation_is_the_same(document: Document, data: st.DataObject) -> None:
    """However an operation is cut in two, and whichever of its texts become words: taken, it is what it was."""
    patterns, own, words = {}, {}, {}
    for verb, section in document.data["operations"].items():
        there, rest = apart(data, section)
        word = data.draw(st.sampled_from(sorted({text for text, _ in texts(section, ()) if text.isalpha()})))
        if word in dict(texts(there, ())):
            words[f"w{len(words)}"] = word
            there = filled(there, word, f"$(w{len(words) - 1})")
        patterns[verb], own[verb] = there, {"shared": True, **rest} if rest else "shared"
    mine = {"uses": "erp", "words": words, "operations": own}
    assert (document.data["operations"], []) == taken_from({"operations": patterns}, mine)


def filled(value: Any, text: str, by: str) -> Any:
    """Return a value with another text in the place of one, as text and as key."""
    if isinstance(value, dict):
        return {by if key == text else key: filled(each, text, by) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, text, by) for each in value]
    return by if value == text else value
