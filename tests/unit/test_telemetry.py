"""Log lines and metrics: an allowlist of fields, bounded labels, and no way to change an answer."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from adapter.telemetry import Outcome, Telemetry
from adapter.telemetry.lines import FIELDS

DONE = Outcome("customers.read", "GET", 200, "id-1", trace_id="t", seconds=0.0123, answered_by="soap", bytes=7)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return what was written, without the time."""
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert all(line.pop("timestamp").endswith("Z") for line in found)
    return found


@pytest.fixture
def stream() -> io.StringIO:
    """A place for log lines."""
    return io.StringIO()


@pytest.fixture
def libraries() -> Iterator[None]:
    """Put the standard library's loggers back as they were."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before


def test_a_finished_request_is_one_line(stream: io.StringIO) -> None:
    """Empty fields are left out, times are milliseconds."""
    Telemetry(stream=stream).refused(DONE)

    assert [
        {
            "level": "info",
            "event": "request",
            "operation": "customers.read",
            "method": "GET",
            "status": 200,
            "duration_ms": 12.3,
            "bytes": 7,
            "request_id": "id-1",
            "trace_id": "t",
            "answered_by": "soap",
        }
    ] == lines(stream)


def test_a_failed_request_names_what_the_operator_needs(stream: io.StringIO) -> None:
    """Problem, cause, the ERP's code and whether it may have acted, at level warning."""
    failed = Outcome("a.b", "POST", 502, "i", problem="backend-fault", sent="yes", code="GP-1", cause="x", notes=("n",))

    Telemetry(stream=stream).refused(failed)

    (line,) = lines(stream)
    assert ("warning", "backend-fault", "yes", "GP-1", "x", ["n"]) == (
        line["level"],
        line["problem"],
        line["sent"],
        line["code"],
        line["cause"],
        line["notes"],
    )


def test_the_line_of_a_request_has_fields_of_the_list_only(stream: io.StringIO) -> None:
    """It does not take the way of other lines, on which what is not on the list is dropped."""
    given = {field.name: "x" for field in fields(Outcome) if field.type == "str"}
    Telemetry(stream=stream).refused(Outcome(**{**given, "status": 500, "notes": ("n",), "bytes": 1, "broken": True}))  # type: ignore[arg-type]

    (line,) = lines(stream)
    assert set(line) <= FIELDS
    assert {"problem", "answered_by", "sent", "code", "cause", "notes", "broken", "trace_id"} <= set(line)


@pytest.mark.parametrize("value", [b"bytes", object(), {1}, {"a": 1}])
def test_a_value_that_is_no_text_number_or_list_drops_the_line(stream: io.StringIO, value: object) -> None:
    """It is counted, and the next line is written."""
    telemetry = Telemetry(stream=stream)

    telemetry.lines.event("start", version=value)
    telemetry.lines.event("start", version="2")

    assert ["2"] == [line["version"] for line in lines(stream)]
    assert b'adapter_log_dropped_total{what="line"} 1.0' in telemetry.metrics.render()


@pytest.mark.parametrize(("level", "expected"), [("INFO", 0), ("DEBUG", 1)])
def test_health_checks_are_only_logged_at_debug(stream: io.StringIO, level: str, expected: int) -> None:
    """What an orchestrator asks each second does not fill the log."""
    Telemetry(level, stream).refused(Outcome("-", "GET", 200, "i", quiet=True))

    assert expected == len(lines(stream))


def test_a_field_that_is_not_allowed_is_dropped_and_counted(stream: io.StringIO) -> None:
    """A payload cannot reach the log by way of a new field."""
    telemetry = Telemetry(stream=stream)

    telemetry.lines.event("start", version="1", body="secret")

    assert [{"level": "info", "event": "start", "version": "1"}] == lines(stream)
    assert b'adapter_log_dropped_total{what="field"} 1.0' in telemetry.metrics.render()


def test_a_line_stays_one_line_of_bounded_length(stream: io.StringIO) -> None:
    """Neither a newline in an ERP's code nor its length can forge or flood lines."""
    Telemetry(stream=stream).refused(Outcome("a.b", "GET", 502, "i", code='X\n{"event":"request"}', cause="y" * 9999))

    (line,) = lines(stream)
    assert 'X\n{"event":"request"}' == line["code"]
    assert 300 == len(line["cause"])


