"""What the build must say about how operations are treated: scopes, reads that are kept, writes that are not lost."""

from __future__ import annotations

from tests.mistakes.caches import CACHES
from tests.mistakes.compared import COMPARED
from tests.mistakes.copies import COPIES
from tests.mistakes.guards import GUARDS
from tests.mistakes.limits import LIMITS
from tests.mistakes.scopes import SCOPES
from tests.mistakes.services import SERVICES
from tests.mistakes.writes import WRITES

POLICIES: dict[str, tuple[str, str]] = {
    **COPIES,
    **SCOPES,
    **GUARDS,
    **CACHES,
    **LIMITS,
    **WRITES,
    **SERVICES,
    **COMPARED,
}
