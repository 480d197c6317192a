"""Spaces and machines: one calendar for bookings, courses, mentoring, contests and maintenance."""

from flask import Flask

from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem


def init_app(app: Flask) -> None:
    from ..core import access, navigation, signals
    from ..core import personal as registry
    from . import commands, jobs, mails, personal, policies, routes  # noqa: F401 - jobs and mails register themselves
    from .routes.finding import cell_url
    from .services import leaving

    access.register_policies("spaces", policies)
    registry.register(personal.tell, personal.blank)
    signals.entry_withdrawn.connect(leaving.entry_withdrawn)
    navigation.register(
        Role.STAFF,
        NavItem(lazy("Trong ngày"), "spaces.today", 10),
        NavItem(lazy("Yêu cầu"), "spaces.request_list", 20, prefix="spaces.request"),
        NavItem(lazy("Lịch phòng"), "spaces.index", 30),
        NavItem(lazy("Máy hỏng, đóng cửa"), "spaces.outage_list", 40),
        NavItem(lazy("Các sự kiện"), "spaces.event_list", 50, prefix="spaces.event"),
        NavItem(lazy("Ngày nghỉ"), "spaces.closure_days", 60),
        NavItem(lazy("Số liệu"), "spaces.numbers", 70),
        NavItem(lazy("Thiết lập"), "spaces.place_list", 75),
    )
    for role in (Role.COORDINATOR, Role.MEMBER, Role.MENTOR, Role.ORGANISER):
        navigation.register(
            role,
            NavItem(lazy("Đặt phòng"), "spaces.index", 80),
            NavItem(lazy("Lượt đặt của tôi"), "spaces.mine", 81),
        )
    app.jinja_env.globals["cell_url"] = cell_url
    app.register_blueprint(routes.bp)
    app.register_blueprint(routes.public_bp)
    app.cli.add_command(commands.spaces)
