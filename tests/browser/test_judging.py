"""Journeys of the judge (on a phone) and of the secretary, on the demo season, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.servers import Server, axe_violations, enter, overflow

pytestmark = pytest.mark.browser


def open_first_sheet(page: Any, server: Server) -> None:
    enter(page, server, "giamkhao@demo.example")
    page.goto(f"{server.url}/judging/")
    page.click("main a.btn-primary")
    page.wait_for_selector("details.crit")


def give(page: Any, crit: Any, level: int, number: int) -> None:
    """Level first, then a mark of it; two taps."""
    if not crit.evaluate("e => e.open"):
        crit.locator("summary").click()
    crit.locator("label[for^=l]").nth(level).click()
    crit.locator("fieldset.marks:not([hidden]) label").nth(number).click()


def wait_saved(page: Any) -> None:
    page.wait_for_function("() => /Đã lưu \\d/.test(document.querySelector('#luu').textContent)")


def queue(page: Any) -> list[Any]:
    script = "() => Object.keys(localStorage).filter(k => k.startsWith('judging.queue')).flatMap(k => JSON.parse(localStorage[k]))"
    return list(page.evaluate(script))


def test_judge_1_and_2_one_link_my_entries_a_sheet_with_one_thumb(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    secretary = new_page(width=1280)
    enter(secretary, live_server, "thuky@demo.example")
    board = board_of(secretary, live_server)
    secretary.goto(f"{live_server.url}{board}")
    stage = secretary.goto(f"{live_server.url}{panels_of(secretary, live_server)}")
    assert stage.ok
    secretary.locator("tr", has_text="Đỗ Thanh Vân").get_by_role("link", name="Mời").click()
    link = secretary.input_value("#link")
    assert "Vào làm việc" in secretary.input_value("#zalo")

    phone = new_page()
    phone.goto(link)
    assert "/judging" not in phone.url  # opening signs nobody in: link previews open links too
    phone.get_by_role("button", name="Vào làm việc").click()
    phone.goto(f"{live_server.url}/judging/")
    expect(phone.locator("h1")).to_have_text("Bài của tôi")
    assert overflow(phone) == []
    assert axe_violations(phone) == []
    phone.click("main a.btn-primary")
    label = phone.locator("h1 .num").inner_text()
    for crit in phone.locator("details.crit").all():
        give(phone, crit, 1, 0)
        wait_saved(phone)
    phone.fill("#comment", "Sản phẩm gọn, trình bày rõ.")
    phone.wait_for_function(
        "() => document.querySelector('[data-base=comment]').value.startsWith('Sản phẩm')"
    )
    assert overflow(phone) == []
    assert axe_violations(phone) == []
    second = phone.context.browser.new_context(storage_state=phone.context.storage_state()).new_page()
    second.goto(phone.url)
    expect(second.locator("[data-go]")).to_be_visible()
    phone.locator("[data-go]").click()
    phone.wait_for_function(
        "l => document.querySelector('h1 .num') && document.querySelector('h1 .num').textContent !== l",
        arg=label,
    )
    phone.goto(f"{live_server.url}/judging/")
    expect(phone.locator("li", has_text=label)).to_contain_text("đã nộp")
    second.evaluate("dispatchEvent(new Event('focus'))")  # the judge looks at the other device again
    expect(second.locator("[data-go]")).to_be_hidden()
    expect(second.locator("[data-done]")).to_contain_text("Đã nộp")
    second.context.close()


def board_of(page: Any, server: Server) -> str:
    """The board of the running contest's older division."""
    page.goto(f"{server.url}/home")
    from incubator.core.clock import demo_today

    page.goto(f"{server.url}/judging/editions/sang-tao-{max(2025, demo_today().year)}")
    return str(page.get_by_role("link", name="Theo dõi").last.get_attribute("href"))


def panels_of(page: Any, server: Server) -> str:
    board_of(page, server)
    return str(page.get_by_role("link", name="Giám khảo").first.get_attribute("href"))


def test_judge_3_i_know_this_team(live_server: Server, page: Any) -> None:
    open_first_sheet(page, live_server)
    label = page.locator("h1 .num").inner_text()
    page.get_by_role("link", name="Tôi quen đội này").click()
    page.fill("#reason", "Phụ huynh của trưởng nhóm là đồng nghiệp.")
    page.get_by_role("button", name="Rút khỏi bài này").click()
    page.wait_for_url(re.compile("/judging/$"))
    expect(page.locator("li", has_text=label)).to_contain_text("Xung đột")


