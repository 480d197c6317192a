"""Mentors and incubation: from award to mentored team, matched by an optimum that explains itself."""

from flask import Flask

from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem


def init_app(app: Flask) -> None:
    from ..core import access, navigation, signals
    from ..core import personal as registry
    from ..spaces.queries import attending
    from . import commands, jobs, mails, personal, policies, routes  # noqa: F401 - jobs and mails register themselves
    from .queries import calendar
    from .services import session_lost

    access.register_policies("mentoring", policies)
    registry.register(personal.tell, personal.blank)
    attending.register(calendar.sessions_of)
    signals.place_changed.connect(session_lost.place_changed)
    navigation.register(Role.STAFF, NavItem(lazy("Ươm tạo"), "mentoring.index", 60, prefix="mentoring."))
    navigation.register(Role.MENTOR, NavItem(lazy("Cố vấn"), "mentoring.me", 20, prefix="mentoring."))
    navigation.register(Role.MEMBER, NavItem(lazy("Ươm tạo"), "mentoring.index", 60, prefix="mentoring."))
    app.register_blueprint(routes.bp)
    app.cli.add_command(commands.mentoring)
