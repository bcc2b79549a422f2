"""The way in and out: an API key is typed once, and a session remembers whose it is."""

from __future__ import annotations

import re

import flask

from adapter.console.site import HOME, Site, View
from adapter.console.who import READ
from adapter.errors import RequestError
from adapter.problems import house
from adapter.web import visit

_UP = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)  # a browser takes these for dots, however they are written
_PLACE = re.compile(r"/console(?:/[A-Za-z0-9%._~-]+)*")


def login(site: Site) -> View:
    """Return the view of the form."""

    def shown() -> flask.Response:
        if site.parts.typed is None:
            return site.moved(HOME)
        session = site.session() or site.parts.sessions.begin()
        return site.page("login.html", session, live=False, wrong="", next=_next(flask.request.args.get("next", "")))

    return shown


def logged_in(site: Site) -> View:
    """Return the view of the form that was sent."""

    def sent() -> flask.Response:
        session = site.session()
        request, here = visit.current()
        address = request.environ.get("REMOTE_ADDR", "")
        place = ""
        try:
            form = site.form(session)
            place = _next(form.get("next", ""))
            site.parts.attempts.must_be_few(address)
            id = _key(site, form.get("key", "").strip())
        except RequestError as error:
            here.problem, here.cause = error.problem, error.cause
            if error.status == 401:
                site.parts.attempts.failed(address)
            session = session or site.parts.sessions.begin()
            answer = site.page("login.html", session, error.status, live=False, wrong=_said(error), next=place or HOME)
            if "Retry-After" in error.headers:
                answer.headers["Retry-After"] = error.headers["Retry-After"]
            return answer
        return site.moved(place, site.parts.sessions.begin(id))

    return sent


def logged_out(site: Site) -> View:
    """Return the view of the form that ends a session."""

    def sent() -> flask.Response:
        try:
            site.form(site.session())
        except RequestError as error:
            return site.refused(error, site.session())
        return site.left()

    return sent


def _key(site: Site, text: str) -> str:
    """Return the id of a key that may look. Raises 401, 403 or 503."""
    if site.parts.typed is None:
        raise house("forbidden", "Nobody logs in here.")
    if not text:
        raise house("unauthenticated", "Type an API key.", cause="nothing-typed")
    id, caller = site.parts.typed(text)
    if READ not in caller.scopes:
        raise house("forbidden", f"This key has no scope {READ}.", cause="scope", members={"missing": [READ]})
    return id


def _said(error: RequestError) -> str:
    return error.detail or "This key cannot be checked now. Try again."


def _next(place: str) -> str:
    """Return where somebody wanted to go; only to a page of ours."""
    ours = _PLACE.fullmatch(place) and not _UP.search(place) and not place.startswith(f"{HOME}/login")
    return place if ours else HOME
