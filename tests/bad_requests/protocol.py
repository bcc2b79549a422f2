"""Methods, media types, hosts and framing: what stands around the data."""

from __future__ import annotations

from tests.bad_requests.case import BY_SERVER, Case, get, post, raw, send

_JSON = "Content-Type: application/json"
_ONE = "/v1/customers/2"
_MANY = "/v1/customers"
_ALLOW_ONE = {"Allow": "GET, HEAD, OPTIONS, PATCH, PUT"}
_ALLOW_MANY = {"Allow": "GET, HEAD, OPTIONS, POST"}
_BODY = b'{"kind":"person","name":"Wolf","first_name":"Ada"}'


def _method(name: str, sent: bytes, allow: dict[str, str], why: str) -> Case:
    return Case(name, sent, 405, "method-not-allowed", why, headers=allow)


def _media(name: str, *fields: str, why: str, method: str = "POST", target: str = _MANY, **expected: str) -> Case:
    sent = send(method, target, _BODY, *fields, media="")
    headers = {key.replace("_", "-"): value for key, value in expected.items()} or {"Accept": "application/json"}
    return Case(name, sent, 415, "unsupported-media-type", why, headers=headers)


def _accept(name: str, accept: str, why: str) -> Case:
    return Case(name, get(_ONE, f"Accept: {accept}"), 406, "not-acceptable", why)


def _host(name: str, host: str, why: str, line: str = f"GET {_ONE} HTTP/1.1") -> Case:
    return Case(name, raw(line, host=host), 421, "unknown-host", why)


def _missing_host(name: str, sent: bytes, why: str) -> Case:
    return Case(name, sent, 400, "missing-host", why)


def _framing(name: str, sent: bytes, why: str, status: int = 400, shown: str = "") -> Case:
    return Case(name, sent, status, BY_SERVER, why, shown=shown)


def _chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", fields: tuple[str, ...] = ()) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end
    return raw(f"POST {_MANY} HTTP/1.1", _JSON, "Transfer-Encoding: chunked", *fields, body=body)


def _length(value: str, *fields: str) -> bytes:
    return raw(f"POST {_MANY} HTTP/1.1", _JSON, f"Content-Length: {value}", *fields, body=_BODY)


