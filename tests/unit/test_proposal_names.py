"""Words, phrases and nouns: what the name of an operation says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.mapping import keys
from adapter.mapping.proposal.nouns import is_many, many, one
from adapter.mapping.proposal.phrase import phrase, prefixes
from adapter.mapping.proposal.spelling import pascal, snake, split


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("GetOrdersByIDResponse", "get orders by id response"),
        ("XMLHttpRequest2", "xml http request2"),
        ("Base_Unit_of_Measure", "base unit of measure"),
        ("zObjects", "z objects"),
        ("subscriptionIDs", "subscription ids"),
        ("Größe", "grosse"),
        ("address-line2", "address line2"),
    ],
)
def test_splitting(name: str, words: str) -> None:
    """Capitals, acronyms, digits and underscores part words."""
    assert words == " ".join(split(name))


@given(st.text(max_size=12))
def test_every_name_becomes_a_name_of_the_grammar(name: str) -> None:
    """Whatever an element is called, its property has a name that a mapping may have."""
    assert keys.NAME.fullmatch(snake(name))
    assert keys.NAME.fullmatch(pascal(name))


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("order", "orders"), ("address", "addresses"), ("status", "statuses"), ("company", "companies"),
        ("day", "days"), ("box", "boxes"), ("child", "children"), ("analysis", "analyses"), ("branch", "branches"),
        ("house", "houses"), ("category", "categories"),
    ],
)  # fmt: skip
def test_plural_and_back(word: str, plural: str) -> None:
    """Each noun has one plural, whose singular it is; both are known for what they are."""
    assert (plural, word) == (many(word), one(plural))
    assert (False, True) == (is_many(word), is_many(plural))
    assert plural == many(plural)


def test_words_without_a_plural_stay() -> None:
    """Nobody says informations."""
    assert ["information", "metadata", "dns"] == [many(word) for word in ("information", "metadata", "dns")]


@pytest.mark.parametrize(
    ("name", "verb", "act", "noun", "tail"),
    [
        ("GetAccountSettings", "get", "read", "account settings", ""),
        ("TransactionSearch", "search", "find", "transaction", ""),
        ("User_GetList", "get", "read", "user", ""),
        ("ReconfigureCluster_Task", "reconfigure", "do", "cluster", ""),
        ("asyncDeleteList", "delete", "remove", "", ""),
        ("CreateAndSendEnvelope", "create and send", "do", "envelope", ""),
        ("getOrderByNumber", "get", "read", "order", "by number"),
        ("AddUserToGroup", "add", "do", "user", "to group"),
        ("CreateOrderFromTemplate", "create", "create", "order", "from template"),
        ("searchMore", "search", "do", "", "more"),
        ("RequestInvoice", "request", "read", "invoice", ""),
        ("RequestToken", "request", "create", "token", ""),
        ("AccountSettings", "", "read", "account settings", ""),
        ("HasPrivilege", "has", "do", "", ""),
        ("echo(echoString)", "echo", "do", "", ""),
        ("GetOrderDetailsOperation", "get", "read", "order details", ""),
        ("DoVoidOrder", "void", "do", "order", ""),
        ("DoDirectPayment", "do", "create", "direct payment", ""),
    ],
)
def test_phrases(name: str, verb: str, act: str, noun: str, tail: str) -> None:
    """The verb stands in front, at the end or between; words of technique are no part of the noun."""
    said = phrase(name)
    assert (verb, act, noun, tail) == (" ".join(said.verb), said.act, " ".join(said.noun), " ".join(said.tail))


def test_a_prefix_of_a_whole_service_says_nothing() -> None:
    """What stands before the verb of several operations is the service's own name."""
    names = ["BMCreateButton", "BMGetButton", "BMUpdateButton", "TransactionSearch"]
    assert frozenset(["bm"]) == prefixes(names)
    said = phrase(names[0], prefixes(names))
    assert ("create", ("button",)) == (said.verb[0], said.noun)
