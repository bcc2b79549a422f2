"""Read a WSDL with everything it imports, from the project's ``wsdl/`` folder and from nowhere else.

Rule 1: a file is opened only by its real path, and only below ``wsdl/``.
Rule 2: a URL is never fetched. ``wsdl/catalog.json`` may say which file below ``wsdl/`` stands for it.
Rule 3: no DTD, no entity. Rule 4: a mistake names file and line, never what the file contains.

A document's own URL is the one it was reached by; a document that was reached by its path has one below ``LOCAL``.
A relative import is looked up in the catalog by its URL first, then beside the importing file.
"""

from __future__ import annotations

import json
import os.path
import posixpath
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.wsdl.names import line_of, schemas, wsdl, xsd
from adapter.wsdl.wellknown import WELL_KNOWN, WELL_KNOWN_URLS

# RFC 2606 keeps .invalid out of the DNS: such an address cannot be fetched by accident.
LOCAL = "http://wsdl.invalid/"
CATALOG = "catalog.json"
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_TOTAL_BYTES = 64 * 1024 * 1024
MAX_FILES = 1000
ADD = "bring it into the project with `adapter wsdl add`"
_AGAIN = "restore it, or run `adapter wsdl add` again"


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its path below ``wsdl/`` (parts joined by ``/``), its bytes and its root element."""

    path: str
    content: bytes
    root: etree._Element


@dataclass(frozen=True, slots=True)
class Documents:
    """A closed set of documents. ``files`` is by path, the root first; ``locations`` maps every URL to a path.

    ``folder`` is the name of the ``wsdl/`` folder, ``url`` the URL of the root document.
    """

    folder: str
    root: str
    url: str
    files: Mapping[str, Document]
    locations: Mapping[str, str]
    targets: Mapping[tuple[str, str], str]

    def content(self, url: str) -> bytes:
        """Return the bytes that stand for a URL. Raise KeyError for one that is neither in the set nor well-known."""
        path = self.locations.get(catalog_key(url))
        return self.files[path].content if path else WELL_KNOWN[WELL_KNOWN_URLS[catalog_key(url)]]

    def target(self, path: str, location: str) -> Document:
        """Return the document that ``location`` means inside the document at ``path``."""
        return self.files[self.targets[path, location]]

    def mistake(self, path: str, node: etree._Element | None, text: str, remedy: str = "") -> Mistake:
        """Return a mistake that stands at a node of one of the documents."""
        return Mistake(f"{self.folder}/{path}", line_of(node), 0, text, remedy)


def read_documents(wsdl_dir: Path, file: str) -> Documents:
    """Read ``file`` (a path below ``wsdl_dir``) and all that it imports or includes, directly or not.

    Raises BuildError with every mistake found: a refused or missing import, a file that is not well-formed.
    """
    catalog = read_catalog(wsdl_dir)
    path = posixpath.normpath(file)
    own = next((url for url, target in catalog.items() if target == path), urljoin(LOCAL, path))
    walk = _Walk(wsdl_dir, catalog, {}, {catalog_key(own): path}, {}, [])
    queue = deque([(own, path)])
    walk.open(path, Mistake(f"{wsdl_dir.name}/{file}", 0, 0, "cannot be read"))
    while queue and not walk.too_much():
        base, path = queue.popleft()
        document = walk.files.get(path)
        for node, location in references(document.root) if document else ():
            reached = walk.follow(base, path, node, location)
            if reached is not None:
                queue.append(reached)
    if walk.mistakes:
        raise BuildError(walk.mistakes)
    return Documents(wsdl_dir.name, posixpath.normpath(file), own, walk.files, walk.locations, walk.targets)


def references(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield every import, include and redefine that names a location, with that location."""
    for node in root.findall(wsdl("import")):
        if location := (node.get("location") or "").strip():
            yield node, location
    for schema in schemas(root):
        for kind in ("import", "include", "redefine"):
            for node in schema.findall(xsd(kind)):
                if location := (node.get("schemaLocation") or "").strip():
                    yield node, location


