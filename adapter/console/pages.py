"""The pages about features, and the paths of all pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import flask
from flask import Flask

from adapter import problems
from adapter.console import deliveries, differing, features, figures, login
from adapter.console.acts import ACTS, HOURS, has_to_be_confirmed, must_have_reason, wish
from adapter.console.looking import Card, Picture, Whole
from adapter.console.parts import Parts
from adapter.console.site import HOME, Site, View, Visitor
from adapter.errors import RequestError
from adapter.rollout import moves
from adapter.rollout.rules import Step
from adapter.store.audit import Entry


def install(parts: Parts) -> Callable[[Flask], None]:
    """Return what adds the pages to an application."""
    site = Site(parts)
    looked: dict[str, View] = {
        "/console": site.seen(partial(_board, site)),
        "/console/features/<name>": site.seen(partial(_feature, site)),
        "/console/login": login.login(site),
        "/console/static/<name>": partial(_static, site),
        **deliveries.looked(site),
        "/console/<path:rest>": site.seen(_nowhere),
    }
    sent: dict[str, View] = {
        "/console/login": login.logged_in(site),
        "/console/logout": login.logged_out(site),
        **{f"/console/features/<name>/{name}": site.sent(partial(_act, site, name), ACTS[name].scope) for name in ACTS},
        **deliveries.sent(site),
    }

    def add(app: Flask) -> None:
        for method, views in (("GET", looked), ("POST", sent)):
            for path, view in views.items():
                app.add_url_rule(path, f"console-{method}-{path}", view, methods=[method])

    return add


def _board(site: Site, visitor: Visitor) -> flask.Response:
    picture = site.parts.looks.board(fresh="live" not in visitor.query)
    if picture is None:
        return _nothing_known(site, visitor)
    now = site.parts.looks.now()
    cards = [_glance(each, picture, now) for each in picture.seen]
    said = features.announced(picture.seen)
    return site.shown("board.html", visitor, cards=cards, picture=picture, now=now, announced=said)


def _glance(card: Card, picture: Picture[Any], now: float) -> dict[str, Any]:
    """Return what pages show of a feature at a glance."""
    seen = card.seen
    return {
        "card": card, "seen": seen, "standing": seen.standing, "stage": features.stage(seen.standing),
        "way": features.way(seen), "next": features.step(seen.next), "share": features.share(seen.standing),
        "banners": tuple(features.banners(card, picture.snapshot, now)), "health": features.health(seen),
        "behind": card.behind, "evidence": figures.evidence(card.evidence),
        "burned": figures.burned(card.burns, card.frame, now),
    }  # fmt: skip


def _nothing_known(site: Site, visitor: Visitor) -> flask.Response:
    """Show where features stand by what the process follows: all there is before the store ever answered here."""
    snapshot = site.parts.looks.snapshot()
    names = sorted(site.parts.acting.features)
    standings = [(name, features.stage(snapshot.of(name)) if snapshot.known else "") for name in names]
    return site.shown("silent.html", visitor, 503, standings=standings, snapshot=snapshot)


def _feature(
    site: Site, visitor: Visitor, name: str, status: int = 200, refusal: RequestError | None = None, action: str = ""
) -> flask.Response:
    picture = site.parts.looks.feature(name, fresh="live" not in visitor.query)
    if picture is None:
        return _nothing_known(site, visitor)
    whole, now = picture.seen, site.parts.looks.now()
    seen = whole.card.seen
    done = ACTS.get(visitor.query.get("done", ""))
    return site.shown(
        "feature.html", visitor, status, **_glance(whole.card, picture, now), picture=picture, now=now,
        whole=whole, groups=[differing.group(*each) for each in whole.groups],
        errors=figures.errors(whole.course), latency=figures.latency(whole.course),
        history=[_told(each) for each in reversed(seen.history)], earlier=_earlier(whole), acts=ACTS, hours=HOURS,
        approves=_approves(whole), announced=features.announced((whole.card,)), refusal=refusal, form=visitor.form,
        done=done.done if done is not None and refusal is None else "", action=action,
        back=visitor.form.get("to") or str(moves.before(seen.standing, seen.feature.plan)),
    )  # fmt: skip


def _act(site: Site, action: str, visitor: Visitor, name: str) -> flask.Response:
    act, acting, form = ACTS[action], site.parts.acting, visitor.form
    try:
        must_have_reason(form)
        wanted = wish(name, visitor.operator, form, site.parts.looks.now())
        seen = acting.show(name)
        stale = moves.stale(seen.standing, wanted.epoch)
        if stale is None and has_to_be_confirmed(act, seen, form):
            return _confirm(site, visitor, name, action)
        act.move(acting, wanted)
    except RequestError as error:
        if error.problem in ("no-such-feature", "store-unavailable"):
            raise
        return _refused(site, visitor, name, action, error)
    return site.moved(f"{HOME}/features/{name}?done={action}")


def _refused(site: Site, visitor: Visitor, name: str, action: str, error: RequestError) -> flask.Response:
    """Show the page again, as the feature stands now, and why nothing was done; what was typed is kept."""
    _, here = site.here()
    here.problem, here.cause = error.problem, error.cause
    return _feature(site, visitor, name, error.status, error, action)


def _confirm(site: Site, visitor: Visitor, name: str, action: str) -> flask.Response:
    picture = site.parts.looks.feature(name)
    if picture is None:
        return _nothing_known(site, visitor)
    card = picture.seen.card
    kept = {key: text for key, text in visitor.form.items() if key not in ("token", "confirmed")}
    more: dict[str, Any] = {"act": ACTS[action], "kept": kept, "approves": _approves(picture.seen)}
    glance = _glance(card, picture, site.parts.looks.now())
    return site.shown("confirm.html", visitor, **glance, **more)


def _earlier(whole: Whole) -> list[tuple[str, str]]:
    """Return the steps that a feature may go back to, the nearest first, as they are written and as they are named."""
    seen = whole.card.seen
    here, steps = features.step_of(seen.standing), [Step("legacy"), *seen.feature.plan.steps]
    before = steps[: steps.index(here) if here in steps else seen.standing.step]
    return [(str(each), features.step(each)) for each in reversed(before)]


def _approves(whole: Whole) -> str:
    """Return what somebody may agree to now: the next step where it takes two; or the way back from complete."""
    seen = whole.card.seen
    if seen.standing.stage == "complete":
        return features.step(moves.before(seen.standing, seen.feature.plan))
    return features.step(seen.next) if seen.two else ""


def _told(entry: Entry) -> dict[str, Any]:
    details = json.loads(entry.details)
    way = f"{details['from']} → {details['to']}" if "from" in details else str(details.get("approved", ""))
    return {
        "time": entry.time, "actor": entry.actor, "action": entry.action.removeprefix("rollout."), "way": way,
        "reason": str(details.get("reason", "")), "verdict": str(details.get("verdict", "")),
        "despite": str(details.get("despite", "")),
    }  # fmt: skip


def _static(site: Site, name: str) -> flask.Response:
    found = site.file(name)
    return found if found is not None else site.refused(problems.house("no-such-path"), None)


def _nowhere(visitor: Visitor, rest: str) -> flask.Response:
    raise problems.house("no-such-path", "There is no such page here.")
