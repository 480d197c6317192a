"""`flask --app wsgi matches …`."""

from __future__ import annotations

import json
import sys
from typing import IO

import click
from flask.cli import AppGroup

from ..core.errors import NotFound
from .refusal_words import sentence
from .refusals import RuleError
from .replay_report import replay_text

matches = AppGroup("matches", help="Match play.")


@matches.command("replay")
@click.argument("file", type=click.File("r", encoding="utf-8"))
def replay_command(file: IO[str]) -> None:
    """Read a results list (docs/matches-replay.md) and print its tables and bracket as JSON."""
    try:
        answer = replay_text(file.read())
    except RuleError as error:
        values = error.values
        click.echo(f"{values['where']}: {values['what']}" if "where" in values else sentence(error), err=True)
        sys.exit(2)
    except UnicodeDecodeError as error:
        click.echo(f"$: not UTF-8: {error}", err=True)
        sys.exit(2)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


@matches.command("export")
@click.argument("slug")
def export_command(slug: str) -> None:
    """Print a tournament of this house in the form that `matches replay` reads."""
    from .queries.board import board_by_slug
    from .replay_export import as_file

    try:
        board = board_by_slug(slug)
    except NotFound:
        click.echo(f"No tournament is called {slug}.", err=True)
        sys.exit(2)
    click.echo(json.dumps(as_file(board), ensure_ascii=False, indent=2))
