"""fig.console: every page of the operators in Chromium, in both colour schemes, at 1280 and at 360 pixels.

The project has features at every stage, mismatches, parked writes and long names. Counted are what the browser's
console complains of, what axe-core finds (https://www.deque.com/axe/), and pages wider than 360 pixels. A picture of
each page is kept in build/screenshots.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from adapter import virtual
from adapter.settings import Settings
from adapter.store import Store
from tests.bench import install
from tests.callers.known import SECRET, durable, made_key
from tests.console import chromium
from tests.console.filled import LONG, copied, exemplify, fill, filled_project, park
from tests.evidence import Result
from tests.stack import ROOT, erp_settings, gunicorn
from tests.strangler.standing import stand

PICTURES: Final = ROOT / "build" / "screenshots"
AXE: Final = ROOT / "tests" / "console" / "axe"
LOOKS: Final = tuple((scheme, width) for width in (1280, 360) for scheme in ("light", "dark"))
SCOPES: Final = ("rollout.read", "rollout.operate", "rollout.approve")
FEATURES: Final = ("customers", "contacts", "prices", "offers", "vouchers", LONG)
_AXE: Final = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((each) => "
_TOLD: Final = "each.id + ': ' + each.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')))"
_WIDTH: Final = "document.scrollingElement.scrollWidth"
ADVANCE: Final = "#act-advance form"


@dataclass
class Seen:
    """What was wrong, each with the page and how it was looked at."""

    pages: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)


def measure() -> Result:
    """Look at every page; anything wrong, or a page that does not renew itself, makes the line short."""
    if chromium.PROGRAM is None or install.programs():
        return Result("not measured: needs chromium, node and npm", False)
    packages = install.node_packages(AXE, "console-axe")
    if packages is None:
        return Result("not measured: axe-core could not be installed", False)
    axe = (packages / "axe-core" / "axe.min.js").read_text("utf-8")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as name, virtual.running(ROOT) as erp:
        folder, now = Path(name), time.time()
        project, _ = filled_project(folder / "project", now)
        kept = durable(folder)
        fill(kept.store, now)
        exemplify(kept, now)
        copied(kept, now)
        ids = park(kept, now)
        key = made_key(kept, "ann", SCOPES)
        environ = {
            **erp_settings(erp), "ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_CALLERS": "known",
            "ADAPTER_SUBJECTS": str(folder / Settings().subjects), "ADAPTER_STORE_KEY": SECRET, "ADAPTER_CONSOLE": "on",
        }  # fmt: skip
        with gunicorn(project, environ) as (url, _, _), chromium.page(folder / "profile") as page:
            seen = Seen()
            for shown in _shown(page, url, key, ids[0]):
                _looked(page, shown, axe, seen)
            live = _renews(page, url, kept.store)
        kept.store.close()
    return _result(seen, page.complaints, live)


def _shown(page: chromium.Page, url: str, key: str, id: str) -> Iterator[str]:
    """Go from page to page, as a person would, and yield the name of each."""
    page.look(1280, "light")
    page.go(f"{url}/console/login")
    yield "login"
    page.send("main form", key=key[:-1] + ("A" if key[-1] != "A" else "B"))
    yield "login-refused"
    page.send("main form", key=key)
    yield "features"
    for name in FEATURES:
        page.go(f"{url}/console/features/{name}")
        yield f"feature-{name}"
    page.go(f"{url}/console/features/customers")
    page.send("#act-hold form", reason="a look at the mismatches first", epoch="0")
    yield "stale-epoch"
    page.send("#act-hold form", reason="a look at the mismatches first")
    yield "held"
    page.go(f"{url}/console/features/prices")
    page.send(ADVANCE, reason="the service was mended")
    yield "confirm"
    page.send("main form")
    yield "approval-needed"
    page.go(f"{url}/console/features/no-such-feature")
    yield "not-found"
    page.go(f"{url}/console/deliveries")
    yield "deliveries"
    page.go(f"{url}/console/deliveries/{id}")
    yield "delivery"
    page.send("form[action$='/open']")
    yield "delivery-open"
    page.send("form[action$='/draft']")
    yield "delivery-drafted"
    page.send("form[action$='/send']")
    yield "delivery-sent"


def _looked(page: chromium.Page, name: str, axe: str, seen: Seen) -> None:
    seen.pages.append(name)
    for scheme, width in LOOKS:
        page.look(width, scheme)
        place = f"{name}, {scheme}, {width}"
        page.value(f"{axe};0")
        seen.violations += [f"{place}: {each}" for each in page.value(_AXE + _TOLD)]
        if page.value(_WIDTH) > width:  # not innerWidth: on a telephone a page that is too wide makes that wider too
            seen.wide.append(place)
        page.picture(PICTURES / f"{name}-{width}-{scheme}.png")
    page.look(1280, "light")


def _renews(page: chromium.Page, url: str, store: Store) -> bool:
    """Whether a page that is open says by itself that a feature was moved, and that a form of it is old now."""
    page.go(f"{url}/console/features/leads")
    stand(store, "leads", "dualwrite")
    try:
        page.until("document.getElementById('said').textContent.includes('dualwrite')")
        page.until("!document.getElementById('moved').hidden")
    except chromium.Broken:
        return False
    return True


def _result(seen: Seen, complaints: list[str], live: bool) -> Result:
    # What a browser says of an answer that is a refusal, as those of this tour have to be, is no complaint of a page.
    errors = [each for each in complaints if not each.startswith("Failed to load resource: the server responded")]
    wrong = [*errors, *seen.violations, *seen.wide]
    value = (
        f"{len(seen.pages)} pages, {len(LOOKS)} looks each: {len(errors)} console errors, "
        f"{len(seen.violations)} accessibility violations, {len(seen.wide)} broken at 360 px; "
        f"renew themselves: {'yes' if live else 'no'}"
    )
    more = f"; {json.dumps(wrong[:6], ensure_ascii=False)}" if wrong else ""
    return Result(value + more, ok=not wrong and live and len(seen.pages) >= 10)
