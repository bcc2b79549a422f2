"""job.wire: every operation over real HTTP, adapter under gunicorn, virtual ERP behind it, and the awkward shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adapter.app import build
from adapter.mapping.bound import Endpoint
from tests.cases import cases
from tests.evidence import Result
from tests.stack import ROOT, Answer, Stack, stack

Check = tuple[str, bool]


def measure() -> Result:
    """Make the calls, and say what was not answered as it should."""
    with stack() as running:
        checks = [*_operations(running), *_shapes(running)]
    failed = [name for name, good in checks if not good]
    told = f"; failed: {', '.join(failed)}" if failed else ""
    return Result(f"{len(checks) - len(failed)} of {len(checks)}{told}", not failed)


def _operations(running: Stack) -> Iterator[Check]:
    """Every golden call, answered by the ERP's own data: same status; same body where nothing depends on the clock."""
    ports: set[str] = set()
    wire = {endpoint.name: binding(endpoint) for endpoint in build(ROOT, {}).endpoints}
    for case in cases():
        running.call("GET", "/healthz")
        running.erp.erp.reset()
        request, expected = case.json("request.json"), case.json("reply.json")
        answer = running.call(request["method"], request["path"], request.get("body"))
        good = answer.status == expected["status"]
        if case.xml("soap-reply.xml") is None or request["method"] == "GET":
            good = good and _same(answer, expected.get("body"))
        ports.add(wire[case.operation])
        yield f"{case.operation} {case.name}", good
    answered = {case.operation for case in cases()}
    yield "every operation", answered == set(wire)
    for name in ("1.1 document literal", "1.2 document literal", "1.1 rpc encoded"):
        yield f"SOAP {name}", name in ports


def binding(endpoint: Endpoint) -> str:
    """Return how an operation is called: SOAP version, style and use."""
    return f"{endpoint.port.soap_version} {endpoint.operation.style} {endpoint.operation.use}"


def _same(answer: Answer, expected: object) -> bool:
    body = answer.json
    if isinstance(body, dict) and answer.status >= 400:
        body.pop("instance", None)
    return bool(body == expected)


def _shapes(running: Stack) -> Iterator[Check]:
    for check in (_abstract_both_ways, _lines, _three_states, _exact_numbers):
        running.erp.erp.reset()
        yield check.__name__.strip("_").replace("_", " "), check(running)


def _abstract_both_ways(running: Stack) -> bool:
    """A person and a company are created and read back as what they are."""
    kinds = []
    for body in (
        {"kind": "person", "name": "Wolf", "first_name": "Ada"},
        {"kind": "company", "name": "Wolf KG", "legal_form": "kg"},
    ):
        made = running.call("POST", "/v1/customers", body)
        read = running.get(made.headers["location"])
        kinds.append(made.status == 201 and read == made.json and body.items() <= read.items())
    return all(kinds)


def _lines(running: Stack) -> bool:
    """Orders of 0, 1 and 1,000 lines are arrays of that length."""
    sizes = {"500011": 0, "500012": 1, "500010": 1000}
    return all(len(running.get(f"/v1/orders/{number}")["lines"]) == size for number, size in sizes.items())


def _three_states(running: Stack) -> bool:
    """In a PATCH, what is left out stays, null clears, and the empty text is the empty text."""
    read: Callable[[], dict[str, object]] = lambda: running.get("/v1/customers/2")  # noqa: E731
    before = read()
    running.call("PATCH", "/v1/customers/2", {"kind": "person", "note": "kept", "email": "a@b.example"})
    running.call("PATCH", "/v1/customers/2", {"kind": "person", "email": None, "name_suffix": ""})
    after = read()
    untouched = {name: after.get(name) for name in ("name", "phones", "discount", "tags")}
    return (
        after["note"] == "kept"
        and "email" in after
        and after["email"] is None
        and after["name_suffix"] == ""
        and all(before.get(name) == value for name, value in untouched.items())
    )


def _exact_numbers(running: Stack) -> bool:
    """Integers beyond 2^53 and decimals arrive digit by digit."""
    customer, invoice = running.get("/v1/customers/2"), running.get("/v1/invoices/900001")
    found = (customer["account_number"], invoice["document_id"])
    return found == ("9223372036854775002", "9223372036854770001")
