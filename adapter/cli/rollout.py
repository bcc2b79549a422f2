"""``adapter rollout``: where features stand on their way to a new service, and what moves them."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

from adapter.cli.command import Argument, Command, argument, number, part_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_STATUS = (
    "Exit status: 0 done; 1 refused, and nothing was changed; 2 not asked rightly; 3 asked, and another person has to "
    "approve it (`adapter rollout approve`) before it is asked again."
)


def _some(text: str) -> int:
    found = number(text)
    if not found:
        raise ArgumentTypeError("at least 1")
    return found


def _percent(text: str) -> float:
    """Return a share of a text such as 0.5%."""
    try:
        found = float(text.removesuffix("%")) / 100
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise ArgumentTypeError("not a percentage such as 0.5%")
    return found


def _person(text: str) -> str:
    if text and not _NAME.fullmatch(text):  # argparse reads the default too
        raise ArgumentTypeError("letters, digits and ._@-, at most 64")
    return text


FEATURE = argument("feature", metavar="FEATURE", help="as `adapter rollout list` names it")
_WHO = (
    argument("--reason", metavar="TEXT", required=True, help="why; it goes into the audit"),
    argument("--actor", metavar="NAME", type=_person, default="", help="who does it (default: the user you are)"),
    argument(
        "--epoch", metavar="N", type=number, default=None, help="refuse where it does not stand at this epoch any more"
    ),
)


def _moving(name: str, help: str, doc: str, example: str, *more: Argument) -> Command:
    """Return a command that moves a feature."""
    return Command(
        name,
        help=help,
        doc=f"{doc} {_STATUS}",
        run=part_of("rollout_moves", name),
        example=f"rollout {name} {example}",
        arguments=(FEATURE, *_WHO, *more),
    )


_SHOWN = (
    Command(
        "list",
        help="where each feature stands",
        run=part_of("rollout_shown", "listing"),
        example="rollout list",
        doc="SOAP and HTTP are the calls that the ERP and the new service answered in the last hour.",
    ),
    Command(
        "show",
        help="one feature: where it stands, what is next, who did what",
        run=part_of("rollout_shown", "show"),
        example="rollout show customers",
        arguments=(FEATURE,),
    ),
    Command(
        "mismatches",
        help="what both sides differ in, and examples",
        run=part_of("rollout_mismatches", "mismatches"),
        example="rollout mismatches customers",
        doc="Differences of one kind at one place are one group, with * for items of arrays. Examples show what the "
        "mapping shows (`compare: show`); of all else type and length.",
        arguments=(
            FEATURE,
            argument(
                "--examples", metavar="GROUP", default="", help="print the examples of one group, the newest first"
            ),
            argument(
                "--since", metavar="N", type=number, default=None, help="since that epoch (default: the run of now)"
            ),
        ),
    ),
)
_FORWARD = (
    _moving(
        "advance",
        "go on to the next step of the plan",
        "Needs the evidence that the plan asks for (`gate`), one of its windows, and no pin.",
        "customers --reason 'a day without a mismatch'",
        argument("--to", metavar="STEP", default="", help="refuse where the next step is another: live, 'canary 10'"),
        argument("--despite", action="store_true", help="without the evidence; the audit says so"),
    ),
    _moving(
        "approve",
        "agree to a step that two persons have to agree to",
        "Steps by which the say about writes changes hands need two persons: one who approves, another who advances. "
        "What is approved is the next step as the feature stands now; at `complete` it is the way back.",
        "customers --reason 'seen the figures' --actor bob",
        argument("--to", metavar="STEP", default="", help="refuse where the next step is another"),
    ),
    _moving(
        "restart",
        "let evidence begin anew, since something was mended",
        "It stays where it is; what was seen before does not count any more.",
        "customers --reason 'the service is mended'",
    ),
)
_BACK = (
    _moving(
        "rollback",
        "go back: every worker follows within a second",
        "Without --to it goes back to the last step before a canary, so that the ERP answers. No pin or window keeps "
        "you from it. From `complete` the ERP lacks what was written since, so it needs two persons.",
        "customers --reason 'wrong prices'",
        argument("--to", metavar="STEP", default="", help="an earlier step of the plan, or legacy"),
        argument("--accept-data-loss", action="store_true", help="from complete: you know what the ERP lacks"),
    ),
)
_FLAGS = (
    _moving("hold", "let the judge change nothing", "People still may.", "customers --reason 'month end'"),
    _moving("resume", "let the judge go on", "", "customers --reason 'month end is over'"),
    _moving(
        "pin",
        "let nobody move it forward, for a time or for good",
        "The judge does not move it back either; a person may.",
        "customers --hours 48 --reason 'audit of the ERP'",
        argument("--hours", metavar="N", type=number, default=0, help="so long (default: until it is unpinned)"),
    ),
    _moving("unpin", "let it move again", "", "customers --reason 'audit is over'"),
)
_RECONCILE = Command(
    "reconcile",
    help="where both sides differ though nothing is on its way; --repair mends it",
    run=part_of("rollout_reconcile", "reconcile"),
    example="rollout reconcile customers --all",
    doc="Reads entities at the ERP and at the new service, and compares them by the rules of the feature. Right is "
    "what the side has that has the say. Status 1 where something is left that differs.",
    arguments=(
        FEATURE,
        argument("--all", action="store_true", help="all that either side lists, page by page"),
        argument(
            "--since", metavar="SECONDS", type=number, default=86400, help="what was written since (default: a day)"
        ),
        argument("--repair", action="store_true", help="let `adapter work` write what is right to the other side"),
    ),
)
_JUDGED = (
    Command(
        "explain",
        help="what the judge says, from what numbers, and what the next step needs",
        run=part_of("rollout_judged", "explain"),
        example="rollout explain customers",
        doc="A stored verdict is judged again from its numbers. Exit status: 0 the same, to the bit; 1 it is not.",
        arguments=(
            argument("what", metavar="FEATURE|VERDICT", help="a feature, or the id of a verdict"),
            argument("--json", action="store_true", help="all that the verdict came from"),
        ),
    ),
    Command(
        "simulate",
        help="play days against the plan: when each step would come, how often it would go back",
        run=part_of("rollout_simulated", "simulate"),
        example="rollout simulate customers --rate 600 --errors 0.5% --candidate 3%",
        doc="The judge's own rules decide, from legacy on. Nothing is called, and nothing changed.",
        arguments=(
            FEATURE,
            argument("--rate", metavar="N", type=number, default=60, help="calls a minute (default: 60)"),
            argument(
                "--errors", metavar="P", type=_percent, default=0.005, help="the ERP fails so often (default: 0.5%%)"
            ),
            argument("--candidate", metavar="P", type=_percent, help="the new service does (default: as the ERP)"),
            argument(
                "--mismatches", metavar="P", type=_percent, default=0.0, help="answers that differ (default: 0%%)"
            ),
            argument("--entities", metavar="N", type=_some, default=1000, help="different entities (default: 1000)"),
            argument(
                "--failing", metavar="N", type=number, default=0, help="all failures are of so many entities (0: any)"
            ),
            argument("--days", metavar="N", type=_some, default=1, help="days that are played (default: 1)"),
            argument("--runs", metavar="N", type=_some, default=20, help="how often (default: 20)"),
            argument("--seed", metavar="N", type=number, default=1, help="of chance: the same gives the same"),
            argument("--recorded", action="store_true", help="with what was seen in the last day"),
            argument("--json", action="store_true", help="as one JSON document"),
        ),
    ),
)
_END = (
    Command(
        "retire",
        help="what of a mapping can go, now that the ERP is not asked",
        doc="A feature that is complete, and of which the ERP answered no call for the days that `retire:` says, needs "
        "neither its mapping nor its contract. Exit status: 0 all of it can go; 1 not yet.",
        run=part_of("rollout_retire", "retire"),
        example="rollout retire customers --write",
        arguments=(
            FEATURE,
            argument("--write", action="store_true", help="write the mapping without it, and mappings/retired/"),
        ),
    ),
)
COMMAND = Command(
    "rollout",
    help="move features to a new service, and back",
    parts=(*_SHOWN, *_FORWARD, *_BACK, *_FLAGS, *_JUDGED, _RECONCILE, *_END),
)
