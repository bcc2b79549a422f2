"""Settings: one reading, every mistake at once, no secret shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapter import settings
from adapter.errors import BuildError
from adapter.settings import Settings

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write ``adapter.env`` into a project folder and return the folder."""

    def env(text: str) -> Path:
        (tmp_path / "adapter.env").write_text(text, "utf-8")
        return tmp_path

    return env


def mistakes(project: Path, **environ: str) -> list[str]:
    """Return what is wrong as ``file:line name`` and the remedy, in order."""
    with pytest.raises(BuildError) as caught:
        settings.read(project, {f"ADAPTER_{name}": value for name, value in environ.items()})
    return [str(mistake) for mistake in caught.value.mistakes]


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    """A project without ``adapter.env`` answers for the local machine only and trusts nobody."""
    read = settings.read(tmp_path, {"PATH": "/bin", "ADAPTER_PROJECT": str(tmp_path)})

    assert Settings() == read
    assert (("localhost", "127.0.0.1", "[::1]"), (), 0) == (read.hosts, read.cors_origins, read.proxies)


def test_the_environment_wins_over_the_file(write: Write) -> None:
    """An operator's variable replaces the line that came with the project."""
    project = write("ADAPTER_TIMEOUT=5\nADAPTER_PROXIES=1\n")

    read = settings.read(project, {"ADAPTER_TIMEOUT": "2.5"})

    assert (2.5, 1) == (read.timeout, read.proxies)


def test_the_file_is_lines_of_name_and_value(write: Write) -> None:
    """Comments and empty lines are left out, quotes around a whole value are taken off, a value may hold =."""
    read = settings.read(
        write("# a comment\n\nADAPTER_VALUE_A = 'x y'\nADAPTER_VALUE_B=\"\"\nADAPTER_VALUE_C=a=b#c\n"), {}
    )

    assert {"A": "x y", "B": "", "C": "a=b#c"} == read.value


def test_every_mistake_is_reported_with_its_line(write: Write) -> None:
    """A wrong line, a doubled name, a typo and a bad value are found in one go."""
    project = write(
        "ADAPTER_HOST=x\n"
        "nonsense\n"
        "ADAPTER_TIMEOUT=soon\n"
        "ADAPTER_VALUE_A=1\n"
        "ADAPTER_VALUE_A=2\n"
        "ADAPTER_LOG_LEVEL=INFO # loud\n"
        "PATH=/bin\n"
    )

    found = mistakes(project, PROXIES="-1")

    assert "adapter.env:1:1: ADAPTER_HOST is not a setting -> did you mean ADAPTER_HOSTS?" == found[0]
    assert ["adapter.env:2:1", "adapter.env:3:1", "adapter.env:5:1", "adapter.env:6:1", "adapter.env:7:1"] == [
        mistake.split(": ")[0] for mistake in found[1:6]
    ]
    assert found[6].startswith("environment: ADAPTER_PROXIES: not a whole number from 0 to 10")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENDPOINT_ERP", "ftp://erp/x"),
        ("ENDPOINT_ERP", "http://user:password@erp/x"),
        ("ENDPOINT_ERP", "http:///x"),
        ("ENDPOINT_ERP", "http://erp:99999/x"),
        ("ENDPOINT_ERP", "http://erp/x#y"),
        ("ENDPOINT_", "http://erp/x"),
        ("ENDPOINT_erp", "http://erp/x"),
        ("HOSTS", ""),
        ("HOSTS", "https://api.example"),
        ("HOSTS", "*"),
        ("CORS_ORIGINS", "https://shop.example/"),
        ("CORS_ORIGINS", "shop.example"),
        ("TIMEOUT", "0"),
        ("TIMEOUT", "nan"),
        ("TIMEOUT", "1e3"),
        ("MAX_REQUEST_BYTES", "1MB"),
        ("MAX_DEPTH", "100000"),
        ("LOG_LEVEL", "loud"),
        ("CONVERTERS", "my module"),
    ],
)
def test_a_value_that_cannot_work_is_a_mistake(tmp_path: Path, name: str, value: str) -> None:
    """What would fail at the first request, or mean something else than it seems, is refused at the start."""
    assert 1 == len(mistakes(tmp_path, **{name: value}))


