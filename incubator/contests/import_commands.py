"""`flask --app wsgi registrations read|import|undo`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from ..core import clock
from ..core.access import system_actor
from ..core.db import db, transaction
from ..core.errors import DomainError
from ..models import Edition, ImportBatch, ImportState
from .queries.import_rules import edition_by_slug, rules_of
from .registration_files import FileReport, Reading, SourceFile, as_json, explain_reason, judge, read_files

registrations = AppGroup("registrations", help="Registration files as offices send them.")
_files = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
_edition = click.option("--edition", required=True, help="Slug of the edition, for instance robotics-2024.")


def _sources(files: tuple[Path, ...]) -> list[SourceFile]:
    return [SourceFile(path.name, path.read_bytes()) for path in files]


def _find(slug: str) -> Edition:
    try:
        return edition_by_slug(slug)
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None


@registrations.command("read")
@_files
@_edition
@click.option("--json", "as_data", is_flag=True, help="Print teams, rows not accepted and files as JSON.")
def read(files: tuple[Path, ...], edition: str, as_data: bool) -> None:
    """Read FILES and judge them by the edition's rules and against each other. Nothing is written.

    Ends with status 1 when a file could not be read; what could be read is printed all the same.
    """
    rules = rules_of(_find(edition).id)
    reading = read_files(_sources(files), rules)
    judge(reading.rows, rules)
    if as_data:
        click.echo(json.dumps(as_json(reading, rules), ensure_ascii=False, indent=1))
    else:
        _print_summary(reading)
        for row in reading.held:
            click.echo(f"- {row.place}: {row.team} ({row.school}). {explain_reason(row, rules)}")
    if reading.problems:
        if as_data:
            for problem in reading.problems:
                click.echo(problem, err=True)
        raise SystemExit(1)


def _print_summary(reading: Reading) -> None:
    for file in reading.files:
        click.echo(f"{file.name}: {_file_line(file)}")
    accepted = reading.accepted
    schools = len({row.school_key for row in accepted})
    click.echo(f"Đủ điều kiện: {len(accepted)} đội của {schools} trường. Giữ lại: {len(reading.held)}.")


def _file_line(file: FileReport) -> str:
    teams = sum(sheet.teams for sheet in file.sheets)
    notes = [*file.problems, *file.notices, *(notice for sheet in file.sheets for notice in sheet.notices)]
    return " ".join([f"{teams} đội.", *notes])


@registrations.command("import")
@_files
@_edition
@click.option("--yes", is_flag=True, help="Import what is ready without asking.")
def import_(files: tuple[Path, ...], edition: str, yes: bool) -> None:
    """Read FILES and import every team that is ready as an accepted entry, in one piece."""
    from .services import import_review, import_writing
    from .services.imports import keep_batch

    found, actor, at = _find(edition), system_actor("registrations import"), clock.now()
    sources, rules = _sources(files), rules_of(found.id)
    reading = read_files(sources, rules)
    judge(reading.rows, rules)
    _print_summary(reading)
    if reading.problems:
        raise click.ClickException("\n".join(reading.problems))
    try:
        with transaction():
            batch = keep_batch(found, sources, actor=actor, at=at)
            import_review.store_reading(batch, reading)
            ready = batch.summary["figures"]["ready"]
            if ready and (yes or click.confirm(f"Nhập {ready} đội?")):
                import_writing.write_batch(batch, actor=actor, at=at)
            number = batch.id
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None
    if batch.state is ImportState.DONE:
        click.echo(f"Đã nhập {ready} đội. Lượt nhập số {number}; gỡ bằng: registrations undo {number}")
    else:
        click.echo(f"Chưa nhập đội nào. Lượt {number} chờ xem lại trên trang nhập hồ sơ.")


@registrations.command("undo")
@click.argument("batch_id", type=int)
@click.option("--reason", default="", help="Kept in the audit trail.")
def undo(batch_id: int, reason: str) -> None:
    """Remove everything that import BATCH_ID made; refused once an entry was edited or marked."""
    from .services.import_undo import undo as undo_import

    batch = db.session.get(ImportBatch, batch_id)
    if batch is None:
        raise click.ClickException(f"Không có lượt nhập số {batch_id}.")
    try:
        with transaction():
            count = undo_import(
                batch, reason=reason, actor=system_actor("registrations undo"), at=clock.now()
            )
    except DomainError as refusal:
        lines = [f"  {number} {team}: {why}" for number, team, why in refusal.details.get("blocked", [])]
        raise click.ClickException("\n".join([refusal.message, *lines])) from None
    click.echo(f"Đã gỡ {count} đội của lượt {batch_id}.")
