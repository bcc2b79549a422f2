"""Log lines: one JSON object each, made of an allowlist of fields. What is not on the list does not leave the process.

Other libraries log through the standard library; of their records only the template is kept (``"Retrying %s"``), never
the arguments, since those are made of URLs, headers and bodies.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from adapter import strict_json
from adapter.telemetry.outcome import Outcome

FIELDS = frozenset((
    "timestamp", "level", "event", "operation", "caller", "method", "status", "problem", "duration_ms", "answered_by",
    "sent", "code", "cause", "notes", "request_id", "trace_id", "bytes", "broken", "exception", "frames", "logger",
    "message", "version", "operations", "endpoint", "state", "feature", "verdict",
))  # fmt: skip
_LONGEST = 300
_WHERE_GIVEN = ("trace_id", "caller", "problem", "answered_by", "sent", "code", "cause", "notes", "broken")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_KINDS = (str, int, float, list, tuple, type(None))
_MOST_FRAMES = 40
_QUIET_LIBRARIES = ("zeep", "urllib3", "requests", "werkzeug")


class Lines:
    """Writes log lines to ``stream``. ``dropped`` is called with a reason for every field or line that was lost."""

    def __init__(self, level: str, stream: TextIO | None, dropped: Callable[[str], None]) -> None:
        self._stream = stream
        self._dropped = dropped
        self._log: FilteringBoundLogger = structlog.wrap_logger(
            None,
            wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
            processors=[self._write],
        ).bind()  # what is not bound is bound anew for each line

    def event(self, event: str, **fields: object) -> None:
        """Write one line of level INFO. Fields that are not in ``FIELDS`` are dropped and counted."""
        self._log.info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """Write one line of level WARNING, of which an operator should know; otherwise as ``event``."""
        self._log.warning(event, **fields)

    def finished(self, outcome: Outcome) -> None:
        """Write the line of one finished request; empty fields are left out."""
        level = "debug" if outcome.quiet else "warning" if outcome.status >= 500 else "info"
        if not self._log.is_enabled_for(_LEVELS[level]):
            return
        # Each request writes one, so it does not take the way of the others: its fields are those of FIELDS already.
        line: dict[str, object] = {
            "timestamp": _now(),
            "level": level,
            "event": "request",
            "operation": outcome.operation,
            "method": outcome.method[:_LONGEST],
            "status": outcome.status,
            "duration_ms": round(outcome.seconds * 1000, 1),
            "bytes": outcome.bytes,
            "request_id": outcome.request_id,
        }
        for name in _WHERE_GIVEN:
            if value := getattr(outcome, name):
                line[name] = value[:_LONGEST] if isinstance(value, str) else value
        self._put(line)

    def bug(self, error: BaseException, request_id: str, operation: str) -> None:
        """Write the class and the frames of an exception and of what caused it."""
        self._log.error(
            "bug",
            operation=operation,
            request_id=request_id,
            exception=type(error).__name__,
            frames=list(_frames(error))[-_MOST_FRAMES:],
        )

    def adopt_libraries(self) -> None:
        """Send what the standard library's loggers get through this sink: warnings and worse, without arguments."""
        logging.basicConfig(handlers=[_Adopted(self._log)], level=logging.WARNING, force=True)
        for name in _QUIET_LIBRARIES:
            logging.getLogger(name).setLevel(logging.WARNING)

    def _write(self, logger: WrappedLogger, method: str, fields: EventDict) -> EventDict:
        try:
            line = self._line(method, fields)
        except TypeError:  # a value that is not JSON
            self._dropped("line")
        else:
            self._put(line)
        raise structlog.DropEvent  # it ends the chain: what structlog would do with a line is done

    def _put(self, line: Mapping[str, object]) -> None:
        """Write a line. A log that cannot be written must never change an answer."""
        stream = self._stream or sys.stdout
        try:
            stream.write(strict_json.encode_document(line).decode("utf-8") + "\n")
            stream.flush()
        except (OSError, ValueError, TypeError):  # a closed stream, a full disk, a value that is not JSON
            self._dropped("line")

    def _line(self, level: str, fields: EventDict) -> EventDict:
        for name in fields.keys() - FIELDS:
            del fields[name]
            self._dropped("field")
        line: EventDict = {"timestamp": _now(), "level": level, "event": fields.pop("event"), **fields}
        for name, value in line.items():
            if not isinstance(value, _KINDS):
                raise TypeError(f"{type(value).__name__} has no place in a log line")
            if isinstance(value, str) and len(value) > _LONGEST:
                line[name] = value[:_LONGEST]
        return line


class _Adopted(logging.Handler):
    """A handler as the standard library wants it; keeps a record's logger, level and template."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on one record."""
        fields: dict[str, object] = {"logger": record.name, "message": str(record.msg)}
        if record.exc_info and record.exc_info[1]:
            fields |= {"exception": type(record.exc_info[1]).__name__, "frames": list(_frames(record.exc_info[1]))}
        self._log.log(record.levelno, "library", **fields)


def _now() -> str:
    return f"{datetime.now(UTC).isoformat().removesuffix('+00:00')}Z"


def _frames(error: BaseException) -> Iterator[str]:
    """Name the frames as ``module.py:line function``, the first cause first."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _frames(earlier)
    yield type(error).__name__
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}"
