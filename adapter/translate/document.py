"""A document that was read becomes an answer: its bytes, and the header fields that say what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.mapping.file_names import attachment
from adapter.mapping.media_types import served
from adapter.mapping.model.document import CONTENT, FILE_NAME, MEDIA_TYPE
from adapter.messages import Awaited, Response


def documented(endpoint: Endpoint) -> Callable[[Mapping[str, Any], tuple[str, ...]], Response]:
    """Return how what was read is answered; the second argument are notes.

    It is always an attachment, of a type that no browser acts on. No bytes: ``when_empty``, or 204 without content.
    """
    rule, status = endpoint.reply.rule, endpoint.reply.status
    always = rule.document.value if rule.document is not None else ""

    def answer(found: Mapping[str, Any], notes: tuple[str, ...]) -> Response:
        content = found.get(CONTENT)
        if not content and rule.empty_status:
            raise RequestError(rule.empty_problem, rule.empty_status, cause=f"{endpoint.name}: the document is empty")
        if not content:
            return Response(204, notes=notes)
        awaits = content if isinstance(content, Awaited) else None
        headers = {"Content-Disposition": attachment(found.get(FILE_NAME) or "")}
        kind = always or served(found.get(MEDIA_TYPE) or "")
        body = b"" if awaits else content
        return Response(status, body, content_type=kind, headers=headers, notes=notes, awaits=awaits)

    return answer
