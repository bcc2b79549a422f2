"""job.valid: golden envelopes that the contract allows.

lxml's XSD validation judges document/literal, faults included; the virtual ERP's own check, which shares nothing with
the adapter's contract tree, judges rpc/encoded.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from adapter.virtual.contract import Port, read_ports
from adapter.virtual.encoded import Types, read_parts, read_types
from adapter.virtual.faults import ProtocolFault
from adapter.virtual.validation import envelope_schema, objection
from tests.cases import ROOT, cases
from tests.evidence import Result

ERP, WAREHOUSE = ROOT / "wsdl" / "erp" / "erp.wsdl", ROOT / "wsdl" / "warehouse" / "lager.wsdl"


def measure() -> Result:
    """Judge every golden request and reply."""
    schema = envelope_schema(ERP, ROOT / "wsdl")
    (port,), types = read_ports(WAREHOUSE), read_types(WAREHOUSE)
    wrong, judged = [], 0
    for case in cases():
        for file in sorted(path.name for path in case.folder.glob("soap-*.xml")):
            data = case.xml(file) or b""
            judged += 1
            root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True, resolve_entities=False))
            encoded = case.operation.startswith("stock")
            why = _encoded(port, types, root) if encoded else objection(schema, root)
            if why:
                wrong.append(f"{case.operation} {case.name} {file}: {why}")
    share = 100 * (judged - len(wrong)) / judged if judged else 0
    told = f"; first: {wrong[0]}" if wrong else ""
    return Result(f"{share:.0f} % of {judged} envelopes{told}", judged > 0 and not wrong)


def _encoded(port: Port, types: Types, root: Any) -> str:
    """Return what is wrong with an rpc/encoded envelope, or an empty string. A fault is held against its one part."""
    body = root.find("{*}Body")
    holder, parts = body, known_parts(port).get(body[0].tag)
    if body[0].tag.endswith("}Fault"):
        # A fault's detail stands for the call: its one child is the part that the contract declares.
        holder, parts = body[0], (("fehler", "{urn:muster-lager:typen}LagerFehler"),)
        for before in body[0][:-1]:
            body[0].remove(before)
    if parts is None:
        return f"no message {body[0].tag}"
    try:
        read_parts(types, holder, parts)
    except ProtocolFault as error:
        return error.text
    return ""


def known_parts(port: Port) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the parts of every message of the port by the name of its wrapper."""
    sent = {each.input: each.parts for each in port.operations.values()}
    return sent | {each.output: each.results for each in port.operations.values()}
