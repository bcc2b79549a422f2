"""The way to the operators' page: keys, cookies, forms from elsewhere, and demonstrations."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from adapter.console.session import LIFE
from adapter.store import keys
from tests.console.site import FEATURE, Site, refused, wait_until
from tests.console.visiting import Page, Visitor
from tests.everyone import EVERYONE
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


def test_who_is_not_logged_in_is_led_to_the_login(untouched: Site) -> None:
    """And from there to where he wanted to go; a form is refused, a script is told so."""
    visitor = Visitor(untouched.app)
    answer = visitor.get(FEATURE)
    assert (303, f"/console/login?next={FEATURE}") == (answer.status_code, answer.headers["Location"])
    form = visitor.page(answer.headers["Location"]).form("/login")
    answer = visitor.send("", form, key=untouched.keys["cat"])
    assert (303, FEATURE) == (answer.status_code, answer.headers["Location"])
    assert "customers" in visitor.page(FEATURE).words
    refused(Visitor(untouched.app).get("/console?live=1"), 401)
    refused(Visitor(untouched.app).send(f"{FEATURE}/hold", None, reason="x"), 403)


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/console/../v1",
        "/console/%2E%2e/v1",
        "/docs",
        "/console/x?y",
        "/consoles",
        "",
    ],
)
def test_a_login_leads_to_our_own_pages_alone(untouched: Site, place: str) -> None:
    """Whatever its address says."""
    visitor = Visitor(untouched.app)
    form = visitor.page("/console/login").form("/login")
    answer = visitor.send("", form, key=untouched.keys["cat"], next=place)
    assert (303, "/console") == (answer.status_code, answer.headers["Location"])


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie(untouched: Site, scheme: str, secure: bool) -> None:
    """Is for our pages alone, not for scripts, and not for forms of other sites; its key is not in it."""
    client = untouched.app.test_client()
    base = f"{scheme}://localhost"
    token = Page(client.get("/console/login", base_url=base).text).forms[0].fields["token"]
    answer = client.post("/console/login", data={"token": token, "key": untouched.keys["ann"]}, base_url=base)
    cookie = answer.headers["Set-Cookie"]
    assert secure is ("Secure;" in cookie)
    for part in ("HttpOnly", "SameSite=Strict", "Path=/console", f"Max-Age={LIFE}"):
        assert part in cookie
    assert untouched.keys["ann"] not in cookie


def test_a_wrong_key_is_refused(untouched: Site) -> None:
    """As is one that may not look, and nothing says which of both; after ten of them nobody is asked any more."""
    visitor = Visitor(untouched.app, address="192.0.2.77")
    right = untouched.keys["ann"]
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    assert "mistyped" not in refused(visitor.log_in(wrong), 401)
    assert "rollout.read" in refused(visitor.log_in(untouched.keys["eve"]), 403)
    for _ in range(9):
        refused(visitor.log_in("nonsense"), 401)
    answer = visitor.log_in(right)
    assert "Too many" in refused(answer, 429)
    assert answer.headers["Retry-After"].isdecimal()
    assert 303 == untouched.visitor("ann").log_in(right).status_code


def test_a_key_that_is_revoked_is_out_at_once(site: Site) -> None:
    """The cookie says whose key it was; whether it still counts is asked each time."""
    visitor = site.visitor("ann")
    assert 200 == visitor.get("/console").status_code
    site.store.run(
        lambda connection: [
            keys.revoke(connection, each.id, time.time()) for each in keys.every(connection) if each.owner == "ann"
        ]
    )
    wait_until(lambda: 303 == visitor.get("/console").status_code)
    refused(visitor.send(f"{FEATURE}/hold", None, reason="x"), 403)


def test_logging_out(untouched: Site) -> None:
    """Takes a form of ours; then the login is next."""
    visitor = untouched.visitor("cat")
    refused(visitor.client.post("/console/logout", data={}), 403)
    answer = visitor.send("", visitor.page("/console").form("/logout"))
    assert (303, "/console/login") == (answer.status_code, answer.headers["Location"])
    assert 303 == visitor.get("/console").status_code


def test_a_demonstration_needs_no_login(tmp_path: Path) -> None:
    """From its own machine, under the name that is said; from elsewhere there is nothing to see."""
    site = Site(tmp_path, ADAPTER_CONSOLE="demo", **EVERYONE)
    here = Visitor(site.app)
    answer = here.send("", here.page(FEATURE).form("/advance"), reason="begin", name="ann")
    assert 303 == answer.status_code
    here.send("", here.page(FEATURE).form("/hold"), reason="x")
    assert [("demo:ann", "rollout.advance"), ("demo:somebody", "rollout.hold")] == site.audited()
    assert 303 == here.get("/console/login").status_code
    refused(here.client.post(f"{FEATURE}/resume", data={"reason": "x", "epoch": "2"}), 403)
    refused(Visitor(site.app, address="192.0.2.1").get("/console"), 403)


def test_where_nobody_is_known_nothing_is_moved(tmp_path: Path) -> None:
    """It is looked at, from its own machine."""
    site = Site(tmp_path, **EVERYONE)
    here = Visitor(site.app)
    page = here.page(FEATURE)
    assert [] == page.forms
    assert 403 == here.get("/console/deliveries").status_code


def test_nothing_is_there_unless_it_is_asked_for(tmp_path: Path) -> None:
    """No path of it."""
    site = Site(tmp_path, ADAPTER_CONSOLE="off")
    assert 404 == site.app.test_client().get("/console").status_code
    assert [] == [rule.rule for rule in site.app.url_map.iter_rules() if "console" in rule.rule]


@pytest.mark.parametrize("token", ["", "x", "another"])
def test_a_form_from_elsewhere_is_refused(untouched: Site, token: str) -> None:
    """It does not know the token of the session; one of another session does not count."""
    visitor, other = untouched.visitor("ann"), untouched.visitor("ann")
    token = other.page(FEATURE).forms[0].fields["token"] if token == "another" else token
    fields = {"token": token, "epoch": "1", "reason": "x"}
    assert "not one of ours" in refused(visitor.send(f"{FEATURE}/hold", None, **fields), 403)
    assert ("shadow", 1) == untouched.stands()


def test_what_a_browser_says_of_another_site_counts(untouched: Site) -> None:
    """Even with the right token (Fetch Metadata)."""
    visitor = untouched.visitor("ann")
    form = visitor.page(FEATURE).form("/hold")
    assert form is not None
    data = {**form.fields, "reason": "x"}
    for site in ("cross-site", "same-site"):
        answer = visitor.client.post(form.action, data=data, headers={"Sec-Fetch-Site": site}, **visitor.more)
        refused(answer, 403)
    assert ("shadow", 1) == untouched.stands()
