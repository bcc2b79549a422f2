"""A contract is copied or downloaded with everything it imports, and then loads without a network."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl import download as download_module
from adapter.wsdl.documents import read_documents
from adapter.wsdl.download import DownloadError, download
from adapter.wsdl.vendor import add
from adapter.wsdl.zeep_documents import zeep_client
from tests.unit.wsdl_texts import definitions, folder, schema

OTHER = 'targetNamespace="urn:u"'


@dataclass
class Site:
    """A web server on loopback: path to body, or path to (status, headers, body); it notes what was asked with what."""

    pages: dict[str, str | tuple[int, dict[str, str], str]]
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the address of a page."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving(pages: Mapping[str, str | tuple[int, dict[str, str], str]]) -> Iterator[Site]:
    """Serve pages on loopback until the block ends."""
    site = Site(dict(pages))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers.get("Authorization", "")))
            page = site.pages.get(self.path, (404, {}, "gone"))
            status, headers, body = page if isinstance(page, tuple) else (200, {}, page)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def wsdl(*schemas: str) -> str:
    """A WSDL with schemas inside."""
    return definitions(f"<wsdl:types>{''.join(schemas)}</wsdl:types>")


def importing(location: str) -> str:
    """A schema that imports ``urn:u`` from a location."""
    return schema(f"<xs:import namespace='urn:u' schemaLocation='{location}'/>")


def names(wsdl_dir: Path) -> list[str]:
    """Return every file of a folder."""
    return sorted(path.relative_to(wsdl_dir).as_posix() for path in wsdl_dir.rglob("*") if path.is_file())


def refused(source: str, wsdl_dir: Path) -> str:
    """Return the mistakes of adding a source; nothing may have been written."""
    with pytest.raises(BuildError) as caught:
        add(source, wsdl_dir, "erp")
    assert not (wsdl_dir / "erp").exists()
    return str(caught.value)


def test_local_files_keep_their_places(tmp_path: Path) -> None:
    """A local WSDL is copied byte for byte with what it imports, all in the same places to one another."""
    source = folder(
        tmp_path / "from",
        v1___wsdl___erp__wsdl=wsdl(importing("../xsd/u.xsd")),
        v1___xsd___u__xsd=schema("<xs:include schemaLocation='./more/v.xsd'/>", OTHER),
        v1___xsd___more___v__xsd=schema("<xs:element name='v' type='xs:int'/>", OTHER),
        unused__xsd=schema(""),
    )
    wsdl_dir = tmp_path / "wsdl"
    written = add(str(source / "v1/wsdl/erp.wsdl"), wsdl_dir, "erp")
    assert ["erp/wsdl/erp.wsdl", "erp/xsd/more/v.xsd", "erp/xsd/u.xsd"] == names(wsdl_dir)
    assert wsdl_dir / "erp/wsdl/erp.wsdl" == written[0]
    assert (source / "v1/xsd/u.xsd").read_bytes() == (wsdl_dir / "erp/xsd/u.xsd").read_bytes()


def test_a_download_is_found_by_its_url(tmp_path: Path) -> None:
    """What was fetched is in the catalog, so absolute, relative and query-only imports are found, by zeep as well."""
    pages = {
        "/E.svc?wsdl": "",
        "/E.svc?xsd=0": schema("<xs:include schemaLocation='sub/v.xsd'/>", OTHER),
        "/sub/v.xsd": schema("<xs:element name='v' type='xs:int'/>", OTHER),
        "/x/v.xsd": schema("<xs:element name='x' type='xs:int'/>", 'targetNamespace="urn:x"'),
    }
    wsdl_dir = tmp_path / "wsdl"
    with serving(pages) as site:
        absolute = schema(f"<xs:import namespace='urn:x' schemaLocation='{site.url('/x/v.xsd')}'/>")
        site.pages["/E.svc?wsdl"] = wsdl(importing("?xsd=0"), absolute)
        written = add(site.url("/E.svc?wsdl"), wsdl_dir, "erp")
    assert ["catalog.json", "erp/E.svc-xsd-0.xsd", "erp/erp.wsdl", "erp/v-2.xsd", "erp/v.xsd"] == names(wsdl_dir)
    assert (wsdl_dir / "erp/erp.wsdl", wsdl_dir / "catalog.json") == (written[0], written[-1])
    assert {site.url("/E.svc?wsdl"): "erp/erp.wsdl", site.url("/E.svc?xsd=0"): "erp/E.svc-xsd-0.xsd"}.items() <= (
        json.loads((wsdl_dir / "catalog.json").read_text()).items()
    )
    elements = {element.name for element in zeep_client(read_documents(wsdl_dir, "erp/erp.wsdl")).wsdl.types.elements}
    assert {"v", "x"} <= elements


def test_adding_again_fetches_again(tmp_path: Path) -> None:
    """A second add of the same name brings the server's new files, and gives the same places."""
    wsdl_dir = tmp_path / "wsdl"
    with serving({"/e?wsdl": wsdl(importing("u.xsd")), "/u.xsd": schema("", OTHER)}) as site:
        first = add(site.url("/e?wsdl"), wsdl_dir, "erp")
        site.pages["/u.xsd"] = schema("<xs:element name='new'/>", OTHER)
        assert first == add(site.url("/e?wsdl"), wsdl_dir, "erp")
    assert "new" in (wsdl_dir / "erp/u.xsd").read_text()


