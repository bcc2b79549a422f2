"""The step that gives answers of reads again, and the one that drops what a write has made old."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from adapter.cache import Cache
from adapter.errors import BackendFault, BackendLost, BackendUnreachable, InvalidRequest, RequestError
from adapter.messages import Handler, Request, Response, Stream
from adapter.shared import Entries
from adapter.steps.cached import cached
from adapter.steps.touching import touching
from tests.unit import coalescing
from tests.unit.coalescing import BODY, SCENES, Scene
from tests.unit.edge import Edge

ROOT = Path(__file__).parents[2]
NONE = BackendFault("no-thing", 404, code="X-404", sent="yes")
DOWN = BackendUnreachable("backend-unreachable", 503, sent="no")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_threads(scene: Callable[[], None]) -> None:
    """Each scene of many who ask at once, with threads."""
    scene()


def test_greenlets() -> None:
    """The same with greenlets: all scenes end, and none of them holds up another."""
    code = "import gevent.monkey; gevent.monkey.patch_all(); from tests.unit import coalescing; coalescing.main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (f"{len(SCENES)}\n", "") == (done.stdout, done.stderr)


def _answers(*said: Response | Exception) -> tuple[Scene, list[Callable[[], None]]]:
    """A scene whose ERP says one after another, and what is to be run beside the requests."""
    begun: list[Callable[[], None]] = []
    rest = list(said)

    def erp(_: Request) -> Response:
        found = rest.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    return Scene(erp, beside=begun.append), begun


def _ok(scene: Scene, **more: object) -> Response:
    found = scene.ask(**more)
    assert isinstance(found, Response), found
    return found


def test_hit() -> None:
    """A fresh answer is given again, with its age; nobody is asked."""
    scene, _ = _answers(Response(200, BODY))
    first = _ok(scene)
    scene.clock.now += 12.7
    again = _ok(scene)
    assert (200, BODY, "cache") == (again.status, again.body, again.answered_by)
    assert ("12", "adapter; hit; ttl=17") == (again.headers["Age"], again.headers["Cache-Status"])
    assert first.headers["ETag"] == again.headers["ETag"]
    assert ["1", "private, max-age=30"] == [str(len(scene.asked)), again.headers["Cache-Control"]]


def test_one_entity_tag() -> None:
    """Where the answer has an entity tag of its own, that is the one."""
    scene, _ = _answers(Response(200, BODY, headers={"ETag": '"v7"'}))
    assert ['"v7"', '"v7"'] == [_ok(scene).headers["ETag"], _ok(scene).headers["ETag"]]
    assert 304 == _ok(scene, headers={"if-none-match": '"v7"'}).status


def test_not_modified() -> None:
    """Who has the bytes gets 304 without them, on a hit and when it is asked for anew; the ERP's side never knows."""
    scene, _ = _answers(Response(200, BODY), Response(200, BODY), Response(200, b"{}"))
    etag = _ok(scene).headers["ETag"]
    for status, forward in ((304, 10), (304, 5000), (200, 5000)):
        scene.clock.now += forward
        answer = _ok(scene, headers={"if-none-match": etag})
        assert (status, b"" if status == 304 else b"{}") == (answer.status, answer.body)
    assert all("if-none-match" not in asked.headers for asked in scene.asked)


def test_stale_while_revalidate() -> None:
    """For ``stale`` the old answer is given at once; one refresh runs beside it, with a deadline of its own."""
    scene, begun = _answers(Response(200, b"1"), Response(200, b"2"))
    _ok(scene)
    scene.clock.now += 30.5
    old = _ok(scene, seconds=0)
    assert (b"1", "adapter; hit; ttl=-1") == (old.body, old.headers["Cache-Status"])
    begun.pop()()
    assert scene.asked[1].deadline > scene.asked[0].deadline - 60
    assert b"2" == _ok(scene).body


