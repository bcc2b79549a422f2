"""The repair rules of a project, in ``wsdl/repairs.yaml``: for each contract a list of them.

For example::

    orders/orders.wsdl:
      - alias_element: {name: "{urn:orders}Order", to: "Order"}
      - allow_doctype: orders/types.xsd
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapter.errors import BuildError, Mistake
from adapter.wsdl.repair import RULES, Rule
from adapter.yaml_files import MAX_BYTES, Document, Path_, parse

REPAIRS = "repairs.yaml"
_LIST = "write a list of rules below it: - drop_operation: {port: …, operation: …}"


def read_repairs(text: bytes, place: str, files: Path) -> dict[str, tuple[Rule, ...]]:
    """Return the rules of a file by contract. ``place`` names the file, ``files`` is the folder of contracts.

    Raises BuildError with every mistake found.
    """
    try:
        if len(text) > MAX_BYTES:
            raise BuildError([Mistake(place, 0, 0, f"larger than {MAX_BYTES} bytes", "remove what mends nothing")])
        if all(not line.strip() or line.lstrip().startswith(b"#") for line in text.splitlines()):
            return {}
        document, mistakes = parse(text.decode("utf-8"), place)
    except UnicodeDecodeError as error:
        raise BuildError([Mistake(place, 0, 0, f"not UTF-8 at byte {error.start}", "save it as UTF-8")]) from None
    if document is None:
        raise BuildError(mistakes)
    reading = _Reading(document, list(mistakes))
    rules = reading.contracts(files)
    if reading.mistakes:
        raise BuildError(reading.mistakes)
    return rules


class _Reading:
    """One reading of the file, and what is wrong with it."""

    def __init__(self, document: Document, mistakes: list[Mistake]) -> None:
        self.document = document
        self.mistakes = mistakes

    def wrong(self, path: Path_, text: str, remedy: str) -> None:
        self.mistakes.append(self.document.place(*path).mistake(text, remedy))

    def contracts(self, files: Path) -> dict[str, tuple[Rule, ...]]:
        if not isinstance(self.document.data, dict):
            self.wrong((), "must name contracts", "write the path of a contract below wsdl/, and its rules below that")
            return {}
        found = {}
        for name, entries in self.document.data.items():
            if not (files / name).is_file():
                near = difflib.get_close_matches(name, _contracts(files), 1)
                hint = f"did you mean '{near[0]}'?" if near else "name it by its path below wsdl/"
                self.wrong((name,), f"there is no contract '{name}'", hint)
            if not isinstance(entries, list):
                self.wrong((name,), f"{name}: must be a list of rules", _LIST)
                continue
            rules = [self.rule(entry, (name, index)) for index, entry in enumerate(entries)]
            found[name] = tuple(rule for rule in rules if rule is not None)
            for index, rule in enumerate(rules):
                if rule is not None and rule in rules[:index]:
                    self.wrong((name, index), f"{rule.kind}: stands here twice", "keep one of them")
        return found

    def rule(self, entry: Any, path: Path_) -> Rule | None:
        if not isinstance(entry, dict) or len(entry) != 1:
            self.wrong(path, "a rule is one key with what it says", f"rules: {', '.join(RULES)}")
            return None
        ((kind, value),) = entry.items()
        keys = RULES.get(kind)
        if keys is None:
            near = difflib.get_close_matches(kind, RULES, 1)
            self.wrong((*path, kind), f"'{kind}' is not a rule", _meant(near, RULES, "rules"))
            return None
        texts = self.texts(kind, value, keys, (*path, kind))
        return None if texts is None else Rule(kind, texts, self.document.place(*path, kind))

    def texts(self, kind: str, value: Any, keys: tuple[str, ...], path: Path_) -> tuple[str, ...] | None:
        if not keys:
            if isinstance(value, str) and value:
                return (value,)
            self.wrong(path, f"{kind}: must be the path of a file below wsdl/", f"{kind}: orders/types.xsd")
            return None
        shape = f"{kind}: {{{', '.join(f'{key}: …' for key in keys)}}}"
        if not isinstance(value, dict):
            self.wrong(path, f"{kind}: must be a section with keys", shape)
            return None
        for key in value.keys() - set(keys):
            self.wrong(
                (*path, key), f"{kind} has no key '{key}'", _meant(difflib.get_close_matches(key, keys, 1), keys)
            )
        for key in keys:
            if key not in value:
                self.wrong(path, f"{kind} needs the key '{key}'", shape)
            elif not isinstance(value[key], str) or not value[key]:
                self.wrong((*path, key), f"{key}: must be text", f'write it in quotes: {key}: "…"')
        good = set(value) == set(keys) and all(isinstance(text, str) and text for text in value.values())
        return tuple(value[key] for key in keys) if good else None


def _meant(near: Iterable[str], all_of_them: Iterable[str], what: str = "keys here") -> str:
    first = next(iter(near), None)
    return f"did you mean '{first}'?" if first else f"{what}: {', '.join(all_of_them)}"


def _contracts(files: Path) -> list[str]:
    return [path.relative_to(files).as_posix() for path in files.rglob("*.wsdl")]
