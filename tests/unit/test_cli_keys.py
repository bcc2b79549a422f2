"""``adapter keys``: a key is shown once, an owner has two at most, and what is a typing error is said."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from adapter.__main__ import main
from adapter.callers.keytext import id_of
from adapter.durable import Durable
from adapter.settings import read
from adapter.store import audit

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A new project with a contract."""
    folder = tmp_path / "shop"
    for words in (
        ["new", str(folder)],
        ["wsdl", "add", str(ROOT / "wsdl/erp/erp.wsdl"), "--name", "erp"],
        ["wsdl", "lock"],
    ):
        assert 0 == main([*words, *(["--project", str(folder)] if words[0] == "wsdl" else [])])
    capsys.readouterr()
    return folder


def run(folder: Path, *words: str) -> int:
    """Run a command about keys."""
    return main(["keys", *words, "--project", str(folder)])


def created(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Make a key and return it."""
    assert 0 == run(folder, "create", "--owner", "me", "--scopes", "items.read", *words)
    return capsys.readouterr().out.strip()


def test_a_key_alone_is_printed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds nothing else, so that a shell can take it; the store holds nothing of it."""
    text = created(shop, capsys)
    assert id_of(text)
    assert text.encode()[15:] not in (shop / "adapter.db").read_bytes()


def test_the_list_shows_everything_but_the_key(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Id, owner, scopes, state, times."""
    text = created(shop, capsys, "--days", "30", "--note", "phone")
    assert 0 == run(shop, "list")
    head, line = capsys.readouterr().out.splitlines()
    assert ["ID", "OWNER", "SCOPES", "STATE", "CREATED", "EXPIRES", "LAST", "USE", "NOTE"] == head.split()
    assert re.fullmatch(rf"{id_of(text)} +me +items\.read +counts +[-0-9: ]+ - +phone", line)
    assert text[15:] not in line


def test_two_keys_count_and_no_third(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The third one is for when the first was revoked; each is an entry of the audit."""
    first = created(shop, capsys)
    created(shop, capsys)
    assert 2 == run(shop, "create", "--owner", "me", "--scopes", "items.read")
    assert f"adapter keys revoke {id_of(first)} first" in capsys.readouterr().err
    assert 0 == run(shop, "revoke", id_of(first))
    assert 2 == run(shop, "revoke", id_of(first))
    created(shop, capsys)
    entries = list(Durable(read(shop, {}), shop).store.read(lambda connection: list(audit.entries(connection))))
    assert ["key.created", "key.created", "key.revoked", "key.created"] == [each.action for each in entries]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--owner", "me", "--scopes", "item.read"], "did you mean items.read?"),
        (["--owner", "me", "--scopes", "x,items.read"], "there are: items.read"),
        (["--owner", "m e", "--scopes", "items.read"], "letters, digits"),
        (["--owner", "me", "--days", "0"], "not a number of days"),
    ],
)
def test_what_is_a_typing_error_is_said(
    shop: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """A scope that no operation asks for would never be missed."""
    try:
        status = run(shop, "create", *words)
    except SystemExit as end:
        status = int(str(end.code))
    assert 2 == status
    assert said in capsys.readouterr().err


def test_no_keys(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says what to do."""
    assert 0 == run(shop, "list")
    assert "adapter keys create" in capsys.readouterr().err


def test_keys_of_a_secret_that_is_gone_are_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They do not count any more, and nobody has to find that out by trying."""
    created(shop, capsys)
    (shop / "store.key").write_text("another-secret-of-the-tests-of-forty-characters\n", "utf-8")
    assert 0 == run(shop, "list")
    assert "secret gone" in capsys.readouterr().out


def test_the_secret_of_a_new_project_is_its_owners(shop: Path) -> None:
    """Nobody else may read it, and version control does not take it."""
    assert 0o600 == stat.S_IMODE((shop / "store.key").stat().st_mode)
    assert "*.key" in (shop / ".gitignore").read_text("utf-8").splitlines()
