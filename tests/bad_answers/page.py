"""The page ``docs/reference/bad-answers.rst``, made from the cases."""

from __future__ import annotations

from tests.bad_answers.case import Case
from tests.bad_answers.run import GROUPS


def page() -> str:
    """The page as reStructuredText."""
    lines = list(_INTRODUCTION)
    for title, cases in GROUPS.items():
        lines += [title, "-" * len(title), "", ".. list-table::", "   :header-rows: 1", ""]
        for first, *rest in (("What the ERP answers", "What the caller gets", "Why"), *map(_cells, cases)):
            lines += [f"   * - {first}", *(f"     - {cell}" for cell in rest)]
        lines.append("")
    return "\n".join(lines)


_INTRODUCTION = (
    "Bad answers",
    "===========",
    "",
    "What callers get when the ERP answers wrongly, or not at all. Each line is played to a real adapter by a server",
    "in the ERP's place (``make test``; ``job.bad_answers`` in ``make evidence``). Every caller is answered within a",
    "second after the deadline and sees nothing of a wrong answer, and the next right answer must arrive. All answers",
    "together cost the worker at most 32 MiB.",
    "",
    "Written by ``make docs`` from ``tests/bad_answers``.",
    "",
)


def _cells(case: Case) -> tuple[str, str, str]:
    kind = f"{case.status} ``{case.problem}``" if case.problem else f"{case.status}, the document"
    return case.name, kind, f"{case.why} Noted: ``{case.note}``." if case.note else case.why
