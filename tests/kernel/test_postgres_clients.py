import pytest

from kernel import postgres_clients
from kernel.postgres_clients import NoClient, client_program, wheel_folder


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Releases of PostgreSQL as Debian installs them."""
    for release in ("9", "15", "16"):
        folder = tmp_path / "usr" / "lib" / "postgresql" / release / "bin"
        folder.mkdir(parents=True)
        (folder / "pg_dump").write_text("#!/bin/sh\n")
        (folder / "pg_dump").chmod(0o755)
    monkeypatch.setattr(postgres_clients, "PLACES", (f"{tmp_path}/usr/lib/postgresql/*/bin",))
    return tmp_path / "usr" / "lib" / "postgresql"


def test_without_tls_it_is_the_wheels(installed):
    for options in ({}, {"sslmode": "prefer"}, {"sslmode": "disable"}):
        assert client_program("pg_dump", options) == wheel_folder() / "pg_dump"


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_with_tls_it_is_the_systems_newest(installed, mode):
    assert client_program("pg_dump", {"sslmode": mode}) == installed / "16" / "bin" / "pg_dump"


def test_one_that_lacks_the_program_is_passed_over(installed):
    (installed / "16" / "bin" / "pg_dump").unlink()
    assert client_program("pg_dump", {"sslmode": "require"}) == installed / "15" / "bin" / "pg_dump"


def test_without_any_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_clients, "PLACES", (f"{tmp_path}/none/*/bin",))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoClient, match="apt install postgresql-client"):
        client_program("pg_dump", {"sslmode": "require"})
