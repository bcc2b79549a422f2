"""What the build must say about ``compare:`` and ``beside:``: a part of the text and of the remedy, written by hand."""

from __future__ import annotations

COMPARED: dict[str, tuple[str, str]] = {
    "compare-name": ("that is compared has /items/*/place/hal: there is no 'hal'", "did you mean hall?"),
    "compare-number-of-an-item": ("that is compared has /items/0/quantity: there is no '0'", "there are: *"),
    "compare-beyond-a-value": (
        "that is compared has /items/*/quantity/unit: there is no 'unit'",
        "a shorter pointer",
    ),
    "compare-tells-apart": ("unordered: the items of /items have no 'numbr'", "did you mean number?"),
    "compare-no-array": ("unordered: /items/*/place is no array", "name an array"),
    "compare-word-of-an-object": ("codes: /items/* is no single value", "name what is in it"),
    "compare-shown": ("that is compared has /item: there is no 'item'", "did you mean items?"),
    "beside-share": ("share: must be a percentage", "share: 1%"),
    "beside-queue": ("queue: must be a whole number from 1 to 10000", "more are dropped"),
    "beside-noise": ("noise: must be a percentage", "noise: 1%"),
    "beside-slow": ("slow: must be a number up to 600", "slow: 5"),
    "beside-writes": ("'send' is not one of off, compare, dry_run", "Writes at shadow"),
    "beside-writes-of-reads": ("beside: writes: off means nothing, since no write moves", "remove 'writes'"),
    "beside-unknown-key": ("has no key 'part'", "share"),
    "compare-no-list": ("ignore must be a list of pointers", "ignore: [/changed_at]"),
    "compare-unordered-list": ("unordered must map names to the property that tells items apart", "lines below it"),
    "compare-less-than-nothing": ("numbers: /items/*/quantity needs numbers", "numbers in the reference"),
    "compare-no-pointer": ("'items' is no JSON Pointer", "write /address/city"),
    "compare-codes-text": ("codes: /items/*/unit needs words of both sides", "codes in the reference"),
    "compare-null": ("null_is_absent: must be true or false", "null and absent"),
    "compare-unknown-key": ("has no key 'hide'", "ignore"),
    "read-that-deletes": ("cancel is DELETE, and is said to read", "'effect: write' at cancel"),
    "read-that-deletes-there": ("read is DELETE at the service, and is said to read", "or stays: [read]"),
    "read-that-creates": ("create is said to read: what reads is asked at both sides", "'effect: write' at create"),
}
