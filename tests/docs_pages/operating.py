"""The references of what an operator sets, reads and counts: settings, problem types, metrics, log lines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from adapter import app
from adapter import problems as room
from adapter.problems import HOUSE
from adapter.settings import FILE, describe
from adapter.telemetry import Lines, Metrics, Outcome
from adapter.telemetry.lines import FIELDS
from adapter.telemetry.working import Behind, Waiting, WorkMetrics
from tests.docs_pages.rst import GENERATED, block, code, heading, literal, paragraph, table
from tests.evidence.house import ROOT

LABELS = {
    "operation": "``resource.verb``; ``-`` for what reached no operation",
    "method": "HTTP method; ``other`` for unheard ones",
    "cause": "why a caller is not known, in fixed words; of the judge's moves ``breaker-open``, ``failures-in-a-row``, "
    "``more-failures`` or ``enough``",
    "of": "``keys``, or the name of an issuer; of features: ``standings``, ``notes``",
    "status": "HTTP status of the answer",
    "problem": "slug of the problem type; empty for a success",
    "answered_by": "``soap``, ``http`` or ``cache``; empty where no backend gave an answer",
    "feature": "a mapping file with ``rollout:``, by its resource",
    "target": "the side that a write goes to: ``soap`` is the ERP, ``http`` the new service",
    "move": "what the judge did: ``back``, ``forward``",
    "endpoint": "service and port of the WSDL, or the name of a microservice",
    "reason": "why a guard does not let a call in: ``breaker``, ``probing``, ``isolated``",
    "enforced": "``no`` where ``ADAPTER_GUARD=watch`` let it in all the same",
    "result": "what became of a read that may be kept, in fixed words",
    "note": "what was odd, in fixed words",
    "what": "``field`` or ``line`` of the log; of a failure, the timer or engine that it was",
    "kind": "whose call it was: ``health``, ``write``, ``read``, ``shadow``",
    "outcome": "``done``, ``refused``, ``unknown``, ``nothing`` (it was not sent, or may succeed later), ``not_kept`` "
    "(the store was away), ``replayed``, ``reused``, ``in_use``, ``earlier``, ``left_unknown``; ``resolved`` and what "
    "was found: ``resolved_done``, ``resolved_open``, ``resolved_queued``, ``resolved_parked``",
    "state": "of a row: ``sending``, ``queued``, ``delivering``, ``unknown``, ``parked``",
    "le": "upper bound in seconds",
}
LOG_FIELDS = {
    "timestamp": "when, ISO 8601 in UTC",
    "level": "``debug``, ``info``, ``warning`` (status 500 and above), ``error``",
    "event": "what the line is: see the events below",
    "operation": "``resource.verb``; ``-`` for what reached no operation",
    "caller": "who asked: ``key:`` and the owner of an API key, or an issuer and a subject; absent for nobody",
    "method": "HTTP method",
    "status": "HTTP status of the answer",
    "problem": "slug of the problem type",
    "duration_ms": "from the request to the last byte of its answer",
    "answered_by": "``soap``, ``http`` or ``cache``",
    "sent": "whether the backend may have acted on the request: ``no``, ``maybe``, ``yes``",
    "code": "the backend's own fault code",
    "cause": "what went wrong, in words for the operator",
    "notes": "what was odd about an answer that was read all the same",
    "request_id": "the same as the header ``X-Request-Id`` and the problem's ``instance``",
    "trace_id": "of the header ``traceparent`` (W3C Trace Context)",
    "bytes": "size of the answer's body",
    "broken": "true where the answer did not end as it should",
    "exception": "class of an unexpected exception; never its message",
    "frames": "where it came from: ``module.py:line function``",
    "logger": "logger of a library",
    "message": "a library's message without its arguments",
    "version": "version of the adapter",
    "operations": "how many operations are served",
    "endpoint": "which endpoint of an ERP, or service, it is about",
    "state": "the new state of a breaker: closed, half-open or open; what the judge wanted: rollback or advance",
    "feature": "a mapping file with ``rollout:``, by its resource",
    "verdict": "the judge's verdict, for ``adapter rollout explain``",
}
EVENTS = (
    ("request", "one request ended; each leaves exactly one such line"),
    ("breaker", "a breaker of an endpoint has a new ``state``"),
    (
        "guard-would-refuse",
        "``ADAPTER_GUARD=watch``: a call that would not have been let in; ``cause`` is why",
    ),
    ("isolated", "an operator took an endpoint out of use; ``cause`` is why, and who"),
    ("released", "an endpoint that was isolated may be asked again"),
    ("bug", "an exception that nobody expected; the caller got 500 ``internal-error``"),
    ("everyone-may-call", "a start with ADAPTER_CALLERS=everyone: nobody is asked who they are"),
    ("callers-not-refreshed", "keys, or those of an issuer (``message``), could not be had anew; the last ones count"),
    ("rollouts-not-read", "the store did not say where features stand (``cause``); what it said last counts"),
    ("rollout-brake-unknown", "the brake names what is no feature of the project (``message``): it stops nothing"),
    ("rollouts-not-noted", "what was seen of features could not be written (``cause``); it is tried again"),
    ("rollout-dry-runs-off", "the new service did not honour a dry run of a ``feature`` (``cause``); no more are made"),
    ("dry-runs-off-not-kept", "the store could not be told so (``cause``); this process keeps to it"),
    ("rollout-should-go-back", "the judge says so of a ``feature`` (``cause``), and did not do it"),
    ("rollout-rolled-back", "the judge did it"),
    ("rollout-advanced", "the judge went one step on with a ``feature``"),
    ("rollout-held", "the judge was kept (``cause``) from what it wanted (``state``)"),
    ("library", "something that a library logged, of level WARNING or worse"),
)


def settings() -> str:
    """Return the reference of settings."""
    rows = [
        (code(each.name), each.kind, code(each.default) or "none", literal(each.doc.rstrip(".") + "."))
        for each in describe()
    ]
    return "".join((
        GENERATED,
        heading("Settings"),
        paragraph(f"Set them in ``{FILE}`` of the project or in the environment, which wins. They are read once, while "
                  "starting. ``adapter settings`` shows what holds now. For example:"),
        block("ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11=https://erp.example/services/erp\nADAPTER_TIMEOUT=8", "text"),
        paragraph("**What can go wrong.** A name that is no setting, a value of the wrong kind, or an endpoint that no "
                  "mapping asks for stops the start; ``adapter check`` names them all. Passwords belong into the "
                  "environment, not into a file under version control."),
        table(("Variable", "Value", "Default", "Meaning"), (30, 10, 20, 40), rows),
        paragraph("``<NAME>`` is the name in capitals; what is neither letter nor digit becomes ``_``: service "
                  "``order-status`` is ``ADAPTER_SERVICE_ORDER_STATUS``."),
        paragraph("``ADAPTER_PROJECT`` names the project folder where ``--project`` does not. "
                  "``ADAPTER_WSDL_PASSWORD`` is read by ``adapter wsdl add --user`` only. gunicorn has variables of "
                  "its own, such as ``WEB_CONCURRENCY``."),
    )).rstrip() + "\n"  # fmt: skip


def problems() -> str:
    """Return the reference of problem types."""
    declared = app.declared(app.build(ROOT, {}).endpoints)
    house = [(code(each.slug), str(each.status), each.title, each.doc) for each in room.catalogue().values()]
    theirs = sorted((each for each in declared if each.slug not in HOUSE), key=lambda each: (each.status, each.slug))
    example = room.document(room.house("no-such-path"), "0f8fad5b-d9cb-469f-a165-70867728950e")
    return "".join((
        GENERATED,
        heading("Problem types"),
        paragraph("Every error is ``application/problem+json`` (RFC 9457). A running adapter has a page for each type "
                  "at ``/problems/<slug>``. For example:"),
        block(json.dumps(example, indent=2), "json"),
        paragraph("``instance`` holds the request id, which is also in the log. ``errors``, where it is there, names "
                  "each wrong value: ``in`` is body, query, path or header; ``pointer`` is a JSON Pointer (RFC 6901) "
                  "into the body, or the parameter's name."),
        paragraph("Where one operation is several calls and one of them failed, ``outcome`` says what is left: "
                  "``undone`` is nothing, ``half_made`` something, and ``unknown`` means that nobody can say. ``at`` "
                  "is a JSON Pointer to the part of the body whose call failed, ``failed`` its problem, ``known`` the "
                  "answer so far, ``accepted`` how many items were taken. They are extension members (RFC 9457, "
                  "section 3.2). See `several-calls.rst <../howto/several-calls.rst>`_."),
        paragraph("**What can go wrong.** After 502 and 504 the ERP may have acted on the request: look before you "
                  "repeat a change. The log line says what is known (``sent``)."),
        heading("Of the house", "-"),
        table(("Slug", "Status", "Title", "When, and what to do"), (22, 8, 20, 50), house),
        heading("Declared by the example's mappings", "-"),
        paragraph("Fault tables add their own; these are the example project's. See `errors-and-faults.rst "
                  "<../howto/errors-and-faults.rst>`_."),
        table(("Slug", "Status", "Title"), (30, 10, 60), [(code(e.slug), str(e.status), e.title) for e in theirs]),
    )).rstrip() + "\n"  # fmt: skip


def metrics() -> str:
    """Return the reference of metrics, from what one of each leaves behind."""
    head, widths = ("Samples", "Type", "Labels", "Meaning"), (40, 12, 23, 25)
    return "".join((
        GENERATED,
        heading("Metrics"),
        paragraph("``/metrics`` has them in the text format of Prometheus, the numbers of all workers added up. The "
                  "proxy keeps that path from callers. For example, answers of status 500 and above in a second:"),
        block('sum by (operation, problem) (rate(adapter_requests_total{status=~"5.."}[5m]))', "text"),
        paragraph("**What can go wrong.** A restart begins at nought, as Prometheus expects. ``adapter_bugs_total`` "
                  "above nought is a defect of ours: its log line has ``event`` ``bug``."),
        table(head, widths, list(_counted(_one_of_each()))),
        heading("Of `adapter work`", "-"),
        paragraph("The background process has its own, where ``adapter work --metrics`` says (`deliver-later.rst "
                  "<../howto/deliver-later.rst>`_)."),
        table(head, widths, list(_counted(_one_of_work()))),
        heading("Labels", "-"),
        paragraph("Values come from bounded sets; what exceeds them is ``other``."),
        table(("Label", "Value"), (20, 80), [(code(name), words) for name, words in LABELS.items()]),
    )).rstrip() + "\n"  # fmt: skip


def log() -> str:
    """Return the reference of log lines."""
    if FIELDS != LOG_FIELDS.keys():
        raise LookupError(f"log fields without words, or words without a field: {sorted(FIELDS ^ LOG_FIELDS.keys())}")
    return "".join((
        GENERATED,
        heading("Log lines"),
        paragraph("One JSON object a line, on standard output. Only these fields ever leave the process: no payload, "
                  "no header value, no query, no message of an exception. For example, one refused order:"),
        block(_one_line(), "json"),
        paragraph("**What can go wrong.** A line that cannot be written is dropped and counted "
                  "(``adapter_log_dropped_total``); the answer is not touched. Texts are cut after 300 characters. "
                  "Successful calls of ``/healthz``, ``/readyz`` and ``/metrics`` are only logged at level DEBUG."),
        heading("Events", "-"),
        table(("Event", "Meaning"), (20, 80), [(code(name), words) for name, words in EVENTS]),
        heading("Fields", "-"),
        table(("Field", "Meaning"), (20, 80), [(code(name), words) for name, words in LOG_FIELDS.items()]),
    )).rstrip() + "\n"  # fmt: skip


def _counted(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield samples, type, labels and meaning of each metric of a text."""
    for family in text_string_to_metric_families(text):
        if family.name.endswith("_created"):  # when a counter began; lost where workers are added up
            continue
        if not family.samples:
            raise LookupError(f"{family.name}: nothing has happened that it counts")
        names = sorted({label for sample in family.samples for label in sample.labels})
        samples = ", ".join(dict.fromkeys(code(sample.name) for sample in family.samples))
        labels = ", ".join(code(each) for each in names if each in LABELS or _unknown(each)) or "none"
        yield samples, family.type, labels, family.documentation


