"""Journeys Organiser 2 and 3, Visitor 1 and 2, Teacher 4: walked in a real browser, steps counted."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.servers import Server, axe_violations, enter

pytestmark = pytest.mark.browser


def database(server: Server, statement: str) -> Any:
    """One row of the server's own database."""
    with sqlite3.connect(server.instance / "incubator.sqlite") as connection:
        return connection.execute(statement).fetchone()


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=2)).strftime("%d/%m/%Y 08:00")


def test_visitor_finds_a_school_filters_and_shares(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(360)
    page.goto(f"{live_server.url}/vi/results")
    page.get_by_role("searchbox").fill("dong hoa b")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Tiểu học Đông Hòa B", exact=True).click()  # step 1
    expect(page.get_by_role("heading", level=1)).to_have_text("Tiểu học Đông Hòa B")
    assert "Giải Nhất" in page.inner_text("main")
    page.get_by_role("link", name="Sáng tạo Robotics và Trí tuệ nhân tạo 2024").click()
    page.get_by_role("link", name="THCS 36").click()  # step 2
    address = page.url
    assert "Bình Thắng" in page.inner_text("main")
    assert "Đông Hòa B" not in page.inner_text("main")
    other = new_page(1280)
    other.goto(address)
    assert "Bình Thắng" in other.inner_text(".podium .first")


def test_visitor_narrows_the_table_while_typing(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(1280)
    page.goto(f"{live_server.url}/vi/results/robotics-2024")
    page.get_by_role("searchbox").fill("dong hoa b")
    shown = page.locator(".rank-list tbody tr:visible")
    expect(shown.first).to_be_attached()
    assert all("Đông Hòa" in text for text in shown.all_inner_texts())
    assert shown.count() < 12
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".rank-list tbody tr:visible")).to_have_count(72)


def test_visitor_finds_a_team_by_keyboard_alone_in_the_dark(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(360, color_scheme="dark")
    page.goto(f"{live_server.url}/vi/results/robotics-2024")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.name === 'q'"):
            break
    page.keyboard.type("dong hoa b")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Đông Hòa B")
    expect(page.locator(".rank-list tbody tr:visible").first).to_contain_text("Thánh Gióng")
    assert axe_violations(page) == []


def test_visitor_searches_without_script(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(360, java_script_enabled=False)
    page.goto(f"{live_server.url}/vi/results/robotics-2024")
    page.get_by_role("searchbox").fill("binh thang")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=binh+thang")
    rows = page.locator(".rank-list tbody tr").all_inner_texts()
    assert rows
    assert all("Bình Thắng" in text for text in rows)


def test_visitor_scans_codes(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(360)
    (code,) = database(
        live_server, "SELECT code FROM certificate WHERE revoked_at IS NULL AND kind = 'team' LIMIT 1"
    )
    page.goto(f"{live_server.url}/vi/c/{code}")
    assert "Còn hiệu lực" in page.inner_text("main")
    (old,) = database(live_server, "SELECT code FROM certificate WHERE revoked_at IS NOT NULL LIMIT 1")
    page.goto(f"{live_server.url}/vi/c/{old}")
    assert "Đã bị thu hồi" in page.inner_text("main")
    assert page.context.cookies() == []


def test_visitor_reads_both_versions(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(1280)
    page.goto(f"{live_server.url}/vi/results/sang-tao-2024")
    assert "Phiên bản 2" in page.inner_text(".publication")
    assert "ghi nhầm một giải" in page.inner_text("#vi-sao")
    page.get_by_role("link", name="Xem phiên bản 1").first.click()
    assert "Đây là bản cũ" in page.inner_text("main")


def test_organiser_schedules_in_three_steps_and_visitors_see_nothing(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(1280)
    enter(page, live_server, "bantochuc@demo.example")
    page.goto(f"{live_server.url}/publishing/robotics-2024")
    page.locator("li", has_text="Lịch thi · Vòng chung kết").get_by_role(
        "link", name="Chuẩn bị công bố"
    ).click()  # 1
    page.get_by_label("Vào giờ đã định").check()
    page.get_by_role("textbox", name="Giờ công bố").fill(tomorrow())
    page.get_by_role("button", name="Xem trước như khách").click()  # 2
    assert "Đây là bản xem trước" in page.inner_text("main")
    page.get_by_role("button", name="Hẹn công bố lúc").click()  # 3
    assert "Đã hẹn công bố" in page.inner_text("main")
    visitor = new_page(360)
    answer = visitor.goto(f"{live_server.url}/vi/results/robotics-2024/schedule-2")
    assert answer.status == 404
    page.on("dialog", lambda d: d.accept())
    page.locator("li", has_text="Lịch thi · Vòng chung kết").get_by_role("button", name="Hủy lịch").click()
    page.wait_for_selector("text=Đã hủy lịch công bố")


def test_organiser_corrects_in_three_steps_and_certificates_follow(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    (version,) = database(
        live_server,
        "SELECT max(version) FROM publication p JOIN edition e ON e.id = p.edition_id "
        "WHERE e.slug = 'nong-thon-2024' AND p.kind = 'official'",
    )
    page = new_page(1280)
    enter(page, live_server, "bantochuc@demo.example")
    page.goto(f"{live_server.url}/publishing/nong-thon-2024/official/1/correct")
    page.locator("input[name=entry]").first.check()
    page.get_by_role("button", name="Sửa các dòng đã chọn").click()  # 1
    page.locator("select[name^=tier-]").select_option(label="không giải")
    page.get_by_label("Lý do đính chính").fill(
        "Bài dự thi đứng đầu trùng với sản phẩm đã nhận giải năm trước."
    )
    page.get_by_role("button", name="Xem khác biệt").click()  # 2
    assert "không giải" in page.inner_text("main")
    page.get_by_role("button", name="Công bố đính chính").click()  # 3
    assert f"phiên bản {version + 1}" in page.inner_text("main")
    visitor = new_page(360)
    visitor.goto(f"{live_server.url}/vi/results/nong-thon-2024")
    assert "trùng với sản phẩm" in visitor.inner_text("#vi-sao")
    (revoked,) = database(
        live_server,
        "SELECT count(*) FROM certificate c JOIN edition e ON e.id = c.edition_id "
        "WHERE e.slug = 'nong-thon-2024' AND c.revoked_at IS NOT NULL",
    )
    assert revoked > 0


def test_teacher_gets_results_and_certificates_in_two_steps(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(360)
    enter(page, live_server, "giaovien@demo.example")
    page.goto(f"{live_server.url}/publishing/teams")  # 1
    section = page.locator("section", has_text="Sáng tạo Robotics và Trí tuệ nhân tạo 2024")
    with page.expect_download() as download:
        section.get_by_role("link", name="giấy chứng nhận").click()  # 2
    pages = PdfReader(io.BytesIO(download.value.path().read_bytes())).pages
    assert len(pages) >= 4
    section.get_by_role("link").nth(1).click()
    assert "Hạng" in page.inner_text("main")
