"""wsdl.proven: every pair of a record and a particle that the operations of the corpus can hold, proven both ways.

Each record is mapped as ``propose`` would map it, written and read, from JSON and from XML; lxml or xmlschema judges
what was written against the contract's own schemas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from adapter.errors import BuildError
from adapter.proof.judge import judge_of
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract
from tests.evidence import Result
from tests.evidence.house import ROOT
from tests.proven.proving import Proving

CORPUS = ROOT.parent / "shared" / "corpus" / "wsdl"
OVERALL, EACH = 0.99, 0.95
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One contract: how many pairs it has, how many are proven, who judged, why others are not."""

    file: str
    judge: str = ""
    pairs: int = 0
    proven: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """The share of its pairs that is proven."""
        return self.proven / self.pairs if self.pairs else 1.0


def measure() -> Result:
    """Prove every contract of the corpus that loads."""
    if not CORPUS.is_dir():
        return Result("the corpus is not here", ok=False)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        rows = [row for row in pool.map(proven, files()) if row.pairs]
    pairs, good = sum(row.pairs for row in rows), sum(row.proven for row in rows)
    worst = min(rows, key=lambda row: row.share)
    judges = Counter(row.judge for row in rows)
    reasons = sum((row.reasons for row in rows), Counter[str]())
    for row in sorted(rows, key=lambda row: row.share):
        print(f"{row.share:7.2%}  {row.proven}/{row.pairs}  {row.file}  {row.judge}  {row.reasons.most_common(2)}")
    first = f"; first reasons: {reasons.most_common(2)}" if reasons else ""
    value = (
        f"{good / pairs:.2%} of {pairs} pairs in {len(rows)} contracts; worst {worst.file} {worst.share:.1%}; "
        f"judged by {', '.join(f'{name} {count}' for name, count in judges.most_common())}{first}"
    )
    return Result(value, good / pairs >= OVERALL and worst.share >= EACH)


def files() -> list[str]:
    """Return the contracts of the corpus, the largest first; none that is a part of another."""
    found = [path for path in sorted(CORPUS.rglob("*.wsdl")) if not path.relative_to(CORPUS).parts[0].startswith("_")]
    return [path.relative_to(CORPUS).as_posix() for path in sorted(_once(found), key=_size, reverse=True)]


def _size(path: Path) -> int:
    """Return how much there is to do: what the file and the schemas beside it hold."""
    return path.stat().st_size + sum(each.stat().st_size for each in path.parent.rglob("*.xsd"))


def _once(found: list[Path]) -> Iterator[Path]:
    """Leave out a file that another one of its folder takes as its own by an import."""
    for path in found:
        named = re.compile(rf'import\b[^>]*location="{re.escape(path.name)}"')
        others = (each for each in path.parent.glob("*.wsdl") if each != path)
        if not any(named.search(each.read_text("utf-8", "replace")) for each in others):
            yield path


def proven(file: str) -> Row:
    """Prove one contract. One that does not load, or says nothing, has no pairs."""
    try:
        documents = read_documents(CORPUS, file)
        tree = contract(documents)
    except BuildError:
        return Row(file)
    judge = judge_of(documents, tree)
    proving = Proving(tree, judge)
    pairs = good = 0
    reasons: Counter[str] = Counter()
    for each in proving.prove():
        pairs += len(each.particles)
        good += len(each.proven)
        reasons.update(re.sub(r"'[^']*'|\{[^}]*\}[\w.-]*|[0-9]+", "…", why)[:80] for _, why in each.missing())
    return Row(file, judge.name, pairs, good, reasons)
