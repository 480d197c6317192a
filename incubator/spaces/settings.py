"""The rules of one place as staff set them, read from `Resource.rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..core.i18n import lazy
from .rules import Limits

NO_SHOW_AFTER = timedelta(minutes=20)
CHECK_IN_FROM = timedelta(minutes=15)
ADULT_FROM = 18  # years; below, a responsible adult is named

TRAININGS: dict[str, Any] = {
    "laser": lazy("Máy khắc laser"),
    "decal": lazy("Máy cắt decal"),
    "printer": lazy("Máy in 3D"),
    "cnc": lazy("Máy CNC mini"),
    "solder": lazy("Hàn điện tử"),
    "saw": lazy("Máy cưa bào liên hợp"),
}
LAYOUTS: dict[str, Any] = {
    "theatre": lazy("Hàng ghế"),
    "classroom": lazy("Lớp học"),
    "u": lazy("Chữ U"),
    "islands": lazy("Nhóm bàn"),
    "empty": lazy("Để trống"),
}
SUPERVISION: dict[str, Any] = {
    "": lazy("Không cần người trực"),
    "untrained": lazy("Người chưa tập huấn cần có người trực"),
    "required": lazy("Luôn cần có người trực"),
}
GEAR: dict[str, Any] = {
    "projector": lazy("Máy chiếu"),
    "sound": lazy("Âm thanh"),
    "computers": lazy("Máy tính"),
    "online": lazy("Họp trực tuyến"),
    "whiteboard": lazy("Bảng trắng"),
    "stage": lazy("Sân khấu"),
}


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """Minutes, hours and days as whole numbers; what is missing has the default of its field."""

    lead_hours: int = 0
    horizon_days: int = 90
    shortest_minutes: int = 30
    longest_hours: int = 0  # 0: no limit
    before_minutes: int = 0
    after_minutes: int = 0
    may_span_closure: bool = True
    outside_hours: bool = True
    approval: bool = False
    holds: bool = False  # a request holds its time until it is answered
    hold_hours: int = 48
    shared: bool = False  # may be booked by units
    training: str = ""
    supervision: str = (
        ""  # SUPERVISION: somebody on duty is needed by everybody, by the untrained, or by nobody
    )
    approvers: tuple[int, ...] = ()  # person ids; empty: all staff of the site
    layouts: Mapping[str, int] = field(default_factory=dict)  # layout -> minutes after
    consumables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # name -> {unit, per_hour}
    bookable: bool = True

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> PlaceRules:
        known = {k: v for k, v in (stored or {}).items() if k in cls.__dataclass_fields__}
        if "approvers" in known:
            known["approvers"] = tuple(known["approvers"])
        return cls(**known)

    def limits(self, capacity: int | None) -> Limits:
        return Limits(
            capacity=capacity,
            lead=timedelta(hours=self.lead_hours),
            horizon=timedelta(days=self.horizon_days) if self.horizon_days else None,
            shortest=timedelta(minutes=self.shortest_minutes),
            longest=timedelta(hours=self.longest_hours) if self.longest_hours else None,
            may_span_closure=self.may_span_closure,
            outside_hours=self.outside_hours,
            needs_approval=self.approval,
            training=TRAININGS.get(self.training, self.training) or None,
            supervision=self.supervision,
        )

    @property
    def before(self) -> timedelta:
        return timedelta(minutes=self.before_minutes)

    def after(self, layout: str = "") -> timedelta:
        """Clearing time; a layout may need its own."""
        return timedelta(minutes=max(self.after_minutes, int(self.layouts.get(layout, 0))))


def stored(rules: PlaceRules) -> dict[str, Any]:
    """What a resource keeps: only what differs from the defaults, so that a default may still change for all."""
    usual = PlaceRules()
    values = {name: getattr(rules, name) for name in PlaceRules.__dataclass_fields__}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value != getattr(usual, name)
    }
