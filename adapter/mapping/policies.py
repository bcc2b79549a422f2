"""Reading what a mapping says about how calls of an operation are treated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.caches import cache_rule, touch_rules
from adapter.mapping.files import Path_
from adapter.mapping.limits import limit_rules
from adapter.mapping.model.policy import Policy
from adapter.mapping.scopes import ByEffect, scopes
from adapter.mapping.sections import Sections
from adapter.mapping.writes import write_rule


def policy(sections: Sections, found: Mapping[str, Any], method: str, path: Path_, of_file: ByEffect) -> Policy:
    """Return the policy of an operation. A GET reads, anything else writes, where its section does not say so.

    ``of_file`` are the scopes of its file, which hold where it has none of its own.
    """
    effect = found.get("effect", "read" if method == "GET" else "write")
    tries = found.get("tries", 1)
    if tries > 1 and effect not in ("read", "idempotent"):
        text = f"tries: what has the effect '{effect}' is not repeated: it could be done twice"
        sections.wrong((*path, "tries"), text, "remove 'tries', or say effect: idempotent where that is so")
    own = scopes(sections, found["scopes"], (*path, "scopes")) if "scopes" in found else None
    return Policy(
        effect=effect,
        scopes=own or of_file.get("read" if effect == "read" else "write"),
        write=write_rule(sections, found.get("write"), (*path, "write")),
        cache=cache_rule(sections, found.get("cache"), (*path, "cache")),
        touches=touch_rules(sections, found.get("touches"), (*path, "touches")),
        tries=tries,
        limits=limit_rules(sections, found.get("limit"), (*path, "limit")),
    )
