"""What a service of the demonstration answers that is not what was asked for: problems (RFC 9457)."""

from __future__ import annotations


class Problem(Exception):
    """An answer that is not what was asked for: its status, the slug of its type, a title and a detail."""

    def __init__(self, status: int, slug: str, title: str, detail: str = "") -> None:
        super().__init__(slug)
        self.status = status
        self.body = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail or title}


def unacceptable(detail: str) -> Problem:
    """The problem that answers for values that cannot be taken."""
    return Problem(422, "invalid-request", "Invalid request", detail)
