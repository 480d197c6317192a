"""What the rules refuse, said in the reader's language."""

from __future__ import annotations

from ..core.errors import Invalid
from ..core.i18n import lazy
from .games import Action
from .refusals import RuleError
from .wording import label

_REFUSALS = {
    "unknown_stat": lazy("Tiêu chí “%(stat)s” không có. Chọn trong danh sách tiêu chí."),
    "unknown_order": lazy("Chiều xếp “%(order)s” không có. Ghi high hoặc low."),
    "unknown_reapply": lazy("Cách xét lại “%(reapply)s” không có. Ghi block, each hoặc never."),
    "unknown_action": lazy("Luật chơi không có việc “%(action)s”. Tải lại trang rồi bấm lại."),
    "unknown_phase": lazy("Luật chơi không có giai đoạn “%(phase)s”."),
    "unknown_aggregate": lazy("Cách tính lượt thi “%(aggregate)s” không có."),
    "unknown_match": lazy("Không có trận “%(match)s”."),
    "unknown_source": lazy("“%(source)s” không chỉ được đội nào. Ví dụ đúng: place:A:1, winner:QF1."),
    "action_twice": lazy("Mã việc “%(action)s” bị lặp. Mỗi việc một mã riêng."),
    "runs_without_rule": lazy("Luật lượt thi cần mục “runs”: số lượt, thời gian, cách tính."),
    "win_not_above_loss": lazy("Điểm thắng phải lớn hơn điểm thua."),
    "draw_out_of_order": lazy("Điểm hòa phải nằm giữa điểm thua và điểm thắng."),
    "drop_rule_empty": lazy("Quy tắc bỏ trận phải giữ ít nhất một trận."),
    "jury_needed": lazy("Hai đội bằng nhau ở mọi tiêu chí của trận. Ghi luân lưu, trọng tài hoặc bốc thăm."),
    "team_not_in_group": lazy("Một trận có đội không thuộc bảng. Xem lại danh sách trận của bảng."),
    "decision_names_team_twice": lazy("Một đội được ghi hai lần trong thứ tự phân định."),
    "bracket_size": lazy("Nhánh đấu cần từ 2 đến %(most)s đội, hiện có %(count)s."),
    "bracket_lines": lazy("Số dòng của nhánh đấu phải là lũy thừa của 2, hiện có %(count)s."),
    "draw_groups": lazy("Không chia được %(teams)s đội vào %(groups)s bảng. Chọn số bảng ít hơn."),
    "draw_sizes": lazy("Các bảng có %(places)s chỗ cho %(teams)s đội. Sửa số bảng hoặc danh sách đội."),
    "draw_twice": lazy("Một đội có tên hai lần trong danh sách bốc thăm."),
    "draw_not_possible": lazy("Không xếp được các đội hạt giống và các trường vào bảng. Bớt một điều kiện."),
    "draw_finished": lazy("Đã bốc thăm xong tất cả các đội."),
    "group_not_allowed": lazy(
        "Đội không vào được bảng đó (trùng trường hoặc đủ đội). Còn vào được: %(allowed)s."
    ),
    "replay_differs": lazy("Biên bản bốc thăm lệch với cách tính từ lượt %(number)s."),
    "schedule_no_court": lazy("Chưa chọn sân nào. Chọn ít nhất một sân."),
    "schedule_slot": lazy("Thời lượng trận phải từ 1 phút, thời gian nghỉ không âm."),
    "schedule_no_window": lazy("Không khung giờ nào đủ %(slot)s phút cho một trận."),
    "schedule_too_long": lazy(
        "Còn %(left)s trận không xếp được trong khung giờ. Thêm sân, rút ngắn trận hoặc thêm giờ."
    ),
    "match_not_started": lazy("Trận chưa bắt đầu. Chờ trọng tài bàn bấm giờ."),
    "waits_for_start": lazy("Đã giữ: trận chưa bấm giờ. Việc này được tính nếu trận đã bắt đầu lúc bấm."),
    "match_over": lazy("Trận đã hết giờ. Việc xảy ra sau hiệu lệnh kết thúc không được tính."),
    "count_impossible": lazy("%(action)s: nhiều nhất %(most)s lần, đã ghi %(given)s."),
    "time_impossible": lazy("Thời gian phải từ 0 đến %(seconds)s giây."),
    "no_special_win": lazy("Trò chơi này không có chiến thắng tuyệt đối."),
    "side_missing": lazy("Chưa biết bên ĐỎ hay XANH. Tải lại trang rồi bấm lại."),
    "not_your_part": lazy("“%(action)s” không do vị trí này ghi."),
    "not_your_side": lazy("Anh/Chị ghi cho bên kia. Việc của bên này do trọng tài bên này ghi."),
    "clock_is_timekeepers": lazy("Chỉ trọng tài bàn và trọng tài chính điều khiển đồng hồ."),
    "no_shot_clock": lazy("Giai đoạn này không có đồng hồ giữ bóng."),
    "group_too_small": lazy("Bảng cần ít nhất hai đội."),
    "replay_form": lazy("%(where)s: %(what)s"),
    # of the services
    "wrong_court": lazy("Trận này không ở sân của Anh/Chị. Mở lại danh sách trận của sân."),
    "match_not_called": lazy("Trận chưa được gọi. Chờ thư ký gọi đội."),
    "after_confirmation": lazy("Kết quả đã được xác nhận. Sự kiện được giữ lại chờ trọng tài chính."),
    "same_id_other_content": lazy("Mã sự kiện đã dùng cho việc khác. Bản ghi đầu tiên được giữ."),
    "undo_unknown": lazy("Không tìm thấy việc cần hoàn tác."),
}


def sentence(error: RuleError) -> str:
    """The refusal as a full sentence; an unknown code shows itself rather than nothing."""
    text = _REFUSALS.get(error.code)
    if text is None:
        return error.code
    values = {key: _shown(value) for key, value in error.values.items()}
    return str(text) % {**dict.fromkeys(("most", "given", "allowed"), "–"), **values}


def _shown(value: object) -> str:
    if isinstance(value, Action):
        return label(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)


def invalid(error: RuleError, field: str | None = None) -> Invalid:
    return Invalid(sentence(error), code=error.code, field=field)
