"""Commands of the audit trail and the outbox."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from . import delivery, seals

audit = AppGroup("audit", help="The audit trail.")
outbox = AppGroup("outbox", help="Messages that wait to be sent.")


@audit.command("seal")
def seal_command() -> None:
    """Seal all events that are not yet in the chain."""
    click.echo(f"{seals.seal_pending()} events sealed.")


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def verify_command(as_json: bool) -> None:
    """Check the hash chain from its beginning; exit 1 when it is broken."""
    verdict = seals.verify(seals.read_anchor())
    if as_json:
        click.echo(
            json.dumps(
                {
                    "checked": verdict.checked,
                    "seals": verdict.seals,
                    "whole": verdict.whole,
                    "problems": verdict.problems,
                }
            )
        )
    elif verdict.whole:
        click.echo(f"The chain is whole: {verdict.checked} events under {verdict.seals} seals.")
    else:
        for problem in verdict.problems:
            click.echo(problem, err=True)
    sys.exit(0 if verdict.whole else 1)


@outbox.command("deliver")
def deliver_command() -> None:
    """Send what waits now."""
    click.echo(f"{delivery.deliver_pending()} messages sent.")
