"""Flask in front of the ERP: ``GET /v1/customers/{id}``, ``GET /v1/orders/{id}``, ``POST /v1/orders``."""

from __future__ import annotations

import os
from typing import Any

import requests
from flask import Flask, Response, jsonify, request
from marshmallow import ValidationError
from requests.adapters import HTTPAdapter
from zeep import Client
from zeep.exceptions import Error, Fault
from zeep.transports import Transport

from tests.bench.peers.hand.schemas import Company, Order, Person

BINDING = "{urn:muster-erp:dienst}ErpSoap11Bindung"


def create_app() -> Flask:
    """Return the application; the contract is read here, once, before the workers are forked."""
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_connections=10, pool_maxsize=200))
    client = Client(os.environ["HAND_WSDL"], transport=Transport(session=session, operation_timeout=30))
    context = client.get_element("{urn:muster-erp:kontext}Aufrufkontext")
    client.set_default_soapheaders([context(Mandant="100", Sprache="DE")])
    erp = client.create_service(BINDING, os.environ["HAND_ENDPOINT"])
    order, person, company = Order(), Person(), Company()

    app = Flask(__name__)
    app.json.sort_keys = False
    app.json.ensure_ascii = False

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/v1/customers/<int:id>")
    def read_customer(id: int) -> Response:
        found = erp.LesePartner(PartnerNr=f"{id:010}")
        schema = person if found._xsd_type.name == "PrivatPartnerTyp" else company
        return jsonify(schema.dump(found))

    @app.get("/v1/orders/<int:id>")
    def read_order(id: int) -> Response:
        return jsonify(order.dump(erp.LeseAuftrag(AuftragNr=f"{id:010}")))

    @app.post("/v1/orders")
    def create_order() -> tuple[Response, int, dict[str, str]]:
        made = order.dump(erp.LegeAuftragAn(Auftrag=order.load(request.get_json())))
        return jsonify(made), 201, {"Location": f"/v1/orders/{made['id']}"}

    @app.errorhandler(ValidationError)
    def wrong(error: ValidationError) -> tuple[dict[str, Any], int]:
        return {"title": "Invalid request", "errors": error.normalized_messages()}, 422

    @app.errorhandler(Fault)
    def refused(error: Fault) -> tuple[dict[str, Any], int]:
        return {"title": "The ERP refused"}, 502

    @app.errorhandler(Error)
    @app.errorhandler(requests.RequestException)
    def failed(error: Exception) -> tuple[dict[str, Any], int]:
        return {"title": "The ERP cannot be reached"}, 503

    return app
