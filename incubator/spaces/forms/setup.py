"""How the centre is set up: sites, places with their rules, hours, prices, quotas, trainings, care, people on duty."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from ...core.forms import BaseForm, DayField, MomentField, MoneyField
from ...core.i18n import _, lazy
from ...models import OrganisationKind, QuotaScope, Resource, ResourceKind
from ..services.places import Description
from ..settings import GEAR, LAYOUTS, SUPERVISION, TRAININGS, PlaceRules
from ..times import StretchesField
from .fields import Ticks, blank, number_or_none, options

KINDS: list[tuple[Any, Any]] = [
    (ResourceKind.ROOM, lazy("Phòng, không gian")),
    (ResourceKind.MACHINE, lazy("Máy")),
    (ResourceKind.KIT, lazy("Bộ dụng cụ")),
    (ResourceKind.COURT, lazy("Sân thi đấu")),
]
ORGANISATIONS: list[tuple[Any, Any]] = [
    ("", lazy("Mọi đơn vị, cá nhân")),
    (OrganisationKind.SCHOOL, lazy("Trường phổ thông")),
    (OrganisationKind.COLLEGE, lazy("Trường cao đẳng")),
    (OrganisationKind.UNIVERSITY, lazy("Trường đại học")),
    (OrganisationKind.COMPANY, lazy("Doanh nghiệp")),
    (OrganisationKind.DEPARTMENT, lazy("Cơ quan nhà nước")),
    (OrganisationKind.YOUTH_UNION, lazy("Đoàn thanh niên")),
    (OrganisationKind.FABLAB, lazy("FabLab")),
    (OrganisationKind.INCUBATOR, lazy("Cơ sở ươm tạo")),
    (OrganisationKind.OTHER, lazy("Đơn vị khác")),
]
SCOPES: list[tuple[Any, Any]] = [
    (QuotaScope.PERSON, lazy("Mỗi người")),
    (QuotaScope.TEAM, lazy("Mỗi đội")),
    (QuotaScope.ORGANISATION, lazy("Mỗi đơn vị")),
]


def whole(label: Any, low: int, high: int, default: int = 0) -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(low, high)], default=default)


class SiteForm(BaseForm):
    name = StringField(lazy("Tên cơ sở"), [InputRequired(), Length(max=200)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=200)])
    address = StringField(lazy("Địa chỉ"), [Length(max=300)])
    phone = StringField(lazy("Điện thoại"), [Length(max=40)])
    email = StringField(lazy("E-mail"), [Length(max=254)])
    is_partner = BooleanField(lazy("Đơn vị bạn: chỉ nhân viên BIIC đặt giúp"))

    def values(self) -> dict[str, Any]:
        names = ("name", "name_en", "address", "phone", "email")
        return {n: self[n].data or "" for n in names} | {"is_partner": bool(self.is_partner.data)}


class PlaceForm(BaseForm):
    """A room, a machine, a kit or a court, with the rules of its use."""

    name = StringField(lazy("Tên"), [InputRequired(), Length(max=160)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=160)])
    kind = SelectField(lazy("Loại"), choices=options(KINDS))
    capacity = IntegerField(lazy("Sức chứa (người)"), [Optional(), NumberRange(1, 10_000)])
    units = IntegerField(
        lazy("Số chỗ, số bộ đặt riêng được"), [InputRequired(), NumberRange(1, 500)], default=1
    )
    position = whole(lazy("Thứ tự trong danh sách"), 0, 999)
    description = TextAreaField(lazy("Mô tả"), [Length(max=2000)])
    description_en = TextAreaField(lazy("Mô tả bằng tiếng Anh"), [Length(max=2000)])
    equipment = Ticks(lazy("Thiết bị sẵn có"), choices=options(GEAR.items()))
    bookable = BooleanField(lazy("Nhận đặt chỗ"), default=True)
    shared = BooleanField(lazy("Dùng chung: đặt theo từng chỗ, từng bộ"))
    approval = BooleanField(lazy("Luôn cần duyệt"))
    approvers = Ticks(lazy("Người duyệt riêng"), coerce=int, validate_choice=False, choices=[])
    holds = BooleanField(lazy("Yêu cầu giữ chỗ trong lúc chờ trả lời"))
    hold_hours = whole(lazy("Giữ tối đa (giờ)"), 1, 720, 48)
    outside_hours = BooleanField(lazy("Ngoài giờ mở cửa: nhận như yêu cầu"), default=True)
    may_span_closure = BooleanField(lazy("Được dùng qua giờ nghỉ trưa"), default=True)
    lead_hours = whole(lazy("Đặt trước ít nhất (giờ)"), 0, 2400)
    horizon_days = whole(lazy("Đặt trước tối đa (ngày), 0: không giới hạn"), 0, 1000, 90)
    shortest_minutes = whole(lazy("Mỗi lượt ít nhất (phút)"), 5, 1440, 30)
    longest_hours = whole(lazy("Mỗi lượt tối đa (giờ), 0: không giới hạn"), 0, 744)
    before_minutes = whole(lazy("Chuẩn bị trước (phút)"), 0, 1440)
    after_minutes = whole(lazy("Dọn sau (phút)"), 0, 1440)
    training = SelectField(lazy("Cần tập huấn"), filters=[blank], validate_choice=False, choices=[])
    new_training = StringField(lazy("Hoặc loại tập huấn mới"), [Length(max=60)])
    supervision = SelectField(lazy("Người trực"), filters=[blank], choices=options(SUPERVISION.items()))
    supervisors = Ticks(lazy("Ai trực được máy này"), coerce=int, validate_choice=False, choices=[])
    parts = Ticks(lazy("Ghép từ các phòng"), coerce=int, validate_choice=False, choices=[])
    contents = Ticks(lazy("Máy đặt trong phòng"), coerce=int, validate_choice=False, choices=[])
    consumables = TextAreaField(lazy("Vật tư"), [Length(max=1000)])

    def validate_consumables(self, field: Any) -> None:
        try:
            read_consumables(field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def show(self, place: Resource) -> None:
        """Fill the form from the place as it is."""
        rules = PlaceRules.of(place.rules)
        for name in PlaceRules.__dataclass_fields__:
            if name not in ("layouts", "consumables") and name in self:
                self[name].data = getattr(rules, name)
        self.approvers.data = list(rules.approvers)
        for name in ("name", "name_en", "capacity", "units", "position", "description", "description_en"):
            self[name].data = getattr(place, name)
        self.kind.data, self.equipment.data = place.kind.value, list(place.equipment)
        self.consumables.data = "\n".join(
            f"{name}; {item.get('unit', '')}; {item.get('per_hour', 0):g}"
            for name, item in rules.consumables.items()
        )
        for key in LAYOUTS:
            self[f"layout_{key}"].data = rules.layouts.get(key)

    def description_of(self) -> Description:
        """What was typed, as the service takes it."""
        return Description(
            name=self.name.data or "",
            kind=ResourceKind(self.kind.data),
            name_en=self.name_en.data or "",
            description=self.description.data or "",
            description_en=self.description_en.data or "",
            position=self.position.data or 0,
            capacity=self.capacity.data,
            units=self.units.data or 1,
            equipment=tuple(self.equipment.data or ()),
            rules=self.rules(),
            parts=tuple(self.parts.data or ()),
            contents=tuple(self.contents.data or ()),
            supervisors=tuple(self.supervisors.data or ()) if self.supervision.data else (),
        )

    def rules(self) -> PlaceRules:
        usual = PlaceRules()
        numbers = (
            "lead_hours",
            "horizon_days",
            "shortest_minutes",
            "longest_hours",
            "before_minutes",
            "after_minutes",
            "hold_hours",
        )
        flags = ("may_span_closure", "outside_hours", "approval", "holds", "shared", "bookable")
        values: dict[str, Any] = {
            n: getattr(usual, n) if self[n].data is None else self[n].data for n in numbers
        }
        values |= {n: bool(self[n].data) for n in flags}
        layouts = {key: self[f"layout_{key}"].data for key in LAYOUTS}
        return PlaceRules(
            **values,
            training=self.new_training.data or self.training.data or "",
            supervision=self.supervision.data or "",
            approvers=tuple(sorted(self.approvers.data or ())),
            layouts={key: minutes for key, minutes in layouts.items() if minutes is not None},
            consumables=read_consumables(self.consumables.data or ""),
        )


for _key, _label in LAYOUTS.items():
    setattr(PlaceForm, f"layout_{_key}", IntegerField(_label, [Optional(), NumberRange(0, 1440)]))


def read_consumables(text: str) -> dict[str, dict[str, Any]]:
    """A line each: name; unit; amount an hour. Raises ValueError with how to write it."""
    found: dict[str, dict[str, Any]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = [part.strip() for part in line.split(";")]
        amount = parts[2].replace(",", ".") if len(parts) == 3 else ""
        if len(parts) != 3 or not parts[0] or not re.fullmatch(r"\d+(\.\d+)?", amount):
            raise ValueError(_("“%(line)s”: ghi mỗi dòng theo dạng Nhựa PLA; g; 20.", line=line))
        found[parts[0][:60]] = {"unit": parts[1][:20], "per_hour": float(amount)}
    return found


class HoursForm(BaseForm):
    """A week; each day as stretches with a pause between them, empty when closed."""

    valid_from = DayField(lazy("Áp dụng từ ngày"), [Optional()])
    day0 = StretchesField(lazy("Thứ Hai"))
    day1 = StretchesField(lazy("Thứ Ba"))
    day2 = StretchesField(lazy("Thứ Tư"))
    day3 = StretchesField(lazy("Thứ Năm"))
    day4 = StretchesField(lazy("Thứ Sáu"))
    day5 = StretchesField(lazy("Thứ Bảy"))
    day6 = StretchesField(lazy("Chủ nhật"))

    @property
    def days(self) -> list[Any]:
        return [self[f"day{n}"] for n in range(7)]

    def rows(self) -> list[tuple[int, time, time]]:
        return [(n, opens, closes) for n, day in enumerate(self.days) for opens, closes in day.data or ()]


class PriceForm(BaseForm):
    organisation_kind = SelectField(lazy("Áp dụng cho"), filters=[blank], choices=options(ORGANISATIONS))
    per_half_hour = MoneyField(lazy("Đồng mỗi 30 phút"), [InputRequired()], digits=9)
    valid_from = DayField(lazy("Từ ngày"), [Optional()])


class QuotaForm(BaseForm):
    quota_id = SelectField(coerce=number_or_none, validate_choice=False, choices=[])
    name = StringField(lazy("Tên hạn mức"), [InputRequired(), Length(max=160)])
    scope = SelectField(lazy("Tính cho"), choices=options(SCOPES))
    what = SelectField(lazy("Của"), filters=[blank], validate_choice=False, choices=[])
    hours = IntegerField(lazy("Giờ mỗi tuần"), [InputRequired(), NumberRange(1, 168)])


class TrainingForm(BaseForm):
    contact = StringField(lazy("E-mail hoặc điện thoại của tài khoản"), [InputRequired(), Length(max=254)])
    training = SelectField(lazy("Tập huấn"), validate_choice=False, choices=[])
    on = DayField(lazy("Ngày tập huấn"), [InputRequired()])
    months = IntegerField(lazy("Hiệu lực (tháng), trống: không hết hạn"), [Optional(), NumberRange(1, 120)])


class PlanForm(BaseForm):
    resource_id = SelectField(lazy("Máy, phòng"), coerce=number_or_none, validate_choice=False, choices=[])
    task = StringField(lazy("Việc phải làm"), [InputRequired(), Length(max=200)])
    every_days = IntegerField(lazy("Lặp lại sau (ngày)"), [InputRequired(), NumberRange(1, 1500)])
    minutes = IntegerField(lazy("Thời lượng (phút)"), [InputRequired(), NumberRange(5, 10_080)], default=60)
    starts_on = DayField(lazy("Lần đầu"), [InputRequired()])


class ScheduleForm(BaseForm):
    starts_at = MomentField(lazy("Bắt đầu lúc"), [InputRequired()])


class DutyForm(BaseForm):
    person_id = SelectField(lazy("Nhân viên"), coerce=number_or_none, validate_choice=False, choices=[])
    units = IntegerField(
        lazy("Trông được mấy máy cùng lúc"), [InputRequired(), NumberRange(1, 20)], default=2
    )


TRAINING_CHOICES = [("", lazy("Không cần")), *TRAININGS.items()]
