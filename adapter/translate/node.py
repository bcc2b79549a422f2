"""An element of a message while it is text, and how texts are escaped in it."""

from __future__ import annotations

# What stands for a character in the text of an element, and in the value of an attribute (XML 1.0, sections 2.4 and
# 2.11 and 3.3.3), as lxml writes it.
TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
VALUE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def escaped(text: str) -> str:
    """Return a text as it stands in an element (XML 1.0, sections 2.4 and 2.11)."""
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        return text.translate(TEXT)
    return text


class Node(list[str]):
    """What stands for an element until it is finished: what is in it, in pieces, and its attributes by Clark names."""

    attributes: dict[str, str] | None = None

    def set(self, tag: str, text: str) -> None:
        """Set an attribute."""
        if self.attributes is None:
            self.attributes = {}
        self.attributes[tag] = text

    def get(self, tag: str) -> str | None:
        """Return the text of an attribute, None where there is none."""
        return self.attributes.get(tag) if self.attributes is not None else None

    @property
    def text(self) -> str:
        """The text and elements in it."""
        return "".join(self)

    @text.setter
    def text(self, text: str | None) -> None:
        """Put a text in, escaped."""
        if text is not None:
            self.append(escaped(text))
