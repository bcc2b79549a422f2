"""A mapping file without a contract, and the document beside it: what is left of a feature once the ERP is gone.

::

    version: 1
    resource: customers
    path: /v1/customers
    http: {service: customers, path: /customers}
    openapi: retired/customers.json

``adapter rollout retire FEATURE --write`` writes both. The document is OpenAPI, with what is needed to answer as before
in ``x-operations``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapter.errors import InvalidRequest, Mistake
from adapter.mapping import schema
from adapter.mapping.files import Document
from adapter.mapping.frozen_forms import frozen, thawed
from adapter.mapping.model import Place
from adapter.mapping.model.policy import LimitRule, Policy, Scopes
from adapter.mapping.model.served import Retired, RetiredOperation, ServedOperation
from adapter.mapping.model.service import SaidRule
from adapter.mapping.sections import Sections
from adapter.mapping.services import http_rule
from adapter.strict_json import decode, text

OPERATIONS = "x-operations"
_TEXTS = ("name", "method", "path", "resource_path", "there_method", "there_root", "there_rest", "token")
_NEEDS = ("resource", "path", "http", "openapi")
_DEPTH, _DIGITS = 500, 4000
_WROTE = "write it again: adapter rollout retire FEATURE --write"


def is_retired(document: Document) -> bool:
    """Tell whether a mapping file is one without a contract."""
    return isinstance(document.data, dict) and "openapi" in document.data and "soap" not in document.data


def retired(document: Document, mappings: Path) -> tuple[Retired | None, list[Mistake]]:
    """Read a mapping file without a contract, and what stands beside it below ``mappings``."""
    sections = Sections(document)
    top = sections.load(schema.FileSection, document.data, ())
    for key in _NEEDS:
        if top is not None and key not in top:
            sections.wrong((), f"a file without a contract needs the key '{key}'", _WROTE)
    for key in document.data.keys() - {"version", *_NEEDS}:
        sections.wrong((key,), f"{key}: means nothing without a contract", "remove it; see the-new-side in docs/howto")
    http = http_rule(sections, top.get("http")) if top is not None else None
    if top is None or http is None or sections.mistakes:
        return None, sections.mistakes
    try:
        data = decode((mappings / top["openapi"]).read_bytes(), max_depth=_DEPTH, max_digits=_DIGITS)
        operations = tuple(_operation(each, http.place) for each in data[OPERATIONS])
        data["paths"], data["components"]["schemas"]  # asked for so that they are there
    except OSError:
        sections.wrong(("openapi",), f"openapi: there is no mappings/{top['openapi']}", _WROTE)
        return None, sections.mistakes
    except (ValueError, KeyError, TypeError, AttributeError, InvalidRequest):
        what = f"openapi: mappings/{top['openapi']} is not what `adapter rollout retire` wrote"
        sections.wrong(("openapi",), what, _WROTE)
        return None, sections.mistakes
    place = sections.place(("resource",))
    return Retired(place, top["resource"], top["path"].rstrip("/"), http, operations, data), []


def kept(operations: Sequence[RetiredOperation], document: Mapping[str, Any]) -> str:
    """Return the document to write: what OpenAPI says, and how to answer as before."""
    whole = {**document, OPERATIONS: [_data(each) for each in operations]}
    return f"{text(whole)}\n"


def _data(operation: RetiredOperation) -> dict[str, Any]:
    served = operation.served
    policy = served.policy
    scopes = policy.scopes
    return {
        **{name: getattr(served, name) for name in (*_TEXTS, "seconds", "status", "empty", "page")},
        "query": [[rule.ours[0], rule.theirs[0], rule.codes] for rule in served.query],
        "problems": {slug: [status, operation.titles.get(slug, "")] for slug, status in served.problems.items()},
        "told": list(served.told),
        "forwarded": list(served.forwarded),
        "shown": list(served.shown),
        "effect": policy.effect,
        "tries": policy.tries,
        "scopes": None if scopes is None else {"names": list(scopes.names), "public": scopes.public},
        "limits": [[rule.most, rule.seconds, rule.name] for rule in policy.limits],
        "timeout": operation.timeout,
        "parameters": sorted(operation.parameters),
        "asked": frozen(operation.asked),
        "sent": frozen(served.sent),
        "answered": frozen(served.answered),
    }


def _operation(data: Any, place: Place) -> RetiredOperation:
    said = tuple(SaidRule(place, (ours,), (theirs,), codes) for ours, theirs, codes in data["query"])
    scopes = data["scopes"]
    policy = Policy(
        effect=data["effect"],
        scopes=None if scopes is None else Scopes(tuple(scopes["names"]), bool(scopes["public"])),
        tries=int(data["tries"]),
        limits=tuple(LimitRule(int(most), int(seconds), str(name)) for most, seconds, name in data["limits"]),
    )
    texts = {name: str(data[name]) for name in _TEXTS}
    served = ServedOperation(
        **texts,
        seconds=None if data["seconds"] is None else float(data["seconds"]),
        query=said,
        status=int(data["status"]),
        empty=bool(data["empty"]),
        page=int(data["page"]),
        problems={slug: int(status) for slug, (status, _) in data["problems"].items()},
        told=tuple(data["told"]),
        forwarded=tuple(data["forwarded"]),
        shown=tuple(data["shown"]),
        policy=policy,
        sent=thawed(data["sent"]),
        answered=thawed(data["answered"]),
    )
    timeout = None if data["timeout"] is None else float(data["timeout"])
    titles = {slug: str(title) for slug, (_, title) in data["problems"].items()}
    parameters = frozenset(map(str, data["parameters"]))
    return RetiredOperation(served, thawed(data["asked"]), timeout, parameters, titles)
