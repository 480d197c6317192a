"""Codes of the matching as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel.speaklater import LazyString

from ..core import clock
from ..core.i18n import _, lazy, ngettext
from ..core.web import vn_date, vn_number
from ..models import (
    CaseStage,
    Commitment,
    CommitmentState,
    EndReason,
    GrantState,
    MentoringSession,
    MentorKind,
    Metric,
    OfferState,
    RunState,
    SessionState,
    SupportKind,
)

STAGES = {
    CaseStage.APPLIED: lazy("Đề xuất"),
    CaseStage.PRE_INCUBATION: lazy("Tiền ươm tạo"),
    CaseStage.INCUBATION: lazy("Ươm tạo"),
    CaseStage.GRADUATED: lazy("Tốt nghiệp"),
    CaseStage.STOPPED: lazy("Dừng"),
}
KINDS = {
    MentorKind.TECHNICAL: lazy("Kỹ thuật"),
    MentorKind.BUSINESS: lazy("Kinh doanh"),
    "any": lazy("Bất kỳ"),
}
MODES = {"online": lazy("Trực tuyến"), "onsite": lazy("Trực tiếp")}
LANGUAGES = {
    "vi": lazy("Tiếng Việt"),
    "en": lazy("Tiếng Anh"),
    "zh": lazy("Tiếng Trung"),
    "ja": lazy("Tiếng Nhật"),
    "ko": lazy("Tiếng Hàn"),
}
FIELDS = {
    "digital": lazy("Công nghệ số"),
    "education": lazy("Giáo dục"),
    "agriculture": lazy("Nông nghiệp"),
    "environment": lazy("Môi trường"),
    "health": lazy("Y tế, sức khỏe"),
    "manufacturing": lazy("Cơ khí, chế tạo"),
    "crafts": lazy("Gốm sứ, thủ công"),
    "commerce": lazy("Thương mại, dịch vụ"),
}
ORIGINS = {"award": lazy("từ giải thưởng"), "application": lazy("tự đăng ký")}
LEVELS = {1: lazy("Biết"), 2: lazy("Thạo"), 3: lazy("Chuyên sâu")}
WEEKDAYS = (
    lazy("Thứ Hai"),
    lazy("Thứ Ba"),
    lazy("Thứ Tư"),
    lazy("Thứ Năm"),
    lazy("Thứ Sáu"),
    lazy("Thứ Bảy"),
    lazy("Chủ nhật"),
)
CRITERIA = {
    "needs": lazy("Nhu cầu"),
    "field": lazy("Lĩnh vực"),
    "slots": lazy("Giờ rảnh"),
    "stage": lazy("Giai đoạn"),
    "place": lazy("Nơi gặp"),
    "wish": lazy("Nguyện vọng"),
}
RULES = {
    "not_approved": lazy("cố vấn chưa được duyệt"),
    "paused": lazy("cố vấn đang tạm ngừng"),
    "language": lazy("không có ngôn ngữ chung"),
    "organisation": lazy("cùng cơ quan với đội"),
    "hours": lazy("không có giờ rảnh chung"),
    "conflict": lazy("xung đột lợi ích"),
    "judging": lazy("đang chấm đội, kết quả chưa công bố"),
    "declined": lazy("đã từ chối nhau trước đây"),
    "min_score": lazy("điểm dưới mức tối thiểu"),
    "not_considered": lazy("không xét ghép"),
    "in_team": lazy("đã ở vị trí khác của đội"),
}
SOURCES = {
    "self": lazy("tự khai"),
    "verified": lazy("đã xác nhận"),
    "feedback": lazy("từ góp ý"),
    "team": lazy("đội nêu"),
    "staff": lazy("cán bộ nêu"),
}
RUN_STATES = {
    RunState.QUEUED: ("waiting", lazy("Chờ chạy")),
    RunState.RUNNING: ("waiting", lazy("Đang chạy")),
    RunState.DRAFT: ("draft", lazy("Đề xuất, chưa gửi lời mời")),
    RunState.PUBLISHED: ("final", lazy("Đã gửi lời mời")),
    RunState.FAILED: ("error", lazy("Chưa chạy được")),
    RunState.DISCARDED: ("returned", lazy("Đã bỏ")),
}
OFFER_STATES = {
    OfferState.SENT: ("waiting", lazy("Chờ trả lời")),
    OfferState.ACCEPTED: ("accepted", lazy("Đã nhận")),
    OfferState.DECLINED: ("returned", lazy("Đã từ chối")),
    OfferState.EXPIRED: ("error", lazy("Hết hạn")),
    OfferState.CLOSED: ("draft", lazy("Đã đóng")),
    OfferState.WITHDRAWN: ("draft", lazy("Đã rút")),
}
COMMITMENT_STATES = {
    CommitmentState.APPLIED: ("submitted", lazy("Đã đăng ký")),
    CommitmentState.INVITED: ("waiting", lazy("Đã mời")),
    CommitmentState.APPROVED: ("accepted", lazy("Đã duyệt")),
    CommitmentState.PAUSED: ("provisional", lazy("Đang tạm ngừng")),
    CommitmentState.DECLINED: ("returned", lazy("Không được nhận")),
    CommitmentState.ENDED: ("final", lazy("Đã kết thúc")),
}
SESSION_STATES = {
    SessionState.PLANNED: ("submitted", lazy("Dự kiến")),
    SessionState.HELD: ("accepted", lazy("Đã gặp")),
    SessionState.MISSED: ("error", lazy("Vắng")),
    SessionState.CANCELLED: ("draft", lazy("Đã hủy")),
}
LOST_PLACE = ("error", lazy("Mất chỗ"))
MISSED_BY = {"mentor": lazy("Cố vấn vắng"), "team": lazy("Đội vắng")}
END_REASONS = {
    EndReason.COMPLETED: lazy("Hoàn thành"),
    EndReason.TEAM_DECLINED: lazy("Đội xin đổi"),
    EndReason.MENTOR_STEPPED_BACK: lazy("Cố vấn thôi nhận"),
    EndReason.STAFF: lazy("Ban điều phối kết thúc"),
}
SUPPORT = {
    SupportKind.WORKSPACE: (lazy("Chỗ làm việc"), lazy("tháng")),
    SupportKind.MACHINE: (lazy("Giờ máy"), lazy("giờ")),
    SupportKind.TRAINING: (lazy("Suất đào tạo"), lazy("suất")),
    SupportKind.MONEY: (lazy("Kinh phí"), lazy("đồng")),
}
COUNTS = {
    "": lazy("nhập tay"),
    "cases": lazy("đếm dự án vào ươm tạo"),
    "mentored": lazy("đếm dự án có cố vấn"),
    "sessions": lazy("đếm buổi cố vấn đã gặp"),
    "hours": lazy("cộng giờ cố vấn"),
    "graduated": lazy("đếm dự án tốt nghiệp"),
}
DRAWS = {
    GrantState.RESERVED: lazy("đang giữ"),
    GrantState.CONSUMED: lazy("đã dùng"),
    GrantState.RETURNED: lazy("đã trả lại"),
}
METRICS = {
    Metric.HEADCOUNT: lazy("Nhân sự"),
    Metric.REVENUE: lazy("Doanh thu (đồng)"),
    Metric.JOBS: lazy("Việc làm mới"),
    Metric.IP_FILINGS: lazy("Đơn sở hữu trí tuệ"),
}


def kept(reason: str | LazyString) -> str:
    """A reason of the program's own as it is stored: in Vietnamese, whatever language the actor reads."""
    with force_locale("vi"):
        return str(reason)