def _one_of_each() -> str:
    """Return the metrics of a process in which everything happened once."""
    known = Metrics()
    known.started()
    known.ended()
    known.count(Outcome("customers.read", "GET", 200, "", answered_by="soap", notes=("note",), broken=True))
    known.bug("customers.read")
    known.caller_refused("unknown-key")
    known.limited("orders.read")
    known.callers_aged("keys", 0.0)
    known.write("orders.create", "done")
    known.dropped("field")
    known.guards.state("ErpService.ErpSoap11", "open")
    known.guards.refused("ErpService.ErpSoap11", "breaker", enforced=True)
    known.guards.isolated("ErpService.ErpSoap11", isolated=True)
    known.guards.tried("ErpService.ErpSoap11", "backend-unreachable")
    places = known.guards.places("ErpService.ErpSoap11")
    places.counted(1, 1)
    places.limit(8)
    places.shed("read")
    caching = known.caching()
    caching.counter("orders.read", "hit")()
    caching.sized(1)
    rollouts = known.rollouts()
    rollouts.unkeyed("customers.list")
    rollouts.away("standings")
    rollouts.fell_back("customers.read", "backend-timeout")
    rollouts.compared("customers.read", "same")
    rollouts.dry_run("customers.create", "same")
    rollouts.stands("customers", "canary", 100, 3, back=False)
    rollouts.looked(0.1, {"customers": False})
    rollouts.dry_runs({"customers": False})
    return known.render().decode("utf-8")


