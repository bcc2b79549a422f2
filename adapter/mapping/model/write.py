"""What a mapping says about a write: what keeps it from being lost or doubled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.mapping.model import Place

AFTER = 10.0
"""Seconds until "not found" is believed, where a mapping does not say."""


@dataclass(frozen=True, slots=True)
class ResolveRule:
    """How it is found out whether a write had an effect: ``by`` is a verb of the same file that reads.

    ``given`` maps its parameters to properties or parameters of the write. ``then`` is the verb that reads the whole
    record, "" where what ``by`` answers is enough. ``after``: seconds until "not found" is believed.
    """

    place: Place
    by: str
    given: Mapping[str, str] = field(default_factory=dict)
    then: str = ""
    after: float = AFTER


@dataclass(frozen=True, slots=True)
class MatchRule:
    """``if_match:``: the property or query parameter that carries the ERP's token of a version.

    ``conflict`` is the problem of the fault table that says that the token is an old one, "" where one has the status
    412 anyway. ``required``: without If-Match there is no change.
    """

    place: Place
    property: str
    conflict: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class WriteRule:
    """``write:`` of an operation. ``entity``, ``subject`` and ``reference`` are names of properties or parameters.

    ``entity``: writes of one keep their order ("": of the same path parameters). ``subject``: whose data it is.
    ``reference``: the property that carries our reference to the ERP. ``slow``: seconds after which a call that is not
    answered yet is answered with 202 (0: never). ``later``: callers may ask for 202; ``callback``: and for being told.
    """

    place: Place
    key: Literal["required", "optional", "off"] = "optional"
    entity: str = ""
    subject: str = ""
    reference: str = ""
    resolve: ResolveRule | None = None
    if_match: MatchRule | None = None
    when_down: Literal["queue", "refuse"] = "refuse"
    later: bool = False
    slow: float = 0.0
    callback: bool = False

    @property
    def promises(self) -> bool:
        """Whether it may be answered with 202, so that what was not sent yet has to be kept."""
        return self.when_down == "queue" or self.later or self.slow > 0

    @property
    def kept(self) -> bool:
        """Whether one of its requests may have a row in the store."""
        return self.promises or self.key != "off"
