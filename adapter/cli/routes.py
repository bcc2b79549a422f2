"""``adapter routes``: what is served, the ERP's operation behind it, and the service that it moves to."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from adapter import app, settings
from adapter.built import Built
from adapter.cli.command import Command, project_of, table
from adapter.mapping.bound import Endpoint

HEAD = ("METHOD", "PATH", "OPERATION", "MOVES TO", "SOAP OPERATION", "PORT", "TIMEOUT")


def run(asked: Namespace) -> int:
    """Print one line for each operation."""
    built = app.build(project_of(asked), settings.environment())
    ordered = sorted(built.endpoints, key=lambda endpoint: (endpoint.path, endpoint.method))
    rows = [_row(endpoint, built.settings.timeout) for endpoint in ordered]
    print(table([HEAD, *sorted([*rows, *_retired(built)], key=lambda row: (row[1], row[0]))]))
    return 0


def _retired(built: Built) -> Iterator[tuple[str, ...]]:
    """Yield the operations that need no contract any more."""
    for resource in built.retired:
        for each in resource.operations:
            seconds = f"{each.timeout or built.settings.timeout:g} s"
            yield each.served.method, each.served.path, each.served.name, resource.http.service, "-", "-", seconds


def _row(endpoint: Endpoint, timeout: float) -> tuple[str, ...]:
    port = f"{endpoint.resource.soap.service}.{endpoint.port.name}"
    seconds = f"{endpoint.timeout or timeout:g} s"
    moves = endpoint.resource.http if endpoint.rollout is not None else None
    service = moves.service if moves is not None else "-"
    return endpoint.method, endpoint.path, endpoint.name, service, endpoint.operation.key, port, seconds


COMMAND = Command(
    "routes",
    help="list every endpoint and the SOAP operation behind it",
    run=run,
    example="routes | grep orders",
)
