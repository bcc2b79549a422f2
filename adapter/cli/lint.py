"""``adapter wsdl lint``: what is wrong in contracts, what it costs, and which repair rule would help."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from adapter.cli.command import Command, UsageError, argument, project_of, say
from adapter.wsdl.lint import Finding, Report, lint
from adapter.wsdl.repair_file import REPAIRS

FOLDER = "wsdl"
SHOWN = 8


def run(asked: Namespace) -> int:
    """Print what is wrong; exit status 1 where operations are lost."""
    folder = project_of(asked) / FOLDER
    files = [asked.file] if asked.file else _files(folder)
    if not files:
        raise UsageError(f"{folder} holds no contract; bring one in: adapter wsdl add URL-or-FILE")
    lost = False
    for file in files:
        if not (folder / file).is_file():
            raise UsageError(f"there is no {FOLDER}/{file}")
        say(f"reading {FOLDER}/{file} …")
        report = lint(folder, file)
        print("\n".join(_lines(report)))
        lost = lost or report.unread or report.lost > 0
    return int(lost)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.wsdl"))


def _lines(report: Report) -> Iterator[str]:
    for finding in report.findings:
        yield str(finding.mistake)
        yield from _costs(finding)
    counts = "nothing can be read" if report.unread else f"{report.served} operations served, {report.lost} lost"
    yield f"{FOLDER}/{report.file}: {counts}"
    if report.rules:
        yield f"\nWith these lines in {FOLDER}/{REPAIRS} {report.mended} operations are served:\n"
        yield f"{report.file}:"
        yield from (f"  - {rule}" for rule in report.rules)
        yield ""


def _costs(finding: Finding) -> Iterator[str]:
    if finding.costs:
        more = f" and {len(finding.costs) - SHOWN} more" if len(finding.costs) > SHOWN else ""
        yield f"    costs ({finding.code}): {', '.join(finding.costs[:SHOWN])}{more}"


COMMAND = Command(
    "lint",
    help="say what is wrong in a contract, what it costs, and which repair rule would help",
    run=run,
    example="wsdl lint orders/orders.wsdl",
    doc="Each line is file:line: what is wrong -> what to do, and below it the operations that it costs, with the "
    "reason. Rules that would help are printed ready to paste into wsdl/repairs.yaml; each was tried. What plain zeep "
    "would refuse or drop is named as such. Exit status 1 where operations are lost.",
    arguments=(argument("file", metavar="FILE", nargs="?", default="", help="one contract, by its path below wsdl/"),),
)
