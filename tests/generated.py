"""The files of the checkout that are made from others: ``python -m tests.generated`` (``make docs``) writes them.

A test compares each with what would be written, so a stale one cannot be handed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from lxml import etree

from adapter.mapping import editor
from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.project import load_project
from adapter.translate.reader import reader
from adapter.virtual import VirtualErp
from adapter.virtual.elements import DIENST, make, name
from adapter.virtual.partner import suche
from adapter.wsdl.load import load
from tests import docs_pages
from tests.bad_answers import page as bad_answers
from tests.bad_requests import page as bad_requests
from tests.evidence import promises
from tests.evidence.house import ROOT


def customers() -> str:
    """What the demo's microservice starts with: the pretend ERP's partners, as ``customers.list`` shows them."""
    around = Surroundings(
        value_of=lambda key: "100",
        service_of=lambda key: "http://127.0.0.1",
        endpoint_of=lambda service, port: "http://127.0.0.1",
        converters={},
    )
    endpoints, _ = load_project(ROOT, load, around)
    endpoint = next(endpoint for endpoint in endpoints if endpoint.name == "customers.list")
    everyone = make(name(DIENST, "Blatt"), make(name(DIENST, "MaxAnz"), text="1000000"))
    erp = VirtualErp(ROOT)
    try:
        with erp.state.transaction():
            answer = suche(erp.state, make(name(DIENST, "SuchePartner"), everyone))
    finally:
        erp.close()
    found = reader(endpoint)(etree.fromstring(etree.tostring(answer)))
    lines = (json.dumps(customer, ensure_ascii=False) for customer in found.document)
    return "[\n" + ",\n".join(lines) + "\n]\n"


FILES: Mapping[str, Callable[[], str]] = {
    "docs/promises.rst": promises.page,
    "ops/demo/customers.json": customers,
    "docs/reference/bad-answers.rst": bad_answers.page,
    "docs/reference/bad-requests.rst": bad_requests.page,
    f"mappings/{editor.FILE}": editor.text,
    **docs_pages.PAGES,
}


def main() -> None:
    """Write every file."""
    for path, content in FILES.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(content(), encoding="utf-8")


if __name__ == "__main__":
    main()
