"""Lists behind a cursor: no row is lost or given twice however the ERP cuts its pages, and nothing goes on for ever."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from adapter.app import build
from adapter.errors import BackendReplyInvalid, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Checked, Request, Response
from adapter.several import Cursors, paged
from adapter.several.paged import MAX_PAGES
from adapter.several.tokens import Place
from adapter.translate.turning import Page
from tests.cases import SHAPES, shape_project
from tests.replay import replaying

SECRET = "x" * 40


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    """The list of the shape ``cursor-bookmark``: the next page begins behind a key."""
    with replaying() as replay, tempfile.TemporaryDirectory() as folder:
        project = shape_project(SHAPES / "cursor-bookmark", Path(folder) / "project", replay.url)
        return build(project, {}).endpoints[0]


def listing(endpoint: Endpoint, page: Callable[[Mapping[str, str], int], Page], cursors: Cursors | None = None) -> Any:
    """Return the handler over an ERP that is a function of the values of the call and the rows asked for."""

    def first(request: Request, asked: int) -> Page:
        assert request.checked is not None
        values = dict(request.checked.call.page)
        assert str(asked) == values.pop("limit")
        return page({name.removeprefix("next "): text for name, text in values.items()}, asked)

    assert endpoint.cursor is not None
    return paged(endpoint, endpoint.cursor, first, first, cursors or Cursors(lambda: SECRET))


def get(handle: Callable[[Request], Response], **query: str) -> Response:
    """Ask for one page."""
    checked = Checked(query=query if "cursor" in query else {"limit": "2", **query})
    return handle(Request("customers.list", "1", 0.0, checked=checked))


def document(response: Response) -> Any:
    """The answer's JSON."""
    assert isinstance(response.body, bytes)
    return json.loads(response.body)


@given(st.integers(0, 60), st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 12))
def test_every_row_once_however_pages_are_cut(endpoint: Endpoint, rows: int, sizes: list[int], limit: int) -> None:
    """Pages of ours are full but for the last, unless the ERP has too many empty ones; together they are all rows."""
    cuts: list[list[int]] = []
    left = list(range(rows))
    while left:
        size = sizes[len(cuts) % len(sizes)] or (1 if len(cuts) > 80 else 0)
        cuts.append(left[:size])
        left = left[size:]

    def page(values: Mapping[str, str], asked: int) -> Page:
        number = int(values.get("AbSchluessel", "0"))
        more = {"AbSchluessel": str(number + 1)} if number + 1 < len(cuts) else None
        return Page([{"row": row} for row in cuts[number]] if cuts else [], more, None)

    handle = listing(endpoint, page)
    answer = document(get(handle, limit=str(limit)))
    found = answer["items"]
    for _ in range(200):
        if "next" not in answer["page"]:
            break
        assert len(answer["items"]) <= limit
        assert len(answer["items"]) == limit or 0 in sizes or MAX_PAGES < limit
        answer = document(get(handle, cursor=answer["page"]["next"]))
        found += answer["items"]
    assert [{"row": row} for row in range(rows)] == found


def test_one_request_asks_for_a_bounded_number_of_pages(endpoint: Endpoint) -> None:
    """An ERP with nothing but empty pages does not keep a request; its cursor goes on where it stopped."""
    asked: list[str] = []

    def page(values: Mapping[str, str], size: int) -> Page:
        asked.append(values.get("AbSchluessel", "0"))
        return Page([], {"AbSchluessel": str(int(asked[-1]) + 1)}, None)

    handle = listing(endpoint, page)
    answer = document(get(handle))
    assert [str(number) for number in range(MAX_PAGES)] == asked
    get(handle, cursor=answer["page"]["next"])
    assert str(MAX_PAGES) == asked[MAX_PAGES]


def test_pages_in_a_circle_are_refused(endpoint: Endpoint) -> None:
    """An ERP that leads back to a page of before is refused, not followed."""
    pages = {"": "a", "a": "b", "b": "a"}

    def page(values: Mapping[str, str], size: int) -> Page:
        return Page([], {"AbSchluessel": pages[values.get("AbSchluessel", "")]}, None)

    with pytest.raises(BackendReplyInvalid, match="a page that was there already"):
        get(listing(endpoint, page))


