"""Pages of contests, by audience."""

from flask import Flask


def register(app: Flask) -> None:
    from ...accounts.elsewhere import answered_by
    from ...models import InvitationKind
    from . import entries, privacy, public, registration, review, school_lists, setup, teams
    from . import setup_parts as _parts  # noqa: F401 - its views stand in the blueprint of setup

    for module in (public, registration, school_lists, setup, review, entries, teams, privacy):
        app.register_blueprint(module.bp)
    answered_by(InvitationKind.TEAM, "teams.join")
    answered_by(InvitationKind.GUARDIAN, "teams.guardian")
