"""What ``adapter`` and ``python -m adapter`` start."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from adapter import cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command (default: the process's own arguments) and return its exit status."""
    return cli.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
