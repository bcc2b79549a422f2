"""The OpenAPI 3.1 document, made from the same bound mapping that checks, writes and reads. Knows nothing of Flask."""

from __future__ import annotations

from adapter.openapi.document import document, to_json
from adapter.openapi.examples import Example, read_examples
from adapter.openapi.retired import part_of, with_parts

__all__ = ["Example", "document", "part_of", "read_examples", "to_json", "with_parts"]
