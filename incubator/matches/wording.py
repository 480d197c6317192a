"""What the rules answer, said in the reader's language: refusals, criteria, reasons, states."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..core.i18n import _, lazy
from ..core.web import decimal_sign, named
from .game_json import criterion_from
from .games import Criterion
from .outcomes import Presence, Reason
from .standings import Table

_STATS = {
    "points": lazy("điểm xếp hạng"),
    "wins": lazy("số trận thắng"),
    "draws": lazy("số trận hòa"),
    "losses": lazy("số trận thua"),
    "for": lazy("điểm ghi được"),
    "against": lazy("điểm bị ghi"),
    "diff": lazy("hiệu số"),
    "played": lazy("số trận đã đấu"),
    "special_wins": lazy("số lần thắng tuyệt đối"),
    "special_time": lazy("thời gian trung bình thắng tuyệt đối"),
    "conduct": lazy("điểm kỷ luật"),
    "rating": lazy("hạng trước giải"),
    "lot": lazy("số bốc thăm"),
}


def criterion_name(criterion: Criterion) -> str:
    """“hiệu số đối đầu trực tiếp”, “điểm ghi được trung bình mỗi trận”."""
    stat = criterion.stat
    name = _("điểm %(part)s", part=stat[5:]) if stat.startswith("part:") else str(_STATS[stat])
    if criterion.aggregate == "average":
        name = _("%(stat)s trung bình mỗi trận", stat=name)
    return _("%(stat)s đối đầu", stat=name) if criterion.scope == "mutual" else name


def chain_text(table: Table) -> str:
    return ", ".join(criterion_name(criterion) for criterion in table.chain.criteria)


_OUTCOMES = {
    "jury": lazy("quyết định của trọng tài"),
    "lots": lazy("bốc thăm"),
    "play_off": lazy("trận phân định"),
    "playoff": lazy("trận phân định"),
    "vote": lazy("biểu quyết"),
    "criterion": lazy("tiêu chí tiếp theo"),
    "share": lazy("đồng hạng"),
}


def decision_name(how: str) -> str:
    return str(_OUTCOMES.get(how, how))


def value_text(criterion: Criterion | None, value: int | Fraction | None) -> str:
    """Values as people compare them: times in seconds, differences with their sign."""
    if value is None:
        return _("không có")
    if criterion is not None and criterion.stat == "special_time":
        return _("%(seconds)s giây", seconds=_decimal(Fraction(value) / 10))
    text = _decimal(Fraction(value))
    return f"+{text}" if criterion is not None and criterion.stat == "diff" and value > 0 else text


def figure(value: int | Fraction) -> str:
    """Points of a run or a mean of several."""
    return _decimal(Fraction(value))


def _decimal(value: Fraction) -> str:
    """Truncated to two places, as the field does; a real minus."""
    if value.denominator == 1:
        return str(value.numerator).replace("-", "−")
    cents = abs(value.numerator) * 100 // value.denominator
    return f"{'−' if value < 0 else ''}{cents // 100}{decimal_sign()}{cents % 100:02d}"


REASONS = {
    Reason.SCORE: lazy("thắng điểm"),
    Reason.SPECIAL: lazy("chiến thắng tuyệt đối"),
    Reason.PART: lazy("hơn điểm thành phần"),
    Reason.WALKOVER: lazy("đối thủ vắng mặt"),
    Reason.DISQUALIFIED: lazy("đối thủ bị truất quyền thi đấu"),
    Reason.NOT_FINISHED: lazy("đối thủ không hoàn thành"),
    Reason.BOTH_OUT: lazy("cả hai đội thua"),
    Reason.PENALTY: lazy("thắng luân lưu"),
    Reason.JURY: lazy("trọng tài quyết định"),
    Reason.LOTS: lazy("bốc thăm"),
    Reason.DRAW: lazy("hòa"),
    Reason.BYE: lazy("không phải đấu"),
    Reason.WITHDRAWN: lazy("đối thủ bỏ cuộc"),
}
PRESENCES = {
    Presence.PRESENT: lazy("có thi đấu"),
    Presence.ABSENT: lazy("vắng mặt"),
    Presence.DISQUALIFIED: lazy("bị truất quyền thi đấu"),
    Presence.NOT_FINISHED: lazy("không hoàn thành"),
}
EVENTS = {
    "special": lazy("thắng tuyệt đối"),
    "undo": lazy("rút lại một lần bấm"),
    "start": lazy("bắt đầu"),
    "pause": lazy("dừng đồng hồ"),
    "resume": lazy("chạy tiếp"),
    "adjust": lazy("chỉnh đồng hồ"),
    "shot": lazy("đặt lại giờ giữ bóng"),
    "possession": lazy("đổi quyền giữ bóng"),
    "end": lazy("hết trận"),
}
RUN_RULES = {
    "best": lazy("Tính lượt tốt nhất của mỗi đội."),
    "sum": lazy("Tính tổng các lượt của mỗi đội."),
    "average": lazy("Tính điểm trung bình các lượt của mỗi đội."),
    "last": lazy("Tính lượt cuối của mỗi đội."),
    "best_second_time": lazy(
        "Tính lượt tốt nhất; bằng điểm thì xét lượt tốt nhì, rồi thời gian của lượt tốt nhất."
    ),
}
STATES = {
    "scheduled": lazy("Chưa đấu"),
    "called": lazy("Đã gọi đội"),
    "ready": lazy("Sẵn sàng"),
    "running": lazy("Đang đấu"),
    "review": lazy("Đang xem lại"),
    "proposed": lazy("Chờ xác nhận"),
    "confirmed": lazy("Chính thức"),
    "cancelled": lazy("Không tính"),
}
STATE_KINDS = {
    "scheduled": "draft",
    "called": "submitted",
    "ready": "submitted",
    "running": "live",
    "review": "waiting",
    "proposed": "provisional",
    "confirmed": "final",
    "cancelled": "error",
}
CHANCES = {
    "clinched": lazy("Đã chắc suất"),
    "possible": lazy("Còn cơ hội"),
    "eliminated": lazy("Đã bị loại"),
}
PROBLEMS = {
    "team_twice": lazy("một đội đấu hai trận cùng lúc"),
    "rest_short": lazy("nghỉ thiếu %(minutes)s phút"),
    "court_twice": lazy("hai trận chồng giờ trên một sân"),
    "before_source": lazy("sớm hơn trận quyết định đội của nó %(minutes)s phút"),
    "outside": lazy("ngoài khung giờ"),
    "too_late": lazy("kết thúc muộn hơn giờ cho phép %(minutes)s phút"),
}


def round_name(size: int) -> str:
    known = {2: _("Chung kết"), 3: _("Tranh hạng ba"), 4: _("Bán kết"), 8: _("Tứ kết")}
    return known.get(size) or _("Vòng 1/%(n)s", n=size // 2)


def match_name(code: str, size: int) -> str:
    """“Tứ kết 2”, “Bảng A, trận 3”."""
    if size in (2, 3):
        return round_name(size)
    digits = code.rpartition("-")[2] if "-" in code else code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if size:
        return f"{round_name(size)} {digits}"
    return _("Bảng %(group)s, trận %(n)s", group=code[: len(code) - len(digits)], n=digits)


def short_code(code: str) -> str:
    """Codes as the hall says them: QF1 is TK1, SF1 BK1, F CK, 3P H3."""
    for ours, theirs in (("QF", _("TK")), ("SF", _("BK")), ("3P", _("H3"))):
        if code.startswith(ours):
            return theirs + code[len(ours) :]
    return _("CK") if code == "F" else code


def source_text(source: Any) -> str:
    """“nhất A”, “nhì B”, “thắng TK1”."""
    place = {1: _("nhất"), 2: _("nhì"), 3: _("ba")}
    match str(source.kind):
        case "place":
            return _(
                "%(place)s %(group)s",
                place=place.get(source.place, _("hạng %(n)s", n=source.place)),
                group=source.ref,
            )
        case "best":
            return _(
                "đội %(place)s bảng tốt thứ %(nth)s",
                place=place.get(source.place, source.place),
                nth=source.nth,
            )
        case "winner":
            return _("thắng %(match)s", match=short_code(source.ref))
        case "loser":
            return _("thua %(match)s", match=short_code(source.ref))
        case "seed":
            return _("hạt giống %(n)s", n=source.nth)
    return ""


def label(action: Any) -> str:
    return named(action, "label")


def criterion_choices(known: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Every criterion that a chain may name, with its words; sub-scores only where they are in use."""
    codes = [
        f"{scope}{aggregate}{stat}"
        for scope in ("", "mutual_")
        for stat in _STATS
        for aggregate in ("", "average_")
        if not (stat in ("rating", "lot", "special_time", "played") and (scope or aggregate))
    ]
    codes += sorted({code for code in known if "part:" in code and "," not in code} - set(codes))
    return [(code, criterion_name(criterion_from(code))) for code in codes]


ROLES = {"referee": lazy("Trọng tài"), "head": lazy("Trọng tài chính"), "timekeeper": lazy("Trọng tài bàn")}
ACTION_KINDS = {
    "score": lazy("Ghi điểm"),
    "task": lazy("Nhiệm vụ"),
    "foul": lazy("Lỗi"),
    "violation": lazy("Vi phạm"),
    "retry": lazy("Thử lại"),
    "caution": lazy("Cảnh cáo"),
}
