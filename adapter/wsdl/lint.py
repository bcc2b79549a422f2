"""What is wrong in a contract, what it costs, and which repair rule would help.

Everything that is reported was seen while the contract was read, with its rules and without; nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapter.errors import Mistake
from adapter.wsdl.components import KNOWN_BY_HEART
from adapter.wsdl.documents import Documents
from adapter.wsdl.load import Examined
from adapter.wsdl.names import line_of, schemas, xsd
from adapter.wsdl.plain_zeep import zeep_differs
from adapter.wsdl.proposals import propose
from adapter.wsdl.reasons import Reason
from adapter.wsdl.repair import Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where and what, the code of the reason, and the operations that it costs."""

    mistake: Mistake
    code: str = ""
    costs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What lint has to say about one contract. ``served`` and ``lost`` count its operations, ``rules`` would help.

    ``mended`` counts the operations that are served with those rules; ``unread`` says that nothing can be read at all.
    """

    file: str
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    served: int
    lost: int
    mended: int
    unread: bool = False


def lint(wsdl_dir: Path, file: str) -> Report:
    """Look at a contract below ``wsdl_dir``. Nothing outside that folder is opened, nothing is fetched."""
    trial = propose(wsdl_dir, file)
    if trial.last is None:
        refused = tuple(Finding(mistake, "unreadable") for mistake in trial.refused)
        return Report(file, refused, trial.rules, 0, 0, 0, unread=True)
    seen = trial.first or trial.last
    findings = [*_of_rules(trial.rules, trial.first is None, wsdl_dir.name), *_found(seen), *_of_zeep(seen)]
    lost = 0 if trial.first is None else _lost(trial.first)
    served = 0 if trial.first is None else _served(trial.first)
    mended = _served(trial.last)
    rules = trial.rules if mended > served or trial.first is None else ()
    return Report(file, tuple(findings), rules, served, lost, mended, unread=trial.first is None)


def _found(examined: Examined) -> Iterator[Finding]:
    documents, contract = examined.documents, examined.contract
    by_reason: dict[Reason, list[str]] = {}
    for name, reason in contract.omitted.items():
        by_reason.setdefault(reason, []).append(name)
    told = set()
    for flaw in examined.flaws:
        place = flaw.mistake
        costs = [
            name
            for reason, names in by_reason.items()
            for name in names
            if (reason.text, reason.file, reason.line) == (place.text, place.file, place.line)
        ]
        told.update(costs)
        yield Finding(place, flaw.code, tuple(costs))
    for reason, names in by_reason.items():
        if rest := tuple(name for name in names if name not in told):
            yield Finding(Mistake(reason.file or contract.file, reason.line, 0, reason.text), reason.code, rest)
    others = (*documents.absent, *examined.idle, *_brought_by_nobody(examined), *_named_otherwise(documents))
    yield from map(Finding, others)


def _brought_by_nobody(examined: Examined) -> Iterator[Mistake]:
    """Yield the namespaces of missing names that no schema of the contract is of."""
    documents, contract = examined.documents, examined.contract
    names = [flaw.name for flaw in examined.flaws] + [reason.name for reason in contract.omitted.values()]
    brought = {
        schema.get("targetNamespace", "") for found in documents.files.values() for schema in schemas(found.root)
    }
    missing = Counter(name[1:].rpartition("}")[0] for name in dict.fromkeys(names) if name)
    for namespace, count in missing.items():
        if namespace not in brought and namespace not in KNOWN_BY_HEART:
            text = f"no document brings a schema of {namespace!r}, of which {count} names are missing"
            remedy = "bring it into wsdl/ and name it by the rule add_import, or ask for the whole contract"
            yield Mistake(f"{documents.folder}/{documents.root}", 0, 0, text, remedy)


def _named_otherwise(documents: Documents) -> Iterator[Mistake]:
    """Yield the imports whose namespace is not the one of the schema that they bring (part 1, section 4.2.3)."""
    for path, document in documents.files.items():
        for schema in schemas(document.root):
            for node in schema.findall(xsd("import")):
                target = documents.target(path, (node.get("schemaLocation") or "").strip())
                theirs = target.root.get("targetNamespace", "") if target is not None else None
                if theirs is not None and target is not None and theirs != node.get("namespace", ""):
                    text = f"imports {node.get('namespace', '')!r}, but {target.path} is of {theirs!r}"
                    remedy = "nothing is lost: what the file says is taken"
                    yield Mistake(f"{documents.folder}/{path}", line_of(node), 0, text, remedy)


def _of_rules(rules: tuple[Rule, ...], needed: bool, folder: str) -> Iterator[Finding]:
    """Yield what keeps files from being read without a rule."""
    words = {
        "skip_leading_space": "has white space before its XML declaration",
        "allow_doctype": "has a DOCTYPE with entities that are plain text",
    }
    for rule in rules if needed else ():
        if rule.kind in words:
            yield Finding(Mistake(f"{folder}/{rule.texts[0]}", 1, 0, words[rule.kind]), "unreadable", ("all",))


def _of_zeep(examined: Examined) -> Iterator[Finding]:
    """Yield what plain zeep would make of it; of what is not served here nothing is said."""
    if _served(examined):
        yield from map(Finding, zeep_differs(examined.documents, examined.contract))


def _served(examined: Examined) -> int:
    services = examined.contract.services.values()
    return sum(len(port.operations) for service in services for port in service.ports.values())


def _lost(examined: Examined) -> int:
    """Return how many operations are lost that nobody chose to leave out."""
    chosen = ("dropped", "not-soap", "not-http")
    return sum(reason.code not in chosen for reason in examined.contract.omitted.values())
