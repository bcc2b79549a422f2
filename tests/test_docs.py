"""The documentation does what it says: pages are whole, links lead somewhere, commands run, nothing is left out."""

from __future__ import annotations

import io
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from docutils import nodes
from docutils.core import publish_doctree
from marshmallow import ValidationError

from adapter import virtual
from adapter.__main__ import main
from adapter.mapping import keys
from adapter.mapping.convert import CONVERTERS
from adapter.settings import describe
from adapter.telemetry.lines import FIELDS
from tests.cases import SHAPES
from tests.docs_pages import places
from tests.docs_pages.pages import Terminal, blocks
from tests.evidence.house import ROOT
from tests.proof import not_shown

ERP, FACADE, SERVICE = "127.0.0.1:9101", "127.0.0.1:8080", "127.0.0.1:9102"
TOUR = "docs/design/tour.rst"
PAGES = sorted(
    [
        "README.rst",
        "CONTRIBUTING.rst",
        *(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.rst")),
        *(path.relative_to(ROOT).as_posix() for path in (ROOT / "changes").glob("*.rst")),
    ]
)
IN_A_SHOP = ("add-an-endpoint", "editors", "errors-and-faults", "new-erp-release", "own-converter", "shared", "virtual")


def parsed(page: str) -> tuple[nodes.document, str]:
    """Return a page as docutils reads it, and what docutils has to say about it."""
    said = io.StringIO()
    found = publish_doctree(
        (ROOT / page).read_text(encoding="utf-8"),
        settings_overrides={
            "report_level": 1,
            "halt_level": 5,
            "warning_stream": said,
            "_disable_config": True,
            "file_insertion_enabled": False,
            "syntax_highlight": "none",
        },
    )
    return found, said.getvalue()


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_whole(page: str) -> None:
    """Docutils reads every page without a word, and every link to a file leads to one."""
    found, said = parsed(page)
    assert "" == said
    links = [each["refuri"] for each in found.findall(nodes.reference) if "refuri" in each]
    files = [link.partition("#")[0] for link in links if not re.match("[a-z]+:", link)]
    assert [] == [file for file in files if not (ROOT / page).parent.joinpath(file).exists()]


def test_every_page_can_be_found() -> None:
    """From docs/index.rst every page of docs/ is one link away, or the folder it is in."""
    found, _ = parsed("docs/index.rst")
    linked = {each["refuri"] for each in found.findall(nodes.reference) if "refuri" in each}
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.rst")}
    assert [] == sorted(page for page in pages - {"index.rst"} if not {page, page.rpartition("/")[0]} & linked)


def test_words_of_the_place_and_day_stay_out() -> None:
    """No page names a folder that exists on one machine only."""
    own = re.compile(r"/(work|root|home)/\w+")
    assert [] == [page for page in PAGES if own.search((ROOT / page).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("fragment", sorted((ROOT / "changes").iterdir()), ids=lambda path: path.name)
def test_change_fragments_are_short(fragment: Path) -> None:
    """A change is told in one to three sentences, in a file named by issue and kind."""
    assert re.fullmatch(r"[0-9]+\.(added|changed|fixed|removed)(\.[0-9]+)?\.rst", fragment.name)
    assert 1 <= len(re.findall(r"[.!?](?=\s)", fragment.read_text(encoding="utf-8"))) <= 3


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in an empty folder, with ports that are free for those that the pages name."""
    erp, facade = free_port(), free_port()
    replaced = {
        ERP: f"127.0.0.1:{erp}",
        FACADE: f"127.0.0.1:{facade}",
        "adapter virtual": f"adapter virtual --port {erp}",
        "adapter serve": f"adapter serve --bind 127.0.0.1:{facade}",
    }
    yield from opened(tmp_path, replaced, f"http://127.0.0.1:{erp}")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in the project of the tutorial, with the pretend ERP running and a new release of it beside."""
    project = tmp_path / "shop"
    for words in (["new", str(project)], ["wsdl", "add", str(ROOT / "wsdl/erp/erp.wsdl"), "--name", "erp"]):
        assert 0 == main([*words, *(("--project", str(project)) if "add" in words else ())])
    last = [block for block in blocks("docs/tutorial.rst") if block.file == "mappings/customers.yaml"][-1]
    (project / last.file).write_text(last.text, encoding="utf-8")
    assert 0 == main(["wsdl", "lock", "--project", str(project)])
    release = tmp_path / "release-2"
    shutil.copytree(ROOT / "wsdl/erp", release)
    changed = release / "xsd/partner.xsd"
    changed.write_text(changed.read_text("utf-8").replace('"SperrKz"', '"SperrKennzeichen"'), encoding="utf-8")
    port = free_port()
    replaced = {ERP: f"127.0.0.1:{port}", "adapter virtual wsdl/erp": f"adapter virtual --port {port} wsdl/erp"}
    with virtual.running(ROOT) as server:
        yield from opened(project, replaced, server.url())


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in the example project."""
    project, port = tmp_path / "clone", free_port()
    for folder in ("mappings", "wsdl", "ops/demo"):
        shutil.copytree(ROOT / folder, project / folder)
    shutil.copy(ROOT / "adapter.env", project)
    replaced = {
        "--port 9102 --database /tmp/": f"--port {port} --database ",
        SERVICE: f"127.0.0.1:{port}",
        "python3 ops": f"{sys.executable} ops",
    }
    yield from opened(project, replaced, "http://127.0.0.1:1", ADAPTER_SERVICE_CUSTOMERS=f"http://127.0.0.1:{port}")


def opened(folder: Path, replaced: dict[str, str], erp: str, **more: str) -> Iterator[Terminal]:
    """Yield a terminal, and end what runs in it."""
    environ = {"ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": f"{erp}/erp/soap12", **more}
    terminal = Terminal(folder, replaced, environ)
    try:
        yield terminal
    finally:
        terminal.close()


def test_the_tutorial_works_as_written(empty: Terminal) -> None:
    """Every file of the tutorial is written, every command run, and every line it shows is printed, in that order."""
    empty.follow("docs/tutorial.rst")


@pytest.mark.parametrize("page", IN_A_SHOP)
def test_the_howtos_work_as_written(shop: Terminal, page: str) -> None:
    """What a howto says can be done to the tutorial's project, and prints what it shows."""
    shop.follow(f"docs/howto/{page}.rst")


@pytest.mark.parametrize("shape", sorted(path.parent.name for path in SHAPES.glob("*/shape.wsdl")))
def test_the_example_of_a_shape_stands_in_its_mapping(shape: str) -> None:
    """What a page says of a shape is, line by line, in a mapping that is tested with real calls."""
    assert "" == not_shown(shape)


def test_moving_to_a_microservice_works_as_written(clone: Terminal) -> None:
    """One line of the example's mapping moves an operation to the demo's microservice."""
    clone.follow("docs/howto/move-to-a-microservice.rst")


def test_production_names_what_there_is() -> None:
    """The page on production names settings and files of ops/ that exist, and all that an operator must know."""
    text = (ROOT / "docs/howto/run-in-production.rst").read_text(encoding="utf-8")
    known = {re.sub(r"<.*", "", each.name) for each in describe()} | {"ADAPTER_PROJECT"}
    named = set(re.findall(r"ADAPTER_[A-Z_]+", text))
    assert [] == sorted(name for name in named if not any(name == each or name.startswith(each) for each in known))
    assert [] == [file for file in re.findall(r"``(ops/[\w./-]+\w)``", text) if not (ROOT / file).exists()]


def test_every_mapping_key_is_documented() -> None:
    """The reference has every section of the grammar, and in it every key."""
    assert {kind.__name__ for kind in keys.Section.__subclasses__()} == {each.kind.__name__ for each in places.PLACES}
    text = (ROOT / "docs/reference/mapping.rst").read_text(encoding="utf-8")
    for place in places.PLACES:
        section = text.partition(f"\n{place.title}\n---")[2].partition("\n---")[0]
        given = [field.data_key or name for name, field in place.kind().fields.items()]
        assert [] == [key for key in given if f"* - ``{key}``\n" not in section]
    assert [] == [name for name in CONVERTERS if f"* - ``{name}" not in text]


@pytest.mark.parametrize("place", [each for each in places.PLACES if each.example], ids=lambda place: place.title)
def test_examples_in_the_reference_hold(place: places.Place) -> None:
    """The example of a section is something that its schema takes."""
    assert any(accepted(place.kind, each) for each in inside(yaml.safe_load(place.example)))


def inside(value: object) -> Iterator[dict[str, object]]:
    """Yield every mapping in a YAML value, the outermost first."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(each)


def accepted(kind: type[keys.Section], value: dict[str, object]) -> bool:
    """Tell whether a section may look like this."""
    try:
        kind().load(value)
    except ValidationError:
        return False
    return bool(value)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("settings", {each.name for each in describe()}),
        ("log", FIELDS),
        (
            "metrics",
            set(re.findall(r'"(adapter_\w+)"', (ROOT / "adapter/telemetry/metrics.py").read_text(encoding="utf-8"))),
        ),
    ],
)
def test_references_are_complete(page: str, names: set[str]) -> None:
    """Every setting, every field of a log line and every metric stands in its reference."""
    text = (ROOT / f"docs/reference/{page}.rst").read_text(encoding="utf-8")
    assert names
    assert [] == sorted(name for name in names if f"``{name}" not in text)


def test_the_tour_passes_through_every_room() -> None:
    """The tour names files that exist, and every room of the package."""
    named = set(re.findall(r"``((?:adapter|mappings|wsdl|tests|ops)/[\w./-]*)``", (ROOT / TOUR).read_text("utf-8")))
    assert [] == sorted(name for name in named if not (ROOT / name).exists())
    rooms = {each.name for each in (ROOT / "adapter").iterdir() if each.is_dir() and (each / "__init__.py").is_file()}
    files = {each.name for each in (ROOT / "adapter").glob("*.py")} - {"__init__.py"}
    visited = {name.split("/")[1] for name in named if name.startswith("adapter/")}
    assert set() == (rooms | files) - visited