def test_stale_if_error() -> None:
    """Where the ERP does not answer the old answer goes on for ``stale_if_error``, and no longer."""
    scene, begun = _answers(Response(200, b"1"), DOWN, DOWN, DOWN)
    _ok(scene)
    scene.clock.now += 100
    old = _ok(scene)
    assert (b"1", "adapter; hit; ttl=-70; detail=stale-if-error") == (old.body, old.headers["Cache-Status"])
    scene.clock.now += 3500
    assert b"1" == _ok(scene).body
    begun.pop()()
    scene.clock.now += 31
    assert isinstance(scene.ask(), BackendUnreachable)


def test_nobody_waits_for_an_erp_that_is_known_to_be_down() -> None:
    """After a failure callers have the old answer at once, and the ERP is asked beside them once in a while."""
    scene, begun = _answers(Response(200, b"1"), DOWN, DOWN, Response(200, b"2"))
    _ok(scene)
    scene.clock.now += 100
    assert [b"1"] * 3 == [_ok(scene).body for _ in range(3)]
    assert (2, 0) == (len(scene.asked), len(begun))
    scene.clock.now += 5
    assert [b"1"] * 3 == [_ok(scene).body for _ in range(3)]
    assert 1 == len(begun)
    begun.pop()()
    scene.clock.now += 5
    _ok(scene)
    begun.pop()()
    assert b"2" == _ok(scene).body


def test_refusals_of_the_erp_are_no_failures() -> None:
    """What the ERP answered is the answer: an old one does not take its place."""
    scene, _ = _answers(Response(200, b"1"), BackendFault("locked", 409, sent="yes"))
    _ok(scene)
    scene.clock.now += 100
    error = scene.ask()
    assert isinstance(error, BackendFault)
    assert "locked" == error.problem


def test_not_found() -> None:
    """That there is none counts for ``not_found``, and is told with its age; it takes the place of what was kept."""
    scene, _ = _answers(Response(200, b"1"), NONE, Response(200, b"2"))
    _ok(scene)
    scene.clock.now += 100
    first = scene.ask()
    scene.clock.now += 9
    again = scene.ask()
    assert isinstance(first, RequestError)
    assert isinstance(again, RequestError)
    assert ("no-thing", 404, "9", "") == (again.problem, again.status, again.headers["Age"], again.sent)
    scene.clock.now += 1
    assert b"2" == _ok(scene).body


def test_what_nobody_declared_is_not_kept() -> None:
    """Another 404, 4xx and 5xx are asked for each time."""
    scene, _ = _answers(BackendFault("other", 404), InvalidRequest("invalid-request", 422), DOWN, Response(200, BODY))
    assert [404, 422, 503] == [error.status for _ in range(3) if isinstance(error := scene.ask(), RequestError)]
    assert BODY == _ok(scene).body


def test_streams_and_other_statuses_pass() -> None:
    """What is made while it is sent is nobody else's; another success than 200 is not kept."""
    stream = Stream(iter([b"x"]), lambda: None)
    scene, _ = _answers(Response(200, stream), Response(204), Response(200, BODY))
    assert stream is _ok(scene).body
    assert (204, None) == ((empty := _ok(scene)).status, empty.headers.get("Cache-Control"))
    assert BODY == _ok(scene).body


def test_only_so_many_refreshes_at_once() -> None:
    """Where too many newer answers are fetched already, the old one is given and nothing is begun."""
    scene, begun = _answers(Response(200, b"1"))
    for number in range(17):
        scene.cache.memory.put(("", str(number)), scene.cache.memory.get(("", "7")) or _entry(scene), 0)
    scene.clock.now += 40
    answers = [_ok(scene, path={"id": str(number)}).body for number in range(17)]
    assert ([b"1"] * 17, 16) == (answers, len(begun))


def _entry(scene: Scene) -> object:
    _ok(scene)
    return scene.cache.memory.get(("", "7"))


def test_explained_requests_pass() -> None:
    """Whoever wants to see the messages gets a call of its own."""
    scene, _ = _answers(Response(200, b"1"), Response(200, b"2"))
    _ok(scene)
    assert b"2" == _ok(scene, trace=lambda kind, message: None).body


