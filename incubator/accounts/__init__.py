"""People and how they come in: sign-in, invitations, roles, devices."""

from flask import Flask

from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem


def init_app(app: Flask) -> None:
    from ..core import access, navigation
    from ..core import personal as registry
    from ..core.extensions import login_manager
    from . import commands, mails, personal, policies, queries, routes  # noqa: F401 - mails registers its builders
    from .routes import admin, links

    login_manager.user_loader(queries.load_actor)
    access.register_policies("accounts", policies)
    registry.register(personal.tell, personal.blank)
    navigation.register(
        Role.ADMINISTRATOR,
        NavItem(lazy("Người dùng"), "people.index", 20, prefix="people."),
        NavItem(lazy("Nhật ký"), "activity.audit", 30),
        NavItem(lazy("Thư"), "activity.mail", 40),
    )
    app.register_blueprint(routes.bp)
    app.register_blueprint(admin.bp)
    app.register_blueprint(links.bp)
    app.cli.add_command(commands.accounts)
