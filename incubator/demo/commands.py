"""`flask --app wsgi demo load|sign-ins`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import flask_migrate
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup

from ..core import clock
from ..core.db import db
from ..models import Contest
from . import season

demo = AppGroup("demo", help="The demo season.")


def _sheet() -> Path:
    return Path(current_app.instance_path) / "demo-sign-ins.json"


@demo.command("load")
@click.option("--migrate", is_flag=True, help="Bring the database up to date first.")
@click.option("--sign-ins", is_flag=True, help="Print the sign-ins afterwards.")
def load_command(migrate: bool, sign_ins: bool) -> None:
    """Load the demo season into an empty database, with a progress bar.

    The options are for `make demo`: one process instead of three, so that a second start takes seconds.
    """
    if migrate:
        flask_migrate.upgrade()
    if db.session.scalar(sa.select(sa.func.count(Contest.id))):
        click.echo("The database already holds contests; nothing was loaded. `make demo-reset` starts over.")
    else:
        _load()
    if sign_ins:
        _print_sign_ins()


def _load() -> None:
    started = time.perf_counter()
    current_app.config["QUIET_OUTBOX"] = True  # last year's messages are not sent today
    steps = season.available()
    with click.progressbar(
        length=len(steps), label="Demo season", show_eta=False, item_show_func=lambda x: x
    ) as bar:
        seen = 0

        def progress(title: str) -> None:
            nonlocal seen
            bar.update(1 if seen else 0, title)
            seen += 1

        with clock.frozen(clock.demo_now()):  # two loads at one moment make the same rows, but for secrets
            ctx = season.Context(today=clock.demo_today(), progress=progress)
            season.load(ctx)
        bar.update(1, "")
    _sheet().write_text(json.dumps(ctx.sign_ins, ensure_ascii=False))
    click.echo(f"Loaded in {time.perf_counter() - started:.1f} s.")


@demo.command("sign-ins")
def sign_ins_command() -> None:
    """Print the demo's sign-ins and the pages to look at first."""
    _print_sign_ins()


def _print_sign_ins() -> None:
    if not _sheet().exists():
        click.echo("No demo season is loaded.")
        return
    rows = json.loads(_sheet().read_text())
    base = str(current_app.config["PUBLIC_URL"])
    width = max(len(r[0]) for r in rows)
    mail = max(len(r[1]) for r in rows)
    click.echo(f"\nPassword of every demo account: {season.PASSWORD}\n")
    click.echo(f"{'Role':<{width}}  {'E-mail':<{mail}}  First page")
    for role, email, page in rows:
        click.echo(f"{role:<{width}}  {email:<{mail}}  {base}{page}")
    click.echo(f"{'Visitor':<{width}}  {'-':<{mail}}  {base}/vi/\n")
