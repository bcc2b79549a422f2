"""The operators' page, through Flask's client: who may see and do what, and what is said to who may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from adapter.console.acts import ACTS
from tests.console.filled import HOSTILE
from tests.console.site import FEATURE, PEOPLE, Site, refused
from tests.console.visiting import Page, Visitor
from tests.strangler.standing import stand


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose callers have to be known."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site in which nothing is ever moved, but stands at shadow."""
    made = Site(tmp_path_factory.mktemp("untouched"))
    stand(made.store, "customers", "shadow")
    return made


@pytest.mark.parametrize("name", list(PEOPLE)[:3])
@pytest.mark.parametrize("action", list(ACTS))
def test_scopes_by_actions(untouched: Site, name: str, action: str) -> None:
    """Who lacks the scope sees no form for it, and is refused where he sends one all the same."""
    visitor = untouched.visitor(name)
    page = visitor.page(FEATURE)
    has = ACTS[action].scope in PEOPLE[name]
    offered = {"advance", "rollback", "hold", "pin", "restart"}  # at shadow nothing is paused, pinned or to be approved
    assert (has and action in offered) is (page.form(f"/{action}") is not None)
    token = page.forms[0].fields["token"]
    answer = visitor.send(f"{FEATURE}/{action}", None, token=token, epoch="1", reason=" ")
    words = refused(answer, 422 if has else 403)
    assert ("Say why" if has else ACTS[action].scope) in words
    assert ("shadow", 1) == untouched.stands()


def test_a_feature_is_moved_by_its_forms(site: Site) -> None:
    """Each says why, and the audit has who; the page says that it is done."""
    visitor = site.visitor("ann")

    def does(action: str, **fields: str) -> Page:
        answer = visitor.send("", visitor.page(FEATURE).form(f"/{action}"), reason="because", **fields)
        assert 303 == answer.status_code, answer.text
        return visitor.page(answer.headers["Location"])

    assert ACTS["advance"].done in does("advance", despite="yes").words
    assert ("shadow", 1) == site.stands()
    assert "On hold" in does("hold").words
    assert "On hold" not in does("resume").words
    assert "key:ann: because" in does("pin", hours="4").words
    assert "Pinned" not in does("unpin").words
    does("restart")
    does("advance", despite="yes")
    assert "Rolled back" in does("rollback", to="shadow").words
    assert ("shadow", 8) == site.stands()
    done = ["advance", "hold", "resume", "pin", "unpin", "restart", "advance", "rollback"]
    assert [("key:ann", f"rollout.{each}") for each in done] == site.audited()


def test_two_people(site: Site) -> None:
    """Each confirms on a page of its own, and the step is taken once both have agreed."""
    stand(site.store, "customers", "rampdown")
    ann, bob = site.visitor("ann"), site.visitor("bob")
    assert "another person has to approve" in refused(steps_of(site, ann, "advance"), 409)
    assert 303 == steps_of(site, bob, "approve").status_code
    assert "key:bob has approved it" in ann.page(FEATURE).words
    assert 303 == steps_of(site, ann, "advance").status_code
    assert ("complete", 2) == site.stands()


