"""What words in the names of operations mean, in the English that service contracts are written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Act = Literal["read", "find", "create", "replace", "change", "remove", "do"]
"""What an operation does: reads, finds some, makes one, changes all of one or part of it, removes one, or acts."""

_ACTS: dict[Act, str] = {
    "read": "get read fetch retrieve describe view show load obtain display return download receive inquire enquire",
    "find": "find list search query lookup browse enumerate filter select",
    "create": "create add insert new register make put post open do perform",
    "replace": "update replace save set upsert store overwrite write",
    "change": "modify change edit patch alter amend adjust correct rename",
    "remove": "delete remove destroy erase drop",
    "do": (
        "abort accept acknowledge acquire activate add allocate answer append apply approve archive assign associate "
        "attach authenticate authorize backup begin bill bind block bundle calculate call can cancel capture charge "
        "check clear clone close combine commit compare complete compute configure confirm connect consolidate "
        "consume convert copy customize deactivate debit decline decode decrypt deduct defragment delegate deliver "
        "deny deploy deregister deselect detach disable disassociate disconnect discover dispatch dispose dissociate "
        "does duplicate echo eject enable encode encrypt end enroll enter estimate evaluate exchange execute exists "
        "exit expand expire export extend extract finalize finish flush format forward generate grant has hold "
        "impersonate import increment inflate initialize initiate install invite invoice invoke is issue join launch "
        "leave link lock log login logoff logon logout manage map mark mask may merge migrate monitor mount move "
        "notify parse pause pay ping poll power prepare preview print process promote provision publish pull purchase "
        "purge push query queue reactivate reallocate reassign reattach reboot rebuild recalculate recall recommend "
        "reconcile reconfig reconfigure reconnect recover rectify refresh refund refuse reject release reload "
        "relocate remind reopen reorder repair replicate reply report requeue rerun rescan reschedule resend reserve "
        "reset resize resolve restart restore resubmit resume retry return reverse revert review revoke rewind "
        "rollback rotate run scan schedule send settle setup share shrink shutdown sign signal simulate skip solve "
        "split start stop submit subscribe suspend swap switch sync synch synchronize terminate test throw touch "
        "track train transfer transform translate trigger truncate unassign unbind unblock uninstall unlink unlock "
        "unmonitor unmount unpublish unregister unsubscribe upgrade upload validate verify void wait withdraw"
    ),
}
ACTS: Mapping[str, Act] = {word: act for act in reversed(_ACTS) for word in _ACTS[act].split()}
"""What a word does where it is the verb of an operation's name."""

DOING = frozenset("do perform".split())
"""Words that say nothing before another verb: ``DoCapture``."""

ASK = "request"
"""A verb that reads what it asks for, or makes it where that is a machine or a token."""
MADE = frozenset("token session instance instances key ticket access".split())

TWO_WORDS: Mapping[tuple[str, str], str] = {
    ("look", "up"): "lookup",
    ("log", "in"): "login",
    ("log", "out"): "logout",
    ("sign", "on"): "login",
    ("shut", "down"): "shutdown",
    ("roll", "back"): "rollback",
    ("check", "in"): "checkin",
    ("check", "out"): "checkout",
}

TECHNIQUE = frozenset(
    "request response operation operations async asynchronous sync service services soap ws api webservice "
    "method".split()
)
"""Words that only name the service's technique, at either end of a name."""

TAILS = frozenset("ex v2 v3 v4 extended details detail info information".split())
"""Last words that are dropped where the shorter name is free."""

ALONE = frozenset("login logout logon logoff ping echo is has does can may exists are".split())
"""Verbs that nothing is done to: what else the name says is about the action."""

FURTHER = frozenset("more next again".split())
"""What stands behind a verb in the place of a noun: ``searchMore``."""

SEVERAL = frozenset("list all multiple many bulk batch collection array set".split())
"""Words that say that there are several, beside the noun."""

JOINING = frozenset("with without no".split())
"""Prepositions that belong to the noun: a label without a logo is another kind of label."""

KEEPS = frozenset("save store upsert".split())
"""Verbs that make one where no key says which."""

VERSIONS = frozenset("ex v2 v3 v4".split())
"""Last words that no plural is made of."""

PREPOSITIONS = frozenset("with without by for from in of to on no not into using as at per via and or".split())

KEYS = frozenset("id ids key number nr no num guid uuid token identifier handle".split())
"""Last words of a key's name."""

NO_KEYS = frozenset(
    "session client request correlation message next page previous continuation access auth security api"
    "version cursor sequence idempotency trace locale language".split()
)
"""Words before such a last word that make it something else: of the call, of a page, of whoever asks."""

LIMITS = frozenset(
    ("limit", "max results", "max records", "max rows", "max items", "page size", "rows per page", "count", "top",
     "max count", "items per page", "number of records", "set size", "batch size", "max number", "size", "rows",
     "result limit", "max entries")
)  # fmt: skip
OFFSETS = frozenset(
    ("offset", "start", "start index", "start row", "first row", "start position", "first", "skip", "start point",
     "start at", "from index", "from row", "start record", "first result")
)  # fmt: skip
PAGES = frozenset(("page", "page index", "page number", "page nr", "page no", "page num"))
TOKENS = frozenset(
    ("next token", "page token", "next page token", "cursor", "next cursor", "query locator", "bookmark key", "marker",
     "next marker", "continuation token", "bookmark", "scroll id", "search id", "start token", "resume token")
)  # fmt: skip
TOTALS = frozenset(
    ("total", "total count", "total records", "total results", "total size", "total items", "total rows", "size",
     "result count", "record count", "row count", "number of records", "hits", "total number", "total matches")
)  # fmt: skip
"""Names by which paging is known, words parted by blanks."""

NOUNS = frozenset(
    "bill invoice order record address account report queue link share test mark hold signal display view process "
    "track power train review reserve purchase exchange copy clone backup filter count lock answer reply store post "
    "show set issue point access enroll export import return schedule register load change".split()
)
"""Verbs that are as often nouns: at the end of a name, or before a verb, they are."""

ENDINGS = frozenset(
    "verify validate cancel approve submit check send void confirm start stop activate deactivate refund".split()
)
"""Verbs that do something and are known as verbs at the end of a name too."""

REPLY_TECHNIQUE = frozenset(
    "requestid correlationid messageid transactionid timestamp ack acknowledge status statuscode returncode build "
    "version errorcode errormessage success message servertime processingtime".split()
)
"""Names of single values in a reply that are about the call, as they are written without their case."""
