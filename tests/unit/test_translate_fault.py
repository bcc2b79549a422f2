"""Faults through an operation's table: what is looked for, in which order, and what the caller is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendFault
from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Place
from adapter.mapping.model.operation import FaultRule
from adapter.translate.fault import FaultParts, fault_reader
from tests.unit.mapped import erp

HERE = Place("x.yaml", 1, 1)


def with_rules(*rules: dict[str, Any]) -> Endpoint:
    """customers.read with a fault table of its own."""
    table = tuple(FaultRule(HERE, rule.pop("status", 409), rule.pop("problem", "p"), **rule) for rule in rules)
    return replace(erp()["customers.read"], faults=table)


def detail(inside: str) -> Any:
    """A fault's detail element."""
    return etree.fromstring(f'<detail xmlns:f="urn:muster-erp:fehler" xmlns:o="urn:o">{inside}</detail>')


def erp_fault(code: str, text: str = "") -> FaultParts:
    """What the example ERP sends: Server, and the real code in the detail."""
    return FaultParts(
        "Server", text, detail(f"<!-- c --><f:ErpFehler><f:Code> {code} </f:Code><f:Text>t</f:Text></f:ErpFehler>")
    )


def told(endpoint: Endpoint, fault: FaultParts) -> BackendFault:
    """The error that a fault becomes."""
    return fault_reader(endpoint)(fault)


def test_code_is_found_at_its_path() -> None:
    """The ERP's own code stands below the detail's element, whatever namespace and white space."""
    error = told(with_rules({"code": "GP-404", "status": 404, "problem": "customer-not-found"}), erp_fault("GP-404"))
    assert ("customer-not-found", 404, "GP-404", "yes") == (error.problem, error.status, error.code, error.sent)
    assert 502 == told(with_rules({"code": "GP-40"}, {"code": "gp-404"}), erp_fault("GP-404")).status


@pytest.mark.parametrize("inside", ["", "<f:Other/>", "<f:ErpFehler/>", "<f:ErpFehler><f:Text/></f:ErpFehler>"])
def test_code_of_the_fault_counts_where_the_detail_has_none(inside: str) -> None:
    """Without the ERP's own code, the SOAP fault code is the code."""
    error = told(with_rules({"code": "Server.Busy"}), FaultParts("Server.Busy", "", detail(inside)))
    assert ("p", "Server.Busy") == (error.problem, error.code)


def test_detail_is_found_by_its_local_name() -> None:
    """A detail element is told by name, among others."""
    rules = with_rules({"detail": "SperrFehler", "status": 423})
    assert 423 == told(rules, FaultParts("Server", "", detail("<o:Trace/><o:SperrFehler/>"))).status
    assert 502 == told(rules, FaultParts("Server", "", detail("<o:Trace><o:SperrFehler/></o:Trace>"))).status


def test_text_is_found_in_any_case() -> None:
    """Words in the fault's text match without regard to case."""
    rules = with_rules({"text": "Keine Berechtigung", "status": 403})
    assert 403 == told(rules, FaultParts("Server", "Abbruch: KEINE  berechtigung".replace("  ", " "))).status
    assert 502 == told(rules, FaultParts("Server", "keine")).status


def test_first_match_wins() -> None:
    """The table is read from the top."""
    rules = with_rules({"text": "x", "problem": "first"}, {"code": "GP-1", "problem": "second"})
    assert ["first", "second"] == [told(rules, erp_fault("GP-1", text)).problem for text in ("axb", "")]


def test_operations_faults_come_before_the_files() -> None:
    """orders.create says of an unknown customer and of a locked one what the orders file says."""
    endpoint = erp()["orders.create"]
    unknown = told(endpoint, erp_fault("GP-404"))
    assert ("unknown-customer", 422) == (unknown.problem, unknown.status)
    locked = told(endpoint, FaultParts("Server", "secret text", detail("<f:SperrFehler/>")))
    assert ("record-locked", 423, {"Retry-After": "1"}) == (locked.problem, locked.status, locked.headers)


def test_unmapped_fault_tells_the_caller_nothing() -> None:
    """A fault that no line matches is 502, with its code for the log only."""
    error = told(with_rules(), erp_fault("XX-999", "ORA-00942 at /opt/erp"))
    assert ("backend-fault", 502, "", "XX-999") == (error.problem, error.status, error.detail, error.code)
    assert "customers.read: unmapped fault XX-999" == error.cause


def test_text_reaches_the_caller_only_where_the_line_says_so() -> None:
    """``message: true`` shows the ERP's text on one line and cut; otherwise it is in no part of the error."""
    shown = told(with_rules({"code": "GP-1", "message": True}), erp_fault("GP-1", " Zeile 1\n Zeile 2 " + "x" * 500))
    assert shown.detail.startswith("Zeile 1 Zeile 2 xxx")
    assert 300 == len(shown.detail)
    hidden = told(with_rules({"code": "GP-1"}), erp_fault("GP-1", "geheim"))
    assert "geheim" not in f"{hidden} {hidden.cause} {hidden.detail} {hidden.title}"


@pytest.mark.parametrize(
    ("code", "safe"), [("GP-404", "GP-404"), ("a b<c>\n", "abc"), ("", "none"), ("x" * 500, "x" * 64), ("{}%", "none")]
)
def test_code_in_logs_is_only_what_a_code_looks_like(code: str, safe: str) -> None:
    """Whatever an ERP sends as its code, a log line and a label stay plain."""
    assert safe == told(with_rules(), FaultParts(code, "")).code


def test_details_of_one_name() -> None:
    """A prefix of ``soap.namespaces`` tells two details of one local name apart; without one either is meant."""
    endpoint = with_rules({"detail": "o:Missing", "problem": "other"}, {"detail": "Missing", "problem": "plain"})
    endpoint = replace(endpoint, contract=replace(endpoint.contract, prefixes={"o": "urn:o"}))
    assert "other" == told(endpoint, FaultParts("Server", "", detail("<o:Missing/>"))).problem
    assert "plain" == told(endpoint, FaultParts("Server", "", detail("<f:Missing/>"))).problem
