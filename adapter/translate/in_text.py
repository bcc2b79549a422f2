"""Elements of a message as text, escaped where a value enters it, as lxml would serialise the same tree.

An element's start tag is known while building, unless it may have attributes: then what is in it is kept apart until
it is finished.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from lxml import etree

from adapter import pieces
from adapter.translate.encoding import nothing
from adapter.translate.filling import NIL, TYPE, Fill, Mark, Values
from adapter.translate.node import VALUE, Node, escaped
from adapter.translate.prefixes import Prefixes
from adapter.translate.written import Written
from adapter.wsdl.names import XML
from adapter.wsdl.once import remember

# What stands around the texts of some leaves, and what takes the texts out of the values.
Plan = tuple[str, Callable[[Values], tuple[Any, ...]]]
# Stands in a message where its rows are to stand. Nothing else in it can be a processing instruction.
ROWS = "<?rows?>"


def _plan(parts: Sequence[tuple[str, str, str, str]], values: Values) -> Plan | None:
    """Return how leaves are written where the same are given as in ``values``; None where it is not more than one."""
    here = [(slot, f"{start}%s{end}") for slot, start, end, _ in parts if slot in values]
    return ("".join(around for _, around in here), itemgetter(*(slot for slot, _ in here))) if len(here) > 1 else None


def _place(out: Any, values: Values) -> bool:
    out.append(ROWS)
    return True


@dataclass(frozen=True, slots=True)
class Tag:
    """An element's tag with its prefix, as it stands around what is in it, and for one that is empty or nil."""

    name: str
    start: str
    end: str
    empty: str
    nil: str


