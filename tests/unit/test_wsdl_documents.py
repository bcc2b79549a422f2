"""Contracts are read from the project's own folder and from nowhere else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from adapter.errors import BuildError, Mistake
from adapter.wsdl import documents as documents_module
from adapter.wsdl.documents import read_documents
from tests.unit.wsdl_texts import definitions, folder, schema, watched

SECRET = "a-secret-that-must-not-be-shown"


def importing(location: str) -> str:
    """A schema whose second line imports ``location``."""
    return schema(f'\n<xs:import namespace="urn:other" schemaLocation="{location}"/>')


def refused(wsdl_dir: Path, file: str = "a.xsd") -> tuple[Mistake, ...]:
    """Return the mistakes that reading a file ends with."""
    with pytest.raises(BuildError) as caught:
        read_documents(wsdl_dir, file)
    return caught.value.mistakes


def test_reads_imports_and_includes(tmp_path: Path) -> None:
    """A contract is its root and all that it imports or includes, directly or not, by path, the root first."""
    wsdl_dir = folder(
        tmp_path,
        erp___a__wsdl=definitions(
            '<wsdl:import namespace="urn:b" location="sub/b.wsdl"/><wsdl:types>'
            + schema('<xs:include schemaLocation="../common/c.xsd"/>')
            + "</wsdl:types>"
        ),
        erp___sub___b__wsdl=definitions(""),
        common___c__xsd=schema('<xs:import schemaLocation="d%20e.xsd"/>'),
        common___unused__xsd=schema(""),
    )
    (wsdl_dir / "common" / "d e.xsd").write_text(schema(""))
    read = read_documents(wsdl_dir, "erp/a.wsdl")
    assert ["erp/a.wsdl", "erp/sub/b.wsdl", "common/c.xsd", "common/d e.xsd"] == list(read.files)
    assert "common/c.xsd" == read.target("erp/a.wsdl", "../common/c.xsd").path


def test_ends_on_cycles(tmp_path: Path) -> None:
    """Documents that import one another, or themselves, are read once."""
    wsdl_dir = folder(tmp_path, a__xsd=importing("b.xsd"), b__xsd=importing("./b.xsd") + "\n")
    (wsdl_dir / "b.xsd").write_text(
        schema('<xs:import schemaLocation="b.xsd"/><xs:import schemaLocation="../wsdl/../wsdl/a.xsd"/>')
    )
    # ``../wsdl/a.xsd`` leaves the folder on its way, and is refused even though it would come back.
    assert "wsdl/b.xsd" == refused(wsdl_dir)[0].file
    (wsdl_dir / "b.xsd").write_text(schema('<xs:import schemaLocation="b.xsd"/><xs:import schemaLocation="a.xsd"/>'))
    assert ["a.xsd", "b.xsd"] == list(read_documents(wsdl_dir, "a.xsd").files)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "/etc/passwd",
        "//erp.example/x.xsd",
        "../outside.xsd",
        "sub/../../outside.xsd",
        "%2e%2e/outside.xsd",
        "..\\outside.xsd",
        "ftp://erp.example/x.xsd",
        "http://[",
        "link.xsd",
        "linked/outside.xsd",
        "a%00b.xsd",
        "fifo.xsd",
        ".",
    ],
)
def test_refuses_what_is_not_below_the_folder(tmp_path: Path, location: str) -> None:
    """An import that leaves the folder, by whatever spelling, is a mistake at its line that says what to do."""
    wsdl_dir = folder(tmp_path, a__xsd=importing(location))
    (tmp_path / "outside.xsd").write_text(schema(""))
    (wsdl_dir / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    (wsdl_dir / "linked").symlink_to(tmp_path)
    os.mkfifo(wsdl_dir / "fifo.xsd")
    (mistake,) = refused(wsdl_dir)
    assert ("wsdl/a.xsd", 2) == (mistake.file, mistake.line)
    assert "adapter wsdl add" in mistake.remedy


@pytest.mark.parametrize("file", ["../outside.xsd", "/etc/passwd", "link.xsd", "missing.wsdl", ""])
def test_refuses_a_root_outside(tmp_path: Path, file: str) -> None:
    """The contract itself must stand below the folder too."""
    wsdl_dir = folder(tmp_path, a__xsd=schema(""))
    (tmp_path / "outside.xsd").write_text(schema(""))
    (wsdl_dir / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    assert 1 == len(refused(wsdl_dir, file))


def test_never_fetches(tmp_path: Path) -> None:
    """A URL that is not in the catalog is passed over, with the way to bring it in."""
    (mistake,) = read_documents(folder(tmp_path, a__xsd=importing("http://127.0.0.1:9/x.xsd")), "a.xsd").absent
    assert "catalog.json" in mistake.text
    assert "adapter wsdl add" in mistake.remedy


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    """An import of a file that is not there costs what needs it, and is named with file and line."""
    text = schema('\n<xs:import schemaLocation="gone.xsd"/>')
    (mistake,) = read_documents(folder(tmp_path, a__xsd=text), "a.xsd").absent
    assert ("wsdl/a.xsd", 2) == (mistake.file, mistake.line)
    assert "import of 'gone.xsd': no such file" in mistake.text
    assert "adapter wsdl add" in mistake.remedy


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """Every refused import is told in one go."""
    text = schema('<xs:import schemaLocation="ftp://h/x"/>\n<xs:include schemaLocation="../gone.xsd"/>')
    assert [1, 2] == [mistake.line for mistake in refused(folder(tmp_path, a__xsd=text))]


def test_catalog_stands_for_urls(tmp_path: Path) -> None:
    """The catalog says which file stands for a URL; https counts as http, and relative imports of it are URLs too."""
    wsdl_dir = folder(
        tmp_path,
        a__xsd=importing("https://h.example/s/x.xsd#part"),
        kept___one__xsd=importing("../t/y.xsd"),
        kept___two__xsd=schema(""),
        catalog__json=json.dumps(
            {"http://h.example/s/x.xsd": "kept/one.xsd", "http://h.example/t/y.xsd": "kept/two.xsd"}
        ),
    )
    read = read_documents(wsdl_dir, "a.xsd")
    assert ["a.xsd", "kept/one.xsd", "kept/two.xsd"] == list(read.files)
    assert read.files["kept/two.xsd"].content == read.content("https://h.example/t/y.xsd")


def test_a_root_of_the_catalog_has_its_url(tmp_path: Path) -> None:
    """A document that the catalog knows is read as if from its URL, so imports by a mere query are found."""
    wsdl_dir = folder(
        tmp_path,
        erp___erp__wsdl=definitions("<wsdl:types>" + importing("?xsd=1") + "</wsdl:types>"),
        erp___one__xsd=schema(""),
        catalog__json=json.dumps({"http://h/E.svc?wsdl": "erp/erp.wsdl", "http://h/E.svc?xsd=1": "erp/one.xsd"}),
    )
    assert ["erp/erp.wsdl", "erp/one.xsd"] == list(read_documents(wsdl_dir, "erp/erp.wsdl").files)


@pytest.mark.parametrize("path", ["../outside.xsd", "/etc/passwd", "link.xsd"])
def test_catalog_cannot_leave_the_folder(tmp_path: Path, path: str) -> None:
    """A path in the catalog is held to the same rule as an import."""
    wsdl_dir = folder(tmp_path, a__xsd=importing("http://h/x"), catalog__json=json.dumps({"http://h/x": path}))
    (tmp_path / "outside.xsd").write_text(schema(""))
    (wsdl_dir / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    assert "wsdl/a.xsd" == refused(wsdl_dir)[0].file


@pytest.mark.parametrize(("text", "line"), [("{", 1), ("[]", 0), ('{"http://h/x": 1}', 0), ('{\n"a": }', 2)])
def test_a_broken_catalog_is_a_mistake(tmp_path: Path, text: str, line: int) -> None:
    """A catalog that is not one object of strings is named, with its line where there is one."""
    (mistake,) = refused(folder(tmp_path, a__xsd=schema(""), catalog__json=text))
    assert ("wsdl/catalog.json", line) == (mistake.file, mistake.line)


def test_well_known_schemas_need_no_file(tmp_path: Path) -> None:
    """The schemas of XML, the SOAP encoding and xmlmime come with the package; a project's own file comes first."""
    wsdl_dir = folder(
        tmp_path,
        a__xsd=importing("http://www.w3.org/2001/xml.xsd"),
        b__xsd=importing("https://www.w3.org/2005/05/xmlmime"),
    )
    assert ["a.xsd", "(well-known)/xml.xsd"] == list(read_documents(wsdl_dir, "a.xsd").files)
    assert ["b.xsd", "(well-known)/xmlmime.xsd"] == list(read_documents(wsdl_dir, "b.xsd").files)
    folder(tmp_path, own__xsd=schema(""), catalog__json=json.dumps({"http://www.w3.org/2001/xml.xsd": "own.xsd"}))
    assert ["a.xsd", "own.xsd"] == list(read_documents(wsdl_dir, "a.xsd").files)


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>{SECRET}</a>',
        f'<!DOCTYPE a [<!ENTITY e "{SECRET}">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><a x="&b;"/>',
        f"<{SECRET}>\n</other>",
        f"<a>\n<b {SECRET}</a>",
        f"{SECRET}",
        "",
        "<a>&undefined;</a>",
        "<a>" * 400,
    ],
)
def test_what_a_file_says_is_not_repeated(tmp_path: Path, text: str) -> None:
    """A DTD, an entity and broken XML are mistakes of the file, which is named with a line but never quoted."""
    (mistake,) = refused(folder(tmp_path, a__xsd=text))
    assert "wsdl/a.xsd" == mistake.file
    assert SECRET not in str(mistake)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, and a set of files, that is larger than any honest contract is refused."""
    wsdl_dir = folder(tmp_path, a__xsd=importing("b.xsd"), b__xsd=schema(" " * 5000))
    monkeypatch.setattr(documents_module, "MAX_FILE_BYTES", 4000)
    assert "larger than 4000 bytes" in refused(wsdl_dir)[0].text
    monkeypatch.setattr(documents_module, "MAX_FILE_BYTES", 10000)
    assert 2 == len(read_documents(wsdl_dir, "a.xsd").files)
    monkeypatch.setattr(documents_module, "MAX_TOTAL_BYTES", 5000)
    assert "or 5000 bytes" in refused(wsdl_dir)[0].text


def test_endless_spellings_of_one_file_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that gives itself ever new URLs is refused after a bounded number of them."""
    monkeypatch.setattr(documents_module, "MAX_FILES", 20)
    (mistake,) = refused(folder(tmp_path, a__xsd=importing("%2e/a.xsd")))
    assert "imports more than 20 files" in mistake.text


