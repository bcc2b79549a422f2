"""wsdl.unloadable: contracts that plain zeep refuses or empties, loaded as they are or with rules that lint proposes.

What zeep makes of each file is tried at this moment. The rules are lint's own, written to ``repairs.yaml`` as it prints
them. A file counts when each operation of each port is served, or left out with a reason; or when nothing can be read
and lint says why.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zeep
from lxml import etree

from adapter.errors import BuildError
from adapter.wsdl.lint import lint
from adapter.wsdl.load import load
from adapter.wsdl.names import SOAP11_BINDING, SOAP12_BINDING, wsdl
from adapter.wsdl.reasons import REASONS
from tests.evidence import Result
from tests.netsuite.contract import ABSENT, CORPUS

FOLDER = CORPUS / "wsdl" / "unloadable"
_SOAP = (f"{{{SOAP11_BINDING}}}binding", f"{{{SOAP12_BINDING}}}binding")


def measure() -> Result:
    """Try every file."""
    if not FOLDER.is_dir():
        return Result(ABSENT, ok=False)
    files = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.wsdl"))
    refused = {file: why for file in files if (why := _zeep(FOLDER / file))}
    told, wrong = list[str](), list[str]()
    for file in refused:
        how = _ours(file)
        (wrong if how.startswith("NOT") else told).append(f"{Path(file).name} {how}")
    shown = "; ".join([*wrong, *told])
    value = f"{len(told)} of {len(refused)} that zeep {zeep.__version__} refuses or empties: {shown}"
    return Result(value, bool(refused) and not wrong)


def _zeep(path: Path) -> str:
    """Return what plain zeep does wrong with a file, an empty string where it offers every operation."""
    make: Any = zeep.Client
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bindings = make(str(path)).wsdl.bindings
    except Exception as error:  # whatever breaks, that is what a user of zeep gets
        return f"refuses it ({type(error).__name__})"
    offered = sum(len(binding.all()) for binding in bindings.values())
    return "" if offered >= len(list(_bound(path))) else "empties it"


def _bound(path: Path) -> Iterator[tuple[str, str]]:
    """Yield port and operation of every SOAP binding, as the bare XML has them."""
    root = etree.fromstring(path.read_bytes().lstrip())
    ports: dict[str, list[str]] = {}
    for port in root.iterfind(f"{wsdl('service')}/{wsdl('port')}"):
        ports.setdefault((port.get("binding") or "").rpartition(":")[2], []).append(port.get("name") or "")
    for binding in root.iterfind(wsdl("binding")):
        if next(binding.iterchildren(*_SOAP), None) is not None:
            for port_name in ports.get(binding.get("name") or "", [binding.get("name") or ""]):
                yield from ((port_name, node.get("name") or "") for node in binding.iterfind(wsdl("operation")))


def _ours(file: str) -> str:
    """Say how a file is read: it begins with NOT where an operation is neither served nor named."""
    with tempfile.TemporaryDirectory() as project:
        folder = Path(project) / "wsdl"
        shutil.copytree(FOLDER, folder)
        report = lint(folder, file)
        if report.rules:
            lines = "".join(f"  - {rule}\n" for rule in report.rules)
            (folder / "repairs.yaml").write_text(f"{file}:\n{lines}", encoding="utf-8")
        try:
            contract = load(folder, file)
        except BuildError:
            if report.unread and report.findings:
                return f"defect named: {report.findings[0].mistake.text}"
            return "NOT named"
    served = {
        (port.name, operation.name)
        for service in contract.services.values()
        for port in service.ports.values()
        for operation in port.operations.values()
    }
    named = {name for name, reason in contract.omitted.items() if reason.code in REASONS}
    missing = {each for each in _bound(FOLDER / file) if each not in served and ".".join(each) not in named}
    if missing:
        return f"NOT named: {', '.join(sorted('.'.join(each) for each in missing))}"
    codes = ", ".join(sorted({reason.code for reason in contract.omitted.values()}))
    rules = ", ".join(sorted({rule.kind for rule in report.rules}))
    return f"{len(served)} served" + (f", {len(named)} {codes}" if named else "") + (f" ({rules})" if rules else "")