def test_judge_4_the_line_is_lost_and_all_is_sent_once(live_server: Server, page: Any) -> None:
    open_first_sheet(page, live_server)
    crits = page.locator("details.crit").all()
    page.context.set_offline(True)
    give(page, crits[0], 0, 0)
    give(page, crits[1], 2, 0)
    page.wait_for_function("() => /Chờ gửi 2/.test(document.querySelector('#luu').textContent)")
    expect(page.locator("[data-net]")).to_be_visible()
    assert len(queue(page)) == 2
    page.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    wait_saved(page)
    page.wait_for_function(
        "() => !Object.keys(localStorage).some(k => k.startsWith('judging.queue') && localStorage[k] !== '[]')"
    )
    totals = page.locator("[data-total]").inner_text()
    page.reload()
    expect(page.locator("[data-total]")).to_have_text(totals)


def test_two_tabs_of_one_device_show_the_same(live_server: Server, page: Any) -> None:
    open_first_sheet(page, live_server)
    other = page.context.new_page()
    other.goto(page.url)
    for level, number in ((0, 0), (1, 0)):
        first, second = (page, other) if level else (other, page)
        give(first, first.locator("details.crit").last, level, number)
        wait_saved(first)
        got = first.locator("details.crit [data-got]").last.inner_text()
        expect(second.locator("details.crit [data-got]").last).to_have_text(got)
    expect(page.locator(".clash:visible")).to_have_count(0)
    assert other.locator("[data-total]").inner_text() == page.locator("[data-total]").inner_text()
    other.close()


def comment(page: Any, text: str) -> None:
    page.fill("#comment", text)
    page.locator("#comment").blur()