@pytest.mark.parametrize("fault", [OSError("disk full"), ValueError("closed")])
def test_a_log_that_cannot_be_written_changes_nothing(fault: Exception) -> None:
    """The answer is more important than its line; the loss is counted."""

    class Broken(io.StringIO):
        """A stream that fails."""

        def write(self, text: str) -> int:
            """Fail."""
            raise fault

    telemetry = Telemetry(stream=Broken())

    telemetry.refused(DONE)

    assert b'adapter_log_dropped_total{what="line"} 1.0' in telemetry.metrics.render()


def test_a_bug_leaves_its_frames_but_not_its_message(stream: io.StringIO) -> None:
    """Where it came from and what caused it, without text that may quote a payload, and without full paths."""
    try:
        try:
            int("secret order number")
        except ValueError as error:
            raise KeyError("secret customer") from error
    except KeyError as error:
        Telemetry(stream=stream).bug(error, "id-1", "a.b")

    (line,) = lines(stream)
    assert ("bug", "error", "KeyError", "id-1") == (line["event"], line["level"], line["exception"], line["request_id"])
    assert ["ValueError", "KeyError"] == [frame for frame in line["frames"] if ":" not in frame]
    assert line["frames"][-1].startswith("unit/test_telemetry.py:")
    assert "secret" not in stream.getvalue()


@pytest.mark.usefixtures("libraries")
def test_other_libraries_leave_their_template_only(stream: io.StringIO) -> None:
    """A warning of urllib3 is seen, its arguments (URLs, bodies) are not, and below warning nothing is."""
    Telemetry(stream=stream).lines.adopt_libraries()

    logging.getLogger("urllib3.connectionpool").warning("Retrying after %s", "http://erp/?secret")
    logging.getLogger("zeep.transports").debug("HTTP Post to %s:\n%s", "erp", "<secret/>")

    assert [
        {
            "level": "warning",
            "event": "library",
            "logger": "urllib3.connectionpool",
            "message": "Retrying after %s",
        }
    ] == lines(stream)


def metrics(telemetry: Telemetry) -> list[str]:
    """Return the samples as lines."""
    return [line for line in telemetry.metrics.render().decode().splitlines() if not line.startswith("#")]


def test_requests_are_counted_by_what_is_known_beforehand(stream: io.StringIO) -> None:
    """Operation, method, status and problem; methods nobody knows share one label."""
    telemetry = Telemetry(stream=stream)
    telemetry.started()
    telemetry.finished(DONE)
    telemetry.refused(Outcome("-", "BREW", 405, "i", problem="method-not-allowed"))

    found = metrics(telemetry)

    assert 'adapter_requests_total{method="GET",operation="customers.read",problem="",status="200"} 1.0' in found
    assert 'adapter_requests_total{method="other",operation="-",problem="method-not-allowed",status="405"} 1.0' in found
    assert "adapter_requests_in_flight 0.0" in found
    assert 'adapter_request_duration_seconds_count{answered_by="soap",operation="customers.read"} 1.0' in found


def test_the_number_of_labels_is_bounded(stream: io.StringIO) -> None:
    """An ERP that invents oddities cannot fill the memory of whoever scrapes."""
    telemetry = Telemetry(stream=stream)
    for number in range(600):
        telemetry.refused(Outcome("a.b", "GET", 200, "i", notes=(f"note-{number}",)))

    oddities = [line for line in metrics(telemetry) if line.startswith("adapter_backend_oddities_total")]

    assert 501 == len(oddities)
    assert 'adapter_backend_oddities_total{note="other",operation="a.b"} 100.0' in oddities


def test_notes_are_counted_by_their_kind(stream: io.StringIO) -> None:
    """What stands behind a colon is for the log."""
    telemetry = Telemetry(stream=stream)
    telemetry.refused(Outcome("a.b", "GET", 200, "i", notes=("bad-date: AnlDat", "bad-date: AendDat")))

    assert 'adapter_backend_oddities_total{note="bad-date",operation="a.b"} 2.0' in metrics(telemetry)
