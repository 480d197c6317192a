"""What rules, states and problems say, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from ..core import clock
from ..core.i18n import _, lazy
from ..core.web import named, vn_date
from .dossier import Missing, Part, Requirements
from .eligibility import Code, Problem, Registrant, Rules
from .stages import Blocked, Blocker, EditionState, EntryAction, EntryState, Lock, StageState

LEVELS = {
    "primary": lazy("tiểu học"),
    "lower_secondary": lazy("THCS"),
    "upper_secondary": lazy("THPT"),
    "vocational": lazy("trung cấp"),
    "college": lazy("cao đẳng"),
    "university": lazy("đại học"),
}
ORGANISATION_KINDS = {
    "school": lazy("trường phổ thông"),
    "college": lazy("trường cao đẳng, trung cấp"),
    "university": lazy("trường đại học"),
    "company": lazy("doanh nghiệp"),
    "department": lazy("sở, ban, ngành"),
    "youth_union": lazy("cơ sở Đoàn"),
    "fablab": lazy("FabLab"),
    "incubator": lazy("vườn ươm"),
    "other": lazy("đơn vị khác"),
}
REGISTRANTS = {
    Registrant.COACH: lazy("giáo viên đăng ký cho trường"),
    Registrant.CAPTAIN: lazy("đội trưởng tự đăng ký"),
    Registrant.PERSON: lazy("cá nhân tự đăng ký"),
}
#: state -> (class of the design, word)
ENTRY_STATES = {
    EntryState.DRAFT: ("draft", lazy("Nháp")),
    EntryState.SUBMITTED: ("submitted", lazy("Đã gửi, chờ duyệt")),
    EntryState.ACCEPTED: ("accepted", lazy("Đã duyệt")),
    EntryState.RETURNED: ("returned", lazy("Trả lại bổ sung")),
    EntryState.REJECTED: ("error", lazy("Không hợp lệ")),
    EntryState.WITHDRAWN: ("draft", lazy("Đã rút")),
    EntryState.LAPSED: ("draft", lazy("Nháp đã hết hạn")),
}
STAGE_STATES = {
    StageState.PLANNED: ("draft", lazy("Dự kiến")),
    StageState.OPEN: ("live", lazy("Đang diễn ra")),
    StageState.CLOSED: ("waiting", lazy("Đã đóng, chờ quyết định")),
    StageState.DECIDED: ("accepted", lazy("Đã có kết quả, chờ công bố")),
    StageState.PUBLISHED: ("final", lazy("Đã công bố")),
}
EDITION_STATES = {
    EditionState.DRAFT: ("draft", lazy("Đang chuẩn bị, chưa công khai")),
    EditionState.ANNOUNCED: ("waiting", lazy("Đã công khai, sắp mở đăng ký")),
    EditionState.REGISTERING: ("submitted", lazy("Đang nhận đăng ký")),
    EditionState.PREPARING: ("waiting", lazy("Hết hạn đăng ký, chuẩn bị thi")),
    EditionState.RUNNING: ("submitted", lazy("Đang thi và chấm")),
    EditionState.PUBLISHED: ("final", lazy("Đã công bố kết quả")),
}
STAGE_KINDS = {
    "rubric": lazy("chấm theo tiêu chí"),
    "matches": lazy("thi đấu đối kháng"),
    "runs": lazy("lượt thi"),
    "quiz": lazy("trắc nghiệm"),
}
HOST_PARTS = {"lead": lazy("chủ trì"), "partner": lazy("phối hợp"), "standing": lazy("thường trực")}
MEMBER_PARTS = {
    "captain": lazy("đội trưởng"),
    "member": lazy("thành viên"),
    "coach": lazy("giáo viên hướng dẫn"),
}
PURPOSES = {
    "take_part": lazy("Dự thi"),
    "publish_name": lazy("Đăng họ tên cùng kết quả"),
    "publish_picture": lazy("Đăng hình ảnh"),
    "incubation": lazy("Giới thiệu sang chương trình ươm tạo"),
    "contact": lazy("Liên hệ sau cuộc thi"),
}
ACTIONS = {
    EntryAction.SUBMIT: lazy("Gửi đăng ký"),
    EntryAction.ACCEPT: lazy("Duyệt"),
    EntryAction.RETURN: lazy("Trả lại bổ sung"),
    EntryAction.REJECT: lazy("Không hợp lệ"),
    EntryAction.REVERSE: lazy("Xem xét lại"),
    EntryAction.WITHDRAW: lazy("Rút bài"),
}
LOCKS = {
    Lock.ENTRY_LIST: lazy("danh sách bài dự thi của vòng"),
    Lock.RUBRIC: lazy("bộ tiêu chí"),
    Lock.QUOTA: lazy("số vào vòng sau và cơ cấu giải"),
    Lock.MARKS: lazy("điểm"),
    Lock.ABSENCES: lazy("vắng mặt, truất quyền"),
    Lock.TIES: lazy("xử lý đồng điểm"),
    Lock.AWARDS: lazy("giải thưởng"),
}
_BLOCKERS: dict[Blocker, Callable[[int], str]] = {
    Blocker.REGISTRATION_OPEN: lambda n: _("Đăng ký còn đang mở. Chờ hết hạn, hoặc đổi hạn đăng ký."),
    Blocker.NO_ENTRIES: lambda n: _("Chưa có bài dự thi nào được duyệt vào vòng này."),
    Blocker.UNDECIDED_ENTRIES: lambda n: _("%(n)s bài đã gửi còn chờ duyệt hoặc chờ bổ sung.", n=n),
    Blocker.NO_RUBRIC: lambda n: _("Chưa chọn bộ tiêu chí chấm."),
    Blocker.EARLIER_STAGE: lambda n: _("Vòng trước của bảng này chưa có kết quả."),
    Blocker.MISSING_MARKS: lambda n: _("Còn %(n)s phiếu chấm chưa nộp.", n=n),
    Blocker.NOT_TABULATED: lambda n: _("Chưa tổng hợp điểm."),
    Blocker.OPEN_TIES: lambda n: _("%(n)s trường hợp đồng điểm chưa được quyết định.", n=n),
    Blocker.NOT_PUBLISHED: lambda n: _("Công bố kết quả ở trang Công bố; vòng thi chuyển trạng thái theo."),
}


def blocker(blocked: Blocked) -> str:
    return _BLOCKERS[blocked.blocker](blocked.count)


def moment(value: datetime | None) -> str:
    """“17:00 ngày 15/10/2026”; a day's last second is said as “hết ngày 15/10/2026”."""
    if value is None:
        return _("không có hạn")
    local = clock.local(value)
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return _("hết ngày %(day)s", day=vn_date(local))
    return _("%(time)s ngày %(day)s", time=local.strftime("%H:%M"), day=vn_date(local))


