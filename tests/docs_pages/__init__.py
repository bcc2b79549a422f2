"""The reference pages that are made from the code: ``PAGES`` maps each file to the function that writes it.

``tests.generated`` joins them to the other generated files. What has no words yet stops the page from being written,
so a new mapping key, setting, metric or log field cannot go without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapter.cli import reference
from tests.docs_pages import faults, mapping, matrix, operating, performance

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/cli.rst": reference.page,
    "docs/reference/faults.rst": faults.page,
    "docs/reference/log.rst": operating.log,
    "docs/reference/mapping.rst": mapping.page,
    "docs/reference/matrix.rst": matrix.page,
    "docs/reference/metrics.rst": operating.metrics,
    "docs/reference/problems.rst": operating.problems,
    "docs/reference/settings.rst": operating.settings,
    **performance.PAGES,
}