def parse(content: bytes, place: str) -> etree._Element:
    """Parse a document of the project. Raise BuildError where it is not well-formed XML or has a DTD."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        # The parser's own message quotes the file; its name for the error does not.
        log: Any = error.error_log
        kind = log.last_error.type_name if log.last_error else "XML"
        text, remedy = f"not well-formed XML ({kind})", "fetch it again; what is there may be an error page, or cut off"
        raise BuildError([Mistake(place, error.lineno or 0, 0, text, remedy)]) from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise BuildError([Mistake(place, 1, 0, "has a DOCTYPE, which is refused", "remove the DTD and its entities")])
    return root


def read_catalog(wsdl_dir: Path) -> dict[str, str]:
    """Return ``wsdl/catalog.json``: URL to path below ``wsdl/``. Empty where there is no such file."""
    place = f"{wsdl_dir.name}/{CATALOG}"
    if not (wsdl_dir / CATALOG).exists():
        return {}
    try:
        entries = json.loads(read_below(wsdl_dir, CATALOG))
    except (OSError, ValueError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise BuildError([Mistake(place, line, 0, "cannot be read as JSON", _AGAIN)]) from None
    if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
        raise BuildError([Mistake(place, 0, 0, 'must be one object of {"URL": "path below wsdl/"}', _AGAIN)])
    return {catalog_key(url): posixpath.normpath(path) for url, path in entries.items()}


def read_below(wsdl_dir: Path, path: str) -> bytes:
    """Return the bytes of a file below ``wsdl_dir``. Raise OSError for anything else, a symbolic link included."""
    inside = wsdl_dir.resolve()
    wanted = inside / path
    real = "\0" not in path and os.path.realpath(wanted) == str(wanted)
    if not real or inside not in wanted.parents or not wanted.is_file():
        raise FileNotFoundError(f"no such file below {wsdl_dir.name}/")
    with wanted.open("rb") as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise OSError(f"larger than {MAX_FILE_BYTES} bytes")
    return content


@dataclass(frozen=True, slots=True)
class _Walk:
    """What one walk over the imports has found so far."""

    wsdl_dir: Path
    catalog: Mapping[str, str]
    files: dict[str, Document]
    locations: dict[str, str]
    targets: dict[tuple[str, str], str]
    mistakes: list[Mistake]

    def open(self, path: str, otherwise: Mistake) -> None:
        """Read and parse a file once; note ``otherwise``, with the reason, when it cannot be read."""
        if path in self.files:
            return
        try:
            content = WELL_KNOWN[path] if path in WELL_KNOWN else read_below(self.wsdl_dir, path)
            self.files[path] = Document(path, content, parse(content, f"{self.wsdl_dir.name}/{path}"))
        except OSError as error:
            # Those of the operating system have a number and name a whole path; ours have neither.
            reason = str(error) if error.errno is None else "cannot be read"
            text = f"{otherwise.text}: {reason}"
            self.mistakes.append(Mistake(otherwise.file, otherwise.line, 0, text, otherwise.remedy or ADD))
        except BuildError as error:
            self.mistakes.extend(error.mistakes)

    def follow(self, base: str, path: str, node: etree._Element, location: str) -> tuple[str, str] | None:
        """Open what ``location`` means; return its URL and path where this URL was not seen before."""
        place = f"{self.wsdl_dir.name}/{path}"
        try:
            url, target = self._locate(base, path, location)
        except ValueError as error:
            self.mistakes.append(Mistake(place, line_of(node), 0, f"import of {location[:200]!r} {error}", ADD))
            return None
        self.targets[path, location] = target
        if catalog_key(url) in self.locations:
            return None
        self.locations[catalog_key(url)] = target
        self.open(target, Mistake(place, line_of(node), 0, f"import of {location[:200]!r}"))
        return url, target

    def _locate(self, base: str, path: str, location: str) -> tuple[str, str]:
        """Return the URL and the path that ``location`` means. Raise ValueError with the reason to refuse it."""
        url = urljoin(base, location)
        if target := self.catalog.get(catalog_key(url)) or WELL_KNOWN_URLS.get(catalog_key(url)):
            return url, target
        parts = urlsplit(location)
        if parts.scheme in ("http", "https"):
            raise ValueError(f"is refused: the URL is not in {self.wsdl_dir.name}/{CATALOG}, and nothing is downloaded")
        if parts.scheme or parts.netloc:
            raise ValueError("is refused: only relative paths below the folder of contracts are allowed")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
        if target == ".." or target.startswith(("../", "/")):
            raise ValueError("is refused: it leaves the folder of contracts")
        return url, target

    def too_much(self) -> bool:
        """Note a mistake, and say so, once the set of documents is larger than any honest contract.

        Locations are counted too: one file can give itself endless URLs, such as ``%2e/itself.xsd``.
        """
        size = sum(len(document.content) for document in self.files.values())
        if max(len(self.files), len(self.locations) // 4) <= MAX_FILES and size <= MAX_TOTAL_BYTES:
            return False
        text = f"imports more than {MAX_FILES} files or {MAX_TOTAL_BYTES} bytes"
        remedy = "keep only what the contract needs, and see whether its imports go round in circles"
        self.mistakes.append(Mistake(f"{self.wsdl_dir.name}/{next(iter(self.files))}", 0, 0, text, remedy))
        return True


def catalog_key(url: str) -> str:
    """Return the form of a URL that the catalog is looked up by: no fragment, ``https`` the same as ``http``."""
    plain = urldefrag(url.strip()).url
    return "http" + plain[5:] if plain.startswith("https:") else plain