def levels(values: Any) -> str:
    return ", ".join(str(LEVELS.get(v, v)) for v in values)


def window(low: date | None, high: date | None) -> str:
    if low and high:
        return f"{vn_date(low)} – {vn_date(high)}"
    if low:
        return _("từ %(day)s", day=vn_date(low))
    return _("đến %(day)s", day=vn_date(high)) if high else ""


def _size(p: Problem) -> str:
    if p.low == p.high:
        return str(p.low)
    return _("%(low)s đến %(high)s", low=p.low, high=p.high)


def _who(p: Problem) -> str:
    return p.person.strip() or _("thành viên chưa có tên")


def _kinds(values: tuple[str, ...]) -> str:
    return ", ".join(str(ORGANISATION_KINDS.get(v, v)) for v in values)


_PROBLEMS: dict[Code, Callable[[Problem, str], str]] = {
    Code.TEAM_NAME_MISSING: lambda p, d: _("Chưa có tên đội."),
    Code.TEAM_NAME_TAKEN: lambda p, d: _(
        "Trường đã có đội “%(team)s” ở bảng này. Thêm số hoặc đổi tên để phân biệt.", team=p.value
    ),
    Code.TEAM_TOO_SMALL: lambda p, d: _(
        "Đội có %(n)s thành viên; %(division)s cần %(size)s. Thêm thành viên.", n=p.value, size=_size(p), division=d
    ),
    Code.TEAM_TOO_LARGE: lambda p, d: _(
        "Đội có %(n)s thành viên; %(division)s nhận %(size)s. Bớt thành viên hoặc tách đội.",
        n=p.value, size=_size(p), division=d,
    ),
    Code.MEMBER_NAME_MISSING: lambda p, d: _("Một thành viên chưa có họ tên."),
    Code.MEMBER_TWICE: lambda p, d: _("%(name)s đứng hai lần trong đội. Bỏ một dòng.", name=_who(p)),
    Code.MEMBER_IN_OTHER_TEAM: lambda p, d: _(
        "%(name)s đã ở đội “%(team)s”; mỗi em chỉ dự thi %(n)s đội. Bỏ khỏi một trong hai đội.",
        name=_who(p), team=p.value, n=p.high,
    ),
    Code.BIRTH_DATE_MISSING: lambda p, d: _("Thiếu ngày sinh của %(name)s.", name=_who(p)),
    Code.BIRTH_DATE_INVALID: lambda p, d: _(
        "Ngày sinh của %(name)s “%(text)s” không phải là ngày. Nhập theo dạng 20/11/2012.", name=_who(p), text=p.value
    ),
    Code.BIRTH_DATE_OUT_OF_RANGE: lambda p, d: _(
        "Ngày sinh của %(name)s (%(day)s) ngoài khoảng của %(division)s (%(window)s). "
        "Kiểm tra lại ngày sinh hoặc chọn bảng khác.",
        name=_who(p), day=vn_date(p.value), window=window(p.low, p.high), division=d,  # type: ignore[arg-type]
    ),
    Code.CLASS_MISSING: lambda p, d: _("Thiếu lớp của %(name)s.", name=_who(p)),
    Code.ORGANISATION_MISSING: lambda p, d: _("Chưa chọn trường hoặc đơn vị dự thi."),
    Code.ORGANISATION_KIND: lambda p, d: _(
        "%(name)s là %(kind)s; %(division)s dành cho: %(allowed)s.",
        name=p.person, kind=_kinds((str(p.value),)), allowed=_kinds(p.allowed), division=d,
    ),
    Code.SCHOOL_LEVEL: lambda p, d: _(
        "%(name)s không có cấp học của %(division)s (%(allowed)s). Chọn bảng khác, hoặc báo Ban tổ chức nếu cấp học ghi sai.",
        name=p.person, allowed=levels(p.allowed), division=d,
    ),
    Code.TOO_MANY_ENTRIES: lambda p, d: _(
        "%(name)s đăng ký đội thứ %(n)s; %(division)s nhận nhiều nhất %(most)s đội mỗi đơn vị.",
        name=p.person, n=p.value, most=p.high, division=d,
    ),
    Code.COACH_MISSING: lambda p, d: _("Chưa có giáo viên hướng dẫn."),
    Code.COACH_CONTACT_MISSING: lambda p, d: _(
        "Nên ghi điện thoại hoặc e-mail của %(name)s để Ban tổ chức liên hệ.", name=p.person
    ),
    Code.REGISTRANT_NOT_ALLOWED: lambda p, d: _(
        "%(division)s chỉ nhận: %(allowed)s.",
        division=d, allowed=", ".join(str(REGISTRANTS[Registrant(v)]) for v in p.allowed),
    ),
    Code.CAPTAIN_TOO_YOUNG: lambda p, d: _(
        "%(name)s %(age)s tuổi; tự đăng ký cần từ %(low)s tuổi. Nhờ giáo viên đăng ký cho đội.",
        name=_who(p), age=p.value, low=p.low,
    ),
    Code.CONSENT_MISSING: lambda p, d: _(
        "Chưa đủ đồng ý cho %(name)s: %(purpose)s.", name=_who(p), purpose=str(PURPOSES.get(str(p.value), p.value)).lower()
    ),
}  # fmt: skip