class Text:
    """Makes elements as pieces of text. ``prefixes`` are those that the message declares at its top.

    ``rows`` is the value whose items are written one by one, by ``row``; the message then has ``ROWS`` in their place.
    """

    def __init__(self, prefixes: Prefixes, rows: str = "") -> None:
        self._prefixes, self._rows = prefixes, rows
        self.row: Callable[[Any, Any], None] | None = None
        self._leaves: dict[Fill, tuple[str, Tag]] = {}
        # What never sets an attribute of the element around it.
        self._quiet: set[Fill] = set()
        self._attributes: dict[str, tuple[str, str]] = {}
        for each in (NIL, TYPE):
            self.attribute(each)

    def tag(self, tag: str) -> Tag:
        """Return an element's tag with the prefix of its namespace."""
        name = self._prefixes.qname(tag)
        return Tag(name, f"<{name}>", f"</{name}>", f"<{name}/>", f'<{name} {self._attributes[NIL][1]}="true"/>')

    def all(self, parts: Sequence[Fill]) -> Fill:
        """Return what runs all of ``parts``, in order. Neighbours that are leaves run as one."""
        joined: list[Fill] = []
        leaves: list[tuple[str, Tag]] = []
        for part in parts:
            if part in self._leaves:
                leaves.append(self._leaves[part])
                continue
            joined += [self._run(leaves)] if leaves else []
            leaves = []
            joined.append(part)
        joined += [self._run(leaves)] if leaves else []
        if len(joined) == 1:
            return joined[0]

        def fill(element: Any, values: Values) -> bool:
            written = False
            for part in joined:
                written = part(element, values) or written
            return written

        return self._as_quiet_as(fill, joined)

    def attribute(self, tag: str) -> None:
        """Find the prefix of an attribute: one of the message's, else one that its element declares."""
        if tag in self._attributes:
            return
        namespace, _, local = tag.removeprefix("{").rpartition("}")
        if not namespace or namespace == XML:
            self._attributes[tag] = "", f"xml:{local}" if namespace else local
        elif self._prefixes.knows(namespace):
            self._attributes[tag] = "", self._prefixes.qname(tag)
        else:
            prefix = f"ns{sum(bool(declared) for declared, _ in self._attributes.values())}"
            self._attributes[tag] = f' xmlns:{prefix}="{namespace.translate(VALUE)}"', f"{prefix}:{local}"

    def constant(self, tag: str, text: str, mark: Mark) -> Fill:
        """Return what appends a fixed element that must be there. It alone is no reason for the element around it."""
        found, content = self.tag(tag), escaped(text)

        def fill(out: Any, values: Values) -> bool:
            node = Node((content,))
            mark(node)
            self._finish(out, found, node)
            return False

        return self._as_quiet_as(fill, ())

    def leaf(self, tag: str, slot: str) -> Fill:
        """Return what appends an element that holds nothing but a text, and no attribute but xsi:nil."""
        found = slot, self.tag(tag)
        fill = self._run([found])
        self._leaves[fill] = found
        return fill

    def element(self, tag: str, inner: Fill, mark: Mark, kept: bool) -> Fill:
        """Return what appends an element that ``inner`` fills. ``kept``: even where it fills nothing into it."""
        found = self.tag(tag)

        def fill(out: Any, values: Values) -> bool:
            node = Node()
            written = inner(node, values)
            if written or kept:
                mark(node)
                self._finish(out, found, node)
            return written

        return self._as_quiet_as(fill, ())

    def object(self, tag: str, slot: str, inner: Fill, mark: Mark) -> Fill:
        """Return what appends the element of an object."""
        one = self._one(tag, inner, mark)

        def fill(out: Any, values: Values) -> bool:
            if slot not in values:
                return False
            one(out, values[slot])
            return True

        return self._as_quiet_as(fill, ())

    def items(self, tag: str, slot: str, inner: Fill | None, mark: Mark, nullable: bool) -> Fill:
        """Return what appends the elements of an array: of objects, or of texts (no ``inner``)."""
        one = self._one(tag, inner, mark)
        if slot == self._rows:
            self.row = one
            return _place

        def fill(out: Any, values: Values) -> bool:
            if slot not in values:
                return False
            items = values[slot]
            if items is None and nullable:
                out.set(NIL, "true")
                return True
            for item in items if len(items) <= pieces.FEW else pieces.each(items):
                one(out, item)
            return True

        return fill if nullable else self._as_quiet_as(fill, ())

    def foreign(self, fill: Fill) -> Fill:
        """Return what appends what only lxml can make. ``fill`` appends it to one of its elements."""
        nsmap = self._prefixes.nsmap

        def put(out: Any, values: Values) -> bool:
            holder = etree.Element("holder", nsmap=nsmap)
            written = fill(holder, values)
            for name, text in holder.attrib.items():
                out.set(name, text)
            out.extend(etree.tostring(child, encoding="unicode", with_tail=False) for child in holder)
            return written

        return put

    def root(self, tag: str) -> Callable[[Node], Written]:
        """Return what makes the finished root of a message, which declares the prefixes of all of it.

        So it is asked for when all of it is compiled.
        """
        name, nsmap = self._prefixes.qname(tag), self._prefixes.nsmap
        declared = "".join(f' xmlns:{prefix}="{uri.translate(VALUE)}"' for prefix, uri in nsmap.items())
        plain = f"<{name}{declared}"

        def root(node: Node) -> Written:
            start = plain if node.attributes is None else self._start(name, node, declared)
            pieces.turn()
            return Written(name, start, "".join(node), nsmap)

        return root

    def _start(self, name: str, node: Node, more: str = "") -> str:
        """Return the start tag of a finished element, without its end. ``more`` stands before the attributes."""
        found = [(*self._attributes[tag], text) for tag, text in (node.attributes or {}).items()]
        declared = "".join(dict.fromkeys(declaration for declaration, _, _ in found))
        return f"<{name}{more}{declared}" + "".join(f' {each}="{text.translate(VALUE)}"' for _, each, text in found)

    def _finish(self, out: Any, tag: Tag, node: Node) -> None:
        if node.attributes is None:
            out += (tag.start, *node, tag.end) if node else (tag.empty,)
        else:
            start = self._start(tag.name, node)
            out += (start, ">", *node, tag.end) if node else (start, "/>")

    def _one(self, tag: str, inner: Fill | None, mark: Mark) -> Callable[[Any, Any], None]:
        """Return what appends one element with a text or an object in it, or one that is nil."""
        found = self.tag(tag)
        start, end, empty, nil = found.start, found.end, found.empty, found.nil

        def text(out: Any, value: Any) -> None:
            out.append(nil if value is None else f"{start}{escaped(value)}{end}")

        def plain(out: Any, value: Any) -> None:
            if value is None:
                out.append(nil)
                return
            assert inner is not None
            place = len(out)
            out.append(start)
            inner(out, value)
            if len(out) == place + 1:
                out[place] = empty
            else:
                out.append(end)

        def node(out: Any, value: Any) -> None:
            made = Node()
            if value is None:
                made.set(NIL, "true")
            else:
                if inner is None:
                    made.text = value
                else:
                    inner(made, value)
                mark(made)
            self._finish(out, found, made)

        if mark is not nothing:
            return node
        return text if inner is None else plain if inner in self._quiet else node

    def _run(self, leaves: Sequence[tuple[str, Tag]]) -> Fill:
        """Return what writes leaves that stand next to each other.

        Objects mostly have the same few sets of names: for each, what stands around the texts is known as one.
        """
        parts = tuple((slot, tag.start, tag.end, tag.nil) for slot, tag in leaves)
        known: dict[tuple[str, ...], Plan | None] = {}

        def one_by_one(out: Any, values: Values) -> bool:
            written = False
            for slot, start, end, nil in parts:
                if slot in values:
                    written = True
                    text = values[slot]
                    out.append(nil if text is None else f"{start}{escaped(text)}{end}")
            return written

        def fill(out: Any, values: Values) -> bool:
            names = tuple(values)
            if names not in known:
                remember(known, names, _plan(parts, values))
            if (plan := known[names]) is None:
                return one_by_one(out, values)
            around, texts = plan[0], plan[1](values)
            try:
                whole = "".join(texts)
            except TypeError:
                return one_by_one(out, values)  # one of them is null
            if "&" in whole or "<" in whole or ">" in whole or "\r" in whole:
                return one_by_one(out, values)
            out.append(around % texts)
            return True

        return self._as_quiet_as(one_by_one if len(parts) == 1 else fill, ())

    def _as_quiet_as(self, fill: Fill, parts: Sequence[Fill]) -> Fill:
        if all(part in self._quiet for part in parts):
            self._quiet.add(fill)
        return fill
