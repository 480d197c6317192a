"""The tours of README.md are true: each step is walked, and each *word* that it names stands on a page of that step."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.reader import Reader

README = (pathlib.Path(__file__).parent.parent.parent / "README.md").read_text()
PASSWORD = "demo-2024"


def tours() -> dict[str, list[str]]:
    """Heading → its steps, as the README tells them."""
    part = README.partition("## Five minutes as …")[2].partition("\n## ")[0]
    sections = re.split(r"^### ", part, flags=re.M)[1:]
    return {
        section.splitlines()[0]: re.findall(r"^\d\. ((?:.|\n(?!\d\.|\n|!|<))*)", section, re.M) for section in sections
    }  # fmt: skip


def named(step: str) -> list[str]:
    """What a step says will be seen: words in italics and names in quotes; an arrow leads from one to the next."""
    found = re.findall(r"\*([^*\n]+(?:\n[^*\n]+)?)\*|“([^”]+)”", step)
    return [" ".join(w.split()) for a, b in found for w in (a or b).split("→")]


Step = Callable[[Reader], object]


def visitor_finds_a_school(r: Reader) -> None:
    r.go("/vi/").press("Tìm", q="dong hoa b").click("Tiểu học Đông Hòa B").has("Giải Nhất")


def visitor_reads_a_result(r: Reader) -> None:
    r.go("/vi/").click("Kết quả").click("Sáng tạo Robotics và Trí tuệ nhân tạo 2024")
    r.has("Phiên bản 1", "Quyết định số", "Nhất", "Tải về").click("THCS 36").press("Tìm", q="binh thang").has(
        "Bình Thắng"
    )


def visitor_checks_a_certificate(r: Reader) -> None:
    r.go("/vi/").click("Kiểm tra giấy chứng nhận").has("Số giấy chứng nhận")


def visitor_switches(r: Reader) -> None:
    r.go("/vi/").has("Đổi nền sáng hoặc tối").click("English").has("Contests")


def teacher_sees_what_waits(r: Reader) -> None:
    r.go("/home").has("cần bổ sung")


def teacher_reads_the_reason(r: Reader) -> None:
    r.go("/home").click("Bổ sung").has("Ban tổ chức trả lại")


def teacher_reads_a_broken_rule(r: Reader) -> None:
    r.go("/home").click("Bổ sung").has(
        "Ngày sinh của Nguyễn Văn An", "ngoài khoảng", "Gửi 1 đội đủ điều kiện"
    )


def teacher_adds_teams(r: Reader) -> None:
    r.go("/home").click("Bổ sung").has("Dán từ bảng tính", "Gửi tệp").click("In danh sách xin dấu")


def teacher_reads_results(r: Reader) -> None:
    r.go("/home").click("Kết quả").has("Hạng", "giấy chứng nhận")


def captain_opens_the_draft(r: Reader) -> None:
    r.go("/home").click("Bài dự thi của tôi").click("Vườn Xanh Số").has("còn thiếu")


def captain_invites_members(r: Reader) -> None:
    captain_opens_the_draft(r)
    r.has("Hoặc quét mã")


def captain_completes_the_dossier(r: Reader) -> None:
    captain_opens_the_draft(r)
    r.has("Hồ sơ sản phẩm", "Tóm tắt", "Gửi đăng ký")


def captain_books_a_room(r: Reader) -> None:
    r.go("/home").click("Đặt phòng").has("Tìm")


def judge_lists_entries(r: Reader) -> None:
    r.go("/judging/").has("Chấm tiếp")


def judge_opens_a_sheet(r: Reader) -> None:
    r.go("/judging/").click("Chấm tiếp").has("Nhận xét", "Nộp")


def judge_declares_a_conflict(r: Reader) -> None:
    r.go("/judging/").click("Chấm tiếp").click("Tôi quen đội này").has("Rút khỏi bài này")


def judge_works_without_a_line(r: Reader) -> None:
    r.go("/judging/").has("Đang mất mạng", "tự gửi khi có mạng")


def secretary_follows_judging(r: Reader) -> None:
    r.go("/home").click("Sáng tạo dành cho Thanh thiếu niên, nhi đồng").click("Chấm điểm").click(
        "Theo dõi", last=True
    )


def secretary_moves_entries(r: Reader) -> None:
    secretary_follows_judging(r)
    r.has("vắng")


def secretary_checks_paper(r: Reader) -> None:
    secretary_follows_judging(r)
    r.click("Kiểm tra phiếu").has("Chờ người khác kiểm tra")
    second = Reader.signed_in(r.client.application.test_client(), "thuky2@demo.example", PASSWORD)
    second.go(r.url).has("Khớp, tính phiếu này")


def secretary_reads_files(r: Reader) -> None:
    r.go("/home").click("Sáng tạo Robotics và Trí tuệ nhân tạo 2024").click("Nhập tệp").has("314")


def secretary_runs_the_day(r: Reader) -> None:
    r.go("/home").click("Robocon tỉnh").click("Trận đấu").click("Robocon tỉnh")


def organiser_makes_an_edition(r: Reader) -> None:
    r.go("/home").click("Cuộc thi").go("/contests/").has("Lần tổ chức mới").click("Lần mới từ đây").has("Tạo")


def organiser_reviews(r: Reader) -> None:
    r.go("/home").click("Duyệt hồ sơ").has("Duyệt", "Trả lại", "Không hợp lệ")
    r.go("/home").click("Cuộc thi").click("Gia hạn").has("Lý do")


def organiser_publishes(r: Reader) -> None:
    r.go("/home").click("Sáng tạo Robotics và Trí tuệ nhân tạo 2024").click("Công bố").has(
        "Phiên bản 1", "Đính chính"
    )
    r.click("Chuẩn bị công bố").has("Giờ công bố", "Xem trước như khách")


def organiser_issues_certificates(r: Reader) -> None:
    r.go("/publishing/robotics-2024").has("Cấp giấy theo kết quả chính thức", "Tải tất cả (PDF)")


def referee_takes_a_match(r: Reader) -> None:
    r.go("/matches/phone/").click("Vào sân").has("ĐỎ", "XANH")


def referees_settle_a_result(r: Reader) -> None:
    head = Reader.signed_in(r.client.application.test_client(), "trongtai2@demo.example", PASSWORD)
    head.go("/matches/phone/").click("Vào sân")
    r.seen += head.seen
    r.go("/matches/phone/").click("Xem kết quả")
    head.go(r.url).has("Nhập bởi")
    r.seen += head.seen


def hall_follows(r: Reader) -> None:
    r.go("/vi/matches/").click("Robocon tỉnh").click("Trực tiếp từ sân")


def staff_looks_at_the_day(r: Reader) -> None:
    r.go("/home").click("Trong ngày").click("Yêu cầu").has("trùng giờ")


def staff_declares_an_outage(r: Reader) -> None:
    r.go("/home").click("Máy hỏng, đóng cửa").has("Báo ngừng phục vụ", "Lượt mất chỗ", "Chuyển:")


def staff_opens_todays_workshop(r: Reader) -> None:
    r.go("/home").click("Các sự kiện").click("Ngày STEM: lắp xe dò đường")
    r.has("Danh sách chờ", "Người đăng ký", "Nguyễn Minh Khang")


def staff_reads_figures(r: Reader) -> None:
    r.go("/home").click("Số liệu").has("Tải")


def mentor_reads_an_offer(r: Reader) -> None:
    r.go("/home").click("Trả lời").has("Vì sao mời", "giờ", "Từ chối")


def mentor_books_and_reports(r: Reader) -> None:
    r.go("/home").click("Cố vấn").click("Đặt buổi gặp").has("Đặt giờ này")
    r.go("/home").click("Ghi biên bản").has("Lưu biên bản")


def administrator_invites(r: Reader) -> None:
    r.go("/home").click("Người dùng").click("Mời").has("Vai trò")


def administrator_reads_the_trail(r: Reader) -> None:
    r.go("/home").click("Nhật ký")


WALKS: dict[str, tuple[str, list[Step]]] = {
    "Visitor": ("", [visitor_finds_a_school, visitor_reads_a_result, visitor_checks_a_certificate, visitor_switches]),
    "Teacher": ("giaovien@demo.example", [teacher_sees_what_waits, teacher_reads_the_reason, teacher_reads_a_broken_rule,
                                          teacher_adds_teams, teacher_reads_results]),
    "Student captain": ("sinhvien@demo.example", [captain_opens_the_draft, captain_invites_members,
                                                  captain_completes_the_dossier, captain_books_a_room]),
    "Judge": ("giamkhao@demo.example", [judge_lists_entries, judge_opens_a_sheet, judge_declares_a_conflict,
                                        judge_works_without_a_line]),
    "Secretary": ("thuky@demo.example", [secretary_follows_judging, secretary_moves_entries, secretary_checks_paper,
                                         secretary_reads_files, secretary_runs_the_day]),
    "Organiser": ("bantochuc@demo.example", [organiser_makes_an_edition, organiser_reviews, organiser_publishes,
                                             organiser_issues_certificates]),
    "Referee and hall": ("trongtai@demo.example", [referee_takes_a_match, referees_settle_a_result, hall_follows]),
    "BIIC staff": ("biic@demo.example", [staff_looks_at_the_day, staff_declares_an_outage, staff_opens_todays_workshop, staff_reads_figures]),
    "Mentor": ("covan@demo.example", [mentor_reads_an_offer, mentor_books_and_reports]),
    "Administrator": ("quantri@demo.example", [administrator_invites, administrator_reads_the_trail]),
}  # fmt: skip


def test_every_tour_is_walked_step_by_step():
    assert {section: len(steps) for section, steps in tours().items()} == {
        section: len(steps) for section, (_email, steps) in WALKS.items()
    }


@pytest.mark.parametrize("section", WALKS)
def test_the_tour_is_true(section: str, demo_app: Flask) -> None:
    email, walks = WALKS[section]
    client = demo_app.test_client()
    reader = Reader.signed_in(client, email, PASSWORD) if email else Reader(client)
    wrong = []
    for told, walk in zip(tours()[section], walks, strict=True):
        reader.seen.clear()
        walk(reader)
        for phrase in named(told):
            pattern = re.escape(phrase).replace("…", ".{1,20}")
            if not any(re.search(pattern, text) for text in reader.seen):
                wrong.append(f"{section}, “{told[:50]}…”: no page says “{phrase}”")
    assert wrong == []
