"""One wrong value for each kind that the example ERP's requests do not have; ``project`` beside this file has them."""

from __future__ import annotations

from tests.bad_requests.case import Case, sample, send


def _at(name: str, sent: bytes, pointer: str, why: str, *more: str) -> Case:
    places = tuple(f"body {each}" for each in (pointer, *more))
    return Case(name, sent, 422, "invalid-request", why, at=places)


def _exact(name: str, text: bytes, pointer: str, why: str) -> Case:
    """Write the number as it is, since a float of Python's could not hold it."""
    member = pointer.removeprefix("/").encode()
    return _at(name, send("POST", "/v1/samples", b'{"%b":%b,"name":"a"}' % (member, text)), pointer, why)


CASES = (
    _at("long of 2^63", sample(count="9223372036854775808"), "/count", "One above the range of xsd:long."),
    _at("long below -2^63", sample(count="-9223372036854775809"), "/count", "One below the range of xsd:long."),
    _at("long as a number", sample(count=5), "/count", "JavaScript rounds numbers above 2^53, so it is a string."),
    _at("long with a fraction", sample(count="1.5"), "/count", "Nothing is rounded."),
    _at("long in words", sample(count="five"), "/count", "Digits only."),
    _at("zero for a positiveInteger", sample(serial="0"), "/serial", "It begins with 1."),
    _at("256 for an unsignedByte", sample(small=256), "/small", "The range of xsd:unsignedByte."),
    _at("-1 for an unsignedByte", sample(small=-1), "/small", "The range of xsd:unsignedByte."),
    _exact("fraction for an unsignedByte", b"0.5", "/small", "Nothing is rounded."),
    _at("string for a decimal that is a number", sample(price="12.50"), "/price", "The mapping says json: number."),
    _at("boolean for a number", sample(price=True), "/price", "True is not one."),
    _exact("share of 1", b"1.0", "/share", "The contract's maxExclusive is 1."),
    _exact("share of 0", b"0", "/share", "The contract's minExclusive is 0."),
    _at("infinite share", sample(share="INF"), "/share", "xsd:double has it; the range does not."),
    _at("share in words", sample(share="half"), "/share", "A number, or one of xsd:double's three words."),
    _at("string for a boolean", sample(active="true"), "/active", "true or false, not a text."),
    _at("number for a boolean, 0", sample(active=0), "/active", "true or false, not 0."),
    _at("dateTime with a blank", sample(moment="2024-01-01 12:00:00"), "/moment", "A T stands between."),
    _at("dateTime of hour 25", sample(moment="2024-01-01T25:00:00"), "/moment", "A day has 24."),
    _at("dateTime on 30 February", sample(moment="2024-02-30T12:00:00Z"), "/moment", "Not a day of the calendar."),
    _at("date for a dateTime", sample(moment="2024-01-01"), "/moment", "The time is missing."),
    _at("zone of 15 hours", sample(moment="2024-01-01T12:00:00+15:00"), "/moment", "14 hours at most."),
    _at("time without seconds", sample(clock="12:00"), "/clock", "xsd:time has seconds."),
    _at("time with AM", sample(clock="09:00:00 AM"), "/clock", "24 hours."),
    _at("duration in words", sample(length="2 days"), "/length", "P2D."),
    _at("empty duration", sample(length="P"), "/length", "At least one part."),
    _at("year of two digits", sample(year="24"), "/year", "Four at least."),
    _at("base64 without padding", sample(picture="YQ"), "/picture", "RFC 4648 pads."),
    _at("base64 for URLs", sample(picture="_-__"), "/picture", "The other alphabet."),
    _at("data URL", sample(picture="data:image/png;base64,AAAA"), "/picture", "The data alone."),
    _at("base64 of a wrong length", sample(key="AAAAAAA="), "/key", "Four bytes, not five."),
    _at("odd hexadecimal", sample(digest="abc"), "/digest", "Two digits a byte."),
    _at("language with a blank", sample(language="de DE"), "/language", "de-DE."),
    _at("text for a list", sample(sizes="1 2"), "/sizes", "A list is an array."),
    _at("number out of range in a list", sample(sizes=[1, 200]), "/sizes", "xsd:byte ends at 127."),
    _at("list of four", sample(sizes=[1, 2, 3, 4]), "/sizes", "The contract's maxLength is 3."),
    _at("none of a union", sample(term="soon"), "/term", "A date, or none."),
    _at("number for a union", sample(term=2024), "/term", "A union is a text."),
    _at("one of two that belong together", sample(street="Hof 1"), "/city",
        "The contract wants the city with the street."),
    _at("three of at most two", sample(readings=[{"value": 1}] * 3), "/readings", "The contract's maxOccurs is 2."),
    _at("empty object for an item", sample(readings=[{"value": 1}, {}]), "/readings/1/value",
        "The contract requires it."),
    _at("null where nothing is nillable", sample(active=None), "/active", "The contract has no null here."),
)  # fmt: skip
