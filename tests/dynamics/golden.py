"""The golden cases of Dynamics NAV: JSON and every envelope, as in ``tests/golden``, against the running responder.

``request.json`` may say ``pages``: so many are asked for, one after the other, and ``reply.json`` is the last of them.
``python -m tests.dynamics.golden`` writes what is missing in folders that have a ``request.json``. Read what it wrote.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from lxml import etree

from adapter.app import create_app
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.cases import Case, canonical
from tests.dynamics.responder import CONTRACT, PAGES, Nav, invalid
from tests.everyone import EVERYONE
from tests.replay import replaying

HERE = Path(__file__).parent
GOLDEN, MAPPINGS = HERE / "golden", HERE / "mappings"


def cases() -> list[Case]:
    """Return every case, in the order of their names."""
    folders = sorted(path.parent for path in GOLDEN.glob("*/*/request.json"))
    return [Case(folder.parent.name, folder.name, folder) for folder in folders]


@contextmanager
def nav_app() -> Iterator[tuple[Flask, Nav]]:
    """Yield the adapter on a temporary project with copies of the contracts, in front of the responder."""
    nav = Nav()
    with replaying(nav) as server, nav_project(server.url) as (project, environ):
        yield create_app(project, environ), nav


@contextmanager
def nav_project(url: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the temporary project, and the environment that it needs."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "wsdl" / "nav").mkdir(parents=True)
        for page in PAGES:
            shutil.copy(CONTRACT / f"{page}.wsdl", project / "wsdl" / "nav")
        shutil.copytree(MAPPINGS, project / "mappings")
        write_lock(project / "wsdl", [load(project / "wsdl", f"nav/{page}.wsdl") for page in PAGES])
        yield project, {**EVERYONE, **{f"ADAPTER_ENDPOINT_{page.upper()}_SERVICE": url for page in PAGES}}


def ask(app: Flask, case: Case, nav: Nav) -> dict[str, Any]:
    """Send a case's request, and return status, body and location of the answer."""
    nav.reset()
    request = case.json("request.json")
    more = {"json": request["body"]} if "body" in request else {}
    client, path = app.test_client(), request["path"]
    answer = client.open(path, method=request["method"], headers={"Host": "localhost"}, **more)
    for _ in range(request.get("pages", 1) - 1):
        query = json.loads(answer.data)["page"]["next"]
        answer = client.get(f"{path.partition('?')[0]}?cursor={query}", headers={"Host": "localhost"})
    told: dict[str, Any] = {"status": answer.status_code}
    if answer.data:
        told["body"] = json.loads(answer.data)
        told["body"].pop("instance", None)
        if told["body"].get("page", {}).get("next"):
            told["body"]["page"]["next"] = "cursor"
    if "Location" in answer.headers:
        told["location"] = answer.headers["Location"]
    return told


def differs(case: Case, app: Flask, nav: Nav) -> str:
    """Say what is not as the case's files say; "" for nothing."""
    answered = ask(app, case, nav)
    if answered != case.json("reply.json"):
        return f"answered {json.dumps(answered, ensure_ascii=False)}"
    if nav.rejected:
        return f"not what the schema allows: {nav.rejected[0]}"
    sent = [(canonical(request), canonical(reply)) for request, reply in nav.calls]
    if sent != [(canonical(request), canonical(reply)) for request, reply in case.calls()]:
        return "other envelopes"
    wrong = [text for call in case.calls() for envelope in call for text in invalid(envelope)]
    return f"a golden envelope is not valid: {wrong[0]}" if wrong else ""


def _pretty(envelope: bytes) -> bytes:
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.tostring(etree.fromstring(envelope, parser), pretty_print=True, encoding="utf-8")


def main() -> None:
    """Write the files of cases that have none."""
    with nav_app() as (app, nav):
        for case in cases():
            if (case.folder / "reply.json").exists():
                continue
            text = json.dumps(ask(app, case, nav), indent=2, ensure_ascii=False)
            (case.folder / "reply.json").write_text(text + "\n", "utf-8")
            for number, (request, reply) in enumerate(nav.calls, 1):
                ending = "" if number == 1 else f".{number}"
                (case.folder / f"soap-request{ending}.xml").write_bytes(_pretty(request))
                (case.folder / f"soap-reply{ending}.xml").write_bytes(_pretty(reply))


if __name__ == "__main__":
    main()
