"""Contracts that would make their reader open, fetch or fill something: each way in, and an audit hook that watches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.lint import lint
from adapter.wsdl.load import load
from tests.unit.test_wsdl_flaws import wsdl
from tests.unit.wsdl_texts import ROOT, definitions, folder, schema, watched

OUTSIDE = (
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "/etc/passwd",
    "//server/share/x.xsd",
    "\\\\server\\share\\x.xsd",
    "..\\outside.xsd",
    "../outside.xsd",
    "a/../../outside.xsd",
    "%2e%2e/outside.xsd",
    "%2e%2e%2foutside.xsd",
    "%2E./outside.xsd",
    "link.xsd",
    "linked/outside.xsd",
    "a%00b.xsd",
    "ftp://127.0.0.1:9/x.xsd",
    "jar:file:/x.jar!/x.xsd",
    "fifo.xsd",
)
UNKNOWN = ("http://127.0.0.1:9/x.xsd", "https://127.0.0.1:9/x.xsd", "HTTP://127.0.0.1:9/x.xsd")
WAYS = {
    "import": lambda text: wsdl("", schema(f"<xs:import namespace='urn:x' schemaLocation='{text}'/>")),
    "include": lambda text: wsdl("", schema(f"<xs:include schemaLocation='{text}'/>")),
    "redefine": lambda text: wsdl("", schema(f"<xs:redefine schemaLocation='{text}'/>")),
    "wsdl": lambda text: definitions(f"<wsdl:import namespace='urn:x' location='{text}'/>"),
}
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
DOCUMENTS = {
    "laughs": LAUGHS + wsdl("").replace("urn:t", "&a9;", 1),
    "external": "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>" + wsdl(""),
    "entity": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    + wsdl("").replace("<wsdl:types>", "<wsdl:types>&e;"),
    "parameter": "<!DOCTYPE x [<!ENTITY % e SYSTEM 'http://127.0.0.1:9/x.dtd'> %e;]>" + wsdl(""),
    "xinclude": wsdl("", "<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"),
    "stylesheet": "<?xml-stylesheet href='http://127.0.0.1:9/x.xsl'?>" + wsdl(""),
    "hint": wsdl("").replace("<wsdl:types>", "<wsdl:types xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
                             "i:schemaLocation='urn:x http://127.0.0.1:9/x.xsd'>"),
}  # fmt: skip


def hostile(tmp_path: Path) -> Path:
    """A folder of contracts, each with one way out, and what they would find there."""
    wsdl_dir = folder(tmp_path, good__wsdl=wsdl(""))
    (tmp_path / "outside.xsd").write_text(schema("<xs:element name='Bad' type='xs:int'/>"))
    (wsdl_dir / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    (wsdl_dir / "linked").symlink_to(tmp_path)
    os.mkfifo(wsdl_dir / "fifo.xsd")
    for number, location in enumerate((*OUTSIDE, *UNKNOWN)):
        for way, text in WAYS.items():
            (wsdl_dir / f"{way}{number:02}.wsdl").write_text(text(location))
    for name, text in DOCUMENTS.items():
        (wsdl_dir / f"{name}.wsdl").write_text(text)
    return wsdl_dir


WATCHED = (
    f"""
ROOT = __import__("pathlib").Path({str(ROOT)!r})
"""
    + """
import contextlib, io, json, os, sys
from pathlib import Path
from adapter.__main__ import main
from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.lint import lint
from adapter.wsdl.load import contract, load
from adapter.wsdl.zeep_documents import zeep_client

