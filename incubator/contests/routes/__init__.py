"""Pages of contests, by audience."""

from importlib import import_module

from flask import Flask

#: Modules whose `bp` is registered; those after them put their views into one of these.
BLUEPRINTS = (
    "public",
    "registration",
    "school_lists",
    "setup",
    "review",
    "entries",
    "teams",
    "privacy",
    "privacy_requests",
    "cards",
)
PARTS = ("consents", "dossiers", "registration_file", "registration_rows", "setup_new", "setup_parts")


def register(app: Flask) -> None:
    from ...accounts.elsewhere import answered_by
    from ...models import InvitationKind

    modules = [import_module(f"{__name__}.{name}") for name in (*BLUEPRINTS, *PARTS)]
    for module in modules[: len(BLUEPRINTS)]:
        app.register_blueprint(module.bp)
    answered_by(InvitationKind.TEAM, "teams.join")
    answered_by(InvitationKind.GUARDIAN, "teams.guardian")
