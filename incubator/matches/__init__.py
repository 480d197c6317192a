"""Match play and runs: draw, schedule, referees' phones, tables, brackets, hall screens."""

from typing import Any

from flask import Flask

from ..core.i18n import lazy
from ..core.web import decimal_sign


def init_app(app: Flask) -> None:
    from ..core import access, navigation, signals
    from ..core import personal as registry
    from ..core.access import Role
    from ..core.navigation import NavItem
    from . import commands, mails, personal, policies  # noqa: F401 - mails registers its builders
    from .queries import lists
    from .routes import BLUEPRINTS
    from .services import closing, courts, leaving, naming
    from .wording import short_code

    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.register_policies("matches", policies)
    registry.register(personal.tell, personal.blank)
    for role in (Role.ORGANISER, Role.SECRETARY):
        navigation.register(role, NavItem(lazy("Trận đấu"), "matches.index", 50, prefix="matches"))
    navigation.register_links("matches", lists.links_of_edition)
    navigation.register(Role.REFEREE, NavItem(lazy("Trận của tôi"), "matches_phone.index", 10))
    app.cli.add_command(commands.matches)
    signals.entry_withdrawn.connect(leaving.entry_withdrawn)
    signals.stage_changed.connect(closing.stage_changed)
    signals.place_changed.connect(courts.place_changed)
    signals.consent_changed.connect(naming.consent_changed)
    app.jinja_env.filters["clock_text"] = clock_text
    app.jinja_env.filters["run_time"] = run_time
    app.jinja_env.filters["signed"] = signed
    app.jinja_env.filters["short_code"] = short_code


def clock_text(milliseconds: int | None) -> str:
    """67000 as “1:07”."""
    seconds = max(0, -(-int(milliseconds or 0) // 1000))
    return f"{seconds // 60}:{seconds % 60:02d}"


def run_time(milliseconds: int | None) -> str:
    """The time of a run, 130500 as “2:10,5” (English: “2:10.5”): unlike a running clock it keeps what it is compared by."""
    seconds, rest = divmod(int(milliseconds or 0), 1000)
    decimals = f"{rest:03d}".rstrip("0") or "0"  # the whole column has them
    return f"{seconds // 60}:{seconds % 60:02d}{decimal_sign()}{decimals}"


def signed(value: Any) -> str:
    """Differences with their sign and a real minus."""
    return f"{int(value):+d}".replace("-", "−") if value else "0"
