"""``adapter explain``: one real call, with every message and every step on its way shown."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import simplejson

from adapter import app, settings
from adapter.cli.command import Command, UsageError, argument, project_of
from adapter.cli.display import json_text, xml_lines, xml_root
from adapter.cli.reasons import reasons
from adapter.cli.secrets import Secrets
from adapter.cli.traced import Passage, application, into
from adapter.mapping.bound import Endpoint
from adapter.settings import Settings
from adapter.strict_json import encode

WIDTH = 100
SHOWN_HEADERS = ("Content-Type", "Location", "Allow", "Retry-After")


def run(asked: Namespace) -> int:
    """Make the call and print it; exit status 1 when it ended with an error."""
    if not asked.path.startswith("/"):
        raise UsageError(f"PATH starts with a slash, such as /v1/customers/42; it is {asked.path!r}")
    headers, data = _headers(asked.header), _data(asked.data)
    built = app.build(project_of(asked), settings.environment())
    passage = Passage()
    client = application(built, into(passage, built)).test_client()
    answer = client.open(
        asked.path,
        method=asked.method.upper(),
        base_url=f"http://{built.settings.hosts[0]}",
        data=data,
        headers={**({"Content-Type": "application/json"} if data else {}), **headers},
    )
    body = answer.get_data()
    shown = Secrets(passage.endpoint, built.settings)
    _print_call(f"{asked.method.upper()} {asked.path}", data, passage, shown, built.settings)
    _print_answer(answer.status_code, answer.headers, body, shown)
    if answer.status_code >= 400:
        _title("why")
        url = _url(passage.endpoint, built.settings)
        print("\n".join(shown.text(sentence) for sentence in reasons(passage, url)))
    _title("time")
    print("\n".join(_timing(passage)))
    return int(answer.status_code >= 400)


def _print_call(line: str, data: bytes, passage: Passage, shown: Secrets, known: Settings) -> None:
    endpoint, request = passage.endpoint, passage.request
    print(shown.text(line))
    if endpoint is not None:
        print(f"operation {endpoint.name} ({endpoint.resource.place.file}), answered by {endpoint.answered_by}")
    for name, value in request.headers.items() if request else ():
        print(shown.text(f"{name}: {value}"))
    _title("JSON in")
    print(shown.text(json_text(data)) if data else "(no body)")
    if passage.checked is not None:
        _title("values after the checks, as XML will hold them")
        for place, values in (
            ("path", passage.checked.path),
            ("query", passage.checked.query),
            ("body", passage.checked.body),
        ):
            if values:
                print(f"{place:<6}{shown.text(_compact(values))}")
    for moment in passage.moments:
        if moment.message:
            where = f"{endpoint.operation.name} -> {_url(endpoint, known)}" if endpoint else ""
            _title(f"{moment.kind.replace('soap-', 'SOAP ')}  {where if moment.kind.endswith('out') else ''}".rstrip())
            print(_message(moment.message, shown))
    if passage.response is not None and passage.response.notes:
        _title("notes")
        print("\n".join(passage.response.notes))


def _print_answer(status: int, headers: Mapping[str, str], body: bytes, shown: Secrets) -> None:
    _title("problem" if status >= 400 else "JSON out")
    print(status)
    for name in SHOWN_HEADERS:
        if name in headers:
            print(shown.text(f"{name}: {headers[name]}"))
    if body:
        print(shown.text(json_text(body)))


def _message(message: bytes, shown: Secrets) -> str:
    root = xml_root(message)
    if root is None:
        return shown.text(json_text(message))
    shown.envelope(root)
    return xml_lines(root)


def _compact(values: Any) -> str:
    return encode(values).decode("utf-8")
