"""Say again what a real service once said."""

from __future__ import annotations

from pathlib import Path

from adapter.virtual.any.around import Around
from adapter.virtual.any.cassettes import Cassette, named, read_all
from adapter.virtual.any.erp import AnyErp
from adapter.virtual.any.hiding import Hidden
from adapter.virtual.any.requests import AnyCall
from adapter.virtual.envelope import Answer


class Replayer(Around):
    """Answers by operation and body. Headers, hidden fields and how the XML is written make no difference."""

    def __init__(self, erp: AnyErp, folder: Path) -> None:
        """Read every recording of ``folder``. Raises BuildError where one is none."""
        super().__init__(erp)
        self.folder = folder
        self.cassettes: dict[Hidden, dict[tuple[str, str], Cassette]] = {}
        for each in read_all(folder):
            self.cassettes.setdefault(each.hidden, {})[each.operation, each.name] = each

    def answer(self, call: AnyCall) -> Answer:
        """Return the recorded answer, or a fault that says that there is none."""
        for hidden, known in self.cassettes.items():
            found = known.get((call.operation.name, named(call.body, hidden)))
            if found is not None:
                return Answer(found.status, found.content_type, found.response)
        text = f"no recording of {call.operation.name} with this body in {self.folder.name}; record it with --record"
        return self.erp.answers.plain(call.place, "Server", text, 500)
