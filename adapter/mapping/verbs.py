"""Names of operations: the verbs of the grammar, and names of actions, which are the last part of their path."""

from __future__ import annotations

from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.keys import SLUG
from adapter.mapping.model.operation import VERBS
from adapter.mapping.sections import Sections

READS = ("read", "list")


def is_name(sections: Sections, name: str, data: Any, path: Path_) -> bool:
    """Tell whether an operation may be called so. A name that is no verb ends its own path: a slip does not."""
    if name in VERBS:
        return True
    request = data.get("request") if isinstance(data, dict) else None
    if SLUG.fullmatch(name) and isinstance(request, str) and request.endswith(f"/{name}"):
        return True
    remedy = f"verbs: {', '.join(VERBS)}; an action is called as its path ends: {{request: POST /{{id}}/{name}}}"
    sections.wrong(path, f"'{name}' is not a verb of the grammar", remedy)
    return False