def test_nothing_outside_is_opened(tmp_path: Path) -> None:
    """Reading hostile contracts, by our reader and by zeep, opens no file outside and no socket (audit hook)."""
    hostile = ["file:///etc/passwd", "/etc/passwd", "../outside.xsd", "http://127.0.0.1:9/x.xsd", "link.xsd"]
    wsdl_dir = folder(
        tmp_path,
        good__wsdl=definitions(""),
        **{f"h{number}__xsd": importing(text) for number, text in enumerate(hostile)},
    )
    folder(
        tmp_path, dtd__xsd='<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY e SYSTEM "/etc/passwd">]><a>&e;</a>'
    )
    (tmp_path / "outside.xsd").write_text(schema(""))
    (wsdl_dir / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    told = watched(WATCHED, tmp_path, wsdl_dir)
    assert ["dtd.xsd", *(f"h{number}.xsd" for number in range(5)), "link.xsd"] == told["refused"]
    assert ["dtd.xsd", "good.wsdl", *(f"h{number}.xsd" for number in range(5))] == sorted(told["opened"])
    assert [] == told["sockets"]


WATCHED = """
import json, sys
from pathlib import Path
from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract
from adapter.wsdl.zeep_documents import zeep_client

wsdl_dir, opened, sockets, refused = Path(sys.argv[1]), set(), [], []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, Path)):
        path = Path(arguments[0])
        # The interpreter reads its own modules and tracebacks' sources; everything else counts.
        if path.suffix not in (".py", ".pyc"):
            opened.add(path.relative_to(wsdl_dir).as_posix() if path.is_relative_to(wsdl_dir) else str(path))
    if event.startswith("socket."):
        sockets.append(event)

files = sorted(path.name for path in wsdl_dir.iterdir())
sys.addaudithook(watch)
for file in files:
    try:
        documents = read_documents(wsdl_dir, file)
        contract(documents)
        zeep_client(documents)
    except BuildError:
        refused.append(file)
print(json.dumps({"opened": sorted(opened), "sockets": sockets, "refused": refused}))
"""
