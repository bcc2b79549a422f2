"""What stands around every page: who it is, whether a form is ours, and refusals as pages.

No hook of the application is used, so operations keep their straight way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import flask

from adapter import problems
from adapter.console.files import environment, static
from adapter.console.parts import Parts
from adapter.console.session import LIFE, Session
from adapter.console.who import OPERATE, READ, Operator
from adapter.errors import RequestError
from adapter.web import arrival, visit

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HOME: Final = "/console"
_MOST: Final = 2 * 1024 * 1024
_FIELDS: Final = 40
_OURS: Final = ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page: ``form`` is what he sent, ``query`` what the address of the page says."""

    operator: Operator
    session: Session
    form: Mapping[str, str]
    query: Mapping[str, str]


View = Callable[..., flask.Response]


class Site:
    """The pages of one process, around their parts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        names, self.file = static()
        self._templates = environment(names)

    def seen(self, view: View, scope: str = READ) -> View:
        """Return the view of a page that is looked at, by who has a scope."""
        return self._guarded(view, scope, posts=False)

    def sent(self, view: View, scope: str = OPERATE) -> View:
        """Return the view of a form that is sent, by who has a scope."""
        return self._guarded(view, scope, posts=True)

    def page(self, template: str, session: Session | None, code: int = 200, **more: Any) -> flask.Response:
        """Return a page. ``session`` is its session, whose token its forms have."""
        operator: Operator | None = more.pop("operator", None)
        text = self._templates.get_template(template).render(
            title=self.parts.title, operator=operator, session=session, logs_in=self.parts.who.logs_in,
            has_desk=self.parts.desk is not None and operator is not None and operator.may(OPERATE), **more,
        )  # fmt: skip
        response = flask.Response(text, code, content_type="text/html; charset=utf-8")
        return self.protected(response, session)

    def shown(self, template: str, visitor: Visitor, status: int = 200, **more: Any) -> flask.Response:
        """Return a page for a visitor: whole, or its living part alone where that is asked for."""
        live = "live" in visitor.query
        return self.page(template, visitor.session, status, operator=visitor.operator, live=live, **more)

    def protected(self, response: flask.Response, session: Session | None) -> flask.Response:
        """Return an answer that nobody frames, keeps or adds anything to; with the cookie where it is a new one."""
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Frame-Options"] = "DENY"
        if session is not None and _cookie() != (text := self.parts.sessions.written(session)):
            response.set_cookie(
                _name(), text, max_age=LIFE, path=HOME, secure=flask.request.is_secure, httponly=True,
                samesite="Strict",
            )  # fmt: skip
        return response

    def moved(self, place: str, session: Session | None = None) -> flask.Response:
        """Return an answer that leads elsewhere."""
        return self.protected(flask.Response(b"", 303, {"Location": place}), session)

    def left(self) -> flask.Response:
        """Return an answer after which nobody is logged in."""
        response = self.moved(f"{HOME}/login")
        response.delete_cookie(_name(), path=HOME, secure=flask.request.is_secure, httponly=True, samesite="Strict")
        return response

    def session(self) -> Session | None:
        """Return the session of the request."""
        text = _cookie()
        return self.parts.sessions.read(text) if text else None

    def here(self) -> tuple[flask.Request, visit.Visit]:
        """Return the request that is answered, and what is known of it."""
        return visit.current()

    def form(self, session: Session | None) -> Mapping[str, str]:
        """Return the fields of a form of ours. Raise 403 for one from elsewhere, 413, 408 or 400 for none."""
        request, _ = visit.current()
        form = _fields(arrival.body(request, _MOST, time.monotonic() + self.parts.seconds))
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if session is None or site not in _OURS or not session.takes(form.get("token", "")):
            said = "This form is too old, or it is not one of ours. Load its page again."
            raise problems.house("forbidden", said, cause="form")
        return form

    def refused(self, error: RequestError, session: Session | None, operator: Operator | None = None) -> flask.Response:
        """Return the page of a refusal."""
        _, here = visit.current()
        here.problem, here.cause = error.problem, error.cause
        known = problems.HOUSE.get(error.problem)
        response = self.page(
            "message.html", session, error.status, operator=operator, live="live" in flask.request.args,
            heading=known.title if known else "Refused", detail=error.detail or (known.doc if known else ""),
            status=error.status, request_id=here.id,
        )  # fmt: skip
        response.headers.extend({name: text for name, text in error.headers.items() if name != "WWW-Authenticate"})
        return response

    def _guarded(self, view: View, scope: str, *, posts: bool) -> View:
        def answered(**path: str) -> flask.Response:
            session, operator = self.session(), None
            try:
                form = self.form(session) if posts else {}
                operator = self._operator(session)
                if operator is None:
                    return self._asked()
                operator.must(scope)
                session = session or self.parts.sessions.begin()
                visitor = Visitor(operator, session, form, flask.request.args)
                names = {name: text.replace("\0", "/") for name, text in path.items()}
                return view(visitor, **names)
            except RequestError as error:
                return self.refused(error, session, operator)

        return answered

    def _operator(self, session: Session | None) -> Operator | None:
        """Return who it is; None where he has to log in (again)."""
        request, _ = visit.current()
        try:
            return self.parts.who.of(session, request.environ.get("REMOTE_ADDR", ""))
        except RequestError as error:
            if error.status == 401:
                return None
            raise

    def _asked(self) -> flask.Response:
        """Ask who it is: by the page of the login, or where a script asks, in a way that it understands."""
        request = flask.request
        if "live" in request.args or request.method == "POST":
            raise problems.house("unauthenticated", "Your session has ended. Log in again.", cause="session")
        return self.moved(f"{HOME}/login?next={quote(request.path)}")


def _cookie() -> str:
    return flask.request.cookies.get(_name(), "")


def _name() -> str:
    return "__Secure-console" if flask.request.is_secure else "console"


def _fields(body: bytes) -> Mapping[str, str]:
    """Return the fields of a form (application/x-www-form-urlencoded). Raise 400."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        raise problems.house("bad-request", "The form cannot be read.") from None
    return dict(pairs)
