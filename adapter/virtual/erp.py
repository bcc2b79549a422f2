"""The pretend ERP without HTTP: takes a message sent to one of its ports, acts, answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from email.message import Message
from pathlib import Path
from typing import Any

from lxml import etree

from adapter.virtual import artikel, auftrag, lager, partner, rechnung
from adapter.virtual.contract import Port, read_ports
from adapter.virtual.elements import FEHLER, KONTEXT, LAGER_TYPEN, TYPE, make, name
from adapter.virtual.encoded import Types, Value, read_parts, read_types, write_parts
from adapter.virtual.envelope import Answer, Call, answer, fault, fault_status, read, reply
from adapter.virtual.faults import ErpFault, LockFault, ProtocolFault
from adapter.virtual.files import contract_file
from adapter.virtual.seed import CLIENT, sow
from adapter.virtual.state import State, opened
from adapter.virtual.validation import envelope_schema, objection
from adapter.wsdl.types import XSD, XSI

ERP_WSDL, LAGER_WSDL = "erp/erp.wsdl", "warehouse/lager.wsdl"
OPERATIONS: Mapping[str, Callable[[State, etree._Element], etree._Element]] = {
    "SuchePartner": partner.suche,
    "LesePartner": partner.lese,
    "LegePartnerAn": partner.lege_an,
    "ErsetzePartner": partner.ersetze,
    "AenderePartner": partner.aendere,
    "SucheArtikel": artikel.suche,
    "LeseArtikel": artikel.lese,
    "LeseStueckliste": artikel.lese_stueckliste,
    "SucheAuftraege": auftrag.suche,
    "LeseAuftrag": auftrag.lese,
    "LegeAuftragAn": auftrag.lege_an,
    "ErsetzeAuftrag": auftrag.ersetze,
    "AendereAuftrag": auftrag.aendere,
    "StorniereAuftrag": auftrag.storniere,
    "LeseAuftragPositionen": auftrag.lese_positionen,
    "SucheRechnungen": rechnung.suche,
    "LeseRechnung": rechnung.lese,
}
ENCODED: Mapping[str, Callable[[State, Mapping[str, Value]], dict[str, Value]]] = {
    "LeseBestand": lager.lese_bestand,
    "BucheBewegung": lager.buche_bewegung,
}


class VirtualErp:
    """Both contracts of a project, and the state behind them. Safe for threads."""

    def __init__(self, project: Path, database: str = ":memory:") -> None:
        """Read ``wsdl/`` of a project folder. ``database``: a SQLite file, or ``:memory:``; an empty one is seeded."""
        folder = project / "wsdl"
        self.ports = read_ports(folder / ERP_WSDL) + read_ports(folder / LAGER_WSDL)
        self.state = opened(database, sow)
        self._schema = envelope_schema(folder / ERP_WSDL, folder)
        self._checking = threading.Lock()  # an XMLSchema keeps its last errors, so it serves one caller at a time
        self._types: Types = read_types(folder / LAGER_WSDL)

    def port_at(self, path: str) -> Port | None:
        """Return the port that answers at a URL path."""
        return next((port for port in self.ports if port.path == path), None)

    def read(self, port: Port, headers: Message, data: bytes) -> Call | ProtocolFault:
        """Read a message, or tell why it is none."""
        try:
            return read(port, headers, data)
        except ProtocolFault as problem:
            return problem

    def answer(self, call: Call) -> Answer:
        """Act on a call. Whatever the ERP objects to becomes a fault, and then nothing was changed."""
        language = call.root.findtext(f".//{{{KONTEXT}}}Sprache") or "DE"
        try:
            with self.state.transaction():
                children = self._encoded(call) if call.port.encoded else [self._literal(call)]
                answered = reply(call.port, children)
                self._check_own(call, answered)
            return answer(call.port, 200, answered)
        except ProtocolFault as problem:
            return self.refusal(call.port, problem)
        except (ErpFault, LockFault) as no:
            said = no.text(language)
            detail = _encoded_detail(no.code, said) if call.port.encoded else no.detail(language)
            envelope = fault(call.port, "Server", said, detail, language)
            return answer(call.port, 500, envelope)

    def refusal(self, port: Port, problem: ProtocolFault) -> Answer:
        """Return the fault for a message that the contract does not allow."""
        envelope = fault(port, problem.code, problem.text, None, "EN")
        return answer(port, problem.status or fault_status(port, problem.code), envelope)

    def file(self, target: str, origin: str) -> bytes | None:
        """Return the contract's file behind a request target, or None."""
        return contract_file(self.ports, target, origin)

    def reset(self) -> None:
        """Go back to what the ERP knew at first."""
        self.state.reset()

    def told(self, port: Port, call: Call | None, wish: Mapping[str, Any]) -> Answer:
        """Return the fault that a rule of misbehaviour asks for; its HTTP status is 500 unless the rule says so."""
        code = wish.get("detail")
        detail = None if code is None else _detail(str(code), str(wish["text"]))
        envelope = fault(port, str(wish.get("code", "Server")), str(wish["text"]), detail, "DE")
        return answer(port, int(wish.get("status", 500)), envelope)

    def close(self) -> None:
        """Close the database."""
        self.state.close()

    def _literal(self, call: Call) -> etree._Element:
        self._check(call.root, "Client")
        client = call.root.findtext(f".//{{{KONTEXT}}}Mandant")
        if client != CLIENT:
            raise ErpFault("MD-404", client, field="Mandant")
        return OPERATIONS[call.operation.name](self.state, call.body[0])

    def _encoded(self, call: Call) -> list[etree._Element]:
        operation = call.operation
        values = ENCODED[operation.name](self.state, read_parts(self._types, call.body, operation.parts))
        return write_parts(self._types, operation.output, operation.results, values)

    def _check(self, envelope: etree._Element, to_blame: str) -> None:
        with self._checking:
            wrong = objection(self._schema, envelope)
        if wrong:
            raise ProtocolFault(to_blame, wrong)

    def _check_own(self, call: Call, answered: etree._Element) -> None:
        """Hold the ERP's own reply against the contract: what it sends is right, or it is a fault."""
        if call.port.encoded:
            read_parts(self._types, answered[-1], call.operation.results)
        else:
            self._check(answered, "Server")


def _detail(code: str, text: str) -> etree._Element:
    return make(
        name(FEHLER, "ErpFehler"),
        make(name(FEHLER, "Code"), text=code),
        make(name(FEHLER, "Text"), text=text),
    )


def _encoded_detail(code: str, text: str) -> etree._Element:
    """Return the part ``fehler`` of the contract's LagerFehler, as an element with its type, as rpc/encoded has it."""
    detail = etree.Element("fehler", nsmap={"xsd": XSD, "xsi": XSI, "lt": LAGER_TYPEN})
    detail.set(TYPE, "lt:LagerFehler")
    for field, value in {"code": code, "text": text}.items():
        part = etree.SubElement(detail, field)
        part.set(TYPE, "xsd:string")
        part.text = value
    return detail