def own(text: str) -> str:
    """A stored reason in the reader's language where it is one of the program's own, else as it was typed."""
    return _(text) if text else ""


def stage_name(code: str) -> str:
    """A stage of the optimum in words: “coverage:2” is class 2, class 0 are the held pairs."""
    name, _colon, level = code.partition(":")
    if name == "coverage":
        return _("Vị trí có cố vấn, ưu tiên %(n)s", n=level) if level != "0" else _("Cặp được giữ")
    return {
        "floor": _("Tổng điểm thấp nhất của một đội"),
        "total": _("Tổng giá trị (phần mười điểm)"),
        "tie": _("Phân định khi bằng nhau"),
    }[name]


def on_day(when: datetime) -> str:
    """“14:00 Thứ Ba 01/12/2026”."""
    local = clock.local(when)
    return f"{local:%H:%M} {WEEKDAYS[local.weekday()]} {local:%d/%m/%Y}"


def hours(minutes: int) -> str:
    """Minutes as hours: “1,25”."""
    return vn_number((Decimal(minutes) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP))


def slot(code: str) -> str:
    """“1-14” as “Thứ Ba 14:00”."""
    day, _dash, hour = code.partition("-")
    return f"{WEEKDAYS[int(day)]} {int(hour):02d}:00"


def pause_end(row: Commitment) -> str:
    """When a paused mentor takes teams again."""
    if row.paused_until is None:
        return _("chưa biết khi nào nhận lại")
    return _("nhận đội lại từ %(day)s", day=vn_date(row.paused_until))


