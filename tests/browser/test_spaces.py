"""Journeys of the centre in a real browser: a phone books in two steps, staff settle rivals, a machine breaks,
a series has an exception, a phone checks in at the door, and the keyboard alone is enough."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.servers import Server, axe_violations, enter, overflow

pytestmark = pytest.mark.browser
SETUP = Path(__file__).parent / "spaces_setup.py"


@pytest.fixture
def centre(new_server: Any) -> dict[str, Any]:
    """A running server with a small centre."""
    server: Server = new_server()
    done = subprocess.run(
        [sys.executable, str(SETUP)],
        env=server.env,
        capture_output=True,
        text=True,
        check=False,
        cwd=SETUP.parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    server.start()
    return {"server": server, **json.loads(done.stdout.strip().splitlines()[-1])}


def sound(page: Any) -> None:
    """Nothing sticks out, axe finds nothing."""
    assert overflow(page) == []
    assert axe_violations(page) == []


def test_a_student_books_in_two_steps_on_a_phone(centre: dict[str, Any], page: Any) -> None:
    url = centre["server"].url
    enter(page, centre["server"], "student@example.org", PASSWORD)
    page.goto(f"{url}/spaces/?day={centre['monday']}")
    page.fill("#day", centre["monday"])
    page.fill("#start", "8h")
    page.fill("#people", "12")
    page.click("text=Tìm chỗ phù hợp")
    sound(page)
    page.click("li:has(b:text-is('Room')) a.btn")  # step 1: choose
    sound(page)
    page.fill("#title", "Luyện Robocon")
    page.click("button.btn-primary")  # step 2: confirm
    page.wait_for_selector("text=Đã xác nhận")
    sound(page)
    page.goto(f"{url}/spaces/book?resource={centre['room']}&day={centre['monday']}&start=08:30&people=12")
    page.fill("#title", "Giữ nguyên chữ này")
    page.click("button.btn-primary")
    page.wait_for_selector("text=Chưa đặt được")
    assert page.input_value("#title") == "Giữ nguyên chữ này"
    offers = page.locator("section:has(#other) li button.btn")
    expect(offers).to_have_count(3)
    offers.first.click()  # takes it with what was typed
    page.wait_for_selector("text=Đã xác nhận")
    expect(page.locator("h1")).to_have_text("Giữ nguyên chữ này")


def test_the_price_follows_what_is_filled_in(centre: dict[str, Any], page: Any, new_page: Any) -> None:
    url = centre["server"].url
    form = f"{url}/spaces/book?resource={centre['room']}&day={centre['monday']}&start=14:00&minutes=60"
    enter(page, centre["server"], "student@example.org", PASSWORD)
    page.goto(form)
    expect(page.locator("#price")).to_contain_text("Lượt này: 80.000")
    page.fill("#end", "16:00")
    page.click("#title")
    expect(page.locator("#price")).to_contain_text("Lượt này: 160.000")
    expect(page.locator("#title")).to_be_focused()
    sound(page)
    page.fill("#title", "Họp nhóm")
    page.click("button.btn-primary")  # what was read is not asked again
    page.wait_for_selector("text=Đã xác nhận")
    page.click("text=Đổi giờ, phòng")
    page.fill("#end", "15:00")
    page.click("#people")
    expect(page.locator("#price")).to_contain_text("sau khi đổi: 80.000")
    sound(page)
    bare = new_page(java_script_enabled=False)
    enter(bare, centre["server"], "student@example.org", PASSWORD)
    bare.goto(form)
    bare.fill("#end", "17:00")
    bare.click("button[name=look]")
    expect(bare.locator("#price")).to_contain_text("Lượt này: 240.000")


def test_staff_settle_two_rivals(centre: dict[str, Any], new_page: Any) -> None:
    page = new_page(width=1280)
    enter(page, centre["server"], "staff@example.org", PASSWORD)
    page.goto(f"{centre['server'].url}/spaces/requests")
    page.click("text=Hall")
    sound(page)
    page.check("input[name=choice] >> nth=0")
    page.click("text=Duyệt và gửi 2 thư")
    page.wait_for_selector("text=Không có yêu cầu chờ")
    sound(page)


def test_a_machine_breaks_and_its_booking_moves(centre: dict[str, Any], new_page: Any) -> None:
    page = new_page(width=1280)
    enter(page, centre["server"], "staff@example.org", PASSWORD)
    page.goto(f"{centre['server'].url}/spaces/outages?resource={centre['printer']}")
    page.fill("#starts_at", f"{centre['monday']} 07:00")
    page.fill("#ends_at", f"{centre['monday']} 12:00")
    page.fill("#reason", "Kẹt đầu in")
    page.click("text=Ngừng phục vụ và báo người đặt")
    page.wait_for_selector("text=1 lượt bị ảnh hưởng")
    sound(page)
    page.click("button:has-text('Chuyển:') >> nth=0")
    page.wait_for_selector("text=Không có lượt nào chờ xếp lại")


def test_a_series_with_an_exception(centre: dict[str, Any], page: Any) -> None:
    enter(page, centre["server"], "student@example.org", PASSWORD)
    page.goto(
        f"{centre['server'].url}/spaces/series?resource={centre['room']}&day={centre['monday']}&start=14:00&people=5"
    )
    page.fill("#title", "Nhóm thứ Hai")
    page.fill("#until", centre["until"])
    page.click("text=Xem từng ngày")
    expect(page.locator("input[name=only]")).to_have_count(3)
    expect(page.locator("#dates")).to_be_focused()  # far below the form
    sound(page)
    page.uncheck(f"input[value='{centre['second']}']")
    page.click("text=Đặt các ngày đã chọn")
    page.wait_for_selector("text=Đã đặt 2 lượt")
    expect(page.locator("section:has-text('Cả chuỗi') li")).to_have_count(2)


def test_a_phone_checks_in_at_the_door(centre: dict[str, Any], page: Any) -> None:
    url = centre["server"].url
    page.goto(f"{url}/vi/door/other")
    page.wait_for_selector("text=Đang dùng")
    assert overflow(page) == []
    code = page.inner_text(".door-qr .code")
    page.goto(f"{url}/vi/door/other/here?c={code}")
    sound(page)
    page.fill("input[name=people]", "6")
    page.click("text=Tôi đã đến")
    page.wait_for_selector("text=Đã ghi 6 người")


def test_the_keyboard_alone_books_from_the_grid(centre: dict[str, Any], new_page: Any) -> None:
    page = new_page(width=1280)
    enter(page, centre["server"], "student@example.org", PASSWORD)
    page.goto(f"{centre['server'].url}/spaces/?day={centre['monday']}")
    sound(page)
    tab_to(page, "a.free")  # the whole grid is one stop
    press_until(page, "ArrowDown", "a.free[aria-label^='Đặt Room từ']")
    press_until(page, "ArrowRight", "a.free[aria-label='Đặt Room từ 09:00']")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("td.is-drag")).to_have_count(3)
    page.keyboard.press("Enter")
    page.wait_for_url("**/spaces/book**")
    assert (page.input_value("#start"), page.input_value("#end")) == ("09:00", "10:30")
    tab_to(page, "#title")
    page.keyboard.type("Bàn phím")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Đã xác nhận")
    tab_to(page, "a:text-is('Đổi giờ, phòng')")
    page.keyboard.press("Enter")
    tab_to(page, "#start")
    page.keyboard.type("25:99")
    page.keyboard.press("Enter")
    expect(page.locator("[data-focus]")).to_be_focused()  # what is wrong
    tab_to(page, "#start")
    page.keyboard.type("14:00")
    tab_to(page, "#end")
    page.keyboard.type("15:00")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=14:00–15:00")
    page.on("dialog", lambda question: question.accept())
    tab_to(page, "button:text-is('Hủy lượt này')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Đã hủy 1 lượt")


def tab_to(page: Any, selector: str) -> None:
    """Tab until an element of this kind has the focus; every stop on the way shows that it has it."""
    target = page.locator(selector)
    target.first.wait_for()
    for _stop in range(80):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(([a, b]) => a + b)([getComputedStyle(document.activeElement)].map(s => [s.outlineStyle, s.boxShadow])[0])"
        )
        assert style != "nonenone", page.evaluate("document.activeElement.outerHTML")
        if target.evaluate_all("(found) => found.includes(document.activeElement)"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def press_until(page: Any, key: str, selector: str) -> None:
    for _press in range(40):
        if page.locator(selector).evaluate_all("(found) => found.includes(document.activeElement)"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not reach {selector}")


def test_dragging_chooses_a_longer_time(centre: dict[str, Any], new_page: Any) -> None:
    page = new_page(width=1280)
    enter(page, centre["server"], "student@example.org", PASSWORD)
    page.goto(f"{centre['server'].url}/spaces/?day={centre['monday']}")
    start = page.locator("a.free[aria-label='Đặt Room từ 09:00']")
    end = page.locator("a.free[aria-label='Đặt Room từ 10:30']")
    start.scroll_into_view_if_needed()
    a, b = start.bounding_box(), end.bounding_box()
    page.mouse.move(a["x"] + 5, a["y"] + 10)
    page.mouse.down()
    page.mouse.move(b["x"] + 5, b["y"] + 10, steps=8)
    page.mouse.up()
    page.wait_for_url("**/spaces/book**")
    assert (page.input_value("#start"), page.input_value("#end")) == ("09:00", "11:00")
