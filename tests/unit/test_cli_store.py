"""The commands about what is kept: ``adapter store``, ``adapter erase``, ``adapter audit``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapter import cli, settings
from adapter.durable import Durable
from adapter.errors import BuildError, VaultError
from adapter.store import writes
from adapter.store.writes import Write

OLD, NEW = "the secret of this test is long enough", "the next secret of this test is long enough"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with a secret, and nothing else."""
    (tmp_path / "mappings").mkdir()
    monkeypatch.setenv("ADAPTER_PROJECT", str(tmp_path))
    monkeypatch.setenv("ADAPTER_STORE_KEY", OLD)
    return tmp_path


def durable(project: Path, **more: str) -> Durable:
    """Return what another process would open."""
    environ = {"ADAPTER_STORE_KEY": OLD} | more
    return Durable(settings.read(project, environ), project)


def test_erase(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One command makes what is sealed unreadable, certifies it, and says what cannot be sent any more."""
    kept = durable(project)
    subject = kept.vault.subject("C-7")
    row = Write("caller", "op", writes.QUEUED, 1.0, subject=subject, request=kept.vault.seal(subject, b"Berlin"))
    kept.store.run(lambda connection: writes.insert(connection, row))
    assert 0 == cli.run(["erase", "C-7"])
    assert (
        f"erased: {subject} (a pseudonym), entry 1 of the audit\n"
        "ADAPTER_SHARED is not set: answers of reads (cache:) stay in the memory of workers until their time is over. "
        "`adapter reload`\nends them now, if a mapping has any.\n"
        "Writes of it that were not done yet, and that cannot be sent any more: 1 queued.\n"
    ) == capsys.readouterr().out
    with pytest.raises(VaultError) as caught:
        kept.vault.open(subject, row.request)
    assert "erased" == caught.value.kind
    assert 0 == cli.run(["audit", "list"])
    shown = capsys.readouterr().out
    assert f'subject.erased  {subject}  {{"files":true,"key":true,"rows":{{"queued":1}}}}' in shown
    assert "C-7" not in shown


def test_erase_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who is unknown, or erased already, is no mistake: it is certified that there is nothing."""
    assert 0 == cli.run(["erase", "C-7"])
    assert "Nothing was sealed for it, or it was erased before.\n" in capsys.readouterr().out


def test_a_legal_hold(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A held subject is not erased, and the command says why; released, it is."""
    assert 1 == cli.run(["erase", "C-7", "--hold", "case 12"])
    vault = durable(project).vault
    subject = vault.subject("C-7")
    sealed = vault.seal(subject, b"Berlin")
    assert 0 == cli.run(["erase", "C-7", "--hold", "case 12"])
    capsys.readouterr()
    assert 1 == cli.run(["erase", "C-7"])
    assert "adapter: not erased, since it is held: case 12\n" in capsys.readouterr().err
    assert b"Berlin" == vault.open(subject, sealed)
    assert 0 == cli.run(["erase", "C-7", "--release"])
    assert 0 == cli.run(["erase", "C-7"])


def test_a_new_secret(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """``store key`` makes one that is accepted; after ``store rotate`` the old one is not needed."""
    old = durable(project).vault
    subject = old.subject("C-7")
    sealed = old.seal(subject, b"Berlin")
    assert 0 == cli.run(["store", "key"])
    assert 32 <= len(capsys.readouterr().out.strip())
    monkeypatch.setenv("ADAPTER_STORE_KEY", f"{NEW},{OLD}")
    assert 0 == cli.run(["store", "rotate"])
    assert "2 keys are now under the secret " in capsys.readouterr().out
    assert b"Berlin" == durable(project, ADAPTER_STORE_KEY=NEW).vault.open(subject, sealed)
    monkeypatch.setenv("ADAPTER_STORE_KEY", OLD)
    assert 1 == cli.run(["erase", "C-7"])
    assert "is not in ADAPTER_STORE_KEY" in capsys.readouterr().err


def test_a_backup(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The copy is a whole store, for its owner alone; a file that is there is not written over."""
    cli.run(["erase", "C-7"])
    assert 0 == cli.run(["store", "backup", str(project / "copy.db")])
    assert 0o600 == (project / "copy.db").stat().st_mode & 0o777
    assert 2 == cli.run(["store", "backup", str(project / "copy.db")])
    (project / "adapter.db").unlink()
    (project / "copy.db").rename(project / "adapter.db")
    capsys.readouterr()
    assert 0 == cli.run(["audit", "verify"])
    assert "1 entries, 0 checkpoints: whole\n" == capsys.readouterr().out


def test_checkpoints(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A checkpoint is one line, which ``verify`` takes from files; one that does not fit the log is found."""
    cli.run(["erase", "C-7"])
    capsys.readouterr()
    assert 0 == cli.run(["audit", "checkpoint"])
    line = capsys.readouterr().out
    assert 1 == json.loads(line)["count"]
    (project / "copies").write_text(line + line)
    assert 0 == cli.run(["audit", "verify", str(project / "copies")])
    assert "1 entries, 3 checkpoints: whole\n" == capsys.readouterr().out
    for name in ("adapter.db", "adapter.db-wal", "adapter.db-shm"):
        (project / name).unlink(missing_ok=True)
    assert 1 == cli.run(["audit", "verify", str(project / "copies")])
    shown = capsys.readouterr()
    assert "0 entries, 2 checkpoints: NOT whole\n" == shown.out
    assert "there were 1 entries at a checkpoint, and now there are 0: the end is cut off" in shown.err


def test_no_secret(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a secret nothing is sealed, and the command to make one is named; so is a file that is not there."""
    monkeypatch.delenv("ADAPTER_STORE_KEY")
    assert 1 == cli.run(["erase", "C-7"])
    assert "ADAPTER_STORE_KEY is not set -> make one with `adapter store key`" in capsys.readouterr().err
    monkeypatch.setenv("ADAPTER_STORE_KEY_FILE", "none.key")
    assert 1 == cli.run(["erase", "C-7"])
    assert "ADAPTER_STORE_KEY_FILE: none.key cannot be read" in capsys.readouterr().err
    (project / "none.key").write_text("short")
    assert 1 == cli.run(["erase", "C-7"])
    assert "ADAPTER_STORE_KEY_FILE: 1 of its secrets have less than 32 characters" in capsys.readouterr().err
    (project / "none.key").write_text(OLD + "\n")
    assert 0 == cli.run(["erase", "C-7"])


def test_secrets_are_not_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``adapter settings`` says that they are set, and no more; neither does the settings' own text."""
    assert 0 == cli.run(["settings"])
    shown = capsys.readouterr().out
    assert "ADAPTER_STORE_KEY\n    value    (set; hidden)" in shown
    assert OLD not in shown + repr(settings.read(project, {"ADAPTER_STORE_KEY": OLD}))


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("ADAPTER_STORE", "postgresql://me:hunter22@db/adapter", "a URL with a password in it"),
        ("ADAPTER_STORE", "postgresql://me@db/adapter?password=hunter22", "a URL with a password in it"),
        ("ADAPTER_STORE", "mysql://db/adapter", "not a path, and not a URL"),
        ("ADAPTER_SUBJECTS", "postgresql://me@db", "not a path, and not a URL"),
        ("ADAPTER_STORE", "", "nothing at all"),
        ("ADAPTER_STORE_KEY", "hunter22", "1 of its secrets have less than 32 characters"),
    ],
)
def test_wrong_settings(project: Path, name: str, value: str, wrong: str) -> None:
    """What is set wrongly is found while settings are read, and no secret is in what is said about it."""
    with pytest.raises(BuildError) as caught:
        settings.read(project, {name: value})
    assert wrong in str(caught.value)
    assert "hunter22" not in str(caught.value)


def test_durable_checks_without_opening(project: Path) -> None:
    """What is wrong with the settings is known before anything is opened."""
    assert () == durable(project).check()
    (mistake,) = durable(project, ADAPTER_STORE_KEY="").check()
    assert "ADAPTER_STORE_KEY is not set" == mistake.text
    assert ["mappings"] == [file.name for file in project.iterdir()]


def test_a_store_that_cannot_be_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A command says so in one line."""
    (project / "adapter.db").write_bytes(b"something else " * 500)
    assert 1 == cli.run(["audit", "list"])
    assert "adapter: store-unavailable: DatabaseError: file is not a database\n" == capsys.readouterr().err
