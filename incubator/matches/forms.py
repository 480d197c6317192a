"""Shape and type of what people enter in match play."""

from __future__ import annotations

import re
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ..core.errors import Invalid
from ..core.forms import BaseForm, MomentField
from ..core.i18n import _, lazy
from ..core.text.numerals import is_count
from ..models import CrewPart, HallMode, ResultVersion, Tournament
from .draw import AT_RANDOM, BY_SCHOOL_SIZE
from .games import Game
from .outcomes import Presence, Ruling
from .services.configuring import Settings
from .services.results import Entered
from .wording import PRESENCES, label

MODES = {
    HallMode.NEXT: lazy("Trận tiếp theo"),
    HallMode.PREPARATION: lazy("Chuẩn bị"),
    HallMode.LIVE: lazy("Trận đang đấu"),
    HallMode.RESULT: lazy("Kết quả trận"),
    HallMode.TABLE: lazy("Bảng xếp hạng"),
    HallMode.BRACKET: lazy("Nhánh đấu"),
    HallMode.DRAW: lazy("Bốc thăm"),
    HallMode.RUNS: lazy("Xếp hạng lượt thi"),
    HallMode.BLANK: lazy("Màn hình chờ"),
}
PARTS = {
    CrewPart.REFEREE: lazy("Trọng tài"),
    CrewPart.TIMEKEEPER: lazy("Trọng tài bàn"),
    CrewPart.HEAD: lazy("Trọng tài chính"),
}


class DrawForm(BaseForm):
    groups = IntegerField(lazy("Số bảng"), validators=[InputRequired(), NumberRange(1, 64)])
    seed = StringField(lazy("Mã bốc thăm"), validators=[InputRequired(), Length(max=80)])
    order = SelectField(
        lazy("Thứ tự bốc"),
        choices=[(BY_SCHOOL_SIZE, lazy("Trường nhiều đội bốc trước")), (AT_RANDOM, lazy("Ngẫu nhiên"))],
    )


class PickForm(BaseForm):
    group = StringField(lazy("Bảng đã bốc"), validators=[Optional(), Length(max=20)])
    all_left = BooleanField(lazy("Bốc hết"))


class MoveForm(BaseForm):
    match = SelectField(lazy("Trận"), validators=[InputRequired()])
    court = SelectField(lazy("Sân"), coerce=int, validators=[InputRequired()])
    start = MomentField(lazy("Bắt đầu"), validators=[InputRequired()])
    accept = BooleanField(lazy("Đồng ý với hệ quả nêu trên"))


class LateForm(BaseForm):
    court = SelectField(lazy("Sân"), coerce=int, validators=[InputRequired()])
    minutes = IntegerField(lazy("Chậm thêm (phút)"), validators=[InputRequired(), NumberRange(1, 600)])


class SettingsForm(BaseForm):
    """Courts and who goes on; the words of the settings page."""

    courts = IntegerField(lazy("Số sân"), default=2, validators=[InputRequired(), NumberRange(1, 24)])
    per_group = IntegerField(
        lazy("Số đội đi tiếp mỗi bảng"), default=2, validators=[InputRequired(), NumberRange(0, 16)]
    )
    best_place = IntegerField(lazy("Lấy thêm đội hạng"), validators=[Optional(), NumberRange(1, 16)])
    best_count = IntegerField(lazy("Số đội lấy thêm"), validators=[Optional(), NumberRange(1, 64)])
    bracket = SelectField(
        lazy("Sau vòng bảng"),
        choices=[
            ("", lazy("Sang vòng thi sau của cuộc thi")),
            ("crossover", lazy("Nhánh đấu loại trực tiếp trong vòng này")),
        ],
    )
    advance = IntegerField(lazy("Số đội vào vòng sau"), validators=[Optional(), NumberRange(0, 500)])
    third_place = BooleanField(lazy("Có trận tranh hạng ba"), default=True)
    freeze_scores = BooleanField(lazy("Ẩn tỉ số từ lúc hết trận đến khi xác nhận"))

    def settings(self) -> Settings:
        cut: dict[str, Any] = {"per_group": self.per_group.data}
        if self.best_place.data and self.best_count.data:
            cut["best"] = [[self.best_place.data, self.best_count.data]]
        if self.bracket.data:
            cut |= {"bracket": self.bracket.data, "third_place": bool(self.third_place.data)}
        if self.advance.data:
            cut["advance"] = self.advance.data
        return Settings(self.courts.data or 1, cut, bool(self.freeze_scores.data))


