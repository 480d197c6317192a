"""What is wrong with a problem, as sentences in the reader's language that name the row to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..core.i18n import _
from .matching import Fault
from .wording import RULES

_FAULTS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "no_mentors": lambda v: _("Chưa có cố vấn nào. Thêm ít nhất một cố vấn đã duyệt."),
    "no_teams": lambda v: _("Chưa có đội nào. Cần ít nhất một đội đã xác nhận nhu cầu và còn vị trí trống."),
    "twice": lambda v: _("mã “%(id)s” có hai lần. Mỗi dòng cần một mã riêng.", id=v["id"]),
    "negative": lambda v: _("số âm (%(value)s). Nhập 0 hoặc số dương.", value=v["value"]),
    "level": lambda v: _("mức %(value)s không có. Dùng 1, 2 hoặc 3.", value=v["value"]),
    "skill_source": lambda v: _("nguồn “%(value)s” không có. Dùng self, verified hoặc feedback.", value=v["value"]),
    "priority": lambda v: _("mức ưu tiên %(value)s không có. Dùng số từ 1 đến 100.", value=v["value"]),
    "weights": lambda v: _("trọng số cộng lại bằng %(sum)s. Cần các số không âm, tổng 1000.", sum=v["sum"]),
    "shares": lambda v: _("team_share + mentor_share bằng %(sum)s. Cần các số không âm, tổng 10.", sum=v["sum"]),
    "points": lambda v: _("giá trị %(value)s ngoài khoảng 0 đến 1000.", value=v["value"]),
    "seconds": lambda v: _("%(value)s giây không dùng được. Dùng số từ 1 đến 3600.", value=v["value"]),
    "too_large": lambda v: _("%(value)s lớn quá. Số lớn nhất là %(most)s.", value=v["value"], most=v["most"]),
    "unknown_topic": lambda v: _("không có chuyên môn mã “%(id)s” trong danh sách skills.", id=v["id"]),
    "topic_circle": lambda v: _("“%(id)s” đứng trên chính mình trong cây chuyên môn. Sửa parent.", id=v["id"]),
    "not_waivable": lambda v: _("không được phép bỏ qua điều kiện “%(rule)s”. Bỏ dòng này.", rule=RULES.get(v["rule"], v["rule"])),
    "unknown_team": lambda v: _("không có đội mã “%(id)s”. Kiểm tra lại mã trong danh sách teams.", id=v["id"]),
    "unknown_mentor": lambda v: _("không có cố vấn mã “%(id)s”. Kiểm tra lại mã trong danh sách mentors.", id=v["id"]),
    "shape": lambda v: _("bảng cần %(rows)s dòng (đội) và %(columns)s cột (cố vấn).", rows=v["rows"], columns=v["columns"]),
    "lock_refused": lambda v: _("cặp giữ %(team)s – %(mentor)s vi phạm điều kiện “%(rule)s”. Bỏ cặp giữ hoặc bỏ qua điều kiện.",
                                team=v["team"], mentor=v["mentor"], rule=RULES.get(v["rule"], v["rule"])),
    "lock_no_place": lambda v: _("cặp giữ %(team)s – %(mentor)s không còn vị trí phù hợp trong đội.", team=v["team"], mentor=v["mentor"]),
    "locks_together": lambda v: _("các cặp giữ không cùng thực hiện được, ví dụ %(team)s – %(mentor)s. Bỏ bớt cặp giữ hoặc tăng số đội, số giờ.",
                                  team=v["team"], mentor=v["mentor"]),
    "over_capacity": lambda v: _("%(mentor)s được giữ %(held)s đội nhưng chỉ nhận %(most)s. Bớt cặp giữ hoặc tăng số đội.",
                                 mentor=v["mentor"], held=v["held"], most=v["most"]),
    "over_hours": lambda v: _("%(mentor)s được giữ %(held)s giờ nhưng chỉ nhận %(most)s. Bớt cặp giữ hoặc tăng số giờ.",
                              mentor=v["mentor"], held=v["held"], most=v["most"]),
    "not_a_list": lambda v: _("cần một danh sách [ … ]."),
    "not_an_object": lambda v: _("cần một đối tượng { … }."),
    "text": lambda v: _("cần một chuỗi chữ."),
    "whole_number": lambda v: _("“%(value)s” không phải số nguyên.", value=v["value"]),
    "yes_or_no": lambda v: _("“%(value)s” không dùng được. Cần true hoặc false.", value=v["value"]),
    "no_json": lambda v: _("không đọc được dạng JSON. Kiểm tra dấu phẩy, ngoặc và dấu nháy ở chỗ này."),
    "no_text": lambda v: _("tệp không phải văn bản UTF-8. Lưu lại tệp ở dạng UTF-8."),
    "key_twice": lambda v: _("khóa này có hai lần trong một đối tượng. Bỏ bớt một."),
    "list_of_text": lambda v: _("cần một danh sách chuỗi chữ."),
    "unknown_key": lambda v: _("khóa này không có trong mẫu. Xem docs/mentoring-match.md."),
    "version": lambda v: _("phiên bản %(value)s không đọc được. Dùng phiên bản 1.", value=v["value"]),
}  # fmt: skip


def sentence(item: Fault) -> str:
    """One fault as a sentence that names its row."""
    return f"{item.row}: {_FAULTS[item.code](item.values)}"


def sentences(items: Iterable[Fault], most: int = 5) -> str:
    """The first faults, one after the other, for a page: who reads it has no file with rows."""
    told = (_FAULTS[item.code](item.values) for item in list(items)[:most])
    return " ".join(f"{text[:1].upper()}{text[1:]}" for text in told)


def of_run(answer: Mapping[str, Any]) -> str:
    """Why a run has no pairs."""
    found = answer.get("faults", [])
    if not found:
        return _(
            "Có lỗi ngoài dự kiến, đã ghi vào nhật ký máy chủ. Chạy lượt mới; nếu vẫn vậy, báo quản trị."
        )
    return sentences(Fault(**item) for item in found)
