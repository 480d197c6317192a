"""A backup taken while the system runs can be restored, and its audit chain is whole."""

from __future__ import annotations

import shutil

import pytest


def test_backup_is_restored_with_its_chain(new_server, tmp_path, request):
    if request.config.getoption("--db") == "postgres" and not shutil.which("pg_dump"):
        pytest.fail("pg_dump is needed to back up PostgreSQL")
    server = new_server()
    admin = ["accounts", "first-admin", "--name", "Nguyễn An", "--email"]
    link = server.run(*admin, "an@example.org").stdout.strip().splitlines()[-1]
    server.run("audit", "seal")
    (server.instance / "files").mkdir(exist_ok=True)
    (server.instance / "files" / "aa").write_bytes(b"content")
    server.run("backup", str(tmp_path / "copy"))
    server.run(*admin, "later@example.org")
    (server.instance / "files" / "aa").unlink()

    server.run("restore", str(tmp_path / "copy"), "--yes")

    assert server.run("audit", "verify").stdout.startswith("The chain is whole")
    assert (server.instance / "files" / "aa").read_bytes() == b"content"
    again = server.run(*admin, "an@example.org", check=False)
    assert again.returncode == 1, "the first account is back"
    assert server.run(*admin, "later@example.org").returncode == 0, "what came after the backup is gone"
    assert link.startswith(server.url)


def test_a_backup_never_overwrites_another(new_server, tmp_path):
    server = new_server()
    (tmp_path / "copy").mkdir()
    done = server.run("backup", str(tmp_path / "copy"), check=False)
    assert done.returncode == 1
    assert "exists" in done.stderr


def test_a_folder_that_is_no_backup_replaces_nothing(new_server, tmp_path, request):
    server = new_server()
    admin = ["accounts", "first-admin", "--name", "Nguyễn An", "--email"]
    server.run(*admin, "an@example.org")
    name = "database.dump" if request.config.getoption("--db") == "postgres" else "database.sqlite"
    (tmp_path / "parent" / "copy").mkdir(parents=True)
    refused = server.run("restore", str(tmp_path / "parent"), "--yes", check=False)
    assert refused.returncode == 1
    assert f"holds no {name}" in refused.stderr
    assert not (tmp_path / "parent" / name).exists()
    if name == "database.sqlite":
        for content in (b"", b"SQLite format 3\0 and then nothing", bytes(5000)):
            (tmp_path / "parent" / name).write_bytes(content)
            refused = server.run("restore", str(tmp_path / "parent"), "--yes", check=False)
            assert "is damaged" in refused.stderr, content[:20]
    assert server.run(*admin, "an@example.org", check=False).returncode == 1, (
        "the first account is still there"
    )
