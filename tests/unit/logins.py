"""What the tests of identities share: a project that logs in, an ERP that looks at that, a token endpoint."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from lxml import etree

from adapter.app import create_app
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.everyone import EVERYONE
from tests.unit import mapped
from tests.unit.loopback import Peer, Script, answer

SECRET = "k3nnw0rt-<&>-zw4nzig"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
OK = answer(
    (
        f'<S:Envelope xmlns:S="{SOAP11}"><S:Body><Out xmlns="urn:t"><X><Name>a</Name></X></Out></S:Body></S:Envelope>'
    ).encode()
)
REFUSED = answer(b"<html>Unauthorized</html>", status="401 Unauthorized", media_type="text/html")
MAPPING = """version: 1
resource: things
path: /v1/things
soap: {wsdl: t.wsdl, service: S, port: P, identity: IDENTITY}
types: {T: {fields: {name: Name}}}
operations:
  create:
    request: POST /
    call: Do
    body: {one: T, into: X}
    reply: {one: T, from: X, status: 200}
    faults: [{text: No, status: 409, problem: said-no, message: true}]
"""


def project(folder: Path, identity: Mapping[str, Any]) -> Path:
    """Write a project whose one operation logs in like this."""
    for name in ("wsdl", "mappings"):
        (folder / name).mkdir(exist_ok=True)
    sequence = '<xsd:sequence><xsd:element name="Name" type="xsd:string"/></xsd:sequence>'
    (folder / "wsdl/t.wsdl").write_text(mapped.WSDL.format(schema=mapped.typed(sequence)), "utf-8")
    (folder / "mappings/things.yaml").write_text(MAPPING.replace("IDENTITY", json.dumps(identity)), "utf-8")
    write_lock(folder / "wsdl", [load(folder / "wsdl", "t.wsdl")])
    return folder


def client(
    folder: Path, identity: Mapping[str, Any], url: str, timeout: float = 10, **credential: object
) -> FlaskClient:
    """Open the adapter on such a project. ``credential`` are parts of the credentials ``erp``."""
    parts = {f"ADAPTER_CREDENTIAL_ERP_{part}": str(text) for part, text in credential.items()}
    environ = {
        **EVERYONE,
        "ADAPTER_GUARD": "watch",
        "ADAPTER_ENDPOINT_S": url,
        "ADAPTER_TIMEOUT": f"{timeout:g}",
        **parts,
    }
    return create_app(project(folder, identity), environ).test_client()


def call(client: FlaskClient) -> tuple[int, Any]:
    """Make the one call. Return status and JSON."""
    reply = client.post("/v1/things", json={"name": "a"})
    return reply.status_code, reply.get_json()


def field(request: bytes, name: str) -> str:
    """Return a header field of a request, "" where it is not there."""
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    found = [line.partition(":")[2].strip() for line in lines if line.lower().startswith(f"{name.lower()}:")]
    return found[0] if found else ""


def sent(request: bytes) -> Any:
    """Return the envelope of a request."""
    return etree.fromstring(request.partition(b"\r\n\r\n")[2])


def granting(*lives: int, gate: threading.Event | None = None) -> Script:
    """Play a token endpoint: tokens ``token-1``, ``token-2`` …, with these lives in seconds; maybe after a gate."""
    count = iter(range(1, 1000))

    def script(peer: Peer) -> None:
        while peer.request():
            if gate is not None:
                gate.wait(20)
            number = next(count)
            life = lives[min(number, len(lives)) - 1]
            body = {"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": life}
            peer.send(answer(json.dumps(body).encode(), media_type="application/json"))

    return script


def accepting(accepts: Callable[[str], bool]) -> Script:
    """Play an ERP that answers 401 without an envelope unless the Authorization field is accepted."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.send(OK if accepts(field(request, "Authorization")) else REFUSED)

    return script
