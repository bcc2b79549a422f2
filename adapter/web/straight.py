"""The straight way to an operation: what plainly asks for one is answered without Flask's contexts around it.

Rule 1: only what plainly asks: a path of printable ASCII that one rule alone can match, and that rule's own method.
        Everything else, pages, HEAD, OPTIONS, encoded slashes, and all that is to be refused, goes Flask's way.
Rule 2: the same functions answer on both ways, in the same order, so nobody can tell which one a request took.
Rule 3: where a team has hung anything of its own into the application, nothing goes this way: Flask calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import flask
from werkzeug.routing import Rule

from adapter.messages import Response
from adapter.web import answer
from adapter.web.visit import Visit, visit_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class View:
    """How one operation is answered: ``answer`` is what its pipeline says, ``render`` makes Flask's form of it."""

    answer: Callable[[flask.Request, Visit, Mapping[str, str]], Response]
    render: Callable[[flask.Request, Visit, Response], flask.Response]


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands around each view: ``screen`` may answer in its place, ``refuse`` answers an error, ``leave`` ends.

    ``adds``: ``leave`` has something to add to answers that a pipeline recorded.
    """

    screen: Callable[[flask.Request, Visit], flask.Response | None]
    refuse: Callable[[Exception, Visit], flask.Response]
    leave: Callable[[flask.Request, Visit, flask.Response], flask.Response]
    adds: bool


@dataclass(slots=True)
class _Node:
    """What may follow after some segments of a path: segments by name, or a parameter; ``ends`` are the methods.

    ``doubtful``: a rule begins so that is none of both, so that only Flask knows what follows.
    """

    named: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    ends: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    doubtful: bool = False


class Finder:
    """Finds the endpoint of a path and its parameters, where only one of a map's rules can match it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._top = _Node()
        for rule in rules:
            _add(self._top, rule)

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """Return the endpoint and the parameters; None where Flask has to say what this is."""
        if not (path.startswith("/") and path.isascii() and path.isprintable()):
            return None
        node, values = self._top, []
        for segment in path[1:].split("/"):
            named, parameter = node.named.get(segment), node.parameter
            if node.doubtful or not segment or (named is None) == (parameter is None):
                return None
            if named is not None:
                node = named
            elif parameter is not None:
                values.append(segment)
                node = parameter
        found = None if node.doubtful else node.ends.get(method)
        return (found[0], dict(zip(found[1], values, strict=True))) if found is not None else None


def _add(node: _Node, rule: Rule) -> None:
    names = []
    for segment in rule.rule[1:].split("/"):
        name = segment.removeprefix("<").removesuffix(">")
        if segment == f"<{name}>" and name.isidentifier():
            names.append(name)
            node.parameter = node.parameter or _Node()
            node = node.parameter
        elif segment and "<" not in segment:
            node = node.named.setdefault(segment, _Node())
        else:  # a converter, or a slash at the end
            node.doubtful = rule.rule != "/"
            return
    for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
        node.ends[method] = rule.endpoint, tuple(names)


def straight(app: flask.Flask, views: Mapping[str, View], guard: Guard) -> WSGIApplication:
    """Wrap an application so that what plainly asks for one of ``views``, by its endpoint, goes the straight way.

    What stands around its views by now is ours.
    """
    find, otherwise, ours = Finder(app.url_map.iter_rules()).find, app.wsgi_app, _hooks(app)

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        found = find(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
        view = views.get(found[0]) if found is not None else None
        if found is None or view is None or _hooks(app) != ours:
            return otherwise(environ, start_response)
        request, visit = flask.Request(environ, populate_request=False), visit_of(environ)
        try:
            response = guard.screen(request, visit)
            if response is None:
                said = view.answer(request, visit, found[1])
                plain = None if guard.adds else answer.plain(said)
                if plain is not None:
                    start_response(plain.status, plain.headers)
                    return [plain.body]
                response = view.render(request, visit, said)
        except Exception as error:  # each becomes a problem document, or a line of the log and a bare 500
            response = guard.refuse(error, visit)
        return guard.leave(request, visit, response)(environ, start_response)

    return call  # type: ignore[return-value]


def _hooks(app: flask.Flask) -> int:
    """Return how many functions stand around the views: ours, and those that a team has hung beside them."""
    around = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs,
              app.url_value_preprocessors)  # fmt: skip
    codes = (code for spec in app.error_handler_spec.values() for code in spec.values())
    return sum(len(each) for table in around for each in table.values()) + sum(map(len, codes))
