"""Dead letters: writes that wait for a person, who looks, edits, sees what would be sent, and sends; or discards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import flask

from adapter import problems
from adapter.console.site import HOME, Site, View, Visitor
from adapter.console.who import OPERATE
from adapter.deliver.desk import Desk, Undecided
from adapter.display import json_text, xml_text
from adapter.errors import RequestError
from adapter.store.writes import Write

PLACE: Final = f"{HOME}/deliveries"
_MOST: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_DONE: Final = {
    "sent": "It is due again. `adapter work` sends it.",
    "asked": "It is due again. The ERP is asked about it first, and it is sent where it is not there.",
    "discarded": "It was discarded. The writes of its entity behind it go on.",
}


def looked(site: Site) -> Mapping[str, View]:
    """Return the views of pages by their paths."""
    return {
        PLACE: site.seen(partial(_list, site), OPERATE),
        f"{PLACE}/<id>": site.seen(partial(_one, site), OPERATE),
    }


def sent(site: Site) -> Mapping[str, View]:
    """Return the views of forms by their paths."""
    steps = {"open": _open, "draft": _draft, "send": _send, "discard": _discard}
    return {f"{PLACE}/<id>/{name}": site.sent(partial(step, site), OPERATE) for name, step in steps.items()}


def _list(site: Site, visitor: Visitor) -> flask.Response:
    rows = _desk(site).parked(_MOST) if site.parts.desk is not None else None
    done = _DONE.get(visitor.query.get("done", ""), "")
    return site.shown("deliveries.html", visitor, rows=rows, done=done, now=site.parts.looks.now())


def _one(site: Site, visitor: Visitor, id: str) -> flask.Response:
    return _page(site, visitor, _row(_desk(site), id))


def _open(site: Site, visitor: Visitor, id: str) -> flask.Response:
    """Show what a caller sent. Who looked is in the audit."""
    desk = _desk(site)
    row = _row(desk, id)
    try:
        request = desk.shown(row, _actor(visitor))
    except Undecided as error:
        return _page(site, visitor, row, 409, said=str(error))
    parameters = [*request.path.items(), *request.query]
    return _page(site, visitor, row, body=json_text(request.body), parameters=parameters, method=request.method)


def _draft(site: Site, visitor: Visitor, id: str) -> flask.Response:
    """Show what would be sent; nothing is."""
    return _planned(site, visitor, id, sends=False)


def _send(site: Site, visitor: Visitor, id: str) -> flask.Response:
    """Let it be due again, with what was seen before."""
    return _planned(site, visitor, id, sends=True)


def _planned(site: Site, visitor: Visitor, id: str, *, sends: bool) -> flask.Response:
    desk, text = _desk(site), visitor.form.get("body", "")
    row = _row(desk, id)
    asks = visitor.form.get("looked") != "yes"
    try:
        before = json_text(desk.shown(row, _actor(visitor)).body)
        edited = text.replace("\r\n", "\n").strip() != before.strip()
        plan = desk.plan(id, text.encode() if edited else None)
        if sends:
            again = desk.send(plan, _actor(visitor), asks=asks)
            return site.moved(f"{PLACE}?done={'asked' if again else 'sent'}")
    except Undecided as error:
        return _page(site, visitor, row, 409, said=str(error), body=text)
    except RequestError as error:
        if error.problem == "store-unavailable":
            raise
        said = f"It cannot be sent as it is: {error.detail or error.problem}"
        return _page(site, visitor, row, 422, said=said, body=text, fields=error.fields)
    message = plan.draft.message
    drafted = xml_text(message) if plan.draft.kind == "soap-out" else json_text(message)
    return _page(site, visitor, row, body=text, drafted=drafted, found=plan.found, edited=edited)


def _discard(site: Site, visitor: Visitor, id: str) -> flask.Response:
    desk = _desk(site)
    row = _row(desk, id)
    reason = visitor.form.get("reason", "")
    try:
        desk.discard(id, reason, _actor(visitor))
    except Undecided as error:
        return _page(site, visitor, row, 409 if reason.strip() else 422, said=str(error))
    return site.moved(f"{PLACE}?done=discarded")


def _page(site: Site, visitor: Visitor, row: Write, status: int = 200, **more: Any) -> flask.Response:
    blank: dict[str, Any] = {
        "said": "", "body": None, "parameters": (), "method": "", "drafted": "", "found": "", "edited": False,
        "fields": (),
    }  # fmt: skip
    return site.shown("delivery.html", visitor, status, row=row, now=site.parts.looks.now(), **{**blank, **more})


def _row(desk: Desk, id: str) -> Write:
    """Return a row. Raise 404 where there is none."""
    if _ID.fullmatch(id):
        try:
            return desk.row(id)
        except Undecided as error:
            raise problems.house("no-such-operation", f"{error}.") from error
    raise problems.house("no-such-operation", "There is no write of this id.")


def _desk(site: Site) -> Desk:
    if site.parts.desk is None:
        raise problems.house("no-such-operation", "No mapping here keeps writes.")
    return site.parts.desk()


def _actor(visitor: Visitor) -> str:
    return visitor.operator.called(visitor.form.get("name", ""))
