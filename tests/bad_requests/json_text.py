"""Bodies that are no JSON, or JSON that no two parsers read alike."""

from __future__ import annotations

from tests.bad_requests.case import Case, person, post

_MALFORMED = (400, "malformed-json")
_INVALID = (422, "invalid-request")


def _text(name: str, body: bytes, why: str, shown: str = "") -> Case:
    return Case(name, post(body), *_MALFORMED, why, shown=shown)


CASES = (
    _text("truncated", b'{"kind":"person","name":"Wo', "The text ends inside a string."),
    _text("truncated after a comma", b'{"kind":"person",', "The text ends inside an object."),
    _text("trailing data", b'{"kind":"person"} x', "Something follows the one JSON text."),
    _text("two texts", b'{"kind":"person"}\n{"kind":"person"}', "A body is one JSON text, not lines of them."),
    _text("trailing comma", b'{"kind":"person",}', "JSON has no trailing comma."),
    _text("duplicate name", b'{"name":"a","name":"b"}', "Parsers disagree about which of the two counts."),
    _text("duplicate nested name", b'{"address":{"city":"a","city":"b"}}', "Duplicates are looked for at every depth."),
    _text("duplicate name, escaped", b'{"name":"a","n\\u0061me":"b"}', "The same name in another spelling."),
    _text("NaN", b'{"discount":NaN}', "JSON has no such number."),
    _text("Infinity", b'{"discount":Infinity}', "JSON has no such number."),
    _text("-Infinity", b'{"discount":-Infinity}', "JSON has no such number."),
    _text("1001 powers of ten", b'{"payment_days":1e1001}', "An exponent beyond ADAPTER_MAX_DIGITS is refused unread."),
    _text("5,000 digits", b'{"payment_days":%b}' % (b"7" * 5000), "More digits than ADAPTER_MAX_DIGITS are refused."),
    _text("leading zero", b'{"payment_days":014}', "Some parsers read it as octal."),
    _text("leading plus", b'{"payment_days":+14}', "JSON numbers have no plus."),
    _text("bare point", b'{"payment_days":.5}', "JSON numbers begin with a digit."),
    _text("hexadecimal", b'{"payment_days":0x0E}', "JSON numbers are decimal."),
    _text("65 levels", b'{"name":%b%b}' % (b"[" * 64, b"]" * 64), "Nested deeper than ADAPTER_MAX_DEPTH.",
          shown='POST /v1/customers ⏎ {"name":[[[[… 64 arrays'),
    _text("100,000 levels", b"[" * 100_000, "Refused before it costs the decoder its stack.",
          shown="POST /v1/customers ⏎ [[[[… 100,000 times"),
    _text("byte order mark", b'\xef\xbb\xbf{"kind":"person"}', "RFC 8259 forbids to add one."),
    _text("UTF-16", '{"kind":"person"}'.encode("utf-16"), "Bodies are UTF-8."),
    _text("Latin-1", '{"name":"Müller"}'.encode("latin-1"), "Bodies are UTF-8."),
    _text("overlong UTF-8", b'{"name":"\xc0\x80"}', "A second way to write a character is no UTF-8."),
    _text("surrogate in UTF-8", b'{"name":"\xed\xa0\x80"}', "Half of a pair is no character."),
    _text("raw control character", b'{"name":"a\x0bb"}', "Control characters are escaped in JSON."),
    _text("raw line end in a string", b'{"name":"a\nb"}', "Control characters are escaped in JSON."),
    _text("unknown escape", b'{"name":"\\x41"}', "JSON has no such escape."),
    _text("comment", b'{"kind":"person" /* new */}', "JSON has no comments."),
    _text("single quotes", b"{'kind':'person'}", "JSON strings stand in double quotes."),
    _text("name without quotes", b'{kind:"person"}', "JSON names are strings."),
    _text("Python words", b'{"blocked":True}', "JSON writes true in small letters."),
    _text("empty body", b"", "A body is needed here."),
    _text("blank body", b" \r\n\t ", "White space is no JSON text."),
    _text("form called JSON", b"kind=person&name=Wolf", "The body is a form although it is called JSON."),
    _text("XML called JSON", b"<customer/>", "The body is XML although it is called JSON."),
    _text("NUL after the text", b'{"kind":"person"}\x00', "Something follows the one JSON text."),
    Case("lone high surrogate", person(name="\ud800"), *_INVALID, "JSON can spell it, XML cannot carry it.",
         at=("body /name",)),
    Case("lone low surrogate", person(name="a\udfffb"), *_INVALID, "JSON can spell it, XML cannot carry it.",
         at=("body /name",)),
    Case("NUL in a value", person(name="a\0b"), *_INVALID, "XML cannot carry it.", at=("body /name",)),
    Case("U+000B in a value", person(name="a\x0bb"), *_INVALID, "XML cannot carry it.", at=("body /name",)),
    Case("U+FFFE in a value", person(note="\ufffe"), *_INVALID, "XML cannot carry it.", at=("body /note",)),
    Case("NUL in an item", person(tags=["A", "\0"]), *_INVALID, "XML cannot carry it.", at=("body /tags/1",)),
    Case("NUL in a name", post(b'{"a\\u0000":1}'), *_INVALID, "The name cannot be shown, so its object is named.",
         at=("body ",)),
    Case("U+FFFF in a nested name", person(address={"city": "Ulm", "\uffff": "x"}), *_INVALID,
         "The name cannot be shown, so its object is named.", at=("body /address",)),
    Case("array", post(b"[]"), *_INVALID, "JSON, but not the object that is wanted.", at=("body ",)),
    Case("array of one customer", post([{"kind": "person"}]), *_INVALID, "One at a time.", at=("body ",)),
    Case("string", post(b'"customer"'), *_INVALID, "JSON, but not the object that is wanted.", at=("body ",)),
    Case("number", post(b"42"), *_INVALID, "JSON, but not the object that is wanted.", at=("body ",)),
    Case("null", post(b"null"), *_INVALID, "JSON, but not the object that is wanted.", at=("body ",)),
    Case("64 levels", post(b'{"kind":"person","name":%b%b,"first_name":"Ada"}' % (b"[" * 63, b"]" * 63)), *_INVALID,
         "As deep as allowed: it is read, and the value is wrong.", at=("body /name",),
         shown='POST /v1/customers ⏎ {"kind":"person","name":[[[[… 63 arrays'),
)  # fmt: skip
