"""Commands about people."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..core import clock
from ..core.access import Role, ScopeKind, system_actor
from ..core.db import transaction
from ..core.errors import DomainError
from ..models import InvitationKind
from . import services

accounts = AppGroup("accounts", help="People and their sign-ins.")


@accounts.command("first-admin")
@click.option("--name", required=True, help="Full name.")
@click.option("--email", required=True, help="Address to sign in with.")
def first_admin(name: str, email: str) -> None:
    """Make the first administrator and print the link on which to choose a password."""
    actor, at = system_actor("first-admin"), clock.now()
    try:
        with transaction():
            person = services.create_person(name, email=email, actor=actor, at=at)
            account = services.create_account(
                person, email=email, phone=None, password=None, at=at, actor=actor
            )
            services.grant_role(person.id, Role.ADMINISTRATOR, ScopeKind.SYSTEM, None, actor=actor, at=at)
            invitation = services.invite(
                InvitationKind.RESET, actor=actor, at=at, person_id=person.id, account_id=account.id
            )
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo("Open this link within two hours and choose a password:")
    click.echo(services.link_of(invitation))