def _one_of_work() -> str:
    """Return the metrics of a background process in which everything happened once."""
    known = WorkMetrics()
    known.behind([Behind("customers", "http", 1, 2.0, 0)])
    known.drifted({"customers": 0})
    known.waiting([Waiting("queued", "orders.create", 1, 1.0)], 1.0)
    known.delivered("orders.create", "done")
    known.told("taken")
    known.failed("leases")
    judge = known.judging(Lines("info", io.StringIO(), lambda reason: None))
    judge.judged("customers", "back", {})
    judge.back("customers", "more-failures", "customers-7-4f1d2c9a0b3e", done=True)
    return known.render().decode("utf-8")


def _one_line() -> str:
    """Return the line of one refused order, on a day that does not change."""
    stream, request_id = io.StringIO(), "0f8fad5b-d9cb-469f-a165-70867728950e"
    refused = Outcome(
        "orders.create",
        "POST",
        422,
        request_id,
        seconds=0.0312,
        problem="unknown-item",
        sent="yes",
        code="AR-404",
        cause="orders.create: fault AR-404",
        bytes=171,
    )
    Lines("INFO", stream, dropped=lambda what: None).finished(refused)
    return json.dumps(json.loads(stream.getvalue()) | {"timestamp": "2025-01-31T09:30:00.000000Z"}, indent=2)


def _unknown(label: str) -> bool:
    raise LookupError(f"the label {label} has no words in LABELS")
