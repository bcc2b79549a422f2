"""What is kept, for how long it counts, and what makes it old; on clocks of the tests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapter.cache.entry import Entry, Life, Standing, standing, strong
from adapter.cache.fields import matches
from adapter.cache.keys import tag, way
from adapter.cache.memory import EVERYTHING, Memory
from adapter.messages import Caller, Request
from tests.unit.mapped import build, typed

_SECONDS = st.integers(0, 1000).map(float)
_LIVES = st.builds(Life, _SECONDS, _SECONDS, _SECONDS)


@given(_LIVES, st.floats(0, 4000))
def test_standing(life: Life, age: float) -> None:
    """Fresh up to ``fresh``; then both windows begin at its end (RFC 5861), and after the longer one nothing counts."""
    counts = standing(life, age)
    assert (age < life.fresh) == (counts is Standing.FRESH)
    assert (life.fresh <= age < life.fresh + life.stale) == (counts is Standing.STALE)
    assert (age >= max(life.whole, life.fresh)) == (counts is Standing.GONE)


@given(_LIVES, st.floats(0, 4000), st.floats(0, 4000))
def test_nothing_gets_younger(life: Life, first: float, second: float) -> None:
    """At a greater age an answer never counts for more."""
    ages = sorted((first, second))
    earlier, later = (standing(life, age).value for age in ages)
    assert earlier <= later


def _entry(size: int = 0, *tags: str) -> Entry:
    return Entry(b"x" * size, "application/json", 200, 0.0, Life(10), tags)


def test_least_recently_used_goes_first() -> None:
    """What was not asked for the longest goes when there is no room for all."""
    memory = Memory(10_000)
    for name in ("a", "b", "c", "d"):
        memory.put((name,), _entry(1400), memory.began())
    assert memory.get(("a",)) is not None
    memory.put(("e",), _entry(1400), memory.began())
    kept = [name for name in "abcde" if memory.get((name,)) is not None]
    assert ["a", "c", "d", "e"] == kept
    assert 4 * 2400 == memory.bytes


def test_one_that_is_too_large_is_not_kept() -> None:
    """One answer never takes more than a quarter of the room, so that it cannot push out all others."""
    memory = Memory(10_000)
    assert not memory.put(("a",), _entry(2000), memory.began())
    assert memory.put(("a",), _entry(1000), memory.began())


def test_drop_by_tag() -> None:
    """A tag drops what has it and nothing else; everything drops all."""
    sizes: list[int] = []
    memory = Memory(100_000, sizes.append)
    memory.put(("a",), _entry(0, "read", "read 1"), 0)
    memory.put(("b",), _entry(0, "read", "read 2"), 0)
    memory.put(("c",), _entry(0, "list"), 0)
    memory.drop(["read 1"])
    assert [False, True, True] == [memory.get((name,)) is not None for name in "abc"]
    memory.drop([EVERYTHING])
    assert [False, False, False] == [memory.get((name,)) is not None for name in "abc"]
    assert 0 == memory.bytes == sizes[-1]


def test_a_read_that_began_before_a_write_is_not_kept() -> None:
    """What was asked for before a tag was dropped is not taken in after it, and another tag's drop does no harm."""
    memory = Memory(100_000)
    began = memory.began()
    memory.drop(["read 1"])
    assert not memory.put(("a",), _entry(0, "read", "read 1"), began)
    assert memory.put(("b",), _entry(0, "read", "read 2"), began)
    assert memory.put(("a",), _entry(0, "read", "read 1"), memory.began())


def test_drops_that_were_forgotten_count_for_all() -> None:
    """Memory of what was written is bounded, and what cannot be known any more is taken for old."""
    memory = Memory(100_000)
    began = memory.began()
    for number in range(10_001):
        memory.drop([f"read {number}"])
    assert not memory.put(("a",), _entry(0, "other"), began)
    assert memory.put(("a",), _entry(0, "other"), memory.began())


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 1500)), st.lists(st.integers(0, 20)))
def test_bytes_are_those_of_the_entries(puts: dict[int, int], drops: list[int]) -> None:
    """The count of bytes is the sum of what can still be found, and never more than the bound."""
    memory = Memory(10_000)
    for key, size in puts.items():
        memory.put((key,), _entry(size, f"tag {key % 5}"), memory.began())
    for key in drops:
        memory.drop([f"tag {key % 5}"])
    there = [entry for key in puts if (entry := memory.get((key,))) is not None]
    assert sum(entry.size for entry in there) == memory.bytes <= 10_000


def test_ids_in_other_letters_are_one_entity() -> None:
    """A write drops too much rather than too little: an ERP may take an id with zeros before it, in any letters."""
    assert tag("orders.read", ["id"], {"id": "ab7"}) == tag("orders.read", ["id"], {"id": "00AB7 "})
    assert tag("orders.read", ["id"], {"id": "7"}) != tag("orders.read", ["id"], {"id": "8"})


@given(st.binary(), st.binary())
def test_entity_tags(first: bytes, second: bytes) -> None:
    """Other bytes have another tag, the same bytes the same."""
    assert (first == second) == (strong(first) == strong(second))


def test_if_none_match() -> None:
    """One of several tags, a weak one and an asterisk match; no other does (RFC 9110, section 13.1.2)."""
    etag = '"abc"'
    assert all(matches(sent, etag) for sent in ('"abc"', 'W/"abc"', '"x", "abc"', ' "x",W/"abc"', "*", " * "))
    assert not any(matches(sent, etag) for sent in ("", '"x"', "abc", '"ab"c"', "**", '"*"'))
    assert not matches("*", "")


def _way(**cache: object) -> tuple[object, ...]:
    xsd = typed('<xsd:sequence><xsd:element name="A" type="xsd:string" minOccurs="0"/></xsd:sequence>')
    operation = {
        "request": "GET /{id}", "path": {"id": "X.A"}, "reply": {"one": "T", "from": "X"},
        "query": {}, "cache": {"fresh": 5, **cache},
    }  # fmt: skip
    made = way(build(xsd, {"T": {"fields": {"a": "A"}}}, operation, verb="read"), 10)
    return made, lambda **more: made.key(Request("things.read", "1", 0.0, path={"id": "7"}, **more))


def test_key() -> None:
    """The order of other parameters does not matter, that of one parameter's values does, and callers are apart."""
    _, key = _way()
    assert key(query=(("a", "1"), ("b", "2"))) == key(query=(("b", "2"), ("a", "1")))
    assert key(query=(("a", "1"), ("a", "2"))) != key(query=(("a", "2"), ("a", "1")))
    assert key(caller=Caller("ann")) != key(caller=Caller("bob"))
    assert key(wanted="text/csv") != key()


def test_key_of_what_is_shared() -> None:
    """With ``shared: true`` all callers ask for the same."""
    _, key = _way(shared=True)
    assert key(caller=Caller("ann")) == key(caller=Caller("bob"))


def test_what_clients_are_told() -> None:
    """Clients keep what no write makes old, and for as long; for others they ask again, since no write reaches them."""
    made, _ = _way(stale=60, stale_if_error=3600)
    assert "private, max-age=5, stale-while-revalidate=60, stale-if-error=3600" == made.control
