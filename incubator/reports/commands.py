"""`flask --app wsgi figures`."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from ..core import clock
from .figures import figures_of


@click.command("figures")
@click.option("--year", type=int, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
@with_appcontext
def figures(year: int, as_json: bool) -> None:
    """Print figures of a year: computed from rows, beside the reported ones."""
    rows = figures_of(year, clock.now())
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        reported = (
            "" if row["reported"] is None else f"{row['qualifier']} {row['reported']} ({row['source']})"
        )
        click.echo(
            f"{row['edition'] or '-':<24} {row['key']:<28} {row['computed'] if row['computed'] is not None else '-':>8} {row['unit']:<10} {reported}"
        )
