"""Published lists and results, certificates, appeals, and the pages that visitors read."""

from pathlib import Path

from flask import Flask

from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem, edition_of


def init_app(app: Flask) -> None:
    from ..core import access, navigation
    from ..core import personal as registry
    from . import jobs, mails, personal, policies, routes  # noqa: F401 - they register periodic work, signals, texts
    from .prebuilt import Prebuilt

    access.register_policies("publishing", policies)
    registry.register(personal.tell, personal.blank)
    navigation.register_links("publishing", routes.public.links_of_edition)
    for blueprint in (routes.public.bp, routes.work.bp, routes.teams.bp, routes.posts.public_bp):
        app.register_blueprint(blueprint)
    for role in (Role.ORGANISER, Role.SECRETARY):
        navigation.register(
            role,
            NavItem(
                lazy("Công bố"),
                "publishing.board",
                60,
                args=edition_of,
                prefix="publishing.",
                icon="megaphone",
                overall="publishing.index",
            ),
        )
    for role in (Role.COORDINATOR, Role.MEMBER):
        navigation.register(
            role, NavItem(lazy("Kết quả"), "team_results.index", 40, prefix="team_results.", icon="award")
        )
    layer = Prebuilt(app.wsgi_app, Path(app.config["PUBLISHED_PATH"]), lambda: bool(app.config["PREBUILT"]))
    app.wsgi_app = layer  # type: ignore[method-assign]
    app.extensions["kept_pages"] = layer  # for the server's short way to them (server.py)
