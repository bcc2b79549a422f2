"""The pages of the house: health, metrics, and what each problem type means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import flask
from flask import Flask
from markupsafe import Markup

from adapter import draining, problems, strict_json
from adapter.problems import Problem
from adapter.telemetry.metrics import CONTENT_TYPE

QUIET = frozenset(("/healthz", "/readyz", "/metrics"))
_PAGE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title><h1>{title}</h1>{rows}</html>"
)
_ROW = Markup('<h2><a href="{type}">{status} {slug}</a></h2><p><strong>{title}.</strong> {doc}</p>')


@dataclass(frozen=True, slots=True)
class Check:
    """Something ``/readyz`` asks. ``passes`` must be quick, and must not raise."""

    name: str
    passes: Callable[[], bool]


_STAYING = Check("this process is going to stop", lambda: not draining.going_on())


def install(
    known: Mapping[str, Problem], checks: Sequence[Check], metrics: Callable[[], bytes]
) -> Callable[[Flask], None]:
    """Return what adds ``/healthz``, ``/readyz``, ``/metrics``, ``/problems`` and ``/problems/<slug>``."""

    def alive() -> flask.Response:
        return _json({"status": "alive"})

    def ready() -> flask.Response:
        failing = [check.name for check in (_STAYING, *checks) if not check.passes()]
        if failing:
            raise problems.house("not-ready", f"Failing: {', '.join(failing)}.", headers={"Retry-After": "5"})
        return _json({"status": "ready"})

    def measured() -> flask.Response:
        return flask.Response(metrics(), content_type=CONTENT_TYPE)

    def all_problems() -> flask.Response:
        return _page("Problem types", list(known.values()), {"problems": [_members(each) for each in known.values()]})

    def one_problem(slug: str) -> flask.Response:
        problem = known.get(slug)
        if problem is None:
            raise problems.house("no-such-path")
        return _page(problem.title, [problem], _members(problem))

    def add(app: Flask) -> None:
        for path, endpoint, view in (
            ("/healthz", "alive", alive),
            ("/readyz", "ready", ready),
            ("/metrics", "metrics", measured),
            ("/problems", "problems", all_problems),
        ):
            app.add_url_rule(path, endpoint, view)
        app.add_url_rule("/problems/<slug>", "problem", one_problem)

    return add


def _members(problem: Problem) -> dict[str, object]:
    return {"type": problem.type, "status": problem.status, "title": problem.title, "doc": problem.doc}


def _json(value: object) -> flask.Response:
    return flask.Response(strict_json.encode(value), content_type="application/json")


def _page(title: str, listed: Sequence[Problem], value: object) -> flask.Response:
    wanted = flask.request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    if wanted == "application/json":
        response = _json(value)
    else:
        rows = Markup("").join(_ROW.format(**_members(problem), slug=problem.slug) for problem in listed)
        response = flask.Response(_PAGE.format(title=title, rows=rows), content_type="text/html; charset=utf-8")
    response.vary.add("Accept")
    return response
