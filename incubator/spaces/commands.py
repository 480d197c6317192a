"""`flask spaces …`: list the places, read a calendar file, release no-shows."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from ..core import clock
from ..core.access import system_actor
from ..core.db import db, transaction
from ..core.errors import DomainError
from ..core.i18n import _
from ..models import Resource
from .calendar_file import MOST_BYTES
from .calendar_read import Imported
from .intervals import local_days, local_time
from .queries.world import place_rows
from .services import day, imports, requests
from .wording import span_of

spaces = AppGroup("spaces", help="Places, machines and their calendars.")


def _day(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    if value is not None and not 1900 <= value.year <= 2200:
        raise click.BadParameter(_("Ngày nằm trong các năm 1900 đến 2200."))
    return value.date() if value is not None else None


@spaces.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_places(as_json: bool) -> None:
    """List rooms, machines, kits and courts with their slugs, those of partners too."""
    rows = [
        {
            "slug": row.slug,
            "name": row.name,
            "kind": row.kind.value,
            "site": row.site_name,
            "capacity": row.capacity,
            "units": row.units,
            "partner": row.is_partner,
        }
        for row in place_rows(partners=True).values()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['slug']:<32} {row['kind']:<8} {row['name']}")


@spaces.command("import-ics")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--resource", "slug", required=True, help="Slug of the place, see `spaces list`.")
@click.option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="First local date; default today.",
)
@click.option(
    "--to",
    "until",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="Up to, not including; default +1 year.",
)
@click.option("--dry-run", is_flag=True, help="Read and report, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of {uid, start, end, summary}.")
def import_ics(
    file: Path, slug: str, first: date | None, until: date | None, dry_run: bool, as_json: bool
) -> None:
    """Read an .ics file into the calendar of a place. Overlaps are kept and reported as clashes."""
    first = first or clock.today()
    until = until or first + timedelta(days=365)
    if until <= first:
        raise click.ClickException(_("--to phải sau --from."))
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)  # one more than is read tells that there is more
    except OSError as error:
        raise click.ClickException(_("Không mở được tệp %(file)s.", file=str(file))) from error
    resource = db.session.scalar(sa.select(Resource).where(Resource.slug == slug))
    if resource is None:
        raise click.ClickException(_("Không có phòng hoặc máy “%(slug)s”. Xem `spaces list`.", slug=slug))
    window = local_days(first, until)
    try:
        if dry_run:
            result = imports.preview(data, resource, window, name=file.name, at=clock.now())
        else:
            with transaction():
                result = imports.import_file(
                    data,
                    resource.id,
                    window,
                    name=file.name,
                    actor=system_actor("import-ics"),
                    at=clock.now(),
                )
    except DomainError as error:
        raise click.ClickException(error.message) from error
    _report(result, as_json=as_json, dry_run=dry_run)


def _report(result: imports.ImportResult, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        click.echo(json.dumps([_facts(item) for item in result.occurrences], ensure_ascii=False, indent=2))
    else:
        for item in result.occurrences:
            click.echo(f"{span_of(item.span)}  {item.summary}")
    for item, hits in result.clashes:
        against = "; ".join(
            f"{hit.name} {span_of(hit.span)} ({hit.owner.kind} {hit.owner.id})" for hit in hits
        )
        click.echo(
            _(
                "Trùng: %(what)s, %(when)s với %(against)s",
                what=item.summary,
                when=span_of(item.span),
                against=against,
            ),
            err=True,
        )
    for gone in result.gone:
        click.echo(
            _("Không còn trong tệp: %(what)s, %(when)s", what=gone.title, when=span_of(gone.span)), err=True
        )
    moments = sum(item.start >= item.end for item in result.occurrences)
    if moments:
        click.echo(
            _("%(n)s sự kiện không có độ dài: có trong danh sách, không giữ chỗ.", n=moments), err=True
        )
    if not dry_run and result.row is not None:
        text = _(
            "Đã ghi %(stored)s lượt, trong đó %(clashes)s trùng; %(known)s lượt đã có từ trước.",
            stored=result.row.stored,
            clashes=result.row.clashes,
            known=result.known,
        )
        click.echo(text, err=True)


def _facts(item: Imported) -> dict[str, Any]:
    return {
        "uid": item.uid,
        "start": local_time(item.start).isoformat(),
        "end": local_time(item.end).isoformat(),
        "summary": item.summary,
    }


@spaces.command("sweep")
def sweep() -> None:
    """Release no-shows, end what is over and let holds lapse, as the periodic job does."""
    at = clock.now()
    with transaction():
        gone = day.release_no_shows(at=at)
        done = day.finish_past(at=at)
        lapsed = requests.lapse_holds(at=at)
    click.echo(f"{len(gone)} no-shows, {done} finished, {lapsed} holds lapsed.")
