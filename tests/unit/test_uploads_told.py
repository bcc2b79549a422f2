"""What is told of uploads: to a caller whose login ended under way, and to who looks at one with explain."""

from __future__ import annotations

from pathlib import Path

from adapter.app import build, create_app
from adapter.cli.explain import explained
from tests.cases import SHAPES, shape_project
from tests.unit.logins import REFUSED, granting
from tests.unit.loopback import answer, serving
from tests.unit.uploads import DONE, GOOD, NDJSON, WRONG, Taking, problem, taking, upload


def test_login_that_ended(tmp_path: Path) -> None:
    """A token that is refused once rows were sent is not renewed: what was sent is gone, and not sent as no rows."""
    taken = Taking()
    with serving(taking(taken, REFUSED)) as erp, serving(granting(3600)) as login:
        project = shape_project(SHAPES / "rows-in", tmp_path / "project", erp.url)
        mapping = project / "mappings" / "mapping.yaml"
        mapping.write_text(
            mapping.read_text().replace("port: BuchhaltungPort}", "port: BuchhaltungPort, identity: {bearer: erp}}")
        )
        parts = {"TOKEN_URL": login.url, "CLIENT_ID": "c", "CLIENT_SECRET": "s" * 20}
        adapter = create_app(project, {f"ADAPTER_CREDENTIAL_ERP_{part}": text for part, text in parts.items()})
        answered = upload(adapter.test_client(), [GOOD])
        calls, logins = erp.connections, len(login.requests)

    assert ((502, "backend-refused-us"), 1, 1) == (problem(answered), calls, logins)
    assert b"Bearer token-1" in taken.head


def test_explained(tmp_path: Path) -> None:
    """`adapter explain` shows the request with its rows, as it was sent."""
    with serving(taking(Taking(), answer(DONE))) as server:
        built = build(shape_project(SHAPES / "rows-in", tmp_path / "project", server.url), {})
        status, text = explained(built, "POST", "/v1/postings/import", GOOD, {"Content-Type": NDJSON})

    assert (200, 1) == (status, text.count("<n0:Konto>1200</n0:Konto>"))
    assert text.index("SOAP out") < text.index("<n0:Konto>") < text.index("<n0:Freigabe>") < text.index("SOAP in")
    assert "(rows, each checked when it comes)" in text


def test_explained_where_it_was_cut_off(tmp_path: Path) -> None:
    """Of an upload with a wrong row, what was sent before it is shown; of one whose first rows are wrong, nothing."""
    taken = Taking()
    with serving(taking(taken, answer(DONE))) as server:
        built = build(shape_project(SHAPES / "rows-in", tmp_path / "project", server.url), {})
        first = explained(built, "POST", "/v1/postings/import", WRONG, {"Content-Type": NDJSON})[1]
        later = explained(built, "POST", "/v1/postings/import", GOOD * 100 + WRONG, {"Content-Type": NDJSON})[1]

    assert "Nothing was sent." in first
    assert "SOAP out" not in first
    assert "here it was cut off" in later
    assert "A row was refused after others had been sent" in later
