"""A whole group on two referees' phones, with a hall screen, one phone without a line for a minute.

The server and its data are this test's own. Nothing waits for a moment on the clock but the minute without a line:
every step waits for what the step before it shows, as long as a busy machine may need.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.servers import ROOT, Server, axe_violations, enter, overflow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PATIENCE = 90_000  # milliseconds; how long a step may take beside other tests
expect.set_options(timeout=PATIENCE)

SCENE = """
import json
from wsgi import app
from incubator.core.db import db, transaction
from incubator.models import HallScreen
from tests.matches.factories import make_tournament
with app.app_context(), transaction():
    scene = make_tournament(4, 1, per_group=2)
    names = ("referee", "second", "timekeeper", "head", "secretary")
    mails = {n: getattr(scene, n).email for n in names}
    screen = db.session.query(HallScreen).filter_by(tournament_id=scene.tournament.id).one()
    slug, screen_id = scene.tournament.slug, screen.id
print(json.dumps({"mails": mails, "slug": slug, "screen": screen_id}))
"""


@pytest.fixture
def scene(new_server: Callable[..., Server]) -> tuple[Server, dict[str, Any]]:
    server = new_server()
    done = subprocess.run(
        [sys.executable, "-c", SCENE], cwd=ROOT, env=server.env, capture_output=True, text=True, check=True
    )
    server.start()
    return server, json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture
def open_page(new_page: Callable[..., Any]) -> Callable[..., Any]:
    def make(*size: int, **options: Any) -> Any:
        page = new_page(*size, **options)
        page.set_default_timeout(PATIENCE)
        return page

    return make


def tap(page: Any, side: int, code: str) -> None:
    page.click(f"[data-tap='{side}:{code}']")


def points(page: Any, side: int) -> str:
    return str(page.inner_text(f"[data-points='{side}']"))


def test_group_is_played_by_two_phones_and_a_hall_screen(
    scene: tuple[Server, dict[str, Any]], open_page: Callable[..., Any]
) -> None:
    server, what = scene
    pages = {}
    for who in ("referee", "second", "timekeeper", "head"):
        pages[who] = open_page(360, 740)
        enter(pages[who], server, what["mails"][who], PASSWORD)
    desk = open_page(1280, 900)
    enter(desk, server, what["mails"]["secretary"], PASSWORD)
    hall = open_page(1920, 1080)
    hall.goto(f"{server.url}/vi/matches/{what['slug']}/hall/{what['screen']}")
    base = f"{server.url}/matches/{what['slug']}/"
    desk.goto(base)
    desk.select_option("select[name$='mode']", "live")
    with desk.expect_navigation():
        desk.click("text=Chuyển màn hình")
    for n in range(6):
        play_one(server, desk, pages, hall, base, lose_line=n == 0)
    desk.goto(f"{base}standings")
    assert "Chính thức, 6/6 trận" in desk.inner_text("main")
    visitor = open_page(360, 740)
    visitor.goto(f"{server.url}/vi/matches/{what['slug']}/")
    assert "Chính thức, 6/6 trận" in visitor.inner_text("main")
    assert visitor.context.cookies() == []
    assert overflow(visitor) == []


def play_one(
    server: Server, desk: Any, pages: dict[str, Any], hall: Any, base: str, *, lose_line: bool
) -> None:
    desk.goto(base)
    desk.click("form[action$='/call'] >> nth=0")
    code = desk.url.rstrip("/").rsplit("/", 1)[-1]
    referee, second, timekeeper, head = (pages[w] for w in ("referee", "second", "timekeeper", "head"))
    referee.goto(f"{server.url}/matches/phone/")
    referee.click("text=Vào sân")
    referee.click("text=sẵn sàng")
    referee.wait_for_selector("[data-tap]")  # the others' pages show buttons once the match is ready
    phone = referee.url
    for page in (second, timekeeper):
        page.goto(phone)
    timekeeper.click("[data-clock-do='start:play']")
    timekeeper.wait_for_selector("[data-saved]:not(.pending)")
    if lose_line:
        assert axe_violations(referee) == []
        assert overflow(referee) == []
        referee.context.set_offline(True)
    tap(referee, 0, "two")
    tap(referee, 0, "dunk")
    tap(referee, 1, "foul")
    tap(second, 1, "three")
    expect(referee.locator("[data-points='0']")).to_have_text("9")
    if lose_line:
        referee.wait_for_selector("text=Giữ máy, chờ gửi 3")
        referee.wait_for_timeout(60_000)
        with second.expect_response("**/state"):
            pass
        assert points(second, 0) == "0"
        assert points(referee, 0) == "9"
        referee.context.set_offline(False)
    referee.wait_for_selector("[data-saved]:not(.pending)")
    expect(second.locator("[data-points='0']")).to_have_text("9")
    expect(referee.locator("[data-points='1']")).to_have_text("3")
    # The last of its own three, not the later one of the other.
    expect(referee.locator("[data-undo-text]")).to_have_text("Hoàn tác: XANH Lỗi")
    tap(second, 1, "three")
    second.wait_for_selector("[data-undo]:not([aria-disabled]) >> text=XANH +3")
    second.click("[data-undo]")
    expect(second.locator("[data-points='1']")).to_have_text("3")
    second.wait_for_selector("[data-saved]:not(.pending)")
    expect(hall.locator(".hall-side.red .pts")).to_contain_text("9")
    timekeeper.click("[data-clock-do='end:']")
    referee.wait_for_selector("[data-review]:not([hidden])")
    referee.click("[data-review]")
    if lose_line:
        assert axe_violations(referee) == []
        assert overflow(referee) == []
    referee.fill("[name=red_captain]", "Nguyễn Văn An")
    referee.fill("[name=blue_captain]", "Trần Thị Bình")
    referee.check("[name=checked]")
    referee.click("text=Gửi kết quả cho trọng tài chính")
    referee.wait_for_selector("text=Chờ trọng tài chính, không phải người nhập, xác nhận.")
    head.goto(f"{phone}/review")
    head.click("text=Xác nhận kết quả")
    head.wait_for_selector("text=Kết quả đã chính thức.")
    # The other phones learn it by themselves, and have loaded anew before they are sent to the next match.
    for page in (second, timekeeper):
        expect(page.locator(".ref-ready h2")).to_have_text("Chính thức", timeout=15_000)
    assert code


def test_buttons_work_without_script(
    scene: tuple[Server, dict[str, Any]], open_page: Callable[..., Any]
) -> None:
    server, what = scene
    desk = open_page(1280, 900)
    enter(desk, server, what["mails"]["secretary"], PASSWORD)
    desk.goto(f"{server.url}/matches/{what['slug']}/")
    desk.click("form[action$='/call'] >> nth=0")
    head = open_page(360, 740, java_script_enabled=False)
    enter(head, server, what["mails"]["head"], PASSWORD)
    head.goto(f"{server.url}/matches/phone/")
    head.click("text=Vào sân")
    head.click("text=sẵn sàng")
    head.click("[data-clock-do='start:play']")
    head.click("[data-tap='1:dunk']")
    head.click("[data-tap='1:three']")
    head.click("[data-undo]")
    expect(head.locator("[data-points='1']")).to_have_text("7")


def test_a_match_is_dragged_and_its_consequences_stand_before_the_move(
    scene: tuple[Server, dict[str, Any]], open_page: Callable[..., Any]
) -> None:
    server, what = scene
    desk = open_page(1280, 3000)
    enter(desk, server, what["mails"]["secretary"], PASSWORD)
    desk.goto(f"{server.url}/matches/{what['slug']}/schedule")
    handle = desk.locator("[data-move='A2']")
    handle.scroll_into_view_if_needed()
    was = handle.locator("xpath=ancestor::td").get_attribute("data-slot-start")
    target = desk.locator("[data-slot-court]", has_not=desk.locator("[data-move]")).nth(2)
    there = target.get_attribute("data-slot-start")
    begin, end = handle.bounding_box(), target.bounding_box()
    desk.mouse.move(begin["x"] + 10, begin["y"] + 10)
    desk.mouse.down()
    desk.mouse.move(end["x"] + 20, end["y"] + 10, steps=8)
    desk.mouse.up()
    desk.wait_for_selector("text=Hệ quả của việc dời trận A2")
    assert desk.input_value("[name=start]") == there != was
    assert axe_violations(desk) == []
    if desk.locator("[name=accept]").count():
        desk.check("[name=accept]")
    desk.click("button[name=do]")
    desk.wait_for_selector("text=Đã dời trận A2")
    assert (
        desk.locator("[data-move='A2']").locator("xpath=ancestor::td").get_attribute("data-slot-start")
        == there
    )
    desk.locator("[data-move='A1']").focus()
    desk.keyboard.press("Enter")
    assert desk.input_value("[name=match]") == "A1"
    assert desk.evaluate("document.activeElement.name") == "court"


def test_hall_screen_fits_a_phone_in_every_mode(
    scene: tuple[Server, dict[str, Any]], open_page: Callable[..., Any]
) -> None:
    server, what = scene
    desk, phone = open_page(1280, 900), open_page(360, 740)
    enter(desk, server, what["mails"]["secretary"], PASSWORD)
    for mode in ("next", "preparation", "live", "result", "table", "bracket", "draw", "blank"):
        desk.goto(f"{server.url}/matches/{what['slug']}/")
        desk.select_option("select[name$='mode']", mode)
        desk.click("text=Chuyển màn hình")
        desk.wait_for_selector("text=Đã đổi màn hình")
        phone.goto(f"{server.url}/vi/matches/{what['slug']}/hall/{what['screen']}")
        assert overflow(phone) == [], mode


def test_fifty_teams_in_twelve_groups_fit_on_the_hall_screen(
    live_server: Server, open_page: Callable[..., Any]
) -> None:
    """The draw of a full field is read whole: no name ends below the screen or beside its column."""
    base = "/matches/robocon-2024-vong-loai/"
    desk, hall = open_page(1280, 900), open_page(1920, 1080)
    enter(desk, live_server, "thuky@demo.example")
    desk.goto(live_server.url + base)
    desk.select_option("select[name$='mode'] >> nth=0", "draw")
    desk.click("text=Chuyển màn hình >> nth=0")
    hall.goto(f"{live_server.url}/vi{base}hall")
    hall.goto(live_server.url + hall.get_attribute("a[href*='/hall/'] >> nth=0", "href"))
    names = hall.locator(".hall-groups span")
    expect(names).to_have_count(50)
    fits = "e => e.getBoundingClientRect().bottom <= innerHeight && e.scrollWidth <= e.clientWidth"
    assert names.evaluate_all(f"all => all.filter(e => !({fits})(e)).map(e => e.textContent)") == []
