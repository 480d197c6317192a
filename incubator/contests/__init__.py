"""Contests: set-up, registration, entries, and the files that offices send; rules that every kind of stage shares."""

from flask import Flask

from ..core.access import Role
from ..core.i18n import lazy
from ..core.navigation import NavItem, Workplace, edition_of


def init_app(app: Flask) -> None:
    from ..core import access, navigation
    from ..core import personal as registry
    from . import import_setup, jobs, mails, personal, policies, routes  # noqa: F401 - they register periodic work and texts
    from .services import joining

    access.register_policies("contests", policies)
    registry.register(personal.tell, personal.blank)
    registry.register_giver(joining.hand_over)
    routes.register(app)
    navigation.register(
        Role.COORDINATOR,
        NavItem(lazy("Cuộc thi"), "registration.index", 10),
        NavItem(lazy("Đội của trường"), "registration.school", 20, args=_school_of),
    )
    navigation.register(
        Role.ORGANISER,
        NavItem(lazy("Cuộc thi"), "setup.show", 10, args=edition_of, prefix="setup.", overall="setup.index"),
    )
    for role in (Role.ORGANISER, Role.SECRETARY):
        navigation.register(
            role, NavItem(lazy("Hồ sơ đăng ký"), "review.index", 20, args=edition_of, prefix="review.")
        )
    navigation.register(
        Role.MEMBER, NavItem(lazy("Bài dự thi của tôi"), "entries.mine", 10, prefix="entries.")
    )
    navigation.register(
        Role.ADMINISTRATOR,
        NavItem(lazy("Dữ liệu cá nhân"), "privacy_requests.index", 35, prefix="privacy_requests."),
    )
    import_setup.init_app(app)


def _school_of(place: Workplace) -> dict[str, str]:
    return {"school": place.slug}
