"""Bring a WSDL with everything it imports into the project: ``wsdl/<name>/``.

Bytes are never rewritten. Files that import one another by relative paths keep their places to one another. What was
fetched from a URL is written to ``wsdl/catalog.json`` under that URL, so that imports find it there without a network.
"""

from __future__ import annotations

import json
import os.path
import re
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.wsdl.documents import (
    CATALOG,
    MAX_FILE_BYTES,
    MAX_FILES,
    catalog_entries,
    catalog_key,
    read_catalog,
    read_documents,
    references,
)
from adapter.wsdl.download import DownloadError, download
from adapter.wsdl.names import line_of, wsdl, xsd
from adapter.wsdl.wellknown import WELL_KNOWN_URLS
from adapter.wsdl.xml_text import parse_to_follow

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def add(
    source: str,
    into: Path,
    name: str,
    *,
    credentials: tuple[str, str] | None = None,
    catalog: Mapping[str, str] | None = None,
) -> list[Path]:
    """Copy or download ``source`` (a path or an http(s) URL) with its imports to ``into/name``; return what is written.

    ``into`` is the project's ``wsdl/`` folder. ``credentials`` (user, password) go to the source's own server only.
    ``catalog`` maps URLs to local files that are taken instead of fetching them. The first path is the contract's root.
    Raises BuildError with every mistake found, before anything is written.
    """
    if not _NAME.fullmatch(name):
        raise BuildError([Mistake(name, 0, 0, "is not a folder name", "use letters, digits, '-', '_' and '.'")])
    gathering = _Gathering(
        folder=f"{into.name}/{name}",
        # What this name brought before is fetched again, what others brought is not.
        known={url for url, path in read_catalog(into).items() if not path.startswith(f"{name}/")} | {*WELL_KNOWN_URLS},
        given={catalog_key(url): Path(path) for url, path in (catalog or {}).items()},
        origin=source if _is_url(source) else "",
        credentials=credentials,
    )
    gathering.gather(source)
    if gathering.mistakes:
        raise BuildError(gathering.mistakes)
    files, urls = gathering.layout(name)
    written = [_write(into / path, content) for path, content in files.items()]
    if urls:
        written.append(_write_catalog(into, urls))
    # Whatever else is wrong is found now, by the only reader that counts.
    read_documents(into, next(iter(files)))
    return written


def _is_url(source: str) -> bool:
    """Whether a source or an import is an address of the web."""
    return urlsplit(source).scheme in ("http", "https")


