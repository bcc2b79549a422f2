"""Paths and queries that nobody can mean."""

from __future__ import annotations

from tests.bad_requests.case import BY_SERVER, Case, get, raw, send

_LIMIT = ("query limit",)
_ID = ("path id",)


def _query(name: str, target: str, at: tuple[str, ...], why: str, method: str = "GET") -> Case:
    return Case(name, raw(f"{method} {target} HTTP/1.1"), 422, "invalid-request", why, at=at)


def _limit(name: str, text: str, why: str) -> Case:
    return _query(f"limit: {name}", f"/v1/customers?limit={text}", _LIMIT, why)


def _path(name: str, target: str, why: str, at: tuple[str, ...] = _ID) -> Case:
    return Case(name, get(target), 422, "invalid-request", why, at=at)


def _nowhere(name: str, target: str, why: str) -> Case:
    return Case(name, get(target), 404, "no-such-path", why)


def _unreadable(name: str, target: str, why: str) -> Case:
    return Case(name, get(target), 400, "bad-request", why)


CASES = (
    _query("unknown parameter", "/v1/customers?colour=red", ("query colour",), "A typo must not list everything."),
    _query("parameter in capitals", "/v1/customers?Limit=5", ("query Limit",), "Names are compared exactly."),
    _query("parameter where there are none", "/v1/customers/2?x=1", ("query x",), "The operation takes no parameters."),
    _query("parameter twice", "/v1/customers?limit=5&limit=6", _LIMIT, "It is not clear which counts."),
    _query("parameter without a name", "/v1/customers?=5", ("query ",), "It has the empty name, which nobody knows."),
    _query("brackets", "/v1/customers?tag[]=A", ("query tag[]",), "PHP's way to say several is not ours."),
    _limit("0", "0", "At least one."),
    _limit("201", "201", "The mapping's max is 200."),
    _limit("-1", "-1", "At least one."),
    _limit("abc", "abc", "A whole number."),
    _limit("1e3", "1e3", "A whole number has no exponent."),
    _limit("1.0", "1.0", "A whole number has no point."),
    _limit("empty", "", "Nothing is no number; leave it out instead."),
    _limit("Arabic digits", "%D9%A1%D9%A2", "Python's int() would take them for 12."),
    _limit("superscript", "%C2%B2", "Python's isdigit() would take it for a digit."),
    _limit("plus", "%2B5", "Digits only."),
    _limit("blank before", "%205", "Digits only."),
    _limit("underscore", "1_0", "Python's int() would take it for 10."),
    _limit("4,000 digits", "9" * 4000, "Python's int() would balk at 4,300."),
    _limit("semicolon", "5;offset=5", "A semicolon parts no parameters."),
    _query("offset: -1", "/v1/customers?offset=-1", ("query offset",), "Nothing stands before the first."),
    _query("offset: 2147483648", "/v1/customers?offset=2147483648", ("query offset",), "The ERP counts in xsd:int."),
    _query("sort: unknown", "/v1/customers?sort=age", ("query sort",), "The mapping sorts by three fields."),
    _query("sort: the ERP's own name", "/v1/customers?sort=NAME1", ("query sort",), "Callers use the mapping's names."),
    _query("sort: two minus signs", "/v1/customers?sort=--name", ("query sort",), "One minus sign turns the order."),
    _query("sort: empty", "/v1/customers?sort=", ("query sort",), "Nothing is no field; leave it out instead."),
    _query("sort: two fields", "/v1/customers?sort=name,id", ("query sort",), "The ERP sorts by one field."),
    _query("boolean: J", "/v1/customers?blocked=J", ("query blocked",), "true or false, not the ERP's flag."),
    _query("boolean: 1", "/v1/customers?blocked=1", ("query blocked",), "true or false."),
    _query("boolean: TRUE", "/v1/customers?blocked=TRUE", ("query blocked",), "true or false, in small letters."),
    _query("code: the ERP's own", "/v1/customers?status=A", ("query status",), "Callers use the mapping's words."),
    _query("text too long", f"/v1/customers?name={'x' * 41}", ("query name",), "The contract's maxLength is 40."),
    _query("id with letters", "/v1/orders?customer_id=x1", ("query customer_id",), "Ids are digits."),
    _query("date: 30 February", "/v1/orders?ordered_from=2024-02-30", ("query ordered_from",), "Not in the calendar."),
    _query("date: without zeros", "/v1/orders?ordered_from=2024-1-1", ("query ordered_from",), "xsd:date has zeros."),
    _query("number above the mapping's maximum", "/v1/items/A-00001/parts?depth=21", ("query depth",), "At most 20."),
    _query("fraction", "/v1/items/A-00001/parts?depth=1.5", ("query depth",), "A whole number."),
    _query("DELETE: word of no code", "/v1/orders/500001?reason=bored", ("query reason",), "Four words.", "DELETE"),
    _query("DELETE: version", "/v1/orders/500001?version=new", ("query version",), "A whole number.", "DELETE"),
    _query("two at once", "/v1/customers?limit=x&colour=1", ("query limit", "query colour"), "Each is named."),
    _query("NUL in the query", "/v1/customers?name=a%00", ("query name",), "XML cannot carry it."),
    _query("U+000B in the query", "/v1/customers?name=%0B", ("query name",), "XML cannot carry it."),
    _query("U+FFFE in the query", "/v1/customers?name=%EF%BF%BE", ("query name",), "XML cannot carry it."),
    _query("control character in a name", "/v1/customers?%0B=1", ("query ",), "The name cannot be shown."),
    _unreadable("query not UTF-8", "/v1/customers?name=%FF", "Percent-encoding stands for UTF-8."),
    _unreadable("query not UTF-8, in a name", "/v1/customers?%FF=1", "Percent-encoding stands for UTF-8."),
    Case("query not encoded", get("/v1/customers?name=ü"), 400, BY_SERVER, "A URL is ASCII (RFC 3986)."),
    _unreadable("101 parameters", "/v1/customers?" + "&".join(f"a{n}=1" for n in range(101)), "At most 100 are read."),
    Case("query of 9,000 characters", get("/v1/customers?name=" + "x" * 9000), 414, BY_SERVER, "gunicorn reads 8,190."),
    _path("id with letters in the path", "/v1/customers/abc", "Ids are digits."),
    _path("id of 11 digits in the path", "/v1/customers/12345678901", "The ERP's numbers have ten digits."),
    _path("id with leading zeros in the path", "/v1/customers/007", "One customer has one URL."),
    _path("id with a sign", "/v1/customers/-7", "Ids are digits."),
    _path("id with a blank", "/v1/customers/%207", "Ids are digits."),
    _path("id with a line end", "/v1/customers/7%0A", "Python's $ would match before it."),
    _path("id in superscript", "/v1/customers/%C2%B2", "Ids are ten digits that all know."),
    _path("id with a slash", "/v1/customers/1%2F2", "An encoded slash stays inside its parameter."),
    _path("id with a matrix parameter", "/v1/customers/2;a=1", "It is part of the id."),
    _path("id of 5,000 digits", "/v1/customers/" + "7" * 5000, "The ERP's numbers have ten digits."),
    _path("dots for an id", "/v1/customers/..", "Paths are not walked."),
    _path("header injection in the path", "/v1/customers/2%0D%0AX-Evil:%201", "It stays inside the id."),
    _path("XML in the path", "/v1/customers/%3Cb%3E", "Ids are digits."),
    _path("item in small letters in the path", "/v1/items/a-00001", "The contract's pattern has capitals."),
    _path("item of 19 characters", "/v1/items/" + "A" * 19, "The contract's maxLength is 18."),
    _path("stock: item of 19 characters", "/v1/stock/" + "A" * 19, "The mapping's max_length is 18.",
          ("path item_id",)),
    _path("control character in the path", "/v1/customers/%0B", "XML cannot carry it."),
    _path("path and query at once", "/v1/customers/abc?x=1", "Each is named.", ("path id", "query x")),
    _nowhere("unknown path", "/v1/customer", "A typo."),
    _nowhere("nothing", "/", "There is no page here."),
    _nowhere("other case", "/V1/Customers", "Paths are compared exactly."),
    _nowhere("slash at the end", "/v1/customers/", "Another path; a redirect would turn a POST into a GET."),
    _nowhere("slash after the id", "/v1/customers/2/", "Another path."),
    _nowhere("empty segment", "/v1//customers", "Another path."),
    _nowhere("encoded slash between segments", "/v1%2Fcustomers", "Encoded, a slash parts nothing."),
    _nowhere("dots", "/v1/customers/../items", "Paths are not walked."),
    _nowhere("encoded dots", "/docs/%2e%2e/%2e%2e/etc/passwd", "Nothing that a caller names reaches the file system."),
    _nowhere("backslashes", "/docs/..%5C..%5Cadapter.env", "Nothing that a caller names reaches the file system."),
    _nowhere("settings", "/adapter.env", "Nothing that a caller names reaches the file system."),
    _nowhere("second authority", "//evil.example/v1/customers", "A path that begins with two slashes."),
    _nowhere("unknown problem", "/problems/no-such-problem", "Nobody declared it."),
    _unreadable("NUL in the path", "/v1/customers/2%00", "No path has one."),
    _unreadable("NUL beside an encoded slash", "/v1/customers/2%2F%00", "It is not mistaken for the slash."),
    _unreadable("path not UTF-8", "/v1/customers/%FF", "Percent-encoding stands for UTF-8."),
    _unreadable("overlong slash", "/v1/customers/%C0%AF", "A second way to write a character is no UTF-8."),
    _unreadable("surrogate in the path", "/v1/customers/%ED%A0%80", "Half of a pair is no character."),
    Case("path of 9,000 characters", get("/v1/customers/" + "7" * 9000), 414, BY_SERVER, "gunicorn reads 8,190."),
    Case("body in place of a query", send("GET", "/v1/customers", {"limit": 5}), 422, "invalid-request",
         "A GET takes no body.", at=("body ",)),
)  # fmt: skip