def test_what_is_known_is_not_fetched(tmp_path: Path) -> None:
    """Well-known schemas, URLs of the project's catalog and given files are taken without a request."""
    wsdl_dir = folder(
        tmp_path, own__xsd=schema("", OTHER), catalog__json=json.dumps({"http://h.example/own": "own.xsd"})
    )
    given = tmp_path / "given.xsd"
    given.write_text(schema("<xs:element name='given'/>", 'targetNamespace="urn:g"'))
    source = tmp_path / "erp.wsdl"
    locations = ("http://www.w3.org/2001/xml.xsd", "https://h.example/own", "https://h.example/given.xsd")
    source.write_text(
        wsdl(schema("".join(f"<xs:import namespace='urn:{n}' schemaLocation='{u}'/>" for n, u in enumerate(locations))))
    )
    add(str(source), wsdl_dir, "erp", catalog={"https://h.example/given.xsd": str(given)})
    assert ["catalog.json", "erp/erp.wsdl", "erp/given.xsd", "own.xsd"] == names(wsdl_dir)
    assert {"http://h.example/own": "own.xsd", "http://h.example/given.xsd": "erp/given.xsd"} == json.loads(
        (wsdl_dir / "catalog.json").read_text()
    )


def test_credentials_go_to_the_source_only(tmp_path: Path) -> None:
    """User and password are sent to the server that was asked for, and to no other."""
    with (
        serving({"/u.xsd": schema("", OTHER)}) as other,
        serving({"/v.xsd": schema("", 'targetNamespace="urn:v"')}) as site,
    ):
        site.pages["/e.wsdl"] = wsdl(
            importing(other.url("/u.xsd")), schema("<xs:import namespace='urn:v' schemaLocation='v.xsd'/>")
        )
        add(site.url("/e.wsdl"), tmp_path / "wsdl", "erp", credentials=("me", "secret"))
        basic = "Basic " + b64encode(b"me:secret").decode()
        assert [("/e.wsdl", basic), ("/v.xsd", basic)] == site.asked
        assert [("/u.xsd", "")] == other.asked


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_stay_on_the_host(tmp_path: Path, status: int) -> None:
    """A redirect on the same server is followed, one to another is refused before anything is asked there."""
    with serving({"/u": schema("")}) as other, serving({"/there": schema("")}) as site:
        site.pages["/here"] = (status, {"Location": "/there"}, "")
        site.pages["/away"] = (status, {"Location": other.url("/u")}, "")
        site.pages["/name"] = (status, {"Location": site.url("/there", "localhost")}, "")
        assert schema("").encode() == download(site.url("/here"))
        for path in ("/away", "/name"):
            with pytest.raises(DownloadError, match="redirects to another server"):
                download(site.url(path))
        assert [] == other.asked


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("http://h/a", "https://h/b", True),
        ("https://h/a", "http://h/b", False),
        ("http://h:81/a", "https://h/b", False),
        ("http://h/a", "https://evil/b", False),
        ("http://h/a", "ftp://h/b", False),
        ("http://h/a", "http://h.evil/b", False),
    ],
)
def test_redirects_never_leave_encryption(old: str, new: str, allowed: bool) -> None:
    """From http to https on the same host is followed; the way back, another port or scheme is not."""
    if allowed:
        assert new == download_module._same_host(old, new)
        return
    with pytest.raises(DownloadError):
        download_module._same_host(old, new)


