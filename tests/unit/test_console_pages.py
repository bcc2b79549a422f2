"""What the operators' page shows: of a project full of data, while the store is silent, and under the brake."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.console.looking import FRESH, Looks
from adapter.durable import Durable
from adapter.errors import StoreUnavailable
from adapter.moving.acting import Acting
from adapter.moving.follow import Snapshot
from adapter.rollout.stages import Standing
from adapter.store import Store
from tests.callers.known import SECRET, durable
from tests.console.filled import HOSTILE, LONG, copied, exemplify, fill, filled_project
from tests.console.site import FEATURE, Site
from tests.console.visiting import Page, Visitor
from tests.everyone import EVERYONE
from tests.stack import ROOT
from tests.strangler.plans import feature
from tests.strangler.standing import stand


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody at a project full of data."""
    now = time.time()
    made = Site(tmp_path_factory.mktemp("full"), lambda folder: filled_project(folder / "project", now)[0])
    fill(made.store, now, every=180)
    exemplify(made.durable, now)
    copied(made.durable, now)
    yield made.visitor("ann")
    made.store.close()


def test_all_features_at_a_glance(full: Visitor) -> None:
    """Where each stands, how far its evidence is, what hangs over it, and what keeps the ERP alive."""
    page = full.page("/console")
    for words in ("412 of 700", "about 6 minutes", "canary 10\u00a0%", "Pinned until", "Rolled back", "On hold", LONG):
        assert words in page.words
    assert "Copies are late" in page.words
    assert "Dry runs are off" in page.words
    assert "None seen: create, patch." in page.words
    titles = [text for text in page.words.split("Calls of the ERP by ") if text.startswith("customers.read")]
    assert titles


def test_one_feature(full: Visitor) -> None:
    """Plots with their numbers as tables, what the next step needs, mismatches side by side, and who did what."""
    page = full.page(FEATURE)
    for words in (
        "288 more comparisons", "Share of calls that failed", "6 of 412 answers differ", "/phones/*/number", '"active"',
        "nothing there", "key:ann", "the numbers are good", "None waits",
    ):  # fmt: skip
        assert words in page.words, words
    pictures = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("role") == "img"]
    assert pictures
    assert all(each["aria-label"] for each in pictures)
    tables = [tag for tag, _ in page.tags if tag == "table"]
    assert len(tables) >= 5


def test_what_the_new_service_says_is_text(full: Visitor) -> None:
    """Whatever it says, and wherever it stands in a page."""
    text = full.get(FEATURE).text
    assert HOSTILE not in text
    assert "&lt;script&gt;alert" in text


def test_copies_that_are_late_or_refused(full: Visitor) -> None:
    """Are told of, with how long the oldest waits."""
    words = full.page("/console/features/offers").words
    for each in ("1 was refused", "15 minutes", "Conflicts"):
        assert each in words


def test_the_brake_is_on_the_page(tmp_path: Path) -> None:
    """For one feature, or for all."""
    site = Site(tmp_path)
    stand(site.store, "customers", "canary", 1000)
    visitor, brake = site.visitor("cat"), tmp_path / "rollout.brake"
    assert "brake is pulled" not in visitor.page("/console").words
    for text, words in (("customers\n", "The brake is pulled"), ("", "The brake is pulled for all features")):
        brake.write_text(text, "utf-8")
        until = time.monotonic() + 20
        while words not in visitor.page("/console").words:
            assert time.monotonic() < until


class Silent:
    """Looks at a store that may be silent, on a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.time, self.silent, self.asked = 1e9, False, 0
        self.durable: Durable = durable(folder)
        acting = Acting(self.store, {"customers": feature()}, self.now)
        snapshot = Snapshot({"customers": Standing("customers", 4, "live")}, known=True)
        self.looks = Looks(acting, self.store, lambda: self.durable.vault, lambda: snapshot, self.now)

    def now(self) -> float:
        """Return the time."""
        return self.time

    def store(self) -> Store:
        """Return the store, or say that it is silent."""
        self.asked += 1
        if self.silent:
            raise StoreUnavailable("store-unavailable", 503, cause="a test", sent="no")
        return self.durable.store


def test_the_last_picture_is_kept_while_the_store_is_silent(tmp_path: Path) -> None:
    """It says when it was made; where there is none, there is none."""
    site = Silent(tmp_path)
    site.silent = True
    assert site.looks.board() is None
    assert site.looks.feature("customers") is None
    site.silent = False
    site.looks.board(), site.looks.feature("customers")
    site.time, site.silent = site.time + 60, True
    for picture in (site.looks.board(), site.looks.feature("customers")):
        assert picture is not None
        assert (True, 1e9) == (picture.silent, picture.made)


def test_a_picture_is_shared_for_a_second(tmp_path: Path) -> None:
    """By pages that renew themselves; who loads one sees what is now."""
    site = Silent(tmp_path)
    site.looks.board()
    asked = site.asked
    site.looks.board(fresh=False)
    assert asked == site.asked
    site.looks.board()
    assert asked < site.asked
    asked, site.time = site.asked, site.time + FRESH
    site.looks.board(fresh=False)
    assert asked < site.asked


def test_a_silent_store_has_a_page(tmp_path: Path) -> None:
    """Never an error without words; forms say so too, and nobody waits for ever."""
    site = Site(tmp_path, ADAPTER_CONSOLE="demo", **EVERYONE)
    visitor = Visitor(site.app)
    token = visitor.page(FEATURE).forms[0].fields["token"]
    assert "customers" in visitor.page("/console").words
    site.store.close()
    broken(tmp_path / "adapter.db")
    for path in ("/console", FEATURE):
        answer = visitor.get(path)
        assert 200 == answer.status_code
        words = Page(answer.text).words
        assert "The store is silent." in words
        assert "legacy" in words
    answer = visitor.client.post(
        f"{FEATURE}/advance", data={"token": token, "epoch": "0", "reason": "x"}, **visitor.more
    )
    assert 503 == answer.status_code
    assert "text/html; charset=utf-8" == answer.content_type


def broken(file: Path) -> None:
    """Put a folder in the place of a database."""
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    file.mkdir()


def test_who_does_not_ask_for_it_does_not_pay_for_it(tmp_path: Path) -> None:
    """Nothing of it is imported, and with it operations keep their straight way."""
    script = (
        "import sys; from pathlib import Path; from adapter.app import create_app; "
        "app = create_app(Path(sys.argv[1]), {'ADAPTER_CALLERS': 'everyone', 'ADAPTER_STORE_KEY': sys.argv[2], "
        "'ADAPTER_CONSOLE': sys.argv[3]}); "
        "found = [name for name in sys.modules if name.startswith(('adapter.console', 'adapter.redriving'))]; "
        "print(found and 'there', sum(map(len, app.before_request_funcs.values())))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(ROOT), SECRET, word], capture_output=True, text=True, check=True,
            timeout=120, cwd=ROOT,
        ).stdout.split()[-2:]
        for word in ("off", "on")
    ]  # fmt: skip
    assert said[0][1] == said[1][1]
    assert "there" == said[1][0]
    assert "there" != said[0][0]
