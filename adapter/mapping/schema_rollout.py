"""The grammar of ``rollout:`` of a file: how its operations move to a new service."""

from __future__ import annotations

from adapter.mapping.keys import NAME, Flag, Raw, Section, Text, Whole, about, one_of


class RolloutSection(Section):
    """``rollout:`` of a file."""

    group = Text(NAME, "a name such as partners", **about("Features of one group move the same entities together."))
    key = Text(NAME, "a name such as id", **about("What names the entity; left out: the path parameter of each."))
    stays = Raw(**about("Operations that do not move."))
    creates = one_of("legacy new", "Who gives ids while both sides have data: legacy (when left out) or new.")
    steps = Raw(**about("The plan: stages in their order, such as [shadow, canary 1, canary 25, live, complete]."))
    gate = Raw(**about("What a step forward needs."))
    judge = one_of("advise automatic", "Whether what is seen moves it by itself: advise (when left out) or automatic.")
    windows = Raw(**about("The only times for a step forward: a list such as [mon-fri 09:00-16:00]."))
    zone = Text(**about("The time zone of 'windows', such as Europe/Berlin."))
    freeze = Raw(**about("Days without a step forward: a list such as [2026-12-20/2027-01-06]."))
    beside = Raw(**about("What is asked beside the calls that count."))
    compare = Raw(**about("When two answers are the same."))
    retire = Whole(1, 3650, **about("Days without a call of the ERP after which lines can go; 30 when left out."))


class GateSection(Section):
    """``gate:`` of ``rollout:``."""

    mismatches = Raw(**about("The largest share of mismatches, such as 1%; that is also what is taken when left out."))
    sure = Raw(**about("How sure that has to be, such as 95%, which is also what is taken when left out."))
    keys = Whole(1, 1_000_000, **about("Different entities that were seen at least; 50 when left out."))
    minutes = Raw(**about("Minutes at the present step at least; 10 when left out."))
    lag = Raw(**about("Seconds that a copy for the other side may wait; 60 when left out."))


class BesideSection(Section):
    """``beside:`` of ``rollout:``."""

    share = Raw(**about("The share of calls for which the other side is looked at too; 100% when left out."))
    queue = Whole(1, 10_000, **about("So many may wait in each worker, more are dropped; 64 when left out."))
    noise = Raw(**about("The share of those for which the ERP is asked twice; 2% when left out."))
    slow = Raw(**about("Seconds after which the new service has failed; 1 when left out."))
    writes = one_of("off compare dry_run", "Writes at shadow: off, compare (when left out), dry_run.")


class CompareSection(Section):
    """``compare:`` of ``rollout:``. Keys are JSON Pointers into an answer, with * for every item of an array."""

    ignore = Raw(**about("Pointers whose values are not compared."))
    unordered = Raw(**about("Arrays whose order says nothing, and the property that tells their items apart, or ''."))
    numbers = Raw(**about("Differences of numbers that are none, by pointer."))
    times = Raw(**about("Differences of times that are none, in seconds, by pointer."))
    null_is_absent = Flag(**about("null and absent are the same; true when left out."))
    codes = Raw(**about("Words of the new service and those of ours that mean the same, by pointer."))
    show = Raw(**about("Pointers whose values may be shown in examples; all others are hidden."))
