"""An answer whose rows are taken while it arrives, so that only some of them are ever there.

Rule 1: nothing is decided by what is not there yet: where the beginning of an answer does not look as the contract
        says, all of it is read first, and it is an answer like any other.
Rule 2: a row that was taken is let go; what is no row is kept, and bounded like a whole answer. So is one row.
Rule 3: libxml2 may go on writing behind the last element that it has closed, so that one stays until the next is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapter.attachments import unpacked
from adapter.backends.soap.answer import PARSING, encoding_of
from adapter.backends.soap.fed import check
from adapter.errors import BackendError, RequestError
from adapter.exchange import Opened, Reply, reply_invalid
from adapter.exchange.multipart import MEDIA_TYPE, Part
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE, local_name

_BODIES = tuple(f"{{{namespace}}}Body" for namespace in (SOAP11_ENVELOPE, SOAP12_ENVELOPE))
_DECLARATION = b"<?xml"
# A declaration names a version, an encoding and a word.
_LONGEST_DECLARATION = 1000
_LARGE = 100_000


@dataclass(frozen=True, slots=True)
class Where:
    """Where rows stand: local names of the elements from below the message's root to a row.

    ``bare``: the root is the SOAP body itself.
    """

    names: tuple[str, ...]
    bare: bool

    def leads_to(self, element: Any) -> bool:
        """Tell whether an element stands where a row does, whatever its namespace."""
        around = list(element.iterancestors())
        inner = len(self.names) - 1
        if len(around) != inner + (2 if self.bare else 3) or around[-2].tag not in _BODIES:
            return False
        names = [local_name(each.tag) for each in (element, *around[:inner])]
        return names == list(reversed(self.names))


class Flowing:
    """An answer that may have rows. ``first`` is the first one, once ``find`` has found it."""

    def __init__(self, opened: Opened, most: int, where: Where) -> None:
        self._opened, self._most, self._where = opened, most, where
        self._chunks = opened.chunks
        self._head: bytearray | None = bytearray()  # all bytes, as long as they may be needed
        self._parser: etree.XMLPullParser | None = None
        self._since = bytearray()
        self._check_at = _LARGE
        self._read = self._max_bytes = 0
        self._rows: list[Any] = []
        self._before = 0
        self._tag = ""
        self._abandoned = False
        self.notes: list[str] = []
        self.first: Any = None

    def find(self) -> bool:
        """Read until the first row is in. False: there is none where it should be, or what came is no XML."""
        assert self._head is not None
        for chunk in self._chunks:
            self._head += chunk
            self._must_be_small(self._head)
            try:
                found = self._parsed(bytes(self._head) if self._parser is None else chunk)
            except (etree.XMLSyntaxError, LookupError):
                return False  # what is wrong is said once all of it is there
            self.first = next((each for each in found if self._where.leads_to(each)), None)
            if self.first is not None:
                host = self.first.getparent()
                self._before = host.index(self.first)
                self._rows = self._of(found)
                return True
        return False

    def _parsed(self, data: bytes) -> list[Any]:
        """Parse what came; return the elements that have ended and are called as rows are."""
        if self._parser is None:
            begin = data.lstrip(b" \t\r\n")
            cut_short = begin.startswith(_DECLARATION) and b"?>" not in begin and len(begin) < _LONGEST_DECLARATION
            if cut_short or len(begin) < len(_DECLARATION):  # less does not tell the encoding
                return []
            notes: list[str] = ["space-before-xml"] if len(begin) != len(data) else []
            encoding = encoding_of(begin, self._opened.headers, notes)
            tag = "{*}" + self._where.names[-1]
            self._parser = etree.XMLPullParser(events=("end",), tag=tag, encoding=encoding, **PARSING)
            self.notes, data = notes, begin
        self._parser.feed(data)
        return [element for _, element in self._parser.read_events()]

    def _must_be_small(self, data: bytearray) -> None:
        """Refuse what came since the last row where it is too large, or too much once it is parsed."""
        if len(data) > self._most:
            raise reply_invalid(f"more than {self._most} bytes without a row")
        if len(data) > self._check_at:
            check(bytes(data))
            self._check_at = len(data) + len(data) // 4  # all of it each time, so not for every piece

    def beginning(self) -> tuple[Any, Any]:
        """Return a copy of the envelope up to the first row, and that row in it."""
        way = [self.first, *self.first.iterancestors()]
        copied = deepcopy(way[-1])
        row = copied
        for around, inner in zip(reversed(way), list(reversed(way))[1:], strict=False):
            row = row[around.index(inner)]
        host = row.getparent()
        del host[self._before + 1 :]
        row.tail = None
        return copied, row

    def whole(self) -> Reply:
        """Read all of the answer and return it, closed."""
        try:
            assert self._head is not None
            for chunk in self._chunks:
                self._head += chunk
                if len(self._head) > self._most:
                    raise reply_invalid("ReplyTooLarge")
            return Reply(self._opened.status, self._opened.headers, bytes(self._head))
        finally:
            self.close()

    @property
    def doctype(self) -> bool:
        """Whether a DOCTYPE stands before the envelope."""
        return self.first.getroottree().docinfo.internalDTD is not None

    @property
    def root(self) -> Any:
        """The root of the message, without most of its rows."""
        return [self.first, *self.first.iterancestors()][len(self._where.names)]

    def must_have_one_body(self) -> None:
        """Refuse an envelope with a second body behind the one that was read."""
        bodies = [child for child in self.first.getroottree().getroot() if child.tag in _BODIES]
        if len(bodies) != 1:
            raise reply_invalid(f"an envelope with {len(bodies)} bodies")

    def begin(self, idle: float, max_bytes: int, tag: str) -> None:
        """Go on to the rows: from now on each piece has ``idle`` seconds, and all may have ``max_bytes`` (0: any).

        ``tag`` is how the contract calls a row.
        """
        assert self._head is not None
        self._tag = tag
        self._must_be_named_alike(self.first.getparent())
        self._restart(self._head)
        self._read, self._max_bytes, self._head = len(self._head), max_bytes, None
        self._opened.patience(idle)

    def batches(self) -> Iterator[list[Any]]:
        """Yield rows as they come, some at a time. They are gone when the next ones are asked for.

        Raises what reading a body raises, and BackendReplyInvalid for what is too large or no XML.
        """
        assert self._parser is not None
        try:
            while True:
                if self._rows:
                    rows, self._rows = self._rows, []
                    last = rows[-1]
                    yield rows
                    rows.clear()
                    self._let_go(last)
                chunk = self._next()
                if chunk is None:
                    break
                self._count(chunk)
                self._rows = self._of(self._parsed(chunk))
                if self._rows:
                    self._restart(chunk)
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise reply_invalid(f"no well-formed XML: {type(error).__name__}") from None

    def _next(self) -> bytes | None:
        try:
            return next(self._chunks, None)
        except BackendError as error:
            if self._abandoned:
                raise RequestError("", 499, cause="the caller went away") from error
            raise

    def _of(self, found: list[Any]) -> list[Any]:
        """Return those that are rows: beside the first, and named as it is, be it not as the contract says."""
        host, tag = self.first.getparent(), self.first.tag
        beside = [each for each in found if each.getparent() is host]
        rows = [each for each in beside if each.tag == tag]
        if len(rows) < len(beside):
            self._must_be_named_alike(beside)
        return rows

    def _must_be_named_alike(self, beside: Iterable[Any]) -> None:
        """Refuse rows of another namespace than the first, where that is not called as the contract says."""
        if self._tag in ("", self.first.tag):
            return
        name = self._where.names[-1]
        if any(
            each.tag != self.first.tag and isinstance(each.tag, str) and local_name(each.tag) == name for each in beside
        ):
            raise reply_invalid("rows in two namespaces")

    def _let_go(self, last: Any) -> None:
        host = last.getparent()
        del host[self._before : host.index(last)]
        self.first = last

    def _restart(self, data: bytes | bytearray) -> None:
        """Begin to count anew behind the last row in ``data``; its last tag may not have ended yet."""
        self._since, self._check_at = bytearray(data[data.rfind(b"<") :]), _LARGE

    def _count(self, chunk: bytes) -> None:
        self._read += len(chunk)
        if self._max_bytes and self._read > self._max_bytes:
            raise reply_invalid(f"stream.max_bytes: more than {self._max_bytes} bytes")
        self._since += chunk
        self._must_be_small(self._since)

    def abandon(self) -> None:
        """End the exchange while its next piece is waited for, since the caller is gone."""
        self._abandoned = True
        self._opened.abandon()

    def close(self) -> None:
        """End the exchange; what has not arrived is not waited for."""
        self._opened.close()


def rows_first(where: Where, opened: Opened, most: int) -> tuple[Reply, Flowing | None]:
    """Return an answer as soon as its first row is in, with what is still to come; None where all of it is there.

    ``most`` bounds what comes before the first row, and an answer without one. Raises BackendReplyInvalid, the answer
    closed.
    """
    try:
        if opened.status >= 300 or opened.media_type == MEDIA_TYPE:
            reply = Reply(opened.status, opened.headers, Part({}, opened.chunks).whole(most))
            opened.close()
            return unpacked(reply, most), None
        flowing = Flowing(opened, most, where)
        if flowing.find():
            return Reply(opened.status, opened.headers, b""), flowing
        return flowing.whole(), None
    except BaseException:
        opened.close()
        raise
