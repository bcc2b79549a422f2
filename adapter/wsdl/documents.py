"""Read a WSDL with everything it imports, from the project's ``wsdl/`` folder and from nowhere else.

Rule 1: a file is opened only by its real path, and only below ``wsdl/``.
Rule 2: a URL is never fetched. ``wsdl/catalog.json`` may say which file below ``wsdl/`` stands for it.
Rule 3: no DTD, no entity, but those that a repair rule allows. Rule 4: a mistake names file and line, never what the
file contains. Rule 5: an import of what is not there costs only what needs it; one that leaves the folder is a mistake.

A document's own URL is the one it was reached by; a document that was reached by its path has one below ``LOCAL``.
A relative import is looked up in the catalog by its URL first, then beside the importing file.
"""

from __future__ import annotations

import json
import os.path
import posixpath
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.wsdl.names import line_of, schemas, wsdl, xsd
from adapter.wsdl.repair import Mending, Rule
from adapter.wsdl.repair_file import REPAIRS, read_repairs
from adapter.wsdl.wellknown import WELL_KNOWN, WELL_KNOWN_URLS
from adapter.wsdl.xml_text import read_xml

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
    """One file: its path below ``wsdl/`` (parts joined by ``/``), its bytes and its root element.

    ``mended``: a repair rule was needed to read it, so ``root`` says more than ``content``.
    """

    path: str
    content: bytes
    root: etree._Element
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Documents:
    """A closed set of documents. ``files`` is by path, the root first; ``locations`` maps every URL to a path.

    ``folder`` is the name of the ``wsdl/`` folder, ``url`` the URL of the root document. ``absent`` names the
    imports of what is not there, ``added`` the files that a repair rule adds.
    """

    folder: str
    root: str
    url: str
    files: Mapping[str, Document]
    locations: Mapping[str, str]
    targets: Mapping[tuple[str, str], str]
    absent: tuple[Mistake, ...] = ()
    added: tuple[str, ...] = ()
    mending: Mending = field(default_factory=Mending)

    @property
    def roots(self) -> tuple[str, ...]:
        """The paths that nothing needs to import: the contract's own, and those of repair rules."""
        return (self.root, *self.added)

    def content(self, url: str) -> bytes:
        """Return the bytes that stand for a URL. Raise KeyError for one that is neither in the set nor well-known."""
        path = self.locations.get(catalog_key(url))
        if not path:
            return WELL_KNOWN[WELL_KNOWN_URLS[catalog_key(url)]]
        found = self.files[path]
        return etree.tostring(found.root) if found.mended else found.content

    def target(self, path: str, location: str) -> Document | None:
        """Return the document that ``location`` means inside the document at ``path``, None where it is not there."""
        return self.files.get(self.targets.get((path, location), ""))

    def mistake(self, path: str, node: etree._Element | None, text: str, remedy: str = "") -> Mistake:
        """Return a mistake that stands at a node of one of the documents."""
        return Mistake(f"{self.folder}/{path}", line_of(node), 0, text, remedy)


def read_documents(wsdl_dir: Path, file: str, rules: tuple[Rule, ...] = ()) -> Documents:
    """Read ``file`` (a path below ``wsdl_dir``) and all that it imports or includes, directly or not.

    ``rules`` are tried beside those of the project.

    Raises BuildError with every mistake found: a refused import, a file that is not well-formed, a wrong repair rule.
    """
    catalog = read_catalog(wsdl_dir)
    path = posixpath.normpath(file)
    own = next((url for url, target in catalog.items() if target == path), urljoin(LOCAL, path))
    mending = Mending((*_repairs(wsdl_dir).get(path, ()), *rules))
    walk = _Walk(wsdl_dir, catalog, {}, {catalog_key(own): path}, {}, [], [], mending)
    walk.open(path, Mistake(f"{wsdl_dir.name}/{file}", 0, 0, "cannot be read"))
    walk.through(deque([(own, path)]))
    added = walk.add()
    if walk.mistakes:
        raise BuildError(walk.mistakes)
    files, locations, targets = walk.files, walk.locations, walk.targets
    return Documents(wsdl_dir.name, path, own, files, locations, targets, tuple(walk.absent), added, mending)


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


def read_catalog(wsdl_dir: Path) -> dict[str, str]:
    """Return ``wsdl/catalog.json`` by the form of the URLs that ``catalog_key`` gives: the path below ``wsdl/``."""
    return {catalog_key(url): path for url, path in catalog_entries(wsdl_dir).items()}


def catalog_entries(wsdl_dir: Path) -> dict[str, str]:
    """Return ``wsdl/catalog.json``: URL as written to path below ``wsdl/``. Empty where there is no such file."""
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
    return {url: posixpath.normpath(path) for url, path in entries.items()}


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


def _is_missing(wsdl_dir: Path, path: str) -> bool:
    """Whether there is nothing at a path below ``wsdl_dir``, and no symbolic link on the way to it."""
    wanted = wsdl_dir.resolve() / path
    return os.path.realpath(wanted) == str(wanted) and not wanted.exists()


