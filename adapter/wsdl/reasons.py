"""Why an operation of a contract cannot be called: a closed list, so that reasons can be counted and looked up.

Each operation that is left out has one ``Reason`` in ``Contract.omitted``; all others are served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

REASONS: Mapping[str, str] = {
    "not-soap": "its binding is not one of SOAP",
    "not-http": "its binding is not over HTTP",
    "no-input": "it has no input: the server would call",
    "message-missing": "it names a message that no document declares",
    "part-missing": "it names a part that its message does not have, or a part that says nothing",
    "element-missing": "it needs an element that no schema declares",
    "type-missing": "it needs a type that no schema declares",
    "binding-missing": "its port names a binding, or its binding a port type or an operation, that is not there",
    "parts-mixed": "its body mixes parts that cannot stand beside one another",
    "dropped": "a rule of wsdl/repairs.yaml drops it",
    "schema-1999": "its schema is of a draft of XML Schema (1999 or 2000), not of the recommendation",
    "unreadable": "a schema that it needs says something that cannot be read",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one operation is left out: a code of ``REASONS``, what exactly, and where it stands (line 0: nowhere).

    ``name`` is the key of the element or type that is not there, where that is the reason.
    """

    code: str
    text: str
    file: str = ""
    line: int = 0
    name: str = ""

    def __str__(self) -> str:
        """Render as ``code: text (file:line)``."""
        return f"{self.code}: {self.text}" + (f" ({self.file}:{self.line})" if self.line else "")


class Unresolved(LookupError):
    """Something that an operation needs is not there, or cannot be used. ``reason`` says what."""

    def __init__(self, code: str, text: str, file: str = "", line: int = 0, name: str = "") -> None:
        self.reason = Reason(code, text, file, line, name)
        super().__init__(str(self.reason))

    def at(self, file: str, line: int) -> Reason:
        """Return the reason; where it has no place yet it stands at this one."""
        return self.reason if self.reason.line else replace(self.reason, file=file, line=line)
