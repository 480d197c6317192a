"""Backup and restore: the database, the stored files and the audit anchor in one folder."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import click
from flask import current_app

from .db import db


def _anchor() -> Path:
    return Path(current_app.instance_path) / "audit-anchor.json"


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy database, files and anchor into FOLDER (which must not exist) while the system runs."""
    if folder.exists():
        raise click.ClickException(f"{folder} exists. Name a new folder for each backup.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)  # it holds everybody's data
    if db.engine.dialect.name == "sqlite":
        _copy_sqlite(Path(str(db.engine.url.database)), folder / "database.sqlite")
    else:
        _run(["pg_dump", "--format=custom", "--file", str(folder / "database.dump"), _pg_url()])
    files = Path(str(current_app.config["FILES_URL"]))
    if files.exists():
        shutil.copytree(files, folder / "files")
    if _anchor().exists():
        shutil.copy2(_anchor(), folder / "audit-anchor.json")
    click.echo(f"Backup written to {folder}.")


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask; the present data is replaced.")
def restore(folder: Path, yes: bool) -> None:
    """Replace database and files by those of a backup. Stop the server and the worker first."""
    stored = _database_in(folder)
    if not yes:
        click.confirm("Replace the present data by this backup?", abort=True)
    if db.engine.dialect.name == "sqlite":
        target = Path(str(db.engine.url.database))
        db.engine.dispose()
        beside = target.with_name(f"{target.name}.restored")
        beside.unlink(missing_ok=True)
        _copy_sqlite(stored, beside)
        for ending in ("-wal", "-shm"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        beside.replace(target)
    else:
        db.engine.dispose()
        _run(
            [
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--dbname",
                _pg_url(),
                str(stored),
            ]
        )
    if (folder / "files").exists():
        shutil.copytree(folder / "files", Path(str(current_app.config["FILES_URL"])), dirs_exist_ok=True)
    if (folder / "audit-anchor.json").exists():
        shutil.copy2(folder / "audit-anchor.json", _anchor())
    shutil.rmtree(str(current_app.config["PUBLISHED_PATH"]), ignore_errors=True)  # built again when asked for
    click.echo("Restored. Run `flask --app wsgi audit verify` before you start the server.")


def _database_in(folder: Path) -> Path:
    """The database of a backup, looked at before anything is replaced. Raises ClickException when it is none of ours."""
    sqlite = db.engine.dialect.name == "sqlite"
    stored = folder / ("database.sqlite" if sqlite else "database.dump")
    if not stored.is_file():
        raise click.ClickException(
            f"{folder} holds no {stored.name}: name the folder of a backup of this kind of database. Nothing was replaced."
        )
    if sqlite and not _is_whole(stored):
        raise click.ClickException(f"{stored} is damaged. Nothing was replaced.")
    return stored


def _is_whole(stored: Path) -> bool:
    connection = sqlite3.connect(f"{stored.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        versions = connection.execute("SELECT count(*) FROM alembic_version").fetchone()[0]
        return bool(versions) and connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online backup: a consistent copy while others write."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def _pg_url() -> str:
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise click.ClickException(f"{command[0]} failed: {done.stderr.strip()[-800:]}")
