"""The example project with what issue 6 brings declared on it: writes that are kept, reads that are cached."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.stack import ROOT
from tests.strangler.standing import stand_in

CREATE: Final = """\
    write:
      entity: customer_id
      reference: reference
      resolve: {by: list, with: {reference: reference}, then: read, after: 5}
      later: true
"""
KEPT: Final = """\
    timeout: {timeout}
    write:
      key: optional
      entity: customer_id
      reference: reference
      resolve: {{by: list, with: {{reference: reference}}, then: read, after: {after}}}
      when_down: queue
      later: true
"""


def project(folder: Path, changes: Mapping[str, tuple[tuple[str, str], ...]]) -> Path:
    """Copy the example project and change its files; each text that is replaced has to be there once."""
    for name in ("wsdl", "mappings"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "adapter.env", folder)
    for name, replaced in changes.items():
        file = folder / name
        text = file.read_text("utf-8")
        for old, new in replaced:
            if text.count(old) != 1:
                raise RuntimeError(f"{name}: {old!r} is not there once")
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
    return folder


def kept_orders(folder: Path, timeout: float = 4, after: float = 5) -> Path:
    """Make a project whose orders.create keeps its writes in the store, may queue them, and can resolve them."""
    kept = KEPT.format(timeout=timeout, after=after)
    return project(folder, {"mappings/orders.yaml": ((CREATE, kept), (_GUARD, _GUARD + _RESTARTING))})


_ITEM: Final = "    reply: {one: Item, from: Artikel}\n"
_CUSTOMERS: Final = "    reply: {each: Customer, from: Partner.Partner}\n"
_CUSTOMER: Final = "    call: LesePartner\n"
_PATCH: Final = """\
    set: {Modus: TEIL}
    body: {one: Customer, into: Aenderung, patch: partial}
    reply: {one: Customer, from: Partner}
    write: {key: optional, entity: id}
"""
_CACHE: Final = "    cache: {fresh: 1, stale_if_error: 7200}\n"
_GUARD: Final = "  fault_code: ErpFehler.Code\n"
# An ERP that restarts every few seconds is asked again soon: waiting longer would only queue more.
_RESTARTING: Final = "  guard: {breaker: {failures: 10, open: 1}}\n"
_CALM: Final = "  guard: {breaker: off}\n"


_PATCHED: Final = "    call: AendereAuftrag\n"


def open_project(folder: Path, timeout: float = 3) -> Path:
    """Make a project whose callers may be told of orders that were promised, and whose orders anybody may change."""
    kept = KEPT.format(timeout=timeout, after=1).replace("      when_down: queue\n", "      callback: true\n")
    public = "    scopes: public\n    effect: idempotent\n    write: {key: optional, entity: id, later: true}\n"
    changed = ((CREATE, kept), (_PATCHED, _PATCHED + public), (_GUARD, _GUARD + _CALM))
    return project(folder, {"mappings/orders.yaml": changed})


def cached_items(folder: Path) -> Path:
    """Make a project whose items are kept for an hour once they were read."""
    return project(folder, {"mappings/items.yaml": ((_ITEM, _ITEM + "    cache: {fresh: 3600}\n"),)})


def broken_project(folder: Path, timeout: float = 2) -> Path:
    """Make a project for the fault matrix: orders and items from the ERP, customers from the service (``moved``).

    No breaker, so that one cell does not change what the next one sees.
    """
    short = f"    timeout: {timeout}\n"
    kept = KEPT.format(timeout=timeout, after=1).replace("      when_down: queue\n", "")
    patch = (
        f"{short}    set: {{Modus: TEIL}}\n    effect: idempotent\n"
        "    body: {one: Customer, into: Aenderung, patch: partial}\n    reply: {one: Customer, from: Partner}\n"
        "    write: {key: optional, entity: id, later: true}\n"
    )
    return project(
        folder,
        {
            "mappings/orders.yaml": (
                (CREATE, kept),
                ("    call: LeseAuftrag\n", "    call: LeseAuftrag\n" + short),
                (_GUARD, _GUARD + _CALM),
            ),
            "mappings/items.yaml": ((_ITEM, _ITEM + short + _CACHE), (_GUARD, _GUARD + _CALM)),
            "mappings/customers.yaml": (
                (_CUSTOMER, _CUSTOMER + short),
                (_CUSTOMERS, _CUSTOMERS + short + _CACHE),
                (_PATCH, patch),
                ("rollout: {steps", "rollout: {stays: [create, update], steps"),
                (_GUARD, _GUARD + _CALM),
                ("http: {service: customers, path: /customers}",
                 "http: {service: customers, path: /customers, guard: {breaker: off}}"),
            ),
        },
    )  # fmt: skip


def moved(folder: Path, environ: Mapping[str, str]) -> None:
    """Say in the store of a project that customers moved to the service, and that nobody goes back to the ERP."""
    stand_in(folder, "customers", "complete", environ=environ)
