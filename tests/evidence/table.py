"""Every promise: its id, what is measured, the goal, and the function that measures it.

A function is named ``module:function``, not imported, so that one that is broken cannot take the others along, and
one that is not written yet reads ``missing``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of evidence. ``seconds`` bounds the measurement; a ``long`` one runs only when asked for.

    Lines that name the same function are measured by one call of it, which returns their results by id.
    """

    id: str
    what: str
    goal: str
    measure: str
    seconds: int = 300
    long: bool = False


def _map(name: str, what: str, goal: str) -> Promise:
    return Promise(f"map.{name}", what, goal, f"tests.evidence.map_{name}:measure")


def _wsdl(name: str, what: str, goal: str, *, seconds: int = 900) -> Promise:
    return Promise(f"wsdl.{name}", what, goal, f"tests.evidence.wsdl_{name}:measure", seconds)


def _speed(name: str, what: str, goal: str, module: str, *, seconds: int = 900, long: bool = False) -> Promise:
    return Promise(f"speed.{name}", what, goal, f"tests.bench.{module}:measure", seconds, long)


def _calm(name: str, what: str, goal: str, *, seconds: int = 900, long: bool = False) -> Promise:
    return Promise(f"calm.{name}", what, goal, f"tests.evidence.calm_{name}:measure", seconds, long)


def _fig(name: str, what: str, goal: str, *, seconds: int = 900, long: bool = False) -> Promise:
    return Promise(f"fig.{name}", what, goal, f"tests.evidence.fig_{name}:measure", seconds, long)


def _writes(engine: str, name: str) -> Promise:
    what = f"10,000 writes, all breaking, {name}: lost; doubled; order broken; unsettled; acknowledged; parked"
    goal = "0; 0; 0; 0; >= 95 %; <= 1 %"
    return Promise(f"calm.writes_{engine}", what, goal, f"tests.evidence.calm_writes:measure_{engine}", 720)


def _job(name: str, what: str, goal: str, *, seconds: int = 300) -> Promise:
    return Promise(f"job.{name}", what, goal, f"tests.evidence.{name}:measure", seconds)