def _repairs(wsdl_dir: Path) -> dict[str, tuple[Rule, ...]]:
    """Return the repair rules of a project by contract. Empty where there is no such file."""
    place = f"{wsdl_dir.name}/{REPAIRS}"
    if not (wsdl_dir / REPAIRS).exists():
        return {}
    try:
        return read_repairs(read_below(wsdl_dir, REPAIRS), place, wsdl_dir)
    except OSError:
        raise BuildError([Mistake(place, 0, 0, "cannot be read", "it must be a plain file of the project")]) from None


class _Refused(ValueError):
    """An import that is not followed. ``only_unknown``: an honest address that nobody brought into the project."""

    def __init__(self, why: str, *, only_unknown: bool = False) -> None:
        self.only_unknown = only_unknown
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What one walk over the imports has found so far."""

    wsdl_dir: Path
    catalog: Mapping[str, str]
    files: dict[str, Document]
    locations: dict[str, str]
    targets: dict[tuple[str, str], str]
    mistakes: list[Mistake]
    absent: list[Mistake]
    mending: Mending

    def through(self, queue: deque[tuple[str, str]]) -> None:
        """Follow the imports of the documents in a queue (URL and path), and of those that they bring."""
        while queue and not self.too_much():
            base, path = queue.popleft()
            document = self.files.get(path)
            for node, location in references(document.root) if document else ():
                reached = self.follow(base, path, node, location)
                if reached is not None:
                    queue.append(reached)

    def add(self) -> tuple[str, ...]:
        """Read the files that repair rules add, with their imports; return their paths."""
        added = []
        for rule in self.mending.of("add_import"):
            path = posixpath.normpath(rule.texts[0])
            if path in self.files:
                continue
            self.open(path, rule.place.mistake(f"add_import: {path}", "name a file below wsdl/"), needed=True)
            if path in self.files:
                self.mending.used.add(rule)
                added.append(path)
                url = urljoin(LOCAL, path)
                self.locations[catalog_key(url)] = path
                self.through(deque([(url, path)]))
        return tuple(added)

    def open(self, path: str, otherwise: Mistake, *, needed: bool = True) -> None:
        """Read and parse a file once; note ``otherwise``, with the reason, when it cannot be read.

        What is not ``needed`` may be missing.
        """
        if path in self.files:
            return
        try:
            content = WELL_KNOWN[path] if path in WELL_KNOWN else read_below(self.wsdl_dir, path)
            root, mended = read_xml(path, content, f"{self.wsdl_dir.name}/{path}", self.mending)
            self.files[path] = Document(path, content, root, mended)
        except OSError as error:
            # Those of the operating system have a number and name a whole path; ours have neither.
            reason = str(error) if error.errno is None else "cannot be read"
            text = f"{otherwise.text}: {reason}"
            missing = not needed and _is_missing(self.wsdl_dir, path)
            mistake = replace(otherwise, text=text, remedy=otherwise.remedy or ADD)
            (self.absent if missing else self.mistakes).append(mistake)
        except BuildError as error:
            self.mistakes.extend(error.mistakes)

    def follow(self, base: str, path: str, node: etree._Element, location: str) -> tuple[str, str] | None:
        """Open what ``location`` means; return its URL and path where this URL was not seen before."""
        place = f"{self.wsdl_dir.name}/{path}"
        try:
            url, target = self._locate(base, path, location)
        except _Refused as error:
            mistake = Mistake(place, line_of(node), 0, f"import of {location[:200]!r} {error}", ADD)
            (self.absent if error.only_unknown else self.mistakes).append(mistake)
            return None
        self.targets[path, location] = target
        if catalog_key(url) in self.locations:
            return None
        self.locations[catalog_key(url)] = target
        self.open(target, Mistake(place, line_of(node), 0, f"import of {location[:200]!r}"), needed=False)
        return url, target

    def _locate(self, base: str, path: str, location: str) -> tuple[str, str]:
        """Return the URL and the path that ``location`` means. Raise _Refused with the reason."""
        try:
            url, parts = urljoin(base, location), urlsplit(location)
        except ValueError:
            raise _Refused("is refused: it is no address") from None
        if target := self.catalog.get(catalog_key(url)) or WELL_KNOWN_URLS.get(catalog_key(url)):
            return url, target
        if parts.scheme in ("http", "https"):
            why = f"is passed over: the URL is not in {self.wsdl_dir.name}/{CATALOG}, and nothing is downloaded"
            raise _Refused(why, only_unknown=True)
        if parts.scheme or parts.netloc or "\\" in location or "\0" in unquote(location):
            raise _Refused("is refused: only relative paths below the folder of contracts are allowed")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
        if target == ".." or target.startswith(("../", "/")):
            raise _Refused("is refused: it leaves the folder of contracts")
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