class TournamentForm(SettingsForm):
    part = SelectField(lazy("Vòng thi"), coerce=int, validators=[InputRequired()])
    game = SelectField(lazy("Luật chơi"), validators=[InputRequired()])


def settings_data(tournament: Tournament) -> dict[str, Any]:
    """The stored settings as the form shows them."""
    cut = tournament.cut
    place, count = (cut.get("best") or [[None, None]])[0]
    return {
        "courts": len(tournament.court_ids) or 1,
        "per_group": cut.get("per_group", 0),
        "best_place": place,
        "best_count": count,
        "bracket": cut.get("bracket", ""),
        "advance": cut.get("advance"),
        "third_place": cut.get("third_place", True),
        "freeze_scores": tournament.freeze_scores,
    }


class CrewForm(BaseForm):
    email = StringField(
        lazy("E-mail hoặc số điện thoại của trọng tài"), validators=[InputRequired(), Length(max=254)]
    )
    part = SelectField(lazy("Vị trí"), choices=[(str(k), v) for k, v in PARTS.items()])
    court = SelectField(lazy("Sân"), coerce=int, default=0)
    side = SelectField(
        lazy("Bên"), choices=[("", lazy("Cả hai bên")), ("0", lazy("ĐỎ")), ("1", lazy("XANH"))], default=""
    )


class ScreenForm(BaseForm):
    mode = SelectField(lazy("Hiển thị"), choices=[(str(k), v) for k, v in MODES.items()])
    match = SelectField(lazy("Trận"), coerce=int, default=0)
    group = SelectField(lazy("Bảng"), coerce=int, default=0)
    court = SelectField(lazy("Sân"), coerce=int, default=0)
    text = StringField(lazy("Chữ trên màn hình chờ"), validators=[Optional(), Length(max=200)])


class NewScreenForm(BaseForm):
    name = StringField(lazy("Tên màn hình"), validators=[InputRequired(), Length(max=60)])
    court = SelectField(lazy("Sân"), coerce=int, default=0)


class RulingForm(BaseForm):
    upheld = RadioField(
        lazy("Kết luận"),
        choices=[("1", lazy("Chấp nhận khiếu nại")), ("0", lazy("Không chấp nhận"))],
        validators=[InputRequired()],
    )
    answer = TextAreaField(lazy("Lý do của kết luận"), validators=[InputRequired(), Length(max=4000)])


_SIDES = [("", lazy("Không")), ("0", lazy("ĐỎ thắng")), ("1", lazy("XANH thắng"))]


class ResultForm(BaseForm):
    """The review after a match: presence of both sides, how a level match was decided, signatures."""

    red_presence = SelectField(lazy("Bên ĐỎ"), choices=[(str(k), v) for k, v in PRESENCES.items()])
    blue_presence = SelectField(lazy("Bên XANH"), choices=[(str(k), v) for k, v in PRESENCES.items()])
    red_score = IntegerField(lazy("Điểm bên ĐỎ"), validators=[Optional(), NumberRange(-100_000, 100_000)])
    blue_score = IntegerField(lazy("Điểm bên XANH"), validators=[Optional(), NumberRange(-100_000, 100_000)])
    red_special = StringField(lazy("Giây thắng tuyệt đối bên ĐỎ"), validators=[Optional(), Length(max=12)])
    blue_special = StringField(lazy("Giây thắng tuyệt đối bên XANH"), validators=[Optional(), Length(max=12)])
    red_penalty = IntegerField(lazy("Luân lưu bên ĐỎ"), validators=[Optional(), NumberRange(0, 100)])
    blue_penalty = IntegerField(lazy("Luân lưu bên XANH"), validators=[Optional(), NumberRange(0, 100)])
    ruling = SelectField(lazy("Nếu bằng nhau, trọng tài quyết định"), choices=_SIDES, default="")
    how = SelectField(
        lazy("Bằng cách"), choices=[("jury", lazy("Biểu quyết trọng tài")), ("lots", lazy("Bốc thăm"))]
    )
    votes = StringField(lazy("Số phiếu (ví dụ 2–1)"), validators=[Optional(), Length(max=20)])
    red_captain = StringField(lazy("Đội trưởng bên ĐỎ ký"), validators=[Optional(), Length(max=120)])
    blue_captain = StringField(lazy("Đội trưởng bên XANH ký"), validators=[Optional(), Length(max=120)])
    checked = BooleanField(lazy("Đã đọc lại từng mục với hai đội trưởng"))
    note = StringField(lazy("Ghi chú, lý do"), validators=[Optional(), Length(max=500)])

    def _both(self, red: IntegerField, blue: IntegerField) -> tuple[int, int] | None:
        """Two figures or none; one alone would be lost without a word."""
        if (red.data is None) != (blue.data is None):
            missing = red if red.data is None else blue
            raise Invalid(_("Ghi cả hai ô ĐỎ và XANH, hoặc để trống cả hai."), field=missing.short_name)
        return None if red.data is None else (int(red.data), int(blue.data or 0))

    def _special(self, field: StringField) -> int | None:
        """Tenths of a second; None as the log counts, 0 for none at all."""
        try:
            return tenths(field.data)
        except ValueError as error:
            raise Invalid(str(error), field=field.short_name) from error

    def entered(self, at: Any) -> Entered:
        scores = self._both(self.red_score, self.blue_score)
        penalty = self._both(self.red_penalty, self.blue_penalty)
        winner = int(self.ruling.data) if self.ruling.data else None
        signatures = [
            {"side": side, "name": name, "agrees": True, "at": at.isoformat()}
            for side, name in (("red", self.red_captain.data), ("blue", self.blue_captain.data))
            if name
        ]
        return Entered(
            (Presence(self.red_presence.data), Presence(self.blue_presence.data)),
            scores,
            specials=(self._special(self.red_special), self._special(self.blue_special)),
            ruling=Ruling(self.how.data if winner is not None else "", winner, penalty),
            votes={"text": self.votes.data or ""},
            signatures=signatures,
            note=self.note.data or "",
        )


