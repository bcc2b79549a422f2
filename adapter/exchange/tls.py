"""TLS of one origin, from PEM files that may change while the process runs.

The files are looked at whenever a connection opens (time of change, size, place on the disk), so certificates can be
renewed without a restart. Files that cannot be used, such as a certificate whose new key has not been written yet, stop
no connection: the last ones go on, and the log says so once.
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
from pathlib import Path

_LOG = logging.getLogger("adapter.exchange")
_Stamps = tuple[tuple[int, int, int] | None, ...]


class Context:
    """The TLS context of new connections; called, it returns the one that the files make now.

    ``ca_file`` stands for the machine's authorities, ``certificate`` is what we show, ``key`` its key where that is in
    a file of its own. Raises OSError where they cannot be used from the start.
    """

    def __init__(self, host: str, ca_file: Path | None, certificate: Path | None, key: Path | None) -> None:
        self._host, self._ca, self._certificate, self._key = host, ca_file, certificate, key
        self._turn = threading.Lock()
        self._stamps, self._context = self._stamped(), self._made()
        self._told = False

    def __call__(self) -> ssl.SSLContext:
        """Return the context; the last one that could be made."""
        if self._stamped() == self._stamps:
            return self._context
        with self._turn:
            self._look()
        return self._context

    def _look(self) -> None:
        stamps = self._stamped()
        if stamps == self._stamps:
            return
        try:
            # A file that changed once more after it was looked at is read again at the next connection.
            self._context, self._stamps = self._made(), stamps
            self._told = False
        except OSError as error:  # SSLError is one
            if not self._told:
                self._told = True
                # The log keeps a record's template only, so the host stands in it.
                _LOG.warning(f"{self._host}: PEM files cannot be used ({type(error).__name__}); the last ones go on")

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._ca)
        context.set_alpn_protocols(["http/1.1"])
        if self._certificate is not None:
            # Without a password given OpenSSL would ask the terminal for that of an encrypted key.
            context.load_cert_chain(self._certificate, self._key, password="")
        return context

    def _stamped(self) -> _Stamps:
        return tuple(_stamp(path) for path in (self._ca, self._certificate, self._key) if path is not None)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