def steps_of(site: Site, visitor: Visitor, action: str) -> TestResponse:
    """Send a form, and the page behind it that asks whether one is sure."""
    before = site.stands()
    asked = visitor.send("", visitor.page(FEATURE).form(f"/{action}"), reason="it is <b>good</b>", despite="yes")
    assert 200 == asked.status_code, asked.text
    assert before == site.stands()
    assert "it is <b>good</b>" in Page(asked.text).words
    return visitor.send("", Page(asked.text).form(f"/{action}"))


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"epoch": "0"}, 409, "Look where it stands now"),
        ({"epoch": "99"}, 409, "Look where it stands now"),
        ({"epoch": ""}, 422, "Load its page again"),
        ({"epoch": "one"}, 422, "Load its page again"),
        ({"epoch": "-1"}, 422, "Load its page again"),
        ({"epoch": "9" * 40}, 422, "Load its page again"),
        ({"reason": ""}, 422, "Say why"),
        ({"reason": "x" * 1001}, 422, "1000"),
        ({"to": "complete"}, 422, "complete"),
        ({"to": HOSTILE}, 422, HOSTILE),
        ({"hours": "7"}, 422, "Load its page again"),
        ({"epoch": "0", "reason": HOSTILE}, 409, HOSTILE),
    ],
)
def test_a_wrong_form(untouched: Site, fields: dict[str, str], status: int, said: str) -> None:
    """Is refused on the page of the feature, as it stands now, with what was typed; nothing is changed."""
    visitor = untouched.visitor("ann")
    form = visitor.page(FEATURE).form("/advance")
    answer = visitor.send("", form, **{"reason": "because", **fields})
    words = refused(answer, status)
    assert "Nothing was changed." in words
    assert said in words
    again = Page(answer.text).form("/advance")
    assert again is not None
    assert ("1", fields.get("reason", "because")) == (again.fields["epoch"], again.fields["reason"])
    assert "<script>alert" not in answer.text
    assert ("shadow", 1) == untouched.stands()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/console/features/orders", 404),
        ("GET", f"/console/features/{HOSTILE}", 404),
        ("GET", "/console/features/a%2Fb", 404),
        ("GET", "/console/elsewhere/x", 404),
        ("GET", "/console/static/console.css", 404),
        ("GET", "/console/static/..%2Fpages.py", 404),
        ("GET", "/console/deliveries", 200),
        ("GET", "/console/deliveries/nothing", 404),
        ("GET", f"/console/deliveries/{HOSTILE}", 404),
        ("POST", "/console/features/orders/hold", 404),
        ("POST", "/console/deliveries/nothing/open", 404),
        ("POST", "/console/deliveries/nothing/send", 404),
    ],
)
def test_what_is_not_there(untouched: Site, method: str, path: str, status: int) -> None:
    """Has a page that says so, and repeats nothing of it as markup."""
    visitor = untouched.visitor("ann")
    token = visitor.page("/console").forms[0].fields["token"]
    data = {"token": token, "epoch": "0", "reason": "x"} if method == "POST" else None
    answer = visitor.client.open(path, method=method, data=data, **visitor.more)
    refused(answer, status)
    assert "<script>alert" not in answer.text


def test_a_form_that_is_too_large_or_broken(untouched: Site) -> None:
    """Is refused before anything is made of it."""
    visitor = untouched.visitor("ann")
    for body, status in ((b"x" * 3_000_000, 413), (b"reason=%FF", 400), (b"a=1&" * 100, 400)):
        answer = visitor.client.post(f"{FEATURE}/hold", data=body, **visitor.more)
        refused(answer, status)


def test_every_page_is_whole_and_keeps_to_its_policy(untouched: Site) -> None:
    """No script or style in it, nothing from elsewhere, no frame; every field has a label, every picture a title."""
    visitor = untouched.visitor("ann")
    for path in ("/console", FEATURE, "/console/deliveries", "/console/login"):
        answer = visitor.get(path)
        page = Page(answer.text)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert ("DENY", "no-store") == (answer.headers["X-Frame-Options"], answer.headers["Cache-Control"])
        labels = {attributes["for"] for tag, attributes in page.tags if tag == "label" and "for" in attributes}
        for tag, attributes in page.tags:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag != "script" or attributes["src"].startswith("/console/static/")
            assert not attributes.get("href", "").startswith(("http", "//"))
            typed = tag in ("select", "textarea") or (tag == "input" and attributes.get("type") in (None, "password"))
            assert not typed or attributes["id"] in labels
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert sorted(set(ids)) == sorted(ids)


def test_files_are_kept_for_good_under_the_name_of_what_is_in_them(untouched: Site) -> None:
    """Each that a page names is there, without a login."""
    text = untouched.visitor("cat").get("/console").text
    found = set(re.findall(r"/console/static/[^\"']+", text))
    assert 3 == len(found)
    for path in found:
        answer = untouched.app.test_client().get(path)
        assert (200, "public, max-age=31536000, immutable") == (answer.status_code, answer.headers["Cache-Control"])


def test_the_living_part_is_that_of_the_page(untouched: Site) -> None:
    """A script replaces its regions by those of the same page."""
    visitor = untouched.visitor("cat")
    for path in ("/console", FEATURE):
        whole, live = visitor.get(path).text, visitor.get(f"{path}?live=1").text
        regions = re.findall(r'data-region="([^"]+)"', live)
        assert regions == re.findall(r'data-region="([^"]+)"', whole)
        assert "<html" not in live
        assert "state" in regions
