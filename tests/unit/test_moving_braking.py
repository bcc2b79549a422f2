"""The brake becomes a rollback in the store, once, and of what it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.errors import StoreUnavailable
from adapter.moving.acting import Acting
from adapter.moving.braking import Braking
from adapter.rollout.rules import Stage
from adapter.rollout.stages import Pin, Standing
from adapter.store import Store, audit, rollouts
from tests.resilience.stores import place
from tests.strangler.plans import feature
from tests.strangler.standing import stand


class Site:
    """Two features, and what looks at the brake."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.file = store, folder / "rollout.brake"
        self.unknown: list[str] = []
        found = {name: feature(name) for name in ("customers", "orders")}
        self.braking = Braking(Acting(lambda: store, found, lambda: 1000.0), self.file, self.unknown.append)

    def of(self, name: str) -> Standing:
        """Where a feature stands."""
        return self.store.read(lambda connection: rollouts.of(connection, name))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site."""
    store = place("sqlite", tmp_path).store()
    yield Site(store, tmp_path)
    store.close()


def test_what_is_named_goes_back_once(site: Site) -> None:
    """To where the ERP answers, and no further however often it is looked at; the audit says that it was the brake."""
    for name in ("customers", "orders"):
        stand(site.store, name, "live", step=6)
    site.file.write_text("customers\n", "utf-8")
    for _ in range(3):
        site.braking.look()
    assert ("dualwrite", "live") == (site.of("customers").stage, site.of("orders").stage)
    assert "the brake was pulled" == site.of("customers").rolled_back
    entries = site.store.read(lambda connection: audit.about(connection, "customers", "rollout.rollback", 9))
    assert ["brake"] == [each.actor for each in entries]


def test_an_empty_one_is_for_all(site: Site) -> None:
    """Whatever is pinned or paused; without a brake nothing happens."""
    stand(site.store, "customers", "canary", 1000, step=4, paused=True, pinned=Pin("cli:ann", "audit"))
    stand(site.store, "orders", "live", step=6)
    site.braking.look()
    assert 1 == site.of("orders").epoch
    site.file.touch()
    site.braking.look()
    assert ["dualwrite", "dualwrite"] == [site.of(name).stage for name in ("customers", "orders")]


@pytest.mark.parametrize("stage", ["shadow", "dualwrite", "rampdown", "complete"])
def test_what_stays_where_it_is(site: Site, stage: Stage) -> None:
    """Where the ERP answers already, and where what it has may be old."""
    stand(site.store, "customers", stage)
    site.file.touch()
    site.braking.look()
    assert (stage, 1) == (site.of("customers").stage, site.of("customers").epoch)


def test_a_name_that_no_feature_has_is_told_once(site: Site) -> None:
    """A typing error stops nothing; another one is told again."""
    stand(site.store, "customers", "live", step=6)
    site.file.write_text("custommers\n", "utf-8")
    site.braking.look()
    site.braking.look()
    assert (["custommers"], "live") == (site.unknown, site.of("customers").stage)
    site.file.write_text("custommers\ncustomers\n", "utf-8")
    site.braking.look()
    assert (["custommers"], "dualwrite") == (site.unknown, site.of("customers").stage)


def test_a_store_that_is_away_is_told(site: Site) -> None:
    """The timer tells it, and looks again."""

    def away() -> Store:
        raise StoreUnavailable("store-unavailable", 503, cause="away")

    site.file.touch()
    braking = Braking(Acting(away, {"customers": feature()}), site.file, site.unknown.append)
    with pytest.raises(StoreUnavailable):
        braking.look()
