"""The tour of the demonstration: its plan, and what it makes of answers and commands. Whole it is ``fig.tour``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from adapter.built import build
from adapter.cli import demo_tour
from adapter.cli.demo_tour import Stand, TourError
from tests.everyone import EVERYONE
from tests.stack import ROOT


def _stand(said: str, status: int = 0) -> Stand:
    """Return a stand whose commands all say the same."""
    return Stand(0, 0, lambda words: (status, said), lambda text: None)


def test_the_example_gets_the_plan_of_the_tour(tmp_path: Path) -> None:
    """The copy builds, and its feature goes by the steps that the tour takes."""
    project = demo_tour.copied(ROOT, tmp_path / "project")
    built = build(project, EVERYONE)
    rule = next(each.rollout for each in built.endpoints if each.resource.name == demo_tour.FEATURE)
    assert rule is not None
    assert ("shadow", "dualwrite", "canary 10", "live") == tuple(map(str, rule.steps))


def test_an_example_without_a_rollout_is_no_tour(tmp_path: Path) -> None:
    """A mapping that moves nothing is refused before anything is started."""
    demo_tour.copied(ROOT, tmp_path / "project")
    file = tmp_path / "project" / "mappings" / "customers.yaml"
    file.write_text("version: 1\n")
    source = tmp_path / "project"
    with pytest.raises(TourError, match=r"customers\.yaml has no rollout"):
        demo_tour.copied(source, tmp_path / "other")


def test_a_step_that_the_judge_took_is_taken() -> None:
    """Where the feature stands further on than the step that is wanted, nobody asks for it again."""
    asked: list[Sequence[str]] = []

    def command(words: Sequence[str]) -> tuple[int, str]:
        asked.append(words)
        return 0, "feature  customers\nstage    canary 10\n"

    assert demo_tour.taken(Stand(0, 0, command, lambda text: None), "dualwrite")
    assert [["rollout", "show", "customers"]] == [list(words) for words in asked]


def test_a_command_that_fails_ends_the_tour() -> None:
    """What a command says goes into the error, so that nobody has to look for it."""
    with pytest.raises(TourError, match="adapter rollout list: the store is gone"):
        demo_tour.shown(_stand("the store is gone", 1), "list")


def test_calls_of_both_sides_are_read_from_the_command() -> None:
    """How many calls each side answered is what ``adapter rollout show`` says."""
    assert (477, 155) == demo_tour.calls(_stand("calls in an hour  soap 477, 2 failed, http 155"))
    assert (0, 0) == demo_tour.calls(_stand("nothing"))