def test_the_next_page_is_linked(endpoint: Endpoint) -> None:
    """``Link`` has the same cursor as the body (RFC 8288), and the last page has none."""
    handle = listing(endpoint, lambda values, size: Page([1, 2], None if values else {"AbSchluessel": "k"}, 4))
    response = get(handle)
    cursor = document(response)["page"]["next"]
    assert f'<?cursor={cursor}>; rel="next"' == response.headers["Link"]
    last = get(handle, cursor=cursor)
    assert {"limit": 2, "total": 4} == document(last)["page"]
    assert {} == last.headers


PLACE = Place("customers.list", {"id": "4"}, {"city": "Ulm", "tags": ["a", "b"]}, 20, {"AbSchluessel": "ä/1"}, 3)


def test_a_cursor_comes_back_as_it_went() -> None:
    """What a cursor holds is read as it was written, on every machine that has the secret."""
    text = Cursors(lambda: SECRET).written(PLACE)
    assert PLACE == Cursors(lambda: SECRET).read(text, "customers.list", {"id": "4"})


def problem(cursors: Cursors, text: str, operation: str = "customers.list", path: Any = PLACE.path) -> str:
    """The problem that a cursor is refused with."""
    with pytest.raises(RequestError) as caught:
        cursors.read(text, operation, path)
    return f"{caught.value.status} {caught.value.problem}"


def test_a_changed_cursor_is_refused() -> None:
    """No character of a cursor can be changed, left out or added."""
    cursors = Cursors(lambda: SECRET)
    text = cursors.written(PLACE)
    changed = [
        text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :] for place in range(len(text) - 1)
    ]
    for each in (*changed, text[1:], text[:-2], text + "A", "", ".", "a.b.c", text.replace(".", "..")):
        assert "400 cursor-invalid" == problem(cursors, each)


@pytest.mark.parametrize(("operation", "path"), [("orders.list", {"id": "4"}), ("customers.list", {"id": "5"})])
def test_a_cursor_of_another_list_is_refused(operation: str, path: Any) -> None:
    """A cursor holds for one list: the operation and its path parameters."""
    cursors = Cursors(lambda: SECRET)
    assert "400 cursor-invalid" == problem(cursors, cursors.written(PLACE), operation, path)


def test_a_cursor_of_another_secret_is_refused() -> None:
    """Without a secret of the operator's each process has its own."""
    assert "400 cursor-invalid" == problem(Cursors(), Cursors().written(PLACE))


@pytest.mark.parametrize(
    ("query", "at"),
    [({"town": "Ulm"}, {}), ({"city": "Ulm"}, {"Bookmark": "k"}), ({}, {"AbSchluessel": "k", "More": "x"})],
)
def test_a_cursor_of_an_older_mapping_is_refused(endpoint: Endpoint, query: Any, at: Any) -> None:
    """What the mapping no longer knows is not passed over: the list would be another one."""
    cursors = Cursors(lambda: SECRET)
    handle = listing(endpoint, lambda values, size: Page([1], None, None), cursors)
    with pytest.raises(RequestError, match="400 cursor-invalid"):
        get(handle, cursor=cursors.written(Place("customers.list", {}, query, 2, at, 0)))


def test_a_cursor_of_another_release_is_refused() -> None:
    """A cursor that holds something else than this release's is not valid, and no defect."""
    other = URLSafeTimedSerializer(SECRET, salt="adapter.cursor").dumps({"operation": "customers.list", "page": 2})
    assert "400 cursor-invalid" == problem(Cursors(lambda: SECRET), str(other))


def test_an_old_cursor_is_refused() -> None:
    """A cursor is good for its time only."""
    cursors = Cursors(lambda: SECRET, life=-1)
    assert "410 cursor-expired" == problem(cursors, cursors.written(PLACE))


def test_a_value_that_does_not_fit_is_refused(endpoint: Endpoint) -> None:
    """What the ERP says of the next page must be something that its own request takes."""

    def page(values: Mapping[str, str], size: int) -> Page:
        return Page([], {"AbSchluessel": "\x00"}, None)

    with pytest.raises(BackendReplyInvalid, match="does not fit"):
        get(listing(endpoint, page))