def result_data(version: ResultVersion, game: Game) -> dict[str, Any]:
    """A stored result as the form shows it, so that a correction changes only what was wrong."""
    data: dict[str, Any] = {}
    for side, sheet in zip(("red", "blue"), version.sheets, strict=False):
        data |= {f"{side}_presence": sheet["presence"], f"{side}_score": sheet["score"]}
        if game.special is not None:
            whole, tenth = divmod(sheet["special"] or 0, 10)
            data[f"{side}_special"] = f"{whole},{tenth}" if sheet["special"] else "0"
    ruling = version.ruling
    if ruling.get("penalty"):
        data["red_penalty"], data["blue_penalty"] = ruling["penalty"]
    if ruling.get("winner") is not None:
        data |= {"ruling": str(ruling["winner"]), "how": ruling["how"]}
    return data | {"votes": (ruling.get("votes") or {}).get("text", "")}


def run_form(game: Game) -> type[BaseForm]:
    """A form with one field for every task of the game."""
    fields: dict[str, Any] = {
        "client_id": HiddenField(),
        "minutes": IntegerField(lazy("Phút"), validators=[Optional(), NumberRange(0, 60)]),
        "seconds": StringField(lazy("Giây"), validators=[Optional(), Length(max=6)]),
        "no_show": BooleanField(lazy("Đội không đến")),
        "note": StringField(lazy("Ghi chú"), validators=[Optional(), Length(max=500)]),
    }
    for action in game.actions:
        fields[f"a_{action.code}"] = IntegerField(
            label(action), default=0, validators=[Optional(), NumberRange(0, action.most or 1000)]
        )
    return type("RunForm", (BaseForm,), fields)


def milliseconds(minutes: int | None, seconds: str | None) -> int | None:
    """“2” and “05,3” as 125300; None when nothing was entered. Raises ValueError for what is no time."""
    if minutes is None and not seconds:
        return None
    text = (seconds or "0").replace(",", ".")
    whole, _dot, rest = text.partition(".")
    if not is_count(whole) or (rest and not is_count(rest)) or int(whole) > 59:
        raise ValueError(_("Giây từ 0 đến 59,9."))
    return (minutes or 0) * 60_000 + int(whole) * 1000 + int((rest + "000")[:3])


def tenths(text: str | None) -> int | None:
    """“49,8” or “1:05,3” in tenths of a second; None when nothing was entered."""
    if not (text or "").strip():
        return None
    found = re.fullmatch(r"(?:(\d{1,2}):(?=[0-5]\d))?(\d{1,4})(?:[,.](\d))?", (text or "").strip())
    if found is None:
        raise ValueError(_("Ghi số giây, ví dụ 49,8 hoặc 1:05,3; ghi 0 nếu không thắng tuyệt đối."))
    minutes, seconds, rest = found.groups()
    return int(minutes or 0) * 600 + int(seconds) * 10 + int(rest or 0)
