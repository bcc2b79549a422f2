"""What the end of a call says of the endpoint. A refusal is an answer; what counts is what no healthy ERP does.

==========================================  ========
no connection, TLS, no name                 failed
no whole answer in time                     failed, unless most of the time was gone before it was asked
connection broke                            failed
HTML, truncated, wrong type, no envelope    failed
Server or Receiver fault without a mapping  failed
fault that is mapped to 5xx, HTTP 503       failed
Client or Sender fault, whatever its status answered
fault code of its own, without a mapping    answered: an application that is well has chosen it
fault that is mapped to 4xx, HTTP 4xx       answered
refusal in a normal reply                   answered
our credentials were refused                answered
who gives us tokens failed                  unknown
what the caller sent was wrong, who left    unknown
a gate said no, a defect of ours, a kill    unknown
==========================================  ========
"""

from __future__ import annotations

from adapter.errors import BackendError, BackendFault, BackendTimeout, BackendUnavailable
from adapter.guard.gates import Verdict

_ENOUGH = 0.5
_NOT_THE_ERP = "backend-refused-us"


def verdict(error: BaseException | None, share: float = 1.0) -> Verdict:
    """Return what a call that ended so says of the endpoint. ``share``: of the time, what was left when it began."""
    if error is None:
        return "answered"
    if not isinstance(error, BackendError) or isinstance(error, BackendUnavailable) or error.elsewhere:
        return "unknown"
    if isinstance(error, BackendFault):
        return "failed" if _faulty(error) else "answered"
    if isinstance(error, BackendTimeout) and share < _ENOUGH:
        return "unknown"
    return "failed"


def _faulty(error: BackendFault) -> bool:
    """Tell whether a fault says that the ERP is not well."""
    if error.side not in ("server", "other") or error.status < 500 or error.problem == _NOT_THE_ERP:
        return False
    return error.side == "server" or error.problem != "backend-fault"
