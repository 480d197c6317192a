"""Audit trail, outbox and long jobs. Every domain records and notifies through `services`."""

from flask import Flask


def init_app(app: Flask) -> None:
    from ..core import access
    from . import commands, delivery, heartbeat, housekeeping, jobs, policies, routes, seals  # noqa: F401 - their periodic tasks

    access.register_policies("activity", policies)
    app.register_blueprint(routes.bp)
    app.cli.add_command(commands.audit)
    app.cli.add_command(commands.outbox)
