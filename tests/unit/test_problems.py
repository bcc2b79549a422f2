"""Problem types and problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from adapter import problems
from adapter.errors import FieldError, RequestError
from adapter.problems import Problem

ID = "0b4b6f6e-5d3c-4d4e-9d61-5a1f3c7b2a10"


def test_a_document_has_the_members_of_the_standard() -> None:
    """type, title, status, detail, instance; errors only where fields are wrong."""
    error = RequestError(
        "invalid-request", 422, "Values.", fields=(FieldError("body", "/a", "too long"), FieldError("query", "b", "no"))
    )

    assert {
        "type": "/problems/invalid-request",
        "title": "Invalid request",
        "status": 422,
        "detail": "Values.",
        "instance": f"urn:uuid:{ID}",
        "errors": [
            {"in": "body", "pointer": "/a", "detail": "too long"},
            {"in": "query", "pointer": "b", "detail": "no"},
        ],
    } == problems.document(error, ID)


def test_nothing_of_the_cause_is_shown() -> None:
    """The cause is for the log only."""
    document = problems.document(RequestError("backend-lost", 502, cause="FEHLER-1"), ID)

    assert "FEHLER-1" not in str(document)
    assert "detail" not in document


def test_a_title_comes_from_the_error_then_the_type_then_the_status() -> None:
    """Fault tables may give a title per fault; a type nobody declared still has one."""
    known = problems.catalogue([Problem("record-locked", 423, "Record locked", "Somebody edits it.")])

    assert "Mine" == problems.document(RequestError("record-locked", 423, title="Mine"), ID, known)["title"]
    assert "Record locked" == problems.document(RequestError("record-locked", 423), ID, known)["title"]
    assert "Locked" == problems.document(RequestError("unheard-of", 423), ID, known)["title"]


def test_a_request_id_of_the_caller_is_a_fragment() -> None:
    """Only a UUID makes a URN; another id still leads to the log line."""
    assert f"urn:uuid:{ID}" == problems.instance(ID)
    assert "#abc.1" == problems.instance("abc.1")


def test_declared_types_stand_beside_those_of_the_house() -> None:
    """Mappings add types, but cannot change what one of the house means."""
    known = problems.catalogue(
        [Problem("no-such-path", 200, "Mine", ""), Problem("record-locked", 423, "Record locked", "")]
    )

    assert problems.HOUSE["no-such-path"] == known["no-such-path"]
    assert "Record locked" == known["record-locked"].title
    assert sorted(problem.status for problem in known.values()) == [problem.status for problem in known.values()]


def test_each_type_of_the_house_is_documented() -> None:
    """A status that HTTP knows, a title without a full stop, and a text that says what to do."""
    for slug, problem in problems.HOUSE.items():
        assert slug == problem.slug
        assert 400 <= HTTPStatus(problem.status) < 600
        assert not problem.title.endswith(".")
        assert 1 < problem.doc.count(".")
