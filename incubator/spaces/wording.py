"""The rules of the centre as sentences: what is refused, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ..core.i18n import _
from ..core.web import vn_times
from .intervals import Span, local_time
from .rules import Reason


def clock_of(moment: datetime) -> str:
    return f"{local_time(moment):%H:%M}"


def date_of(moment: datetime | date) -> str:
    day = local_time(moment).date() if isinstance(moment, datetime) else moment
    return f"{day:%d/%m/%Y}"


def moment_of(moment: datetime) -> str:
    return f"{clock_of(moment)} {date_of(moment)}"


def is_one_day(span: Span) -> bool:
    """Whether it lies on one local date; midnight ends the date before it."""
    return local_time(span.end - timedelta(microseconds=1)).date() == local_time(span.start).date()


def span_of(span: Span) -> str:
    """13:30–15:30 26/11/2024; over midnight both dates."""
    start, end = local_time(span.start), local_time(span.end)
    if is_one_day(span):
        return f"{vn_times(*span)} {start:%d/%m/%Y}"
    return f"{start:%H:%M %d/%m/%Y} – {end:%H:%M %d/%m/%Y}"


def length_of(length: timedelta) -> str:
    minutes = int(length / timedelta(minutes=1))
    days, rest = divmod(minutes, 1440)
    if days and not rest:
        return _("%(n)s ngày", n=days)
    whole, left = divmod(minutes, 60)
    if not whole:
        return _("%(n)s phút", n=left)
    if not left:
        return _("%(n)s giờ", n=whole)
    return _("%(hours)s giờ %(minutes)s phút", hours=whole, minutes=left)


def opening_of(spans: Iterable[Span]) -> str:
    return ", ".join(vn_times(*s) for s in spans)


def duty_of(spans: Iterable[Span], day: date) -> str:
    """When somebody on duty is still free on a day."""
    times = opening_of(spans)
    if times:
        return _("Ngày %(day)s còn người trực lúc %(times)s.", day=date_of(day), times=times)
    return _("Ngày %(day)s không còn người trực.", day=date_of(day))


def may_close(why: str) -> str:
    return _("Có thể nghỉ: %(why)s, BIIC chưa xác nhận.", why=why)


def explain(reason: Reason) -> str:
    """One sentence for a refusal."""
    v: Mapping[str, Any] = reason.values
    match reason.code:
        case "capacity":
            return _(
                "Không đủ chỗ: tối đa %(capacity)s, cần %(people)s. Giảm số người hoặc chọn chỗ khác.",
                capacity=v["capacity"],
                people=v["people"],
            )
        case "nobody":
            return _("Số người phải từ 1 trở lên.")
        case "empty":
            return _("Giờ kết thúc phải sau giờ bắt đầu.")
        case "past":
            return _("Giờ bắt đầu đã qua. Chọn giờ muộn hơn.")
        case "lead":
            return _(
                "Cần đặt trước ít nhất %(lead)s: sớm nhất là %(earliest)s.",
                lead=length_of(v["lead"]),
                earliest=moment_of(v["earliest"]),
            )
        case "horizon":
            return _(
                "Chỉ nhận đặt trước tối đa %(days)s ngày: muộn nhất là %(latest)s.",
                days=v["days"],
                latest=date_of(v["latest"]),
            )
        case "short":
            return _("Mỗi lượt ít nhất %(shortest)s.", shortest=length_of(v["shortest"]))
        case "long":
            return _(
                "Mỗi lượt tối đa %(longest)s. Chọn giờ kết thúc sớm hơn hoặc tách thành nhiều lượt.",
                longest=length_of(v["longest"]),
            )
        case "pause":
            return _(
                "Nghỉ trưa %(start)s–%(end)s: nơi này không nhận lượt qua giờ nghỉ. Tách thành hai lượt.",
                start=clock_of(v["start"]),
                end=clock_of(v["end"]),
            )
        case "closed":
            return _(
                "Ngày %(day)s đóng cửa: %(because)s. Chọn ngày khác.",
                day=date_of(v["day"]),
                because=v["because"],
            )
        case "quota":
            return _(
                "Vượt hạn mức “%(name)s”: tối đa %(limit)s mỗi tuần, đã dùng %(used)s, còn %(left)s.",
                name=v["name"],
                limit=length_of(v["limit"]),
                used=length_of(v["used"]),
                left=length_of(v["left"]),
            )
        case _:
            return _explain_rest(reason)


def _explain_rest(reason: Reason) -> str:
    v: Mapping[str, Any] = reason.values
    match reason.code:
        case "outside":
            opening = opening_of(v["opening"])
            if not opening:
                return _("Ngày %(day)s không mở cửa thường lệ. Chọn ngày khác.", day=date_of(v["day"]))
            return _("Ngoài giờ mở cửa (%(opening)s). Chọn giờ khác.", opening=opening)
        case "training":
            return _(
                "Cần tập huấn “%(training)s” trước khi dùng máy. Đăng ký buổi tập huấn gần nhất.",
                training=v["training"],
            )
        case "training_expired":
            return _(
                "Tập huấn “%(training)s” hết hạn ngày %(until)s. Đăng ký tập huấn lại.",
                training=v["training"],
                until=date_of(v["until"]),
            )
        case "supervisor":
            return _(
                "Máy này chỉ dùng khi có người trực. %(duty)s Chọn giờ có người trực.",
                duty=duty_of(v["duty"], v["day"]),
            )
        case "untrained":
            return _(
                "Cần tập huấn “%(training)s”, hoặc dùng trong giờ có người trực. %(duty)s",
                training=v["training"],
                duty=duty_of(v["duty"], v["day"]),
            )
        case "adult":
            return _("Người dưới 18 tuổi ghi tên và số điện thoại của một người lớn chịu trách nhiệm.")
        case "outage":
            return _(
                "Ngừng phục vụ đến %(until)s: %(because)s.", until=date_of(v["until"]), because=v["because"]
            )
        case "taken":
            return _("Đã có lượt khác trong giờ này.")
        case "gear":
            return _("Nơi này không có: %(items)s.", items=v["items"])
        case code:
            raise KeyError(code)


def condition(code: str) -> str:
    """Why an answer by staff is needed."""
    match code:
        case "outside":
            return _("Ngoài giờ mở cửa: cần người duyệt và người giữ chìa khóa.")
        case "approval":
            return _("Nơi này cần BIIC duyệt.")
        case code:
            raise KeyError(code)


def unreadable(code: str, values: Mapping[str, Any]) -> str:
    """One sentence on why a calendar file cannot be read."""
    what = values.get("summary") or _("một sự kiện không tên")
    match code:
        case "not_a_calendar" | "not_text":
            return _("Tệp này không phải lịch iCalendar (.ics). Xuất lại từ ứng dụng lịch rồi tải lên.")
        case "cut_off":
            return _("Tệp lịch bị cắt giữa chừng. Xuất lại rồi tải lên.")
        case "too_big":
            return _("Tệp lịch lớn hơn %(most)s MB. Xuất khoảng ngày ngắn hơn.", most=values["most"])
        case "too_many_events" | "too_many":
            return _(
                "Tệp có quá nhiều sự kiện (hơn %(most)s). Xuất khoảng ngày ngắn hơn.", most=values["most"]
            )
        case "too_fine":
            return _(
                "“%(what)s” lặp theo giờ có điều kiện, theo phút hoặc giây: không đặt phòng như vậy được.",
                what=what,
            )
        case "no_such_day":
            return _(
                "“%(what)s” lặp vào một ngày không có trong lịch. Sửa quy tắc lặp rồi xuất lại.", what=what
            )
        case "too_slow":
            return _(
                "“%(what)s” có quy tắc lặp không tính xong được. Sửa quy tắc lặp rồi xuất lại.", what=what
            )
        case "no_start":
            return _("“%(what)s” không có giờ bắt đầu (DTSTART). Sửa rồi xuất lại.", what=what)
        case "bad_event":
            return _(
                "Không đọc được thời gian của “%(what)s” (%(detail)s). Sửa rồi xuất lại.",
                what=what,
                detail=values.get("detail", ""),
            )
        case _:
            return _(
                "Tệp lịch sai cấu trúc: %(detail)s. Xuất lại rồi tải lên.", detail=values.get("detail", "")
            )
