"""A person at the operators' page: a client with a session, forms sent as a browser would, and pages read as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_VOID = frozenset(("meta", "link", "input", "img", "br", "rect", "path", "circle"))


@dataclass
class Form:
    """One form of a page: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page, read: its tags with attributes, its forms, its words. Raise where an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self.words = ""
        self._open: list[str] = []
        self._typing = ""
        self.feed(text)
        self.close()
        if self._open:
            raise ValueError(f"not closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "form":
            self.forms.append(Form(found["action"]))
        elif tag in ("input", "select", "textarea") and self.forms and "name" in found:
            if found.get("type") != "checkbox":
                self.forms[-1].fields[found["name"]] = found.get("value", "")
            self._typing = found["name"] if tag == "textarea" else ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element that is closed at once."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._typing = ""
        if not self._open or self._open.pop() != tag:
            raise ValueError(f"</{tag}> where it does not stand")

    def handle_data(self, data: str) -> None:
        """Take note of words."""
        self.words += data
        if self._typing:
            self.forms[-1].fields[self._typing] += data.removeprefix("\n")

    def form(self, end: str) -> Form | None:
        """Return the form whose address ends so."""
        return next((each for each in self.forms if each.action.endswith(end)), None)


class Visitor:
    """One person, with a browser of his own."""

    def __init__(self, app: Flask, key: str = "", address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.more: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": address}}
        if key:
            self.log_in(key)

    def log_in(self, key: str) -> TestResponse:
        """Type a key."""
        return self.send("/console/login", self.page("/console/login").form("/login"), key=key)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, **{**self.more, **more})

    def page(self, path: str) -> Page:
        """Look at a page that is there, and read it."""
        answer = self.get(path)
        assert 200 == answer.status_code, answer.text
        return Page(answer.text)

    def send(self, path: str, form: Form | None, **fields: str) -> TestResponse:
        """Send a form, with other values in some of its fields."""
        data = {**(form.fields if form is not None else {}), **fields}
        return self.client.post(form.action if form is not None else path, data=data, **self.more)