def problem(found: Problem, division: Any) -> str:
    """One sentence: what, who, which value, which range, how to mend. `division` is the row or its name."""
    name = division if isinstance(division, str) else in_division(division)
    return _PROBLEMS[found.code](found, name)


def in_division(division: Any) -> str:
    name = named(division)
    return (
        name
        if name.lower().startswith(("bảng", "khối", "hạng", "division"))
        else _("bảng %(name)s", name=name)
    )


def short(found: list[Problem]) -> str:
    """A line for a closed row: “thiếu ngày sinh của 2 em”, “1 em chưa đủ điều kiện”."""
    breaches = {p.person or p.field for p in found if p.weight == "breach"}
    if breaches:
        return _("%(n)s mục chưa đúng điều kiện", n=len(breaches))
    births = sum(p.code is Code.BIRTH_DATE_MISSING for p in found)
    if births:
        return _("thiếu ngày sinh của %(n)s em", n=births)
    missing = sum(p.weight == "missing" for p in found)
    return _("thiếu %(n)s mục", n=missing) if missing else ""


def rules(found: Rules) -> list[str]:
    """The eligibility of a division in words, for the public page and the editor."""
    said = []
    if found.born_from or found.born_until:
        said.append(_("Sinh %(window)s.", window=_born(found)))
    if found.alone:
        said.append(_("Dự thi cá nhân."))
    elif found.team_min == found.team_max:
        said.append(_("Mỗi đội %(n)s người.", n=found.team_min))
    else:
        said.append(_("Mỗi đội %(low)s đến %(high)s người.", low=found.team_min, high=found.team_max))
    if found.levels:
        said.append(_("Học sinh, sinh viên cấp: %(levels)s.", levels=levels(found.levels)))
    if found.organisation_kinds:
        said.append(_("Đơn vị dự thi: %(kinds)s.", kinds=_kinds(found.organisation_kinds)))
    if found.entries_per_organisation:
        said.append(_("Mỗi đơn vị nhiều nhất %(n)s bài dự thi.", n=found.entries_per_organisation))
    if found.teams_per_person == 1 and not found.alone:
        said.append(_("Mỗi người chỉ ở một đội."))
    if found.coach_required:
        said.append(_("Có giáo viên hướng dẫn."))
    said.append(_("Đăng ký: %(how)s.", how=", ".join(_registrant(r, found) for r in found.registrants)))
    return said


