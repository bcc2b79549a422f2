"""The types that operations name while they are proposed."""

from __future__ import annotations

from collections.abc import Mapping

from adapter.mapping.files import Path_
from adapter.mapping.proposal.draft import Draft, Types
from adapter.mapping.proposal.naming import Naming
from adapter.mapping.proposal.spelling import pascal
from adapter.mapping.proposal.types import Proposing
from adapter.wsdl.types import Contract, Record


class Typing:
    """Gives operations the names of types. ``own`` are those that one operation alone has, with its call."""

    def __init__(self, contract: Contract) -> None:
        self.contract, self.naming = contract, Naming(contract)
        self._proposing = Proposing(contract, self.naming)
        self.own: dict[str, tuple[str, Draft]] = {}

    def named(self, key: str) -> str:
        """Return the type for what stands in an element of its own."""
        return self._proposing.name(key)

    def whole(self, key: str) -> str:
        """Return the type for what is a message itself; "" where it holds nothing."""
        return self._proposing.whole(key)

    def spread(self, key: str, own: bool) -> str:
        """Return the type of a body; ``own``: it has an element of its own in the message."""
        record = self.contract.types[key]
        assert isinstance(record, Record)
        return self.named(key) if own and not record.derived else self.whole(key)

    def without(self, key: str, path: str, call: str) -> str:
        """Return the type of a body whose field at ``path`` stands in the URL; "" where no other is left."""
        draft = self._proposing.plain(key)
        fields = {name: rule for name, rule in draft.section["fields"].items() if _path(rule) != path}
        if not fields:
            return ""
        notes: dict[Path_, str] = {at: note for at, note in draft.notes.items() if at[-1] in fields}
        name = f"{pascal(call)}Body"
        known = {taken.lower() for taken in self.naming.names.values()}
        while name.lower() in known or (name in self.own and self.own[name][1].section != {"fields": fields}):
            name += "2"
        self.own[name] = call, Draft({"fields": fields}, notes)
        return name

    def made(self) -> Mapping[str, Draft]:
        """Return everything that was named, and what that names, in no order."""
        return self._proposing.finished()

    def namespaces(self) -> Mapping[str, str]:
        """Return the namespaces that paths name, by prefix."""
        return self._proposing.prefixes.used

    def finish(self) -> Types:
        """Return all types that the operations have in common."""
        return self._proposing.types()


def _path(rule: object) -> object:
    return rule["soap"] if isinstance(rule, dict) else rule