def test_two_devices_one_without_a_line_end_in_one_outcome_that_is_told(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    phone, tablet = new_page(), new_page()
    open_first_sheet(phone, live_server)
    enter(tablet, live_server, "giamkhao@demo.example")
    tablet.goto(phone.url)
    label = phone.locator("h1 .num").inner_text()
    tablet.context.set_offline(True)
    give(tablet, tablet.locator("details.crit").nth(0), 3, 1)
    give(tablet, tablet.locator("details.crit").nth(1), 3, 0)
    comment(tablet, "Chữ của máy tính bảng.")
    tablet.wait_for_function("() => /Chờ gửi 3/.test(document.querySelector('#luu').textContent)")
    give(phone, phone.locator("details.crit").nth(0), 1, 1)
    give(phone, phone.locator("details.crit").nth(3), 2, 1)
    comment(phone, "Chữ của điện thoại.")
    phone.wait_for_function("() => document.querySelector('[data-base=comment]').value.startsWith('Chữ')")
    tablet.context.set_offline(False)
    tablet.evaluate("() => dispatchEvent(new Event('online'))")
    # and a mark that only the phone gave is shown without a reload
    expect(tablet.locator("[data-got]").nth(3)).to_have_text(phone.locator("[data-got]").nth(3).inner_text())
    # what nobody else touched is saved; the two values that differ are told, also on the list and after a reload
    expect(tablet.locator("#luu")).to_contain_text("Chưa lưu 2")
    tablet.goto(f"{live_server.url}/judging/")
    expect(tablet.locator("[data-turned-down]")).to_contain_text(f"Bài {label} chưa lưu")
    assert axe_violations(tablet) == []
    tablet.get_by_role("link", name=f"Mở bài {label} để chọn").first.click()
    expect(tablet.locator(".clash:visible")).to_have_count(2)
    assert overflow(tablet) == []
    assert axe_violations(tablet) == []
    tablet.get_by_role("button", name="Giữ điểm ở máy này").click()
    tablet.get_by_role("button", name="Ghép cả hai").click()
    wait_saved(tablet)
    phone.reload()
    tablet.reload()
    for device in (phone, tablet):
        expect(device.locator("#comment")).to_have_value("Chữ của điện thoại.\nChữ của máy tính bảng.")
        expect(device.locator(".clash:visible")).to_have_count(0)
    assert phone.locator("[data-got]").all_inner_texts() == tablet.locator("[data-got]").all_inner_texts()


def test_an_answer_that_is_lost_and_a_comment_typed_on_are_no_clash(live_server: Server, page: Any) -> None:
    open_first_sheet(page, live_server)
    lost = []

    def lose(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)  # the server has saved it, the device never hears of it
            route.abort()
        else:
            route.continue_()

    page.route(re.compile("/(marks|texts)$"), lose)
    crit = page.locator("details.crit").last
    give(page, crit, 0, 0)
    give(page, crit, 1, 1)
    comment(page, "Một câu.")
    page.wait_for_timeout(1200)
    comment(page, "Một câu. Thêm một câu.")
    page.wait_for_function(
        "() => document.querySelector('[data-base=comment]').value.endsWith('Thêm một câu.')", timeout=40_000
    )
    wait_saved(page)
    assert lost == [200, 200]
    expect(page.locator(".clash:visible")).to_have_count(0)
    got = crit.locator("[data-got]").inner_text()
    page.reload()
    expect(page.locator("details.crit [data-got]").last).to_have_text(got)


def tab_to(page: Any, selector: str, most: int = 120) -> None:
    """Press Tab until what has the focus fits the selector."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_a_sheet_is_marked_and_submitted_by_keyboard_alone_in_the_dark(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(color_scheme="dark")
    open_first_sheet(page, live_server)
    label = page.locator("h1 .num").inner_text()
    page.reload()
    count = page.locator("details.crit").count()
    for n in range(count):
        crit = f"details.crit:nth-of-type({n + 1})"
        tab_to(page, f"{crit} > summary")
        if not page.locator(crit).evaluate("e => e.open"):
            page.keyboard.press("Enter")
        tab_to(page, f"{crit} input[data-level]")
        page.keyboard.press("Space")
        tab_to(page, f"{crit} input[data-points]")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(f"{crit} .got")).not_to_have_class(re.compile("none"))
        wait_saved(page)
        if n == 0:
            assert axe_violations(page) == []
    tab_to(page, "#comment")
    page.keyboard.type("Chấm bằng bàn phím.")
    tab_to(page, "[data-go]")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "l => document.querySelector('h1 .num') && document.querySelector('h1 .num').textContent !== l",
        arg=label,
    )
    page.goto(f"{live_server.url}/judging/")
    expect(page.locator("li", has_text=label)).to_contain_text("đã nộp")


def test_a_sheet_is_a_plain_form_without_script(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(java_script_enabled=False)
    enter(page, live_server, "giamkhao@demo.example")
    page.goto(f"{live_server.url}/judging/")
    page.click("main a.btn-primary")
    first = page.locator("details.crit").first
    if first.get_attribute("open") is None:
        first.locator("summary").click()
    first.locator("fieldset.marks label").nth(2).click()
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator("body")).to_contain_text("Đã lưu nháp")


def test_secretary_3_the_board_paper_and_an_absent_judge(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(width=1280)
    enter(page, live_server, "thuky2@demo.example")
    boards = set()
    board_of(page, live_server)
    for link in page.get_by_role("link", name="Theo dõi").all():
        boards.add(link.get_attribute("href"))
    moved = checked = False
    for board in sorted(boards):
        page.goto(f"{live_server.url}{board}")
        assert axe_violations(page) == []
        waiting = page.get_by_role("link", name=re.compile("Kiểm tra phiếu 1"))
        if waiting.count():
            waiting.click()
            marks = page.locator("table td.n").all_inner_texts()
            page.fill("#total", str(sum(int(m.split("/")[0]) for m in marks)))
            page.get_by_role("button", name="Khớp, tính phiếu này").click()
            page.wait_for_url(re.compile("/boards/"))
            expect(page.locator("body")).to_contain_text("phiếu được tính")
            checked = True
        absent = page.locator("tr", has_text="vắng từ").get_by_role("button", name=re.compile("Chuyển"))
        if not moved and absent.count():
            page.once("dialog", lambda d: d.accept())
            absent.first.click(no_wait_after=True)
            page.get_by_text(re.compile("Đã chuyển")).first.wait_for(timeout=60_000)
            moved = True
    assert moved
    assert checked


@pytest.mark.parametrize("width", [360, 1280])
def test_secretary_2_and_4_pages_fit_and_are_accessible(
    live_server: Server, new_page: Callable[..., Any], width: int
) -> None:
    page = new_page(width=width)
    enter(page, live_server, "thuky@demo.example")
    page.goto(f"{live_server.url}/judging/editions/robotics-2024")
    results = page.get_by_role("link", name="Kết quả").first.get_attribute("href")
    rubric = page.locator("a[href*='/judging/rubrics/']").first.get_attribute("href")
    rules = page.get_by_role("link", name="Cách tính").first.get_attribute("href")
    judges = page.get_by_role("link", name="Giám khảo").first.get_attribute("href")
    for path in (
        "/judging/editions/robotics-2024",
        results,
        rubric,
        rules,
        judges,
        str(results).replace("/results", "/judges"),
    ):
        page.goto(f"{live_server.url}{path}")
        assert overflow(page) == [], path
        assert axe_violations(page) == [], path