PROMISES: dict[str, tuple[Promise, ...]] = {
    "main-job": (
        _job("demo", "seconds of make demo ONCE=1 in a fresh clone with a new environment", "<= 90", seconds=600),
        _job("test", "make test in a fresh clone with a new environment", "passes", seconds=1200),
        _job("first_call", "seconds from git clone to the first JSON answer", "<= 60", seconds=600),
        _job("golden", "operations with golden folders right in both directions / operations", "100 %"),
        _job(
            "valid",
            "golden requests and replies valid against the XSD (rpc/encoded: against the virtual ERP's own check)",
            "100 %",
        ),
        _job(
            "wire",
            "operations answered over real HTTP by the virtual ERP under real gunicorn, and the awkward shapes",
            "all",
        ),
        _job(
            "two_backends",
            "customers.read for 50 customers and more, answered from soap and from http, as JSON documents",
            "equal",
        ),
        _job("bad_requests", "wrong requests answered by the right problem", ">= 60, all"),
        _job("bad_answers", "wrong answers of the ERP that become the right problem", ">= 40, all"),
        _job("mistakes", "kinds of mistake in mappings found while building, with file and line", ">= 25, all"),
        _job("foreign_erp", "ERPs of others mapped and called", ">= 2"),
        _job("real_contract", "a real published contract mapped, called and read", "right"),
        _job("schemathesis", "failures that schemathesis finds against the OpenAPI document", "0", seconds=900),
        _job("house", "import cycles, hidden imports, files over 300 lines, public names without docstring", "0"),
    ),
    "mapping": (
        _map("shapes", "shapes of the language with golden folder, docs example and proof / all", "all"),
        _map("one_rule", "fields in our mappings declared once and used both ways / fields usable both ways", "100 %"),
        _map("netsuite", "five NetSuite record types: requests XSD-valid, all golden folders pass", "all"),
        _map("dynamics", "the Dynamics NAV pages: requests XSD-valid, all golden folders pass", "all"),
        _map("sequence", "header, lines, commit, with a failure at each step: what is known is told", "all"),
        _map("login", "1,000 calls on an expired session: logins made; failed calls", "1; 0"),
        _map(
            "wsse", "wrapped, doubled, weak, missing or stale security refused / 12; a correct one accepted", "12; yes"
        ),
        _map("secrets", "seeded secrets in logs, metrics, problems, traces, explain, repr", "0"),
        _map("mistakes", "grammar mistakes named with file, line, column and remedy in one run", ">= 60"),
        _map("lines", "lines of YAML per NetSuite operation / the same by hand in Flask + zeep", "<= 1/3"),
    ),
    "any-wsdl": (
        _wsdl(
            "served",
            "corpus operations proposed, checked, answered by the virtual ERP and read / resolvable ones; by contract",
            ">= 98 %; >= 90 %",
        ),
        _wsdl("proven", "(type, particle) pairs proven both ways / reachable pairs; by contract", ">= 99 %; >= 95 %"),
        _wsdl("unloadable", "files that plain zeep refuses or empties: loaded, or the defect named", "all"),
        _wsdl("samples", "sample folders read, written and compared / usable ones; unusable ones", "all; <= 3"),
        _wsdl("messages", "well-formed real messages read with no value lost", "all"),
        _wsdl("resources", "operations as in three REST designs written by hand before", ">= 80 %"),
        _wsdl("openapi", "OpenAPI documents valid / contracts; largest MB", "100 %; <= 15"),
        _wsdl("vs_ibm", "beside apiconnect-wsdl: loaded, valid documents, share of resource paths", "better in all"),
        _wsdl("load", "largest corpus contract: propose + check + openapi, seconds; peak MB", "<= 30; <= 500"),
        _wsdl("matrix", "rows of the support matrix with a fixture and a test that fails when it is broken", "all"),
        _wsdl("zeep_gap", "cases where zeep drops, bends or refuses a value, and we do not", ">= 12"),
        _wsdl("three", "commands from a contract to a running documented API", "3"),
    ),
    "speed": (
        _speed("small_vs_hand", "1.3 KB reply, requests/s / hand-written Flask + zeep", ">= 4", "compared"),
        _speed("small_vs_node", "1.3 KB reply, requests/s / express + node-soap", ">= 1.3", "compared"),
        _speed("large_vs_hand", "184 KB reply of 1,000 lines, requests/s / hand-written", ">= 10", "compared"),
        _speed("large_vs_node", "184 KB reply, requests/s / express + node-soap", ">= 3", "compared"),
        _speed("write_vs_hand", "request of 1,000 lines, requests/s / hand-written", ">= 8", "compared"),
        _speed("floor", "CPU for each small request / that of the floor", "<= 1.6", "compared"),
        _speed(
            "reader_median",
            "decode only, zeep's seconds / ours, median over the corpus systems' replies",
            ">= 10",
            "decoded",
        ),
        _speed("reader_worst", "the same, worst of them", ">= 5", "decoded"),
        _speed("row_cost", "time for each row at 1,000,000 rows / at 1,000", "<= 1.15", "rows"),
        _speed(
            "stream_rss", "extra memory for a list of 1,000,000 rows, worst of JSON, NDJSON, CSV", "<= 32 MB", "rows"
        ),
        _speed(
            "stream_first", "ms from the ERP's first row to the first byte out, ERP dripping rows", "<= 100", "rows"
        ),
        _speed(
            "worst_freeze", "longest ms in which a worker answers nothing while it decodes 10 MB", "<= 20", "freeze"
        ),
        _speed("slow_erp", "ERP takes 2 s, open loop 450/s: failures; ms of p99 beyond 2 s", "0; <= 300", "slow_erp"),
        _speed("workers", "184 KB reply, requests/s of 2 workers / of 1", ">= 1.7", "compared"),
        _speed("rollout", "answers for each CPU second at legacy / without rollout; in shadow", ">= 0.97", "rollout"),
        _speed("start", "seconds to ready, largest corpus contract fully mapped", "<= 4", "start"),
        _speed("worker_rss", "MB of private memory of each further worker with it", "<= 20", "start"),
        _speed(
            "soak",
            "30 min of mixed load: MB/10 min; descriptors; threads",
            "<= 1; flat; flat",
            "soak",
            seconds=2400,
            long=True,
        ),
    ),
    "resilience": (
        _calm(
            "stale",
            "ERP gone: cached reads answered in stale window; ERP calls for each key and refresh (1 and 2 workers)",
            "100 %; 1",
        ),
        _calm("cache_hit", "requests/s on a hit / bare Flask view", ">= 1/1.3"),
        _calm(
            "matrix", "cells of the fault matrix in which is seen what is expected / all", ">= 200, all", seconds=400
        ),
        _writes("sqlite", "SQLite"),
        _writes("postgres", "PostgreSQL"),
        _calm(
            "storm",
            "30 s outage at 90 % load: amplification sustained / peak, seconds to 95 % goodput (budget alone; naive)",
            "<= 1.1 / <= 1.5; <= 5",
        ),
        _calm(
            "breaker",
            "failures until open at 1/s; cost per call; throughput with 16 concurrent / without",
            "<= 5; <= 10 us; >= 0.95",
        ),
        _calm(
            "deadline",
            "answers later than deadline + 50 ms in 10,000 fault-injected requests (replies <= 256 KB)",
            "0",
            seconds=600,
        ),
        _calm(
            "adaptive",
            "hidden capacity 8, 3x load: limit found; goodput / capacity; p99 / that of an idle ERP (1 and 2 workers)",
            "6 to 10 in 30 s; >= 90 %; <= 2; both",
            seconds=400,
        ),
        _calm(
            "side_stores",
            "Valkey lost: 5xx caused, added p99, limits within; PostgreSQL lost: reads go on, writes refused clearly",
            "0, <= 5 ms, +- 20 %; yes, yes",
            seconds=300,
        ),
        _calm("one_key", "1,000 concurrent requests with one idempotency key: ERP calls; differing answers", "1; 0"),
        _calm("cross", "caller x operation x cache x idempotency key: answers that crossed callers", "0"),
        _calm(
            "tokens",
            "forged or stale tokens and keys refused / kinds; JWKS fetches in 30 s of random ids; provider down 1 h",
            "all (>= 30); <= 1; accepted",
        ),
        _calm(
            "erase",
            "erased subject: bytes left in store, WAL, backup; cached answers given; tampering of the audit found",
            "0; all",
        ),
        _calm(
            "restarts",
            "failed requests in 20 rolling restarts and 20 reloads under 200 mixed requests/s behind nginx",
            "0",
            seconds=1200,
        ),
        _calm(
            "soak",
            "30 min at 150 requests/s with random faults: growth of memory; descriptors; threads",
            "<= 1 MB/10 min; flat; flat",
            seconds=2400,
            long=True,
        ),
        _calm(
            "metrics", "/metrics after 1,000 workers that ended; counters that went back", "<= 100 ms; 0", seconds=600
        ),
    ),
    "strangler": (
        _fig(
            "tour",
            "make demo ONCE=1 TOUR=1: shadow, mismatch, fixed, canary, broken and back by itself, live",
            "passes",
        ),
        _fig(
            "states",
            "transitions with crashes, both stores; epochs with two writers; acknowledged writes that the "
            "authority lacks",
            ">= 5,000 (LONG=1: 200,000); 0; 0",
            seconds=3000,
        ),
        _fig(
            "false_rollback",
            "equal sides rolled back, worst of errors x traffic x clustering, 10,000 one-hour plans",
            "<= 1 %",
        ),
        _fig(
            "detect",
            "failed keys until a broken one is out at 0.5 / 2 % errors; 0.5 -> 3 % at 600/min; caught in an hour",
            "<= 4 / <= 5; <= 10; >= 99 %",
        ),
        _fig(
            "promotion",
            "wrong promotions; comparisons until one without a mismatch is promoted for <= 1 % / <= 0.1 %",
            "<= 5 %; <= 700 / <= 8,200",
        ),
        _fig("noise", "false alarms per field; pairs until 5 -> 15 % is found", "<= 1 %; <= 400"),
        _fig(
            "split",
            "1,000,000 keys, all steps: flips; p99 of a decision; the same in every worker and after a restart",
            "0; <= 5 us; yes",
        ),
        _fig("shadow_cost", "candidate hangs 30 s, 100 requests/s: added p99; queue; memory", "<= 1 ms; bounded; flat"),
        _fig("shadow_writes", "writes that reached a shadow target, operation x stage", "0"),
        _fig(
            "rollback_time",
            "verdict to the last wrongly routed request, 2 workers under load, SQLite / PostgreSQL; brake",
            "<= 1 s",
        ),
        _fig("reads", "canary with a candidate that fails in every way: failed reads for callers", "0"),
        _fig(
            "dual", "dual writes both ways, processes killed: lost; doubled; out of order; drifts missed", "0; 0; 0; 0"
        ),
        _fig("compare", "two generated documents of 300 leaves", "<= 0.5 ms"),
        _fig("dhl", "13 DHL replies and their REST successor's, mapped and compared: differences explained", "all"),
        _fig("console", "pages in Chromium: console errors; accessibility violations; broken at 360 px", "0; 0; 0"),
        _fig(
            "kill",
            "kill -9 of any process at any moment of the tour: continues, nothing lost, audit verifies",
            "all",
            seconds=1800,
        ),
    ),
}
