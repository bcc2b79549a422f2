"""Wildcards of the contract tree: what they let in (XML Schema part 1, section 3.10)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Any:
    """A wildcard: ``xsd:any``, or as one of ``Record.any_attribute`` an ``xsd:anyAttribute`` (its bounds say nothing).

    ``namespace`` is the constraint as written, ``target`` the target namespace of the schema that it stands in.
    """

    min: int = 1
    max: int | None = 1
    namespace: str = "##any"
    process: str = "strict"
    target: str = ""

    def lets(self, namespace: str) -> bool:
        """Tell whether a name of this namespace ("": of none) may stand there (XML Schema part 1, section 3.10.4)."""
        if self.namespace.strip() == "##any":
            return True
        if self.namespace.strip() == "##other":
            return namespace not in ("", self.target)
        known = {"##targetNamespace": self.target, "##local": ""}
        return namespace in {known.get(word, word) for word in self.namespace.split()}
