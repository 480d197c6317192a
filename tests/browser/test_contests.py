"""Journeys of teacher, student and organiser, walked in a real browser on the demo season."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.servers import Server, axe_violations, enter, overflow


def robotics(page: Any, server: Server) -> str:
    """Slug of the edition that takes registrations."""
    page.goto(f"{server.url}/vi/contests")
    slugs = re.findall(r'href="/vi/contests/(robotics-\d{4})"', page.content())
    return str(max(slugs))  # the newest; other contests of robots have further words in their address


def saved(page: Any) -> None:
    """Wait until the page says that it saved what was typed."""
    note = page.locator("#saved")
    expect(note).to_contain_text("Đã lưu")
    expect(note).not_to_contain_class("busy")


def open_page(page: Any, server: Server) -> str:
    slug = robotics(page, server)
    enter(page, server, "giaovien@demo.example")
    page.goto(f"{server.url}/registration/{slug}/thcs-binh-thang")
    return slug


def test_teacher_sees_at_once_which_team_fits_and_why(page, live_server):
    open_page(page, live_server)
    wrong = page.locator("details.team-row.has-error")
    expect(wrong.locator("[data-error]:visible").first).to_contain_text("Nguyễn Văn An")
    expect(wrong.locator("svg.rule-line")).to_have_count(1)
    assert overflow(page) == []
    assert axe_violations(page) == []


def test_teacher_adds_a_team_that_saves_itself_and_is_told_what_is_wrong(page, live_server):
    open_page(page, live_server)
    page.click("[data-add-row]")
    row = page.locator("[data-row]").last
    row.locator("input[name$=team_name]").fill("Cánh Buồm")
    row.locator("input[name$='members-0-full_name']").fill("Lê Thử Nghiệm")
    with page.expect_response(lambda r: r.url.endswith("/row")):
        row.locator("input[name$='members-0-birth_date']").fill("31/02/2013")
    expect(page.locator("[data-error]", has_text="không phải là ngày").first).to_be_attached()
    with page.expect_response(lambda r: r.url.endswith("/row")):
        row.locator("input[name$='members-0-birth_date']").fill("")
    page.reload()
    expect(page.locator("[data-name]", has_text="Cánh Buồm")).to_have_count(1)


def test_a_save_that_fails_does_not_keep_the_sign_of_one_that_went_well(page, live_server):
    open_page(page, live_server)
    sign = page.locator("#saved i")
    expect(sign).to_contain_class("bi-check-circle-fill")
    page.context.set_offline(True)
    row = page.locator("[data-row]").last
    row.evaluate("e => { e.open = true }")
    row.locator("input[name$=team_name]").fill("Ngoại Tuyến")
    expect(page.locator("#saved")).to_contain_text("Chưa lưu được")
    expect(sign).to_contain_class("bi-exclamation-octagon-fill")
    page.context.set_offline(False)
    saved(page)
    expect(sign).to_contain_class("bi-check-circle-fill")


def test_two_windows_do_not_overwrite_each_other(new_page, live_server):
    first, second = new_page(), new_page()
    open_page(first, live_server)
    open_page(second, live_server)
    names = [p.locator("[data-row]").last.locator("input[name$=team_name]") for p in (first, second)]
    for p in (first, second):
        p.locator("[data-row]").last.evaluate("e => { e.open = true }")
    with first.expect_response(lambda r: r.url.endswith("/row")):
        names[0].fill("Chim Lạc Một")
    with second.expect_response(lambda r: r.url.endswith("/row")) as answer:
        names[1].fill("Chim Lạc Hai")
    assert answer.value.status == 409
    # The headers are here before the script has read the sentence: wait for it on the page.
    second.locator("[data-row]").last.locator("[data-refused]", has_text="cửa sổ khác").wait_for()
    expect(names[1]).to_have_value("Chim Lạc Hai")


def test_teacher_mends_a_returned_team_and_sends_it_again(page, live_server):
    open_page(page, live_server)
    row = page.locator("[data-row]", has=page.locator("text=Ban tổ chức trả lại"))
    expect(row).to_contain_text("Lớp ghi khác")
    with page.expect_response(lambda r: r.url.endswith("/row")):
        row.locator("input[name$='members-0-class_name']").fill("8A9")
    saved(page)
    page.click("[data-submit]")
    page.wait_for_load_state()
    expect(page.locator(".flash").first).to_be_attached()
    page.get_by_role("link", name="Gốm Đỏ").click()
    history = page.locator("section", has=page.get_by_role("heading", name="Lịch sử")).inner_text()
    assert "Trả lại bổ sung" in history
    assert history.count("Đã gửi, chờ duyệt") == 2


def test_without_javascript_the_plain_form_saves_too(new_page, live_server):
    page = new_page(java_script_enabled=False)
    open_page(page, live_server)
    page.get_by_role("link", name="Thêm đội").click()
    page.locator("input[name$=team_name]").last.scroll_into_view_if_needed()
    names = page.locator("form#teams input[name$=team_name]")
    names.nth(names.count() - 1).fill("Không Script")
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator("[data-name]", has_text="Không Script")).to_have_count(1)


def test_organiser_starts_from_last_year_previews_and_announces(new_page, live_server):
    page = new_page(1280, 900)
    enter(page, live_server, "bantochuc@demo.example")
    page.goto(f"{live_server.url}/contests/new?from=nong-thon-2024")
    page.fill("input[name=name]", "Thanh niên nông thôn 2031")
    page.fill("input[name=year]", "2031")
    page.get_by_role("button", name="Tạo", exact=True).click()
    page.wait_for_url(re.compile(r"/contests/nong-thon-2031/"))
    expect(page.locator("main")).to_contain_text("07/2031")
    page.get_by_role("link", name="Xem như khách").click()
    expect(page.get_by_text("Khách sẽ thấy như dưới đây")).to_have_count(1)
    assert axe_violations(page) == []
    page.go_back()
    page.get_by_role("button", name="Công khai cuộc thi").click()
    page.goto(f"{live_server.url}/vi/contests/nong-thon-2031")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thanh niên nông thôn 2031")


def test_organiser_pages_fit_a_phone(page, live_server):
    slug = robotics(page, live_server)
    enter(page, live_server, "bantochuc@demo.example")
    for path in ("", "edit", "divisions/primary", "prizes", "review"):
        page.goto(f"{live_server.url}/contests/{slug}/{path}")
        assert overflow(page) == [], path
        assert axe_violations(page) == [], path


def test_organiser_ticks_a_whole_page_by_keyboard_and_hears_how_many(page, live_server):
    slug = robotics(page, live_server)
    enter(page, live_server, "bantochuc@demo.example")
    page.goto(f"{live_server.url}/contests/{slug}/review?state=submitted")
    boxes, count = page.locator("input[name=entry]"), page.get_by_role("status").filter(has_text="Đã chọn")
    whole = page.get_by_role("checkbox", name="bài chờ duyệt trên trang này")
    total = boxes.count()
    whole.focus()
    page.keyboard.press("Space")
    expect(count).to_have_text(f"Đã chọn {total} bài")
    boxes.first.uncheck()
    expect(count).to_have_text(f"Đã chọn {total - 1} bài")
    assert whole.evaluate("box => box.indeterminate")
    page.get_by_role("button", name="Không hợp lệ").click()
    expect(page.get_by_role("alert")).to_contain_text("Ghi lý do không hợp lệ")
    expect(count).to_have_text(f"Đã chọn {total - 1} bài")
    assert overflow(page) == []
    assert axe_violations(page) == []
