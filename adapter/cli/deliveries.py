"""``adapter deliveries``: the writes that wait, and those that wait for a person (dead letters)."""

from __future__ import annotations

from adapter.cli.command import Command, argument, number, part_of

_STATES = ("parked", "unknown", "queued", "delivering", "sending", "done", "refused", "cancelled", "discarded", "open")
_ID = argument("id", metavar="ID", help="of the write, as `list` shows it")
COMMAND = Command(
    "deliveries",
    help="writes that wait: list, look, send again, discard",
    parts=(
        Command(
            "list",
            help="the writes that wait for the ERP, or for a person",
            run=part_of("deliveries_shown", "listing"),
            example="deliveries list --state parked",
            arguments=(
                argument("--state", action="append", choices=_STATES, help="in this state (several times for several)"),
                argument("--operation", default="", help="of this operation"),
                argument("--older", metavar="SECONDS", type=number, default=0, help="made so long ago at least"),
                argument("--most", metavar="N", type=number, default=100, help="so many at most (default: 100)"),
            ),
        ),
        Command(
            "show",
            help="one write, opened: what was asked, and what was answered",
            run=part_of("deliveries_shown", "show"),
            example="deliveries show 3f1c9d52-6a0b-4d0e-9a54-0b7a0d6f8c11",
            doc="What it shows is a caller's data. That you looked goes into the audit.",
            arguments=(_ID,),
        ),
        Command(
            "redrive",
            help="send a parked write again; without --send only show what would be sent",
            run=part_of("redrive", "redrive"),
            example="deliveries redrive 3f1c9d52-6a0b-4d0e-9a54-0b7a0d6f8c11",
            doc="Asks the ERP whether it has the write already, and shows what the mapping as it is now makes of it.",
            arguments=(
                _ID,
                argument("--send", action="store_true", help="let `adapter work` ask once more, and send it"),
                argument("--body", metavar="FILE", default="", help="another body (JSON) in place of the caller's"),
                argument("--without-asking", action="store_true", help="with --send: you have looked, it is not there"),
            ),
        ),
        Command(
            "discard",
            help="end a parked write without sending it",
            run=part_of("redrive", "discard"),
            example="deliveries discard 3f1c9d52-6a0b-4d0e-9a54-0b7a0d6f8c11 --reason 'ordered by telephone'",
            doc="Its caller sees that it was discarded. Who did it and why is in the audit.",
            arguments=(_ID, argument("--reason", metavar="TEXT", required=True, help="why; it goes into the audit")),
        ),
    ),
)
