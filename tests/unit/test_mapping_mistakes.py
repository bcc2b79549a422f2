"""Every mistake of ``tests/mistakes`` is named by one build, where it stands, with what to do; and nothing else is."""

from __future__ import annotations

import pytest

from adapter.errors import Mistake
from tests.mistakes.cases import HERE, TEXTS, WHOLE_FILE, Expected, expected, found


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mistake, ...]:
    """What one build of all the files says."""
    return found(tmp_path_factory.mktemp("mistakes"))


def test_every_kind_stands_in_a_file_once() -> None:
    """Each text of the table belongs to exactly one mark, and there are well over thirty."""
    ids = [each.id for each in expected()]
    assert sorted(TEXTS) == sorted(ids)
    assert len(ids) > 100


@pytest.mark.parametrize("case", expected(), ids=lambda case: case.id)
def test_mistake_is_named(case: Expected, said: tuple[Mistake, ...]) -> None:
    """The mistake is named with its file and line, in words that say what is wrong and what to do."""
    here = [str(mistake) for mistake in said if (mistake.file, mistake.line) == (case.file, case.line)]
    assert any(case.matches(mistake) for mistake in said), here


def test_nothing_else_is_named(said: tuple[Mistake, ...]) -> None:
    """What is right is not called wrong, and no mistake is told twice in other words."""
    wanted = expected()
    assert [] == [str(mistake) for mistake in said if not any(case.matches(mistake) for case in wanted)]
    assert len(wanted) == len(said)


def test_every_mistake_has_a_remedy(said: tuple[Mistake, ...]) -> None:
    """Whoever reads a mistake is told what to do about it."""
    assert [] == [str(mistake) for mistake in said if not mistake.remedy]


def test_every_mistake_has_a_column(said: tuple[Mistake, ...]) -> None:
    """Editors jump to where a word of the line begins, unless the whole file is what is wrong."""
    for mistake in said:
        if mistake.file in WHOLE_FILE.values():
            assert (0, 0) == (mistake.line, mistake.column)
            continue
        line = (HERE / mistake.file).read_text("utf-8").splitlines()[mistake.line - 1].partition(" # <-")[0]
        assert "" != line[mistake.column - 1 : mistake.column].strip(" :,") or "tab" in mistake.file, str(mistake)
