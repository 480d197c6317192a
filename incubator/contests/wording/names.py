"""The words for codes: states, kinds, levels, purposes, locks."""

from __future__ import annotations

from typing import Any

from ...core.i18n import lazy
from ...states import EntryState, StageState
from ..eligibility import Registrant
from ..stages import EditionState, Lock

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
PRIVACY_KINDS = {
    "copy": lazy("Nhận bản sao dữ liệu"),
    "correct": lazy("Sửa chỗ sai"),
    "restrict": lazy("Hạn chế việc dùng dữ liệu"),
    "delete": lazy("Xóa dữ liệu"),
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


def levels(values: Any) -> str:
    return ", ".join(str(LEVELS.get(v, v)) for v in values)


def kinds(values: tuple[str, ...]) -> str:
    return ", ".join(str(ORGANISATION_KINDS.get(v, v)) for v in values)
