"""Pages of contests, by audience."""

from flask import Flask


def register(app: Flask) -> None:
    from ...accounts.elsewhere import answered_by
    from ...models import InvitationKind
    from . import (  # noqa: F401, I001 - views of the blueprints above
        cards,
        consents,
        dossiers,
        entries,
        privacy,
        public,
        registration,
        registration_rows,
        review,
        school_lists,
        setup,
        setup_parts,
        teams,
    )

    for module in (public, registration, school_lists, setup, review, entries, teams, privacy, cards):
        app.register_blueprint(module.bp)
    answered_by(InvitationKind.TEAM, "teams.join")
    answered_by(InvitationKind.GUARDIAN, "teams.guardian")
