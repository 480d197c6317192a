"""Judging: rubrics, panels, marks from phones and paper, tabulation, ties, advancing, prizes."""

from __future__ import annotations

from flask import Flask

from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem, edition_of


def init_app(app: Flask) -> None:
    from ..core import access, navigation, signals
    from ..core import personal as registry
    from . import mails, personal, policies  # noqa: F401 - mails registers its builders
    from .routes import bp
    from .services import awards, leaving

    access.register_policies("judging", policies)
    registry.register(personal.tell, personal.blank)
    item = NavItem(
        lazy("Chấm điểm"),
        "judging.overview",
        30,
        args=edition_of,
        prefix="judging.",
        icon="clipboard-check",
        overall="judging.editions",
    )
    navigation.register(Role.SECRETARY, item)
    navigation.register(Role.ORGANISER, item)
    navigation.register(
        Role.JUDGE, NavItem(lazy("Bài của tôi"), "judging.my_entries", 10, prefix="judging.", icon="list-ul")
    )
    signals.entry_withdrawn.connect(leaving.entry_withdrawn)
    signals.stage_changed.connect(awards.stage_changed)
    app.register_blueprint(bp)
