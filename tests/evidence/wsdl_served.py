"""wsdl.served: every operation of the corpus proposed, checked, called through the adapter over HTTP, and read.

An operation counts when a valid JSON request, made from its mapping, is answered by the pretend ERP of its contract
over real HTTP with a status of success, and the answer is what the OpenAPI document says and holds only what the reply
holds. Each contract counts once. Operations whose messages no document declares are no operations of a port.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.evidence import Result
from tests.netsuite.contract import ABSENT, CORPUS
from tests.served.run import Served, serve

FOLDER = CORPUS / "wsdl"
OVERALL, EACH = 0.98, 0.90
# Files that are a part of others or the same contract again, and those that wsdl.unloadable is about.
_APART = ("_wellknown", "unloadable")
_CORES = 2


def measure() -> Result:
    """Serve every contract."""
    if not FOLDER.is_dir():
        return Result(ABSENT, ok=False)
    found = sorted(serve_all(contracts(FOLDER)), key=lambda each: each.share)
    operations = sum(each.operations for each in found)
    missing = [(each.file, name, why) for each in found for name, why in each.missing.items()]
    for file, name, why in missing:
        print(f"{file} {name}: {why}")
    share, worst = 1 - len(missing) / operations, found[0]
    kinds = Counter(re.sub(r"\W+", " ", why)[:40].strip() for _, _, why in missing)
    told = "; ".join(f"{count} {kind}" for kind, count in kinds.most_common(4))
    value = f"{operations - len(missing)} of {operations} ({share:.1%}); worst {worst.file} {worst.share:.0%}"
    return Result(value + (f"; not served: {told}" if told else ""), share >= OVERALL and worst.share >= EACH)


def contracts(folder: Path) -> list[str]:
    """Return the WSDL files of the corpus, each contract once: a file that another one imports is a part of that."""
    files = [
        path
        for path in sorted(folder.rglob("*.wsdl"), key=lambda path: path.stat().st_size)
        if path.relative_to(folder).parts[0] not in _APART
    ]
    texts: Mapping[Path, str] = {path: path.read_text(encoding="utf-8", errors="replace") for path in files}
    parts = {part for path, text in texts.items() for part in files if part != path and _imports(path, text, part)}
    return [path.relative_to(folder).as_posix() for path in files if path not in parts]


def serve_all(files: list[str]) -> Iterator[Served]:
    """Serve contracts, the largest first, in as many processes as there are cores."""
    sizes = {file: sum(each.stat().st_size for each in (FOLDER / file).parent.iterdir()) for file in files}
    order = sorted(files, key=lambda file: -sizes[file])
    with ProcessPoolExecutor(max_workers=_CORES, mp_context=get_context("spawn")) as pool:
        yield from pool.map(serve, [FOLDER] * len(order), order)


def _imports(path: Path, text: str, part: Path) -> bool:
    """Whether a WSDL imports another one of the same folder as a part of itself."""
    return part.parent == path.parent and f'location="{part.name}"' in text