def session_state(row: MentoringSession) -> tuple[str, LazyString]:
    """Look and word of a session's state."""
    return LOST_PLACE if row.lost_place else SESSION_STATES[row.state]


def evidence(item: Mapping[str, Any], topics: Mapping[str, str]) -> str:
    """One piece of evidence as a clause; `topics` names topics by slug."""
    values = list(item["values"])
    name = [topics.get(v, v) for v in values]
    code = item["code"]
    if code == "need_met":
        level = LEVELS.get(int(values[2]), "")
        return _(
            "%(need)s: %(skill)s, %(level)s (%(source)s)",
            need=name[0],
            skill=name[1],
            level=level,
            source=SOURCES.get(item["source"], ""),
        )
    if code == "slots":
        return (
            _("cùng rảnh %(slots)s", slots=", ".join(slot(v) for v in values[:3]))
            if values
            else _("không có giờ chung")
        )
    told: dict[str, Callable[[], str]] = {
        "need_open": lambda: _("%(need)s: chưa có chuyên môn trùng", need=name[0]),
        "field_same": lambda: _("cùng lĩnh vực %(field)s", field=FIELDS.get(values[0], values[0])),
        "field_other": lambda: _("khác lĩnh vực"),
        "stage_same": lambda: _("từng cố vấn giai đoạn này"),
        "stage_other": lambda: _("chưa cố vấn giai đoạn này"),
        "area_same": lambda: _("cùng khu vực %(area)s", area=values[0]),
        "area_other": lambda: _("khác khu vực, không họp trực tuyến"),
        "online": lambda: _("họp trực tuyến"),
        "wish": lambda: _("nguyện vọng %(rank)s của đội", rank=values[0]),
        "not_wished": lambda: _("đội không chọn trước"),
        "unknown": lambda: _("chưa có dữ liệu"),
    }
    return told[code]() if code in told else code


#: Evidence that speaks against a pair, or of nothing: never a reason for it.
AGAINST = {"need_open", "field_other", "stage_other", "area_other", "not_wished", "unknown"}


def why(parts: list[Mapping[str, Any]], topics: Mapping[str, str]) -> str:
    """What speaks for a pair, from the parts that give most, as one sentence."""
    ranked = sorted(parts, key=lambda p: -p["points"])
    told = [[evidence(e, topics) for e in part["evidence"] if e["code"] not in AGAINST] for part in ranked]
    clauses = [clause for part in told if part for clause in part[:2]][:4]
    text = "; ".join(clauses) or _("chưa có điểm trùng; ghép để không đội nào thiếu cố vấn")
    return f"{text[:1].upper()}{text[1:]}."


def empty_place(place: Mapping[str, Any], names: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """Why a place stays empty, with how many mentors each rule refuses."""
    refused = ", ".join(
        ngettext("%(num)s người %(rule)s", "%(num)s người %(rule)s", count, rule=RULES.get(rule, rule))
        for rule, count in place["refused"].items()
    )
    if place["reason"] == "no_kind":
        return _("Chưa có cố vấn loại %(kind)s nào trong khóa.", kind=KINDS.get(place["kind"], place["kind"]))
    if place["reason"] == "full":
        full = ", ".join(names.get(m, m) for m in place["full"][:3])
        text = _("Cố vấn phù hợp đã đủ đội: %(names)s.", names=full)
        return f"{text} {_('Không ghép được: %(refused)s.', refused=refused)}" if refused else text
    return _("Không cố vấn nào ghép được: %(refused)s.", refused=refused)


def remedy(item: Mapping[str, Any], names: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """One way out of an empty place."""
    mentor = names.get(item["mentor"], item["mentor"])
    if item["code"] == "more_room":
        return _(
            "Thêm 1 chỗ cho %(mentor)s thì ghép được với %(score)s điểm, không cặp nào khác phải đổi.",
            mentor=mentor,
            score=item["score"],
        )
    if item["code"] == "waive":
        return _(
            "Bỏ qua điều kiện “%(rule)s” cho %(mentor)s (%(score)s điểm), ghi lý do.",
            rule=RULES.get(item["rule"], item["rule"]),
            mentor=mentor,
            score=item["score"],
        )
    wanted = ", ".join(topics.get(t, t) for t in item["topics"][:3])
    return _("Mời thêm cố vấn có chuyên môn: %(topics)s.", topics=wanted) if wanted else _("Mời thêm cố vấn.")
