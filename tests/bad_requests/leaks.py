"""What no answer to a caller may show: anything of Python, of files, of XML, or the ERP's own names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tests.stack import ROOT

_PATTERNS = {
    "a class of Python's": r"\b\w+(?:Error|Exception|Warning)\b|<class ",
    "a traceback": r"Traceback|File \"|line \d+, in ",
    "a file": r"\.py\b|site-packages|(?<![\w/.])/(?:root|home|work|tmp|usr|opt|proc|etc)/",
    "a library": r"\b(?:lxml|libxml|zeep|marshmallow|werkzeug|flask|gevent|gunicorn|urllib3?|httplib|socket)\b",
    "XML": r"<\?xml|<!DOCTYPE|xmlns|<[\w-]+:\w+|[Ee]nvelope|urn:muster",
    "a header of the caller's making": r"(?mi)^(?:x-evil|set-cookie):|^x-request-id:.*evil|\"instance\":\"[^\"]*evil",
}


def leaks(said: str) -> Iterator[str]:
    """Yield what ``said`` (header lines, then the body) shows that it must not."""
    for name, pattern in _PATTERNS.items():
        if found := re.search(pattern, said):
            yield f"it shows {name}: {found[0]!r}"
    if names := sorted(_erp_names() & set(re.findall(r"\w+", said))):
        yield f"it shows the ERP's names: {', '.join(names)}"


@cache
def _erp_names() -> frozenset[str]:
    """Return every name that the ERP's contracts declare, but for small words, which are English too."""
    texts = [path.read_text("utf-8") for path in (ROOT / "wsdl").rglob("*") if path.suffix in (".wsdl", ".xsd")]
    return frozenset(name for text in texts for name in re.findall(r'\bname="(\w*[A-Z]\w*)"', text))