CASES = (
    _method("POST on one", send("POST", _ONE, {}), _ALLOW_ONE, "It is made in the collection."),
    _method("DELETE on many", raw(f"DELETE {_MANY} HTTP/1.1"), _ALLOW_MANY, "Nobody deletes all customers."),
    _method("PATCH on many", send("PATCH", _MANY, {}), _ALLOW_MANY, "Only one is changed at a time."),
    _method("TRACE", raw(f"TRACE {_ONE} HTTP/1.1"), _ALLOW_ONE, "Nothing is echoed."),
    _method("CONNECT", raw(f"CONNECT {_ONE} HTTP/1.1"), _ALLOW_ONE, "This is no proxy."),
    _method("unknown method", raw(f"BREW {_MANY} HTTP/1.1"), _ALLOW_MANY, "RFC 2324 is not supported."),
    _method("method override", send("POST", _ONE, {}, "X-HTTP-Method-Override: PATCH"), _ALLOW_ONE,
            "It is not believed."),
    _method("POST on a page of the house", send("POST", "/healthz", {}), {"Allow": "GET, HEAD, OPTIONS"}, "Only read."),
    _media("no media type", why="Nothing is guessed."),
    _media("text/plain", "Content-Type: text/plain", why="A form of another site can send it without asking."),
    _media("XML", "Content-Type: application/xml", why="JSON only."),
    _media("SOAP", "Content-Type: text/xml; charset=utf-8", why="JSON only."),
    _media("UTF-16 charset", "Content-Type: application/json; charset=utf-16", why="JSON is UTF-8."),
    _media("Latin-1 charset", "Content-Type: application/json; charset=iso-8859-1", why="JSON is UTF-8."),
    _media("multipart", "Content-Type: multipart/form-data; boundary=b", why="No uploads."),
    _media("form", "Content-Type: application/x-www-form-urlencoded", why="JSON only."),
    _media("merge patch on POST", "Content-Type: application/merge-patch+json", why="Only a PATCH can be one."),
    _media("list of edits", "Content-Type: application/json-patch+json", why="A PATCH is an object.",
           method="PATCH", target=_ONE, Accept_Patch="application/merge-patch+json, application/json"),
    _media("gzip", _JSON, "Content-Encoding: gzip", why="Bodies are not packed.", Accept_Encoding="identity"),
    _media("two media types", "Content-Type: application/json, text/plain", why="A body has one."),
    _media("media type without a slash", "Content-Type: json", why="That is no media type."),
    _accept("HTML only", "text/html", "Answers are JSON."),
    _accept("XML only", "application/xml, text/xml;q=0.9", "Answers are JSON."),
    _accept("JSON refused", "application/json;q=0, */*", "The more specific range decides."),
    Case("body on GET", send("GET", _ONE, {}), 422, "invalid-request", "A GET takes no body.", at=("body ",)),
    Case("body on DELETE", send("DELETE", "/v1/orders/500001", {"reason": "other"}), 422, "invalid-request",
         "Its parameters stand in the query.", at=("body ",)),
    Case("announced too large", _length("1048577"), 413, "request-too-large", "One byte above the largest body."),
    Case("announced far too large", _length("99999999999999999999"), 413, "request-too-large", "It is not waited for."),
    Case("chunked too large", _chunked(*[b" " * 65536] * 16, b"{}"), 413, "request-too-large", "Chunks are added up.",
         shown=f"POST {_MANY} ⏎ Transfer-Encoding: chunked ⏎ 1,048,578 bytes"),
    Case("shorter than announced", _length("500"), 400, "bad-request", "The caller closed too early.", closes=True),
    Case("longer than announced", _length("10"), 400, "malformed-json", "What follows is not part of the body."),
    Case("never comes", raw(f"POST {_MANY} HTTP/1.1", _JSON, "Content-Length: 50"), 408, "request-timeout",
         "Nobody waits longer than the operation's time."),
    Case("chunk size no number", _chunked(end=b"xyz\r\n{}\r\n0\r\n\r\n"), 400, "bad-request", "The body has no end."),
    Case("chunk size negative", _chunked(end=b"-2\r\n{}\r\n0\r\n\r\n"), 400, "bad-request", "The body has no end."),
    Case("chunk longer than its size", _chunked(end=b"1\r\n{}\r\n0\r\n\r\n"), 400, "bad-request", "Parsers disagree."),
    Case("chunks without an end", _chunked(_BODY, end=b""), 400, "bad-request", "The caller closed too early.",
         closes=True),
    Case("expected and wrong", raw(f"POST {_MANY} HTTP/1.1", _JSON, "Expect: 100-continue", "Content-Length: 2",
         body=b"[]"), 422, "invalid-request", "It is asked for, read and refused.", at=("body ",)),
    _missing_host("no host", raw(f"GET {_ONE} HTTP/1.1", host=""), "HTTP/1.1 wants one."),
    _missing_host("empty host", raw(f"GET {_ONE} HTTP/1.1", host="Host:"), "An empty one names nobody."),
    _missing_host("HTTP/1.0 without host", raw(f"GET {_ONE} HTTP/1.0", host=""), "We want one all the same."),
    _host("unknown host", "Host: evil.example", "Answers could be cached under its name."),
    _host("host with a user", "Host: localhost@evil.example", "It only begins like ours."),
    _host("host with a path", "Host: localhost/evil", "That is no authority."),
    _host("host of another domain", "Host: localhost.evil.example", "It only begins like ours."),
    _host("host before a comma", "Host: localhost, evil.example", "That are two."),
    _host("foreign absolute target", "Host: localhost", "Its authority counts.",
          f"GET http://evil.example{_ONE} HTTP/1.1"),
    _host("absolute target, foreign host", "Host: evil.example", "Both must be known.",
          f"GET http://localhost{_ONE} HTTP/1.1"),
    _host("authority as target", "Host: localhost", "This is no proxy.", "CONNECT evil.example:443 HTTP/1.1"),
    Case("forwarded host", get("/v1/nowhere", "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"), 404,
         "no-such-path", "Nobody is believed without ADAPTER_PROXIES."),
    Case("moved by a header", get("/v1/nowhere", "SCRIPT_NAME: /v1", "PATH_INFO: /healthz", "X-Original-URL: /healthz"),
         404, "no-such-path", "No header moves a request."),
    Case("strange request id", get("/v1/nowhere", 'X-Request-Id: <X-Evil>"'), 404, "no-such-path",
         "An id of other characters is replaced, not repeated."),
    _framing("asterisk", raw("GET * HTTP/1.1"), "Only OPTIONS may mean the whole server."),
    _framing("two hosts", get(_ONE, "Host: evil.example"), "It is not clear which counts."),
    _framing("Transfer-Encoding: gzip", _length("50", "Transfer-Encoding: gzip"), "Nobody asked for it."),
    _framing("unknown Transfer-Encoding", raw(f"POST {_MANY} HTTP/1.1", "Transfer-Encoding: blub"), "Nobody knows it.",
        501),
    _framing("chunked, then identity", raw(f"POST {_MANY} HTTP/1.1", "Transfer-Encoding: chunked, identity"),
             "Chunked comes last."),
    _framing("Content-Length and chunked", _chunked(_BODY, fields=("Content-Length: 5",)), "Two parsers disagree."),
    _framing("two Content-Lengths", _length("50", "Content-Length: 51"), "Two parsers disagree."),
    _framing("Content-Length no number", _length("abc"), "The body has no end."),
    _framing("Content-Length negative", _length("-1"), "The body has no end."),
    _framing("Content-Length with a plus", _length("+50"), "Two parsers disagree."),
    _framing("Content-Length hexadecimal", _length("0x32"), "Two parsers disagree."),
    _framing("Expect of something else", get(_ONE, "Expect: 200-ok"), "Nothing else can be expected.", 417),
    _framing("folded header", get(_ONE, "X-A: b\r\n X-Evil: 1"), "RFC 9112 forbids it."),
    _framing("blank before the colon", get(_ONE, "X-Evil : 1"), "Two parsers disagree."),
    _framing("header without a colon", get(_ONE, "X-Evil"), "That is no header."),
    _framing("bare CR in a header", get(_ONE, "X-A: b\rX-Evil: 1"), "Two parsers disagree."),
    _framing("NUL in a header", get(_ONE, "X-A: b\0c"), "No header has one."),
    _framing("NUL in the target", get("/v1/cust\0mers"), "No URL has one."),
    _framing("blank in the target", get("/v1/customers?name=a b"), "The line has four parts."),
    _framing("65 headers", get(_ONE, *[f"X-{n}: 1" for n in range(65)]), "gunicorn reads 64.", 431,
             shown=f"GET {_ONE} ⏎ 65 headers more"),
    _framing("header of 9,000 bytes", get(_ONE, "X-A: " + "x" * 9000), "gunicorn reads 8,190.", 431),
    _framing("HTTP/0.9", b"GET /v1/customers\r\n\r\n", "The line has two parts."),
    _framing("HTTP/2.0", raw(f"GET {_ONE} HTTP/2.0"), "Not spoken here."),
    _framing("HTTP/2 without asking", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Not spoken here."),
    _framing("TLS", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n\r\n", "Not spoken here; the proxy does."),
    _framing("method in small letters", raw(f"get {_ONE} HTTP/1.1"), "Methods are compared exactly."),
    _framing("method with a bracket", raw(f"GE(T {_ONE} HTTP/1.1"), "That is no token."),
    _framing("proxy protocol", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + get(_ONE), "Nobody is believed."),
    Case("no body, no length", raw(f"POST {_MANY} HTTP/1.1", _JSON), 400, "malformed-json", "A body is needed here."),
    Case("right but empty JSON", post({}), 422, "invalid-request", "Nothing is there.", at=("body /kind",)),
)  # fmt: skip