def test_a_password_in_a_url_is_not_repeated(tmp_path: Path) -> None:
    """The mistake about it does not become the leak."""
    assert "hunter2" not in mistakes(tmp_path, ENDPOINT_ERP="http://user:hunter2@erp/x")[0]


def test_a_port_is_pinned_by_its_own_variable_or_its_services(tmp_path: Path) -> None:
    """The more exact variable wins; names are spelled in capitals with _ for every other character."""
    read = settings.read(
        tmp_path,
        {"ADAPTER_ENDPOINT_ERPSERVICE": "http://a/", "ADAPTER_ENDPOINT_ERPSERVICE_ERP_SOAP12": "http://b/"},
    )

    assert "http://a/" == read.endpoint_of("ErpService", "ErpSoap11")
    assert "http://b/" == read.endpoint_of("ErpService", "Erp.Soap12")
    assert read.endpoint_of("Lager", "LagerSoap") is None
    assert ("ADAPTER_ENDPOINT_LAGER_SOAP_1", "ADAPTER_ENDPOINT_LAGER") == settings.endpoint_names("Lager", "Soap-1")


def test_services_and_constants_are_found_by_the_names_mappings_use(tmp_path: Path) -> None:
    """A mapping's ``customers`` is the variable's ``CUSTOMERS``."""
    read = settings.read(tmp_path, {"ADAPTER_SERVICE_CUSTOMERS": "http://c/", "ADAPTER_VALUE_CLIENT": "100"})

    assert ("http://c/", "100", None) == (
        read.service_of("customers"),
        read.value_of("client"),
        read.value_of("language"),
    )
    assert ("ADAPTER_SERVICE_CUSTOMERS", "ADAPTER_VALUE_CLIENT") == (
        settings.service_name("customers"),
        settings.value_name("client"),
    )


def test_a_variable_that_nothing_asks_for_is_found(tmp_path: Path) -> None:
    """A typo in a name that only the mappings can judge is found too."""
    read = settings.read(tmp_path, {"ADAPTER_VALUE_CLINET": "100", "ADAPTER_VALUE_LANGUAGE": "DE"})

    found = settings.unused(read, {"ADAPTER_VALUE_CLIENT", "ADAPTER_VALUE_LANGUAGE"})

    assert [("ADAPTER_VALUE_CLINET is set, but nothing asks for it", "did you mean ADAPTER_VALUE_CLIENT?")] == [
        (mistake.text, mistake.remedy) for mistake in found
    ]


def test_constants_and_addresses_are_not_shown(tmp_path: Path) -> None:
    """Settings end up in tracebacks; secrets must not."""
    read = settings.read(tmp_path, {"ADAPTER_VALUE_KEY": "hunter2", "ADAPTER_ENDPOINT_ERP": "http://inside/"})

    assert "hunter2" not in repr(read)
    assert "inside" not in repr(read)


def test_the_reference_lists_each_setting_with_a_default_that_parses(tmp_path: Path) -> None:
    """What the reference page shows is what is read."""
    described = settings.describe()
    plain = {each.name: each.default for each in described if "<" not in each.name}

    assert Settings() == settings.read(tmp_path, plain)
    assert {f"ADAPTER_{family}_<NAME>" for family in ("ENDPOINT", "SERVICE", "VALUE", "CREDENTIAL", "ISSUER")} == {
        each.name for each in described if "<" in each.name
    }
    assert all(each.doc.endswith(".") for each in described)


def test_the_project_folder_is_the_given_one_then_the_variable_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any of them it is the one the package carries."""
    (tmp_path / "mappings").mkdir()
    monkeypatch.chdir(tmp_path)
    assert Path("given") == settings.project({"ADAPTER_PROJECT": "set"}, "given")
    assert Path("set") == settings.project({"ADAPTER_PROJECT": "set"})
    assert tmp_path == settings.project({})
    (tmp_path / "mappings").rmdir()
    assert "_project" == settings.project({}).name


def test_an_unreadable_file_is_a_mistake(tmp_path: Path) -> None:
    """A file that is no UTF-8 text is reported, not guessed."""
    (tmp_path / "adapter.env").write_bytes(b"ADAPTER_VALUE_A=\xff")

    assert ["adapter.env: cannot be read as UTF-8 text -> UnicodeDecodeError"] == mistakes(tmp_path)