wsdl_dir, outside, sockets, refused = Path(sys.argv[1]), set(), [], []
PATHS = ("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "os.symlink")

def watch(event, arguments):
    if event in PATHS and arguments and isinstance(arguments[0], (str, bytes, Path)):
        path = Path(os.fsdecode(arguments[0]))
        # The interpreter reads its own modules and tracebacks' sources; everything else counts.
        ours = any(path.absolute().is_relative_to(each) for each in allowed)
        if path.suffix not in (".py", ".pyc") and not ours:
            outside.add(f"{event} {path}")
    if event.startswith(("socket.", "urllib.", "subprocess.", "os.system", "os.exec", "os.spawn")):
        sockets.append(event)

def proposed(file):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(["propose", str(wsdl_dir / file), "-o", str(wsdl_dir.parent / "mappings")])

allowed = (wsdl_dir, wsdl_dir.parent / "mappings", wsdl_dir.parent / "adapter.env")
files = sorted(path.name for path in wsdl_dir.glob("*.wsdl"))
# Whatever is imported late is imported now.
lint(wsdl_dir, "good.wsdl"), zeep_client(read_documents(ROOT / "wsdl", "erp/erp.wsdl")), proposed("good.wsdl")
sys.addaudithook(watch)
for file in files:
    proposed(file)
    report = lint(wsdl_dir, file)
    try:
        documents = read_documents(wsdl_dir, file)
        contract(documents)
    except BuildError:
        refused.append(file)
        assert report.unread or report.findings, file
        continue
    try:
        zeep_client(documents)
    except BuildError:
        pass
print(json.dumps({"outside": sorted(outside), "sockets": sockets, "refused": refused, "files": files}))
"""
)


def test_nothing_outside_is_opened(tmp_path: Path) -> None:
    """Reading, mending, lint and zeep open no file outside the folder of contracts, list none, and make no socket."""
    told = watched(WATCHED, tmp_path, hostile(tmp_path))
    assert ([], []) == (told["outside"], told["sockets"])
    passed = {name.removesuffix(".wsdl") for name in set(told["files"]) - set(told["refused"])}
    unknown = {f"{way}{len(OUTSIDE) + n:02}" for way in WAYS for n in range(len(UNKNOWN))}
    assert {"good", "xinclude", "stylesheet", "hint", *unknown} == passed


def test_rules_lead_nowhere_else(tmp_path: Path) -> None:
    """A repair rule opens nothing outside either, nor does a file of rules that is a link."""
    wsdl_dir = hostile(tmp_path)
    for file in wsdl_dir.glob("*.wsdl"):
        if file.name not in ("good.wsdl", "laughs.wsdl", "external.wsdl", "entity.wsdl", "parameter.wsdl"):
            file.unlink()
    added = "".join(f"  - add_import: '{text}'\n" for text in OUTSIDE)
    rules = "".join(f"{name}.wsdl:\n  - allow_doctype: {name}.wsdl\n" for name in ("laughs", "external", "entity"))
    (wsdl_dir / "repairs.yaml").write_text(f"good.wsdl:\n{added}{rules}")
    told = watched(WATCHED, tmp_path, wsdl_dir)
    assert ([], [], told["files"]) == (told["outside"], told["sockets"], told["refused"])
    (wsdl_dir / "repairs.yaml").rename(tmp_path / "repairs.yaml")
    (wsdl_dir / "repairs.yaml").symlink_to(tmp_path / "repairs.yaml")
    with pytest.raises(BuildError, match=r"repairs.yaml: cannot be read"):
        load(wsdl_dir, "good.wsdl")


@pytest.mark.parametrize("location", OUTSIDE)
@pytest.mark.parametrize("way", WAYS)
def test_each_way_out_is_a_mistake_with_its_line(tmp_path: Path, way: str, location: str) -> None:
    """An import that leaves the folder refuses the contract, with the file and line of the import."""
    wsdl_dir = hostile(tmp_path)
    (wsdl_dir / "a.wsdl").write_text("\n" + WAYS[way](location))
    with pytest.raises(BuildError) as caught:
        read_documents(wsdl_dir, "a.wsdl")
    (mistake,) = caught.value.mistakes
    assert ("wsdl/a.wsdl", 2) == (mistake.file, mistake.line)
    assert "import of" in mistake.text


def test_imports_in_circles_end(tmp_path: Path) -> None:
    """Documents that import one another, and themselves, are read once each."""
    text = "<wsdl:import namespace='urn:t' location='{}.wsdl'/><wsdl:import namespace='urn:t' location='a.wsdl'/>"
    wsdl_dir = folder(tmp_path, a__wsdl=definitions(text.format("b")), b__wsdl=definitions(text.format("b")))
    assert ["a.wsdl", "b.wsdl"] == list(read_documents(wsdl_dir, "a.wsdl").files)
    assert {} == load(wsdl_dir, "a.wsdl").services


def test_a_file_of_200_mb_is_not_read(tmp_path: Path) -> None:
    """A file that is far too large is refused by its size, and its bytes are not kept."""
    wsdl_dir = folder(tmp_path, a__wsdl="<")
    with (wsdl_dir / "a.wsdl").open("r+b") as stream:
        stream.truncate(200 * 1024 * 1024)
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom adapter.wsdl.lint import lint\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nreport = lint(Path(sys.argv[1]), 'a.wsdl')\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nprint(report.findings[0].mistake.text)\n"
        "print((after - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(wsdl_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    text, grown = done.stdout.splitlines()
    assert "cannot be read: larger than 16777216 bytes" == text
    assert int(grown) < 100


def test_rounds_of_lint_end(tmp_path: Path) -> None:
    """However many names are missing and however they could be mended, lint comes to an end."""
    missing = "".join(f"<xs:element name='E{n}' type='t:T{n}'/>" for n in range(300))
    known = schema("".join(f"<xs:simpleType name='T{n}'><xs:restriction base='xs:int'/></xs:simpleType>"
                           for n in range(300)), "")  # fmt: skip
    report = lint(folder(tmp_path, a__wsdl=wsdl("", schema(missing) + known)), "a.wsdl")
    assert 2 == report.lost
