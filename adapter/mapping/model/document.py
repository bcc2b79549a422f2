"""What a mapping file says about documents: bytes over HTTP, base64 or hexadecimal digits in XML."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.model import Place, TypeRule

CONTENT, MEDIA_TYPE, FILE_NAME = "document", "media_type", "file_name"


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """Where a document stands: ``type`` is its message as an object of ``document``, ``media_type``, ``file_name``.

    ``media_types`` and ``max_bytes`` (0: what the house takes) bound an upload; ``value`` is the media type of every
    download, "" where the ERP says it.
    """

    place: Place
    type: TypeRule
    media_types: tuple[str, ...] = ()
    max_bytes: int = 0
    value: str = ""
