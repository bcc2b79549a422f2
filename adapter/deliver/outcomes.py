"""What an error says about a write: that nothing was done, that the ERP said no, or that nobody knows."""

from __future__ import annotations

from typing import Literal

from adapter.errors import BackendFault, InvalidRequest, RequestError, SessionExpired

Judged = Literal["nothing", "refused", "unknown"]
# Codes of faults that blame the message (SOAP 1.1, section 4.4.1; SOAP 1.2 part 1, section 5.4.6).
_OURS = frozenset(("Client", "Sender", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown"))


def judged(error: RequestError) -> Judged:
    """Judge an error that a write ended with.

    ``nothing``: nothing was done, and the same request may succeed later. ``refused``: the ERP answered, and the answer
    is that it will not; asking again would give the same. ``unknown``: it may have been done, or half of it.
    """
    outcome = error.members.get("outcome")
    if outcome in _OF_SEQUENCES:
        return _OF_SEQUENCES[outcome]
    if isinstance(error, BackendFault):
        return _of_fault(error)
    if isinstance(error, InvalidRequest) or error.sent == "no":
        return "nothing"
    # An answer without the record that was meant: the ERP has said that there is none.
    return "refused" if error.sent == "" else "unknown"


# Several calls say themselves what is left of them (adapter.several).
_OF_SEQUENCES: dict[object, Judged] = {"undone": "nothing", "half_made": "refused", "unknown": "unknown"}


def _of_fault(error: BackendFault) -> Judged:
    if isinstance(error, SessionExpired) or error.problem == "backend-refused-us" or error.sent == "no":
        return "nothing"
    if error.sent != "yes":
        return "unknown"
    if "Retry-After" in error.headers:  # a line of the fault table says that it may succeed later
        return "nothing"
    if error.problem == "backend-fault" and error.code.partition(".")[0] not in _OURS:
        return "unknown"  # no line explains it: whatever broke in there may have been broken after the deed
    return "refused"
