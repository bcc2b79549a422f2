"""One reply while it is read: its notes and references, and how elements in it are found and told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from adapter import pieces
from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.mapping.paths import Child
from adapter.translate.parting import turns_of
from adapter.wsdl.types import XSI, Contract, Record, local_name

NIL = f"{{{XSI}}}nil"
TYPE = f"{{{XSI}}}type"
MAX_NOTES = 20
# SOAP encoding lets a few references stand for millions of elements; no honest reply is so many, or so deep.
MAX_COPIED = 16_000_000
MAX_CHAIN = 64
# Goes between the elements of a list and what reads them, so that a long list can give others their turn.
Each = Callable[[Iterable[Any]], Iterable[Any]]


class Reading:
    """One reply while it is read: where notes go, and the targets of references in an encoded one.

    ``drift`` are notes of how it drifts from its contract, in order; ``each`` goes around the elements of lists: what
    is large is read with rests between them, as its ``pace`` says (None: it is not large). ``walker`` makes the walk
    that notes the drift, where a reply is brought back to its contract while it is read; ``passed`` are elements that
    it noted and that stay as they are: by their own tag, that of the element around them, and its type. ``made`` are
    objects that were read already, each with its notes.
    """

    def __init__(self, operation: str, root: Any, encoded: bool, each: Each = pieces.each) -> None:
        self.operation = operation
        self.each = each
        self.pace = pieces.current()
        self.notes: list[str] = []
        self.drift: dict[str, None] = {}
        self.walker: Callable[[dict[str, None]], Any] | None = None
        self._walk: Any = None
        self.passed: set[tuple[str, str, str]] = set()
        self.made: dict[Any, tuple[Any, list[str]]] = {}
        self.encoded = encoded
        self.targets: dict[str, Any] = {}
        self.weights: dict[str, int] = {}
        self.copied = 0
        if encoded and root is not None:
            top = root.getparent() if root.getparent() is not None else root
            self.targets = {element.get("id"): element for element in each(top.iter("*")) if element.get("id")}

    @property
    def walk(self) -> Any:
        """The walk over the reply, which notes into ``drift``. Most replies need none."""
        if self._walk is None and self.walker is not None:
            self._walk = self.walker(self.drift)
        return self._walk

    def undo(self, drift: int = 0) -> None:
        """Take back what a walk put right, and all it noted but the first ``drift`` notes."""
        if self._walk is not None:
            self._walk.undo(drift)

    def keep(self) -> None:
        """Forget how to take back what was put right so far."""
        if self._walk is not None:
            self._walk.renamed.clear()

    def note(self, text: str) -> None:
        """Keep an oddity for the log and the counter; never a value of the reply."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(text)

    def target(self, element: Any) -> Any:
        """Follow ``href="#id"`` (SOAP 1.1 section 5.4.1) to the element that holds the value."""
        for _ in range(MAX_CHAIN):
            reference = element.get("href") if self.encoded else None
            if reference is None:
                return element
            name = reference.removeprefix("#")
            found = self.targets.get(name)
            if found is None:
                raise invalid(self.operation, "a reference leads nowhere")
            # What is referred to is read once for every reference, so its size counts every time.
            self.copied += self._weight(name, found)
            if self.copied > MAX_COPIED:
                raise invalid(self.operation, "references stand for too much")
            element = found
        raise invalid(self.operation, "references in a circle")

    def _weight(self, name: str, element: Any) -> int:
        if name not in self.weights:
            self.weights[name] = sum(32 + len(each.text or "") for each in self.each(element.iter()))
        return self.weights[name]


def is_nil(element: Any) -> bool:
    """Tell whether an element says that it has no value (XML Schema part 1, section 2.6.2)."""
    text = element.get(NIL)
    return text is not None and text.strip() in ("true", "1")


def type_key(element: Any) -> str:
    """Return the Clark name in xsi:type (XML Schema part 1, section 2.6.1), or an empty string."""
    text = (element.get(TYPE) or "").strip()
    prefix, _, local = text.rpartition(":")
    if not local:
        return ""
    namespace = element.nsmap.get(prefix or None, "")
    return f"{{{namespace}}}{local}" if namespace else local


def typed(contract: Contract, step: Child, name: str) -> Callable[[Any, Reading], None]:
    """Return what refuses an element that is not of the type that a path names: ``record(Customer)``."""
    kind = contract.types.get(step.cast)
    allowed = {step.cast, *(kind.derived if isinstance(kind, Record) else ())}
    what = f"{name}: {step.element.name} is of another type than {local_name(step.cast)}"

    def check(element: Any, reading: Reading) -> None:
        if (key := type_key(element)) and key not in allowed:
            raise invalid(reading.operation, what)
        if not key and step.element.type not in allowed:
            reading.note(f"{name}: {step.element.name} has no xsi:type")

    return check


def text_of(element: Any, place: str, reading: Reading) -> str:
    """Return the text, joined around comments and processing instructions; an element inside a value is no value."""
    if not len(element):
        return element.text or ""
    if any(isinstance(child.tag, str) for child in element):
        raise invalid(reading.operation, f"{place} holds elements")
    return (element.text or "") + "".join(child.tail or "" for child in element)


def invalid(operation: str, why: str) -> BackendReplyInvalid:
    """Return the error for an answer that is not what contract and mapping say."""
    return BackendReplyInvalid("backend-reply-invalid", 502, cause=f"{operation}: {why}", sent="yes")


def finder(endpoint: Endpoint, steps: Sequence[Child]) -> Callable[[Reading, Any], list[Any]]:
    """Return how the elements at ``steps`` are found below the reply's root: all of a last step that repeats."""
    ways: list[tuple[str, Callable[[Any, Reading], None] | None]] = []
    turns: Callable[[Any], list[Any]] | None = None
    key = endpoint.operation.output.root.type if endpoint.operation.output and endpoint.operation.output.root else ""
    for step in steps:
        record = endpoint.contract.types.get(key)
        if step.is_turn and isinstance(record, Record):
            turns = turns_of(record, step.type)
            break
        # The name of an item in an encoded array is free (SOAP 1.1 section 5.4.2).
        name = "*" if isinstance(record, Record) and record.soap_array else step.element.tag
        ways.append((name, typed(endpoint.contract, step, endpoint.name) if step.cast else None))
        key = step.type

    def find(reading: Reading, root: Any) -> list[Any]:
        found = [root]
        for name, check in ways:
            found = [reading.target(child) for child in pieces.each(found[0].iterchildren(name))]
            if check is not None:
                for element in found:
                    check(element, reading)
            if not found:
                return []
        return found if turns is None else turns(found[0])

    return find
