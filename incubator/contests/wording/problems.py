"""What keeps an entry or a stage from going on, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from ...core.i18n import _
from ...core.web import named, vn_date
from ..dossier import Missing, Part
from ..eligibility import Code, Problem, Registrant
from ..stages import Blocked, Blocker
from .names import PURPOSES, REGISTRANTS, kinds, levels

_BLOCKERS: dict[Blocker, Callable[[int], str]] = {
    Blocker.REGISTRATION_OPEN: lambda n: _("Đăng ký còn đang mở. Chờ hết hạn, hoặc đổi hạn đăng ký."),
    Blocker.NO_ENTRIES: lambda n: _("Chưa có bài dự thi nào được duyệt vào vòng này."),
    Blocker.UNDECIDED_ENTRIES: lambda n: _("%(n)s bài đã gửi còn chờ duyệt hoặc chờ bổ sung.", n=n),
    Blocker.NO_RUBRIC: lambda n: _("Chưa chọn bộ tiêu chí chấm."),
    Blocker.NO_ADVANCE: lambda n: _(
        "Chưa ghi bao nhiêu bài vào vòng sau: mở rồi thì không sửa được. Ghi ở trang vòng thi."
    ),
    Blocker.EARLIER_STAGE: lambda n: _("Vòng trước của bảng này chưa có kết quả."),
    Blocker.MISSING_MARKS: lambda n: _("Còn %(n)s phiếu chấm chưa nộp.", n=n),
    Blocker.NOT_TABULATED: lambda n: _("Chưa tổng hợp điểm."),
    Blocker.OPEN_TIES: lambda n: _("%(n)s trường hợp đồng điểm chưa được quyết định.", n=n),
    Blocker.NOT_PUBLISHED: lambda n: _("Công bố kết quả ở trang Công bố; vòng thi chuyển trạng thái theo."),
}


def blocker(blocked: Blocked) -> str:
    return _BLOCKERS[blocked.blocker](blocked.count)


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


_PROBLEMS: dict[Code, Callable[[Problem, str], str]] = {
    Code.TEAM_NAME_MISSING: lambda p, d: _("Chưa có tên đội."),
    Code.TEAM_NAME_TAKEN: lambda p, d: _(
        "Trường đã có đội “%(team)s” ở bảng này. Thêm số hoặc đổi tên để phân biệt.", team=p.value
    ),
    Code.TEAM_TOO_SMALL: lambda p, d: _(
        "Đội có %(n)s thành viên; %(division)s cần %(size)s. Thêm thành viên.",
        n=p.value,
        size=_size(p),
        division=d,
    ),
    Code.TEAM_TOO_LARGE: lambda p, d: _(
        "Đội có %(n)s thành viên; %(division)s nhận %(size)s. Bớt thành viên hoặc tách đội.",
        n=p.value,
        size=_size(p),
        division=d,
    ),
    Code.MEMBER_NAME_MISSING: lambda p, d: _("Một thành viên chưa có họ tên."),
    Code.MEMBER_TWICE: lambda p, d: _("%(name)s đứng hai lần trong đội. Bỏ một dòng.", name=_who(p)),
    Code.MEMBER_IN_OTHER_TEAM: lambda p, d: (
        _(
            "%(name)s đã ở đội “%(team)s”; mỗi người chỉ dự thi %(n)s đội. Bỏ khỏi một trong hai đội.",
            name=_who(p),
            team=p.value,
            n=p.high,
        )
        if p.value
        else _(
            "%(name)s đã ở một đội khác của cuộc thi; mỗi người chỉ dự thi %(n)s đội. Kiểm tra tên và ngày sinh, hoặc hỏi Ban tổ chức.",
            name=_who(p),
            n=p.high,
        )
    ),
    Code.BIRTH_DATE_MISSING: lambda p, d: _("Thiếu ngày sinh của %(name)s.", name=_who(p)),
    Code.BIRTH_DATE_INVALID: lambda p, d: _(
        "Ngày sinh của %(name)s “%(text)s” không phải là ngày. Nhập theo dạng 20/11/2012.",
        name=_who(p),
        text=p.value,
    ),
    Code.BIRTH_DATE_OUT_OF_RANGE: lambda p, d: _(
        "Ngày sinh của %(name)s (%(day)s) ngoài khoảng của %(division)s (%(window)s). "
        "Kiểm tra lại ngày sinh hoặc chọn bảng khác.",
        name=_who(p),
        day=vn_date(p.value),  # type: ignore[arg-type]
        window=window(p.low, p.high),  # type: ignore[arg-type]
        division=d,
    ),
    Code.CLASS_MISSING: lambda p, d: _("Thiếu lớp của %(name)s.", name=_who(p)),
    Code.ORGANISATION_MISSING: lambda p, d: _("Chưa chọn trường hoặc đơn vị dự thi."),
    Code.ORGANISATION_KIND: lambda p, d: _(
        "%(name)s là %(kind)s; %(division)s dành cho: %(allowed)s.",
        name=p.person,
        kind=kinds((str(p.value),)),
        allowed=kinds(p.allowed),
        division=d,
    ),
    Code.SCHOOL_LEVEL: lambda p, d: _(
        "%(name)s không có cấp học của %(division)s (%(allowed)s). Chọn bảng khác, hoặc báo Ban tổ chức nếu cấp học ghi sai.",
        name=p.person,
        allowed=levels(p.allowed),
        division=d,
    ),
    Code.TOO_MANY_ENTRIES: lambda p, d: _(
        "%(name)s đăng ký đội thứ %(n)s; %(division)s nhận nhiều nhất %(most)s đội mỗi đơn vị.",
        name=p.person,
        n=p.value,
        most=p.high,
        division=d,
    ),
    Code.COACH_MISSING: lambda p, d: _("Chưa có giáo viên hướng dẫn."),
    Code.COACH_CONTACT_MISSING: lambda p, d: _(
        "Nên ghi điện thoại hoặc e-mail của %(name)s để Ban tổ chức liên hệ.", name=p.person
    ),
    Code.REGISTRANT_NOT_ALLOWED: lambda p, d: _(
        "%(division)s chỉ nhận: %(allowed)s.",
        division=d,
        allowed=", ".join(str(REGISTRANTS[Registrant(v)]) for v in p.allowed),
    ),
    Code.CAPTAIN_TOO_YOUNG: lambda p, d: _(
        "%(name)s %(age)s tuổi; tự đăng ký cần từ %(low)s tuổi. Nhờ giáo viên đăng ký cho đội.",
        name=_who(p),
        age=p.value,
        low=p.low,
    ),
    Code.CONSENT_MISSING: lambda p, d: _(
        "Chưa đủ đồng ý cho %(name)s: %(purpose)s.",
        name=_who(p),
        purpose=str(PURPOSES.get(str(p.value), p.value)).lower(),
    ),
    Code.DOSSIER_MISSING: lambda p, d: _(
        "Hồ sơ sản phẩm còn thiếu %(what)s.",
        what=missing_part(cast("Missing", p.value)),
    ),
}


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
