"""docs/first-contest.md, walked on an empty system: from the first administrator to a published result a visitor reads."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from incubator.core import clock
from tests.reader import Reader

PASSWORD = "mot cau de nho"
EDITION = "robotics-2026"


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link.strip())


def day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).strftime("%d/%m/%Y")


def link_on(reader: Reader) -> str:
    """What the copy button of a page with an invitation holds."""
    return path_of(reader.doc.xpath("string(//*[@id='link']/@value)"))


@pytest.fixture
def newcomer(app, session):
    """`newcomer(link)` is somebody with a window of their own who opens it."""
    return lambda link: Reader(app.test_client()).go(link)


def test_from_an_empty_system_to_a_published_result(app, newcomer):
    admin = administrator_comes_in(app, newcomer)
    organiser = administrator_invites_the_organiser(admin, newcomer)
    organiser_sets_the_contest_up(organiser)
    teacher = teacher_signs_up(organiser, newcomer)
    teacher_registers_three_teams(teacher)
    organiser_accepts(organiser)
    judges = organiser_prepares_judging(organiser, newcomer)
    for number, judge in enumerate(judges):
        judge_marks_every_entry(judge, number)
    organiser_closes_and_decides(organiser)
    organiser_publishes(organiser)
    visitor_reads(newcomer("/vi/"))
    teacher_reads(teacher)


def administrator_comes_in(app, newcomer) -> Reader:
    made = app.test_cli_runner().invoke(
        args=["accounts", "first-admin", "--name", "Nguyễn Thanh Tùng", "--email", "tung@example.org"]
    )
    admin = newcomer(path_of(made.output.strip().splitlines()[-1]))
    return admin.press("Đặt mật khẩu và đăng nhập", password=PASSWORD, again=PASSWORD).has("Việc đang chờ")


def administrator_invites_the_organiser(admin: Reader, newcomer) -> Reader:
    admin.click("Người dùng").click("Mời người mới")
    admin.press("Tạo lời mời", full_name="Phạm Thị Ngọc Lan", role="organiser").has(
        "Lời nhắn để dán vào Zalo"
    )
    organiser = newcomer(link_on(admin))
    return organiser.press("Nhận lời mời", email="lan@example.org", password=PASSWORD).has("Việc đang chờ")


def organiser_sets_the_contest_up(organiser: Reader) -> None:
    organiser.click("Cuộc thi").click("Tạo cuộc thi đầu tiên").click("Chọn mẫu này: Sáng tạo Robotics")
    organiser.press("Tạo", name="Robotics lần đầu", year="2026").has("Đã tạo")
    here = organiser.url
    organiser.press("Xóa", within="Vòng loại").press("Xóa vòng thi")
    organiser.go(here).press("Xóa", within="Tiểu học").press("Xóa bảng")
    organiser.go(here).click("Sửa").press(
        "Lưu", registration_opens=day(-1), registration_closes=day(10), final_on=day(20)
    )
    organiser.go(here).click("Xem như khách").has("Khách sẽ thấy như dưới đây")
    organiser.go(here).press("Công khai cuộc thi").has("Đã công khai cuộc thi", "Đang nhận đăng ký")


def teacher_signs_up(organiser: Reader, newcomer) -> Reader:
    organiser.go("/people/coordinators").press("Đường dẫn gửi các trường").has("Kính mời Quý trường")
    teacher = newcomer(link_on(organiser)).press(
        "Bắt đầu soạn hồ sơ", full_name="Trần Thị Thu Hằng", email="hang@example.org", password=PASSWORD,
        organisation="THCS Bình Thắng",
    )  # fmt: skip
    organiser.go("/home").click("Xem và xác nhận").has("Trần Thị Thu Hằng").press("Xác nhận giáo viên")
    return teacher


def teacher_registers_three_teams(teacher: Reader) -> None:
    teacher.go("/home").click("Cuộc thi").click("Đăng ký đội")
    for name in ("Sao Mai", "Sao Hôm", "Sao Khuê"):
        teacher.click("Thêm đội")
        row = [key for key in teacher.doc.forms[-2].fields if key.endswith("team_name")][-1].removesuffix(
            "team_name"
        )
        pupils = {}
        for place, pupil in enumerate((f"Nguyễn Văn {name}", f"Lê Thị {name}")):
            of = f"{row}members-{place}-"
            pupils |= {f"{of}full_name": pupil, f"{of}birth_date": "12/03/2013", f"{of}class_name": "8A1"}
        teacher.press("Lưu nháp", **{f"{row}team_name": name, **pupils})
    teacher.press("Gửi 3 đội đủ điều kiện").has("Sao Mai", "Đã gửi")


def organiser_accepts(organiser: Reader) -> None:
    organiser.go("/home").click("Duyệt hồ sơ")
    organiser.press("Duyệt bài đã chọn", entry=organiser.doc.xpath("//input[@name='entry']/@value"))
    organiser.click("Đã duyệt").has("Sao Mai", "Sao Hôm", "Sao Khuê")


def organiser_prepares_judging(organiser: Reader, newcomer) -> list[Reader]:
    organiser.click("Chấm điểm")
    overview = organiser.url
    organiser.press("Lập bộ tiêu chí", template="robot-sang-tao")
    organiser.press("Chọn cho các vòng", part=organiser.doc.xpath("//input[@name='part']/@value"))
    organiser.go(overview).click("Giám khảo")
    panels = organiser.url
    divisions = organiser.doc.xpath("//input[@name='division']/@value")
    organiser.press("Lập tiểu ban", name="Tiểu ban 1", division=divisions)
    judges = []
    for number in range(3):
        organiser.go(panels).press(
            "Thêm và lấy đường dẫn mời", full_name=f"Giám khảo {number}", contact=f"090123456{number}"
        )
        judges.append(newcomer(link_on(organiser)).press("Vào làm việc"))
    organiser.go(overview).press("Mở vòng").has("Đăng ký còn đang mở")
    organiser.click("Cuộc thi").click("Sửa").press("Lưu", registration_closes=day(-1))
    organiser.go(overview).press("Mở vòng").has("Đã mở vòng")
    organiser.go(panels).press("Phân công tự động").has("Đã phân công 9 phiếu")
    return judges


def judge_marks_every_entry(judge: Reader, number: int) -> None:
    judge.go("/judging/").has("Bài của tôi")
    sheets = dict.fromkeys(href for href in judge.hrefs() if re.fullmatch(r"/judging/sheets/\d+", href))
    assert len(sheets) == 3
    for place, sheet in enumerate(sheets):
        mark = 24 - 3 * place - number % 2  # the first entry is the best for everybody
        level = "1" if mark > 20 else "2"
        marks = {name: str(mark) for name in judge.go(sheet).fields(r"m\d+")}
        levels = dict.fromkeys(judge.fields(r"l\d+"), level)
        assert len(marks) == len(levels) == 4
        judge.press("Nộp phiếu", **marks, **levels)
    judge.go("/judging/").has("đã nộp")


def organiser_closes_and_decides(organiser: Reader) -> None:
    organiser.click("Chấm điểm").click("Theo dõi").has("9 / 9").press("Đóng vòng, tổng hợp điểm").has("94,67")
    organiser.press("Chốt").press("Lập danh sách giải").has("Giải Nhất")


def organiser_publishes(organiser: Reader) -> None:
    organiser.click("Công bố").has("Kết quả chính thức").click("Chuẩn bị công bố", last=True)
    organiser.press(
        "Xem trước như khách", decision_number="05/QĐ-BTC", decision_date=day(0), signer="Nguyễn Trung Hiếu"
    )
    organiser.has("chưa ai khác thấy", "Sao Mai").press("Công bố ngay").has("Đã công bố")
    organiser.press("Cấp giấy theo kết quả chính thức")


def visitor_reads(visitor: Reader) -> None:
    visitor.click("Kết quả").click("Robotics lần đầu").has("Sao Mai", "Giải Nhất", "THCS Bình Thắng")
    assert "Nguyễn Văn" not in visitor.text(), "a pupil's name shows only with both consents"


def teacher_reads(teacher: Reader) -> None:
    teacher.go("/home").click("Kết quả").has("Sao Mai", "Hạng")
