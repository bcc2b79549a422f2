"""Repair rules that would help a contract, found by trying them: what lint proposes is known to mend something."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from adapter.errors import BuildError, Mistake
from adapter.wsdl.documents import MAX_TOTAL_BYTES, read_below, read_documents
from adapter.wsdl.load import Examined, examine
from adapter.wsdl.names import clark, schemas, xsd
from adapter.wsdl.repair import Rule
from adapter.wsdl.types import local_name
from adapter.wsdl.xml_text import has_doctype, parse_to_follow, without_leading_space

ROUNDS = 20
MAX_BESIDE = 500
_KINDS = {"type-missing": "type", "element-missing": "element"}
_DECLARES = {xsd("complexType"): "type", xsd("simpleType"): "type", xsd("element"): "element"}


@dataclass(frozen=True, slots=True)
class Trial:
    """A contract read with proposed rules: ``first`` as it is, ``last`` with all of ``rules``; None where unreadable.

    ``refused`` is what keeps it from being read, whatever rule is tried.
    """

    first: Examined | None
    last: Examined | None
    rules: tuple[Rule, ...]
    refused: tuple[Mistake, ...] = ()


def propose(wsdl_dir: Path, file: str) -> Trial:
    """Try rules on a contract until nothing more is mended."""
    rules: tuple[Rule, ...] = ()
    first: Examined | None = None
    last: Examined | None = None
    beside = _Beside(wsdl_dir, posixpath.dirname(posixpath.normpath(file)))
    for _ in range(ROUNDS):
        try:
            last = examine(read_documents(wsdl_dir, file, rules))
        except BuildError as error:
            found = tuple(dict.fromkeys(_of_files(wsdl_dir, error.mistakes)))
            if not found or set(found) <= set(rules):
                return Trial(first, None, rules, error.mistakes)
            rules += tuple(rule for rule in found if rule not in rules)
            continue
        first = first if first is not None or rules else last
        more = tuple(rule for rule in dict.fromkeys(_of_names(last, beside)) if rule not in rules)
        if not more:
            break
        rules += more
    return Trial(first, last, tuple(rule for rule in rules if last is None or rule in last.documents.mending.used))


def _of_files(wsdl_dir: Path, mistakes: tuple[Mistake, ...]) -> Iterator[Rule]:
    """Yield rules for files that are not read as they are."""
    for mistake in mistakes:
        path = mistake.file.removeprefix(f"{wsdl_dir.name}/")
        try:
            content = read_below(wsdl_dir, path)
            parse_to_follow(content, mistake.file)
        except (OSError, BuildError):
            continue
        if without_leading_space(content) is not None:
            yield Rule("skip_leading_space", (path,))
        if has_doctype(content):
            yield Rule("allow_doctype", (path,))


def _of_names(examined: Examined, beside: _Beside) -> Iterator[Rule]:
    """Yield rules for elements and types that are not there: a file that declares them, else one of the same name."""
    contract = examined.contract
    missing = [(flaw.code, flaw.name) for flaw in examined.flaws]
    missing += [(reason.code, reason.name) for reason in contract.omitted.values()]
    for code, key in dict.fromkeys(missing):
        kind = _KINDS.get(code)
        if kind is None or not key:
            continue
        if path := beside.declared.get((kind, key)):
            yield Rule("add_import", (path,))
            continue
        known: Mapping[str, object] = contract.types if kind == "type" else contract.elements
        same = [each for each in known if local_name(each) == local_name(key) and each != key]
        if len(same) == 1:
            yield Rule(f"alias_{kind}", (key, same[0]))


class _Beside:
    """The schemas in the folder of a contract, whether something imports them or not."""

    def __init__(self, wsdl_dir: Path, folder: str) -> None:
        self.wsdl_dir = wsdl_dir
        self.folder = folder

    @cached_property
    def declared(self) -> dict[tuple[str, str], str]:
        """The path of the file that declares each global type and element; the first of a name wins."""
        found: dict[tuple[str, str], str] = {}
        start = self.wsdl_dir / self.folder
        files = sorted(path.relative_to(self.wsdl_dir).as_posix() for path in start.rglob("*.xsd"))
        read = 0
        for path in files[:MAX_BESIDE]:
            try:
                content = read_below(self.wsdl_dir, path)
                root = parse_to_follow(content, path)
            except (OSError, BuildError):
                continue
            read += len(content)
            if read > MAX_TOTAL_BYTES:
                break
            for kind, key in _declared(root):
                found.setdefault((kind, key), path)
        return found


def _declared(root: etree._Element) -> Iterator[tuple[str, str]]:
    for schema in schemas(root):
        for node in schema:
            if (kind := _DECLARES.get(str(node.tag))) and node.get("name"):
                yield kind, clark(schema.get("targetNamespace", ""), node.get("name", "").strip())
