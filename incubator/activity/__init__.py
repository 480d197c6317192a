"""Audit trail, outbox and long jobs. Every domain records and notifies through `services`."""

from flask import Flask


def init_app(app: Flask) -> None:
    from ..core import access
    from ..core import personal as registry
    from . import commands, delivery, heartbeat, housekeeping, jobs, personal, policies, routes, seals  # noqa: F401 - their periodic tasks

    access.register_policies("activity", policies)
    registry.register(personal.tell, personal.blank)
    app.register_blueprint(routes.bp)
    app.cli.add_command(commands.audit)
    app.cli.add_command(commands.outbox)