@pytest.mark.parametrize(
    ("error", "dropped"),
    [
        (None, True),
        (BackendLost("backend-lost", 502, sent="maybe"), True),
        (BackendFault("locked", 409, sent="yes"), True),
        (RequestError("half-made", 502), True),
        (KeyboardInterrupt(), True),
        (DOWN, False),
        (InvalidRequest("invalid-request", 422), False),
    ],
)
def test_touching(error: BaseException | None, dropped: bool) -> None:
    """A write drops what it touches once it may have been carried out, and not where it certainly was not."""
    tags: list[Collection[str]] = []

    def then(_: Request) -> Response:
        if error is not None:
            raise error
        return Response(204)

    handle: Handler = touching(lambda request: ("things.read 7",), tags.append)(then)
    with contextlib.suppress(BaseException):
        handle(coalescing.request())
    assert ([("things.read 7",)] if dropped else []) == tags


def test_over_http() -> None:
    """GET, HEAD and 304 have the same fields, on the straight way and Flask's; 304 and HEAD have no content."""
    scene, _ = _answers(Response(200, BODY))
    edge = Edge(scene.handle)
    first, head = edge.ask("/v1/things/7"), edge.ask("/v1/things/7", "HEAD")
    etag = first.headers["ETag"]
    none = edge.ask("/v1/things/7", headers={"If-None-Match": etag})
    none_of_head = edge.ask("/v1/things/7", "HEAD", headers={"If-None-Match": etag})
    assert [200, 200, 304, 304] == [each.status_code for each in (first, head, none, none_of_head)]
    assert [BODY, b"", b"", b""] == [each.data for each in (first, head, none, none_of_head)]
    assert str(len(BODY)) == head.headers["Content-Length"]
    for each in (none, none_of_head):
        assert {"Content-Type", "Content-Length"}.isdisjoint(each.headers.keys())
        assert [etag, "private, max-age=30"] == [each.headers["ETag"], each.headers["Cache-Control"]]
    assert 1 == len(scene.asked)


def test_a_write_in_another_worker() -> None:
    """What one worker has written is old in all; while the shared store is away each goes on with what it knows."""
    kept: dict[str, bytes] = {}
    away = False

    def command(name: str, *arguments: object) -> object:
        if away:
            return None
        if name == "MGET":
            return [kept.get(str(each)) for each in arguments]
        kept[str(arguments[0])] = str(arguments[1]).encode()
        return True

    said = [Response(200, b"1"), Response(200, b"2"), Response(200, b"3")]
    cache, other = (Cache(10**6, shared=Entries(command)) for _ in range(2))
    handle = cached(coalescing.WAY, cache)(lambda request: said.pop(0))
    bodies = [handle(coalescing.request()).body, handle(coalescing.request()).body]
    other.drop(["things.read 8"])
    bodies.append(handle(coalescing.request()).body)
    other.drop(["things.read 7"])
    bodies.append(handle(coalescing.request()).body)
    away = True
    other.drop(["things.read 7"])
    bodies.append(handle(coalescing.request()).body)
    away = False
    other.drop(["things.read 9"])
    bodies.append(handle(coalescing.request()).body)
    assert [b"1", b"1", b"1", b"2", b"2", b"3"] == bodies
    assert not any("things" in name for name in kept)


def test_what_was_asked_for_while_the_shared_store_was_away_ends_when_it_is_back() -> None:
    """Nobody can say what was dropped meanwhile: until then it counts, and from then on it does not."""
    away = True

    def command(name: str, *arguments: object) -> object:
        return None if away else [None for _ in arguments]

    said = [Response(200, b"1"), Response(200, b"2")]
    handle = cached(coalescing.WAY, Cache(10**6, shared=Entries(command)))(lambda request: said.pop(0))
    bodies = [handle(coalescing.request()).body, handle(coalescing.request()).body]
    away = False
    bodies += [handle(coalescing.request()).body, handle(coalescing.request()).body]
    assert [b"1", b"1", b"2", b"2"] == bodies