def _born(found: Rules) -> str:
    if found.born_from and found.born_until:
        return _("từ %(low)s đến %(high)s", low=vn_date(found.born_from), high=vn_date(found.born_until))
    return window(found.born_from, found.born_until)


def _registrant(who: Registrant, found: Rules) -> str:
    word = str(REGISTRANTS[who])
    if who is Registrant.COACH:
        return word
    return _("%(who)s (từ %(age)s tuổi)", who=word, age=found.captain_from_age)


def missing_part(lack: Missing) -> str:
    """What a dossier lacks, in a few words."""
    if lack.kind is not None:
        name = named(lack.kind)
        if lack.kind.least == 1:
            return name
        return _("%(kind)s (%(have)s/%(least)s)", kind=name, have=lack.have, least=lack.kind.least)
    words = {
        Part.TITLE: _("tên sản phẩm"),
        Part.FIELD: _("lĩnh vực"),
        Part.ABSTRACT: _("tóm tắt"),
        Part.VIDEO: _("đường dẫn video"),
    }
    return words[lack.part]


def dossier(wanted: Requirements) -> list[str]:
    """What a dossier holds, for the public page."""
    said = []
    if wanted.title:
        said.append(_("Tên sản phẩm"))
    if wanted.field:
        said.append(_("Lĩnh vực"))
    if wanted.abstract_words:
        said.append(_("Tóm tắt, nhiều nhất %(n)s từ", n=wanted.abstract_words))
    if wanted.video:
        said.append(_("Đường dẫn video giới thiệu"))
    for kind in wanted.files:
        said.append(named(kind) if kind.least <= 1 else f"{named(kind)} (≥ {kind.least})")
    return said
