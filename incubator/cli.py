"""Commands that belong to no domain: configuration, catalogues, backup. Domains add their own groups."""

from __future__ import annotations

import click
from flask import Flask, current_app

from .core import catalogues


def init_app(app: Flask) -> None:
    app.cli.add_command(check_config)
    app.cli.add_command(catalogues.messages)
    from .core import backup

    app.cli.add_command(backup.backup)
    app.cli.add_command(backup.restore)


@click.command("check-config")
def check_config() -> None:
    """Say whether the configuration is fit for production, and what is missing."""
    from config import problems

    found = problems({**current_app.config, "ENVIRONMENT": "production"})
    for line in found:
        click.echo(f"- {line}")
    click.echo("Fit for production." if not found else f"{len(found)} settings to mend before production.")
