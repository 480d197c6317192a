"""What reading registration files and the lists bring into the application: jobs, pages, menu, commands."""

from __future__ import annotations

from flask import Flask

from ..core import navigation
from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem, edition_of


def init_app(app: Flask) -> None:
    from . import import_jobs, import_row_routes  # noqa: F401 - register the jobs and the pages of rows
    from .import_commands import registrations
    from .import_routes import bp as imports
    from .list_routes import bp as lists

    app.cli.add_command(registrations)
    app.register_blueprint(imports)
    app.register_blueprint(lists)
    for role in (Role.ORGANISER, Role.SECRETARY):
        navigation.register(
            role,
            NavItem(lazy("Danh sách"), "lists.entries", 22, args=edition_of, prefix="lists."),
            NavItem(lazy("Nhập tệp"), "imports.index", 24, args=edition_of, prefix="imports."),
        )
