"""The operator's secret of a new project: a file beside ``adapter.env``, that its owner alone may read."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

FILE = "store.key"
SETTING = f"""\

# What API keys, and bodies that are kept, are protected with. The file is not for version control.
ADAPTER_STORE_KEY_FILE={FILE}
"""


def store_key(project: Path) -> bool:
    """Write a new secret, unless the project has one; tell whether it did."""
    try:
        file = os.open(project / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(f"{importlib.import_module('adapter.vault').new_secret()}\n")
    ignored = project / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*.key\n*.db\n", "utf-8")
    return True
