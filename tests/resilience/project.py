"""The example project with what issue 6 brings declared on it: writes that are kept, reads that are cached."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.stack import ROOT

CREATE: Final = '    body: {one: Order, into: Auftrag}\n    reply: {one: Order, from: Auftrag, location: "/{id}"}\n'
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
    return project(folder, {"mappings/orders.yaml": ((CREATE, CREATE + kept),)})
