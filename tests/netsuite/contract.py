"""The contract in the corpus, and its schemas as lxml reads them: a judge that is not our own code."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, cast

from lxml import etree

from tests.cases import ROOT

CORPUS = Path(os.environ.get("ADAPTER_CORPUS", ROOT.parent / "shared" / "corpus"))
CONTRACT = CORPUS / "wsdl" / "netsuite"
WSDL = CONTRACT / "netsuite.wsdl"
ABSENT = "the corpus of real contracts is not here (ADAPTER_CORPUS)"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_RELEASE = "2017_1"
CORE = f"urn:core_{_RELEASE}.platform.webservices.netsuite.com"
MESSAGES = f"urn:messages_{_RELEASE}.platform.webservices.netsuite.com"
FAULTS = f"urn:faults_{_RELEASE}.platform.webservices.netsuite.com"
PREFIXES = {
    "soapenv": ENVELOPE,
    "xsi": XSI,
    "core": CORE,
    "msgs": MESSAGES,
    "faults": FAULTS,
    "common": f"urn:common_{_RELEASE}.platform.webservices.netsuite.com",
    "rel": f"urn:relationships_{_RELEASE}.lists.webservices.netsuite.com",
    "acct": f"urn:accounting_{_RELEASE}.lists.webservices.netsuite.com",
    "sales": f"urn:sales_{_RELEASE}.transactions.webservices.netsuite.com",
}


@cache
def schema() -> etree.XMLSchema:
    """Return the contract's schemas, compiled once."""
    wsdl: Any = etree.parse(str(WSDL))
    # The WSDL's own schema only imports the others, by names beside the WSDL.
    inner = wsdl.find("{*}types/{http://www.w3.org/2001/XMLSchema}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(inner), base_url=WSDL.as_uri()))


def invalid(envelope: bytes) -> list[str]:
    """Return what the schemas say is wrong with the parts of a whole envelope: header blocks, body, fault detail."""
    root: Any = etree.fromstring(envelope)
    parts = [*root.iterfind(f"{{{ENVELOPE}}}Header/*"), *root.iterfind(f"{{{ENVELOPE}}}Body/*")]
    if parts and parts[-1].tag == f"{{{ENVELOPE}}}Fault":
        parts[-1:] = list(parts[-1].iterfind("detail/*"))
    return [str(error) for part in parts for error in errors(part)]


def errors(element: Any) -> list[str]:
    """Return what the schemas say is wrong with one element."""
    # A document of its own: libxml2 validates documents, and namespaces stay with a copy.
    alone = etree.ElementTree(etree.fromstring(etree.tostring(element)))
    judge = schema()
    valid, log = judge.validate(alone), cast("Iterable[Any]", judge.error_log)
    return [] if valid else [error.message for error in log]
