"""The changes of a contract as people and as machines read them, with what each touches in a project."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter import app, settings
from adapter.cli.command import argument, project_of, say
from adapter.errors import BuildError
from adapter.mapping.bound import Endpoint
from adapter.mapping.touched import Touched, touches
from adapter.wsdl.changes import Change
from adapter.wsdl.diff import diff
from adapter.wsdl.types import Contract

JSON = argument("--json", action="store_true", help="one JSON object instead of lines")
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Differences:
    """Every change from one contract to another, the breaking ones first, with what it touches."""

    changes: tuple[tuple[Change, Touched], ...]

    @classmethod
    def of(cls, old: Contract, new: Contract, endpoints: Iterable[Endpoint]) -> Differences:
        """Compare two contracts; of the endpoints those count that speak to a service of the old one."""
        touched = touches(each for each in endpoints if each.resource.soap.service in old.services)
        return cls(tuple((change, touched(change)) for change in diff(old, new)))

    @property
    def breaking(self) -> bool:
        """Whether one of them may break callers or mappings."""
        return any(change.kind == "breaking" for change, _ in self.changes)

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        for change, touched in self.changes:
            yield f"{change.kind:<10}  {change.place}: {change.text}"
            if touched.endpoints:
                at = f" at {_some(touched.lines)}" if touched.lines else ""
                yield f"{'':<10}    touches {_some(touched.endpoints)}{at}"
        counts = Counter(change.kind for change, _ in self.changes)
        yield f"{counts['breaking']} breaking, {counts['compatible']} compatible"

    def data(self) -> dict[str, Any]:
        """Return what a machine reads."""
        changes = [
            {
                "kind": change.kind,
                "place": change.place,
                "text": change.text,
                "endpoints": list(touched.endpoints),
                "lines": list(touched.lines),
            }
            for change, touched in self.changes
        ]
        return {"breaking": self.breaking, "changes": changes}


def told(found: Differences, as_json: bool) -> int:
    """Print differences; return the exit status, 1 where something breaks."""
    print(json.dumps(found.data(), indent=1, ensure_ascii=False) if as_json else "\n".join(found.lines()))
    return int(found.breaking)


def endpoints_here(asked: Namespace) -> tuple[Endpoint, ...]:
    """Return the endpoints of the project that was named, or that we are in; none where there is none that agrees."""
    if not asked.project and not Path("mappings").is_dir():
        return ()
    return endpoints_of(project_of(asked))


def endpoints_of(project: Path) -> tuple[Endpoint, ...]:
    """Return the endpoints of a project, none where its mappings do not agree with wsdl/ as it is."""
    try:
        return app.build(project, settings.environment()).endpoints
    except BuildError:
        say("what the changes touch is not known: mappings and wsdl/ do not agree (adapter check says where)")
        return ()


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
