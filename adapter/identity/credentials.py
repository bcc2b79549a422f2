"""Credentials of the operator's: texts from settings or from files that may change, and files for TLS.

A file is looked at whenever its text is used (time of change and size, some microseconds) and read again when it
changed, so secrets can be rotated without a restart. One that is gone, empty or half written does not stop calls: its
last text goes on, and the log says so once. The ERP decides whether it still counts.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from adapter.mapping.model.soap import PATH_PARTS, PUBLIC_PARTS
from adapter.settings import credential_name
from adapter.wsse.keys import load_trust

Value = Callable[[], str]
_PUBLIC = tuple(f"_{part}" for part in PUBLIC_PARTS - {"KEY"})
_FILE = "_FILE"

_LOG = logging.getLogger("adapter.identity")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class FileText:
    """The text of a file, without the line's end; called, it returns what the file says now. ``name`` is for the log.

    Raises ValueError, in words for the operator, where the file cannot be used from the start.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._stamp, self._text = _stamp(path), _text(path)
        self._told = False

    def __call__(self) -> str:
        """Return the text; the last one that could be used."""
        try:
            if (stamp := _stamp(self._path)) != self._stamp:
                self._text, self._stamp = _text(self._path), stamp
            self._told = False
        except ValueError as error:
            if not self._told:
                self._told = True
                # The log keeps a record's template only, so the variable's name stands in it.
                _LOG.warning(f"{self._name}: the file {error}; its last text goes on")
        return self._text


class Credentials:
    """All credentials of a project. Paths are taken from the project folder."""

    def __init__(self, given: Callable[[str, str], str | None], secrets: Mapping[str, str], project: Path) -> None:
        self._given = given
        self._keys = secrets
        self._project = project
        self._files: dict[Path, FileText] = {}

    def problem(self, name: str, part: str) -> str:
        """Return what is wrong with one part, "missing" where nothing is set, "" where all is well."""
        given, file = self._given(name, part), self._given(name, f"{part}_FILE")
        if part in PATH_PARTS and part != "KEY":  # a key is shown to a new service, or is a path beside a certificate
            return _tls_problem(self.path(name, part), part, self.path(name, "KEY")) if given else "missing"
        if given is None and file is None:
            return "missing"
        if given is not None and file is not None:
            return "is set beside its _FILE"
        try:
            text = self.value(name, part)()
        except ValueError as error:
            return f"the file {error}"
        if _CONTROL.search(text):
            return "holds a control character"
        return "is no http or https address" if part == "TOKEN_URL" and not _address(text) else ""

    def value(self, name: str, part: str) -> Value:
        """Return how a part is read. Raises ValueError for a file that cannot be used; "" where nothing is set."""
        file = self._given(name, f"{part}_FILE")
        if file is None:
            text = self._given(name, part) or ""
            return lambda: text
        path = self._project / file
        if path not in self._files:
            self._files[path] = FileText(path, f"{credential_name(name, part)}_FILE")
        return self._files[path]

    def text(self, name: str, part: str) -> str | None:
        """Return a part as it is now; None where it is missing or cannot be used."""
        return None if self.problem(name, part) else self.value(name, part)()

    def path(self, name: str, part: str) -> Path | None:
        """Return the path that a part holds, or None."""
        given = self._given(name, part)
        return self._project / given if given else None

    def secrets(self) -> tuple[str, ...]:
        """Return every text of credentials that is secret, as it is now."""
        found = []
        for key, text in self._keys.items():
            if not key.removesuffix(_FILE).endswith(_PUBLIC):
                with suppress(ValueError):  # a file that says nothing holds nothing to hide
                    found.append(_text(self._project / text) if key.endswith(_FILE) else text)
        return tuple(found)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _text(path: Path) -> str:
    try:
        text = path.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("is no UTF-8 text") from None
    if not text:
        raise ValueError("is empty")
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    return text


def _address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        return False


def _tls_problem(path: Path | None, part: str, key: Path | None) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if part == "CA":
            context.load_verify_locations(path)
        elif part == "CERTIFICATE" and path is not None:
            context.load_cert_chain(path, key, password="")
        elif part == "VERIFY" and path is not None:
            load_trust(path)
    except OSError as error:  # SSLError is one
        other = isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH"
        return f"no usable PEM file ({'the key is not that of the certificate' if other else type(error).__name__})"
    except ValueError as error:
        return str(error)
    return ""
