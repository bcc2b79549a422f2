"""Two resources of one project on two ports of one contract, which have the same operations."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import etree

from adapter.app import create_app
from tests.cases import SHAPES, shape_project
from tests.replay import Replay, replaying

REPLY = (
    '<e:Envelope xmlns:e="{}"><e:Body xmlns:a="urn:auftraege"><a:Auftrag><a:Nummer>A1</a:Nummer><a:Menge>3</a:Menge>'
    "</a:Auftrag><a:Hinweis>x</a:Hinweis></e:Body></e:Envelope>"
)
VERSIONS = {
    "orders": ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml"),
    "orders-12": ("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml"),
}


def project(folder: Path, replay: Replay) -> Path:
    """The project of the shape with parts, and its creation once more on the other port."""
    made = shape_project(SHAPES / "parts", folder, replay.url)
    text = (made / "mappings" / "mapping.yaml").read_text("utf-8")
    other = text.replace("resource: orders", "resource: orders-12").replace("/v1/orders", "/v1/orders-12")
    other = other.replace("Port11", "Port12").partition("  read:\n")[0]
    kept, _, types = other.partition("  Number:\n")
    other = kept + "operations:" + types.partition("operations:")[2]
    (made / "mappings" / "other.yaml").write_text(other, "utf-8")
    return made


def test_each_resource_speaks_to_its_own_port(tmp_path: Path) -> None:
    """One operation name on two ports is two operations: each call has the SOAP version of its resource's port."""
    with replaying() as replay:
        client = create_app(project(tmp_path / "project", replay), {}).test_client()
        for resource, (namespace, media_type) in VERSIONS.items():
            replay.reply, replay.media_type = REPLY.format(namespace).encode(), media_type
            answer = client.post(f"/v1/{resource}", json={"quantity": 3, "note": "x"}, headers={"Host": "localhost"})
            assert (201, {"id": "A1", "quantity": 3, "note": "x"}) == (answer.status_code, json.loads(answer.data))
            assert f"{{{namespace}}}Envelope" == etree.fromstring(replay.sent[-1]).tag
            assert replay.headers[-1]["Content-Type"].startswith(media_type)
