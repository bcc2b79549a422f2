"""The golden cases of NetSuite: one REST call each (or a list's pages), and every envelope in both directions.

``golden/<operation>/<case>/`` holds what ``tests/golden`` does. ``request.json`` may say ``pages``: so many pages are
asked for, one after the other, and ``reply.json`` is the last of them; and ``trouble``: what NetSuite suffers from.
Nonce, time and signature differ with every call and a cursor with its time: they are compared after the responder has
checked them, and after this module has put a fixed text in their place.

``python -m tests.netsuite.golden`` writes what is missing in folders that have a ``request.json``. Read what it wrote.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from flask import Flask
from lxml import etree

from tests.cases import Case, canonical
from tests.netsuite.contract import invalid
from tests.netsuite.project import Account, account, adapter_app

GOLDEN = Path(__file__).parent / "golden"
_CHANGING = re.compile(rb"(<[\w:]*(nonce|timestamp|signature)\b[^>]*>)[^<]*(</)")
_FIXED = {b"nonce": b"nonce", b"timestamp": b"1", b"signature": b"signature"}


def cases() -> list[Case]:
    """Return every case, in the order of their names."""
    folders = sorted(path.parent for path in GOLDEN.glob("*/*/request.json"))
    return [Case(folder.parent.name, folder.name, folder) for folder in folders]


def ask(app: Flask, case: Case, world: Account) -> dict[str, Any]:
    """Send a case's request, and return status and body of the (last) answer."""
    request = case.json("request.json")
    world.reset(request.get("trouble", ""))
    client, path, headers = app.test_client(), request["path"], {"Host": "localhost"}
    more = {"json": request["body"]} if "body" in request else {}
    answer = client.open(path, method=request["method"], headers=headers, **more)
    for _ in range(request.get("pages", 1) - 1):
        link = re.fullmatch(r'<([^>]*)>; rel="next"', answer.headers["Link"])
        assert link is not None, answer.headers["Link"]
        answer = client.get(urljoin(path, link[1]), headers=headers)
    return {"status": answer.status_code, "body": plain(json.loads(answer.data))}


def plain(body: Any) -> Any:
    """Put a fixed text in the place of what differs with every call."""
    if isinstance(body, dict):
        body.pop("instance", None)
        if body.get("page", {}).get("next"):
            body["page"]["next"] = "cursor"
    return body


def settled(envelope: bytes) -> bytes:
    """Return an envelope with fixed texts for nonce, time and signature."""
    return _CHANGING.sub(lambda match: match[1] + _FIXED[match[2]] + match[3], envelope)


def differs(case: Case, app: Flask, world: Account) -> str:
    """Say what is not as the case's files say; "" for nothing."""
    answered = ask(app, case, world)
    if answered != case.json("reply.json"):
        return f"answered {json.dumps(answered, ensure_ascii=False)}"
    if world.world.rejected:
        return f"not what the schemas allow: {world.world.rejected[0]}"
    sent = [(canonical(settled(request)), canonical(reply)) for request, reply in world.calls]
    wanted = [(canonical(request), canonical(reply)) for request, reply in case.calls()]
    if sent != wanted:
        return "other envelopes"
    wrong = [text for call in case.calls() for envelope in call for text in invalid(envelope)]
    return f"a golden envelope is not valid: {wrong[0]}" if wrong else ""


def agrees(case: Case, answered: dict[str, Any]) -> bool:
    """Whether another application answers as the case does; wrong values may be named in other words and order."""
    return _wordless(answered) == _wordless(case.json("reply.json"))


def _wordless(answered: dict[str, Any]) -> dict[str, Any]:
    body = answered["body"]
    if not isinstance(body, dict) or "errors" not in body:
        return answered
    return {**answered, "body": {**body, "errors": sorted((each["in"], each["pointer"]) for each in body["errors"])}}


def _pretty(envelope: bytes) -> bytes:
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.tostring(etree.fromstring(envelope, parser), pretty_print=True, encoding="utf-8")


def _record(case: Case, app: Flask, world: Account) -> None:
    answered = ask(app, case, world)
    text = json.dumps(answered, indent=2, ensure_ascii=False)
    (case.folder / "reply.json").write_text(text + "\n", "utf-8")
    for number, (request, reply) in enumerate(world.calls, 1):
        ending = "" if number == 1 else f".{number}"
        (case.folder / f"soap-request{ending}.xml").write_bytes(_pretty(settled(request)))
        (case.folder / f"soap-reply{ending}.xml").write_bytes(_pretty(reply))


def main() -> None:
    """Write the files of cases that have none."""
    with account() as (world, server), adapter_app(server) as app:
        for case in cases():
            if not (case.folder / "reply.json").exists():
                _record(case, app, world)


if __name__ == "__main__":
    main()