def test_endless_redirects_end() -> None:
    """A server that redirects again and again is given up."""
    with serving({"/a": (302, {"Location": "/a"}, "")}) as site:
        with pytest.raises(DownloadError, match="again and again"):
            download(site.url("/a"))
        assert download_module.MAX_REDIRECTS + 1 == len(site.asked)


def test_downloads_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is too large, or that takes too long, is given up."""
    with serving({"/a": "x" * 5000}) as site:
        monkeypatch.setattr(download_module, "MAX_FILE_BYTES", 4000)
        with pytest.raises(DownloadError, match="larger than 4000 bytes"):
            download(site.url("/a"))
        monkeypatch.setattr(download_module, "MAX_FILE_BYTES", 5000)
        assert 5000 == len(download(site.url("/a")))
        clock = iter((0.0, 0.0, 61.0))
        monkeypatch.setattr(download_module, "monotonic", lambda: next(clock))
        with pytest.raises(DownloadError, match="takes longer than 60 seconds"):
            download(site.url("/a"))


def test_a_server_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """Refused connections and error statuses are told in words, at the line of the import."""
    with serving({}) as site:
        pass
    assert "cannot be fetched (NewConnectionError)" in refused(site.url("/e.wsdl"), tmp_path / "wsdl")
    with serving({"/e.wsdl": wsdl(importing("gone.xsd"))}) as site:
        told = refused(site.url("/e.wsdl"), tmp_path / "wsdl")
        assert (
            f"{site.url('/e.wsdl')}:1:0: import of 'gone.xsd': {site.url('/gone.xsd')} answers with status 404"
            == told.partition(" -> ")[0]
        )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (importing("file:///etc/passwd"), "import of 'file:///etc/passwd' is refused"),
        (importing("/etc/passwd"), "import of '/etc/passwd' is refused"),
        (importing("..\\\\u.xsd"), "is refused"),
        (importing("gone.xsd"), "No such file or directory"),
        (importing("page.html"), "is neither WSDL 1.1 nor XML Schema"),
        (importing("secret.txt"), "not well-formed XML"),
        (importing("http://["), "import of 'http://['"),
        ("<!DOCTYPE a><a/>", "has a DOCTYPE"),
        ("<html/>", "is neither WSDL 1.1 nor XML Schema"),
    ],
)
def test_hostile_local_contracts_write_nothing(tmp_path: Path, text: str, told: str) -> None:
    """What a local contract must not import, or is not a schema, is a mistake, and nothing is written."""
    (tmp_path / "erp.wsdl").write_text(text)
    (tmp_path / "page.html").write_text("<html/>")
    (tmp_path / "secret.txt").write_text("password=hunter2")
    mistakes = refused(str(tmp_path / "erp.wsdl"), tmp_path / "wsdl")
    assert told in mistakes
    assert all(" -> " in line for line in mistakes.splitlines())
    assert "hunter2" not in mistakes


def test_a_downloaded_contract_cannot_read_local_files(tmp_path: Path) -> None:
    """A contract from the web that imports file: or a bare path stays on the web."""
    with serving({"/e.wsdl": wsdl(importing("file:///etc/passwd")), "/f.wsdl": wsdl(importing("/etc/passwd"))}) as site:
        assert "only http and https are fetched" in refused(site.url("/e.wsdl"), tmp_path / "wsdl")
        assert "/etc/passwd answers with status 404" in refused(site.url("/f.wsdl"), tmp_path / "wsdl")


@pytest.mark.parametrize("name", ["", "..", "a/b", "/a", ".hidden", "a\n"])
def test_the_name_is_a_folder_name(tmp_path: Path, name: str) -> None:
    """A name that is not one plain folder below ``wsdl/`` is refused."""
    with pytest.raises(BuildError, match="is not a folder name"):
        add("http://127.0.0.1:9/", tmp_path / "wsdl", name)