def _write(target: Path, content: bytes) -> Path:
    """Write one file of the project, its folders first."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def _write_catalog(into: Path, urls: Mapping[str, str]) -> Path:
    """Add URLs to ``catalog.json``, sorted, so that the same contract gives the same file."""
    new = {catalog_key(url) for url in urls}
    merged = {url: path for url, path in catalog_entries(into).items() if catalog_key(url) not in new} | dict(urls)
    return _write(into / CATALOG, (json.dumps(merged, indent=1, sort_keys=True) + "\n").encode())


_LOOK = "see what this machine gets from there: a wrong path, a login page and a proxy are the usual reasons"
_MOVE = "save all files side by side, and let them import one another by relative paths"


@dataclass(frozen=True, slots=True)
class _Gathering:
    """The documents of one contract as they are found: by URL, or by their real path as text."""

    folder: str
    known: set[str]
    given: Mapping[str, Path]
    origin: str
    credentials: tuple[str, str] | None
    found: dict[str, tuple[bytes, etree._Element]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def gather(self, source: str) -> None:
        """Read the source and everything that it imports, each document once."""
        root = catalog_key(source) if _is_url(source) else os.path.realpath(source)
        queue = deque([(root, source, Mistake(source, 0, 0, "cannot be added"))])
        while queue and len(self.found) < MAX_FILES:
            place, address, otherwise = queue.popleft()
            if place in self.found:
                continue
            try:
                content = self._read(place, address)
                document = parse_to_follow(content, address)
                if document.tag not in (wsdl("definitions"), xsd("schema")):
                    raise DownloadError("is neither WSDL 1.1 nor XML Schema")
            except BuildError as error:
                self.mistakes.extend(error.mistakes)
                continue
            except (DownloadError, OSError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                text = f"{otherwise.text}: {address} {reason}"
                self.mistakes.append(Mistake(otherwise.file, otherwise.line, 0, text, _LOOK))
                continue
            self.found[place] = content, document
            for node, location in references(document):
                text = f"import of {location[:200]!r}"
                try:
                    target = self._target(address, location)
                except ValueError as error:
                    self.mistakes.append(Mistake(address, line_of(node), 0, f"{text} {error}", _MOVE))
                    continue
                if catalog_key(target) not in self.known:
                    place = catalog_key(target) if _is_url(target) else target
                    queue.append((place, target, Mistake(address, line_of(node), 0, text)))

    def layout(self, name: str) -> tuple[dict[str, bytes], dict[str, str]]:
        """Return the files by path below ``wsdl/``, the root first, and the URLs that stand for some of them."""
        local = [place for place in self.found if not _is_url(place)]
        top = os.path.commonpath([os.path.dirname(place) for place in local]) if local else ""
        files: dict[str, bytes] = {}
        urls: dict[str, str] = {}
        for number, (place, (content, document)) in enumerate(self.found.items()):
            if not _is_url(place):
                files[f"{name}/{os.path.relpath(place, top).replace(os.sep, '/')}"] = content
                continue
            ending = ".wsdl" if document.tag == wsdl("definitions") else ".xsd"
            path = _free(f"{name}/{_file_name(place) if number else name}", ending, files)
            # The contract's own address is kept as it was asked for, so that it can be asked again.
            files[path], urls[place if number else self.origin] = content, path
        return files, urls

    def _read(self, place: str, address: str) -> bytes:
        """Return the bytes of a document: a given file, a local one, or what its server answers."""
        file = self.given.get(place) or (None if _is_url(place) else Path(place))
        if file is None:
            return download(address, self._authorization(address))
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise DownloadError(f"is larger than {MAX_FILE_BYTES} bytes")
        return content

    def _target(self, address: str, location: str) -> str:
        """Return the URL or the real path that an import means. Raise ValueError with the reason to refuse it."""
        if _is_url(address) or _is_url(location):
            url = urljoin(address if _is_url(address) else "", location)
            if not _is_url(url):
                raise ValueError("is refused: only http and https are fetched")
            return url
        parts = urlsplit(location)
        if (
            parts.scheme
            or parts.netloc
            or parts.path.startswith("/")
            or "\\" in location
            or "\0" in unquote(parts.path)
        ):
            raise ValueError("is refused: only relative paths and http(s) URLs are followed")
        return os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(address)), unquote(parts.path)))

    def _authorization(self, address: str) -> str:
        """Return the value of the Authorization header for an address: empty for every server but the source's."""
        if self.credentials is None or not self.origin or urlsplit(address)[:2] != urlsplit(self.origin)[:2]:
            return ""
        return "Basic " + b64encode(":".join(self.credentials).encode()).decode()


def _file_name(url: str) -> str:
    """Return a file name, without its ending, for a document that was fetched from a URL."""
    parts = urlsplit(url)
    name = re.sub(r"\.(xsd|wsdl)$", "", unquote(parts.path).rstrip("/").rpartition("/")[2], flags=re.IGNORECASE)
    return _UNSAFE.sub("-", f"{name}-{parts.query}" if parts.query else name).strip("-.") or "schema"


def _free(stem: str, ending: str, taken: Mapping[str, bytes]) -> str:
    """Return a path that no other file has."""
    path, number = f"{stem}{ending}", 1
    while path in taken:
        number += 1
        path = f"{stem}-{number}{ending}"
    return path
