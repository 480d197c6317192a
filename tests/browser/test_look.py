"""The frame in a real browser: weight, cookies, menus, backgrounds, the policy under clicks, no scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.servers import Server, enter, overflow

pytestmark = pytest.mark.browser

FIRST_VISIT = 150 * 1024
LATER_VISIT = 20 * 1024
PUBLIC = ["/vi/", "/vi/contests", "/vi/results", "/vi/biic", "/en/"]


def transferred(page: Any, url: str) -> dict[str, int]:
    """Bytes that came over the line for a page, by address: heads, bodies, fonts."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    names: dict[str, str] = {}
    bytes_of: dict[str, int] = {}
    client.on("Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]}))
    client.on(
        "Network.loadingFinished", lambda e: bytes_of.update({e["requestId"]: int(e["encodedDataLength"])})
    )
    page.goto(url, wait_until="networkidle")
    client.detach()
    return {names.get(key, key): size for key, size in bytes_of.items()}


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_light_at_first_and_lighter_later(
    path: str, live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(1280, 800)
    first = transferred(page, live_server.url + path)
    later = transferred(page, live_server.url + path)
    assert sum(first.values()) <= FIRST_VISIT, sorted(first.items(), key=lambda x: -x[1])[:8]
    assert sum(later.values()) <= LATER_VISIT, sorted(later.items(), key=lambda x: -x[1])[:8]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_sets_no_cookie_and_loads_from_here_only(
    path: str, live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page()
    hosts: set[str] = set()
    page.on("request", lambda r: hosts.add("/".join(r.url.split("/")[:3])))
    answer = page.goto(live_server.url + path, wait_until="networkidle")
    assert page.context.cookies() == []
    assert hosts == {live_server.url}
    assert "cookie" not in answer.headers.get("vary", "").lower()


def test_background_follows_the_device_and_the_choice_is_kept(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(1280, 800, color_scheme="dark")
    page.goto(live_server.url + "/vi/")
    theme = "document.documentElement.dataset.bsTheme"
    assert page.evaluate(theme) == "dark"
    page.locator(".letterhead [data-theme-toggle]").click()
    assert page.evaluate(theme) == "light"
    page.reload()
    assert page.evaluate(theme) == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 246, 245)"


def test_language_switch_keeps_the_page(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(1280, 800)
    page.goto(live_server.url + "/vi/help")
    page.click(".letterhead .lang a")
    assert page.url == live_server.url + "/en/help"
    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text("h1") == "Help"


def test_menus_of_the_frame_open_and_close_by_keyboard(live_server: Server, page: Any) -> None:
    enter(page, live_server, "thuky@demo.example")
    page.goto(live_server.url + "/home")
    place = page.locator("details.workplace").first
    place.locator("summary").focus()
    page.keyboard.press("Enter")
    assert place.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert place.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_work_place_switch_is_remembered(live_server: Server, page: Any) -> None:
    enter(page, live_server, "thuky@demo.example")
    page.goto(live_server.url + "/home")
    places = page.locator("details.workplace .menu a[href^='/home/']")
    assert places.count() >= 2
    wanted = places.nth(1).get_attribute("href")
    page.goto(live_server.url + str(wanted))
    page.goto(live_server.url + "/notifications")
    assert page.locator(f"details.workplace a[href='{wanted}']").get_attribute("aria-current") == "true"


def test_inline_code_is_refused(live_server: Server, browser: Any) -> None:
    """What an injection would try does not run. Without `new_page`, which fails on every report."""
    context = browser.new_context()
    page = context.new_page()
    reports: list[str] = []
    page.on("console", lambda m: reports.append(m.text))
    page.goto(live_server.url + "/vi/")
    page.evaluate(
        """() => {
            const button = document.createElement('button');
            button.setAttribute('onclick', 'document.title = "broken in"');
            button.id = 'injected';
            button.textContent = 'x';
            document.querySelector('main').prepend(button);
            const image = document.createElement('img');
            image.src = 'https://example.org/x.png';
            document.body.append(image);
        }"""
    )
    page.click("#injected")
    page.wait_for_timeout(200)
    assert page.title() != "broken in"
    assert sum("Content Security Policy" in r for r in reports) >= 2
    context.close()


def test_pages_work_without_scripts(live_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(360, 740, java_script_enabled=False)
    page.goto(live_server.url + "/vi/")
    page.fill("#q", "robotics")
    page.click(".finder button[type=submit]")
    assert "/vi/search?q=robotics" in page.url
    expect(page.locator(".panel a.title").first).to_be_attached()
    enter(page, live_server, "thuky@demo.example")
    page.goto(live_server.url + "/home")
    page.click("details.workplace summary >> nth=0")
    expect(page.locator("details.workplace .menu").first).to_be_visible()
    assert page.locator("[data-theme-toggle]").first.is_hidden()


def test_paper_has_the_colours_of_the_light_background(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    tokens = """() => Object.fromEntries(['--ink', '--accepted-ink', '--waiting-soft', '--error-ink', '--gold-ink'].map(
        name => [name, getComputedStyle(document.documentElement).getPropertyValue(name)]))"""
    seen = []
    for scheme in ("light", "dark"):
        page = new_page(1280, 800, color_scheme=scheme)
        page.goto(live_server.url + "/vi/results")
        page.emulate_media(media="print")
        seen.append(page.evaluate(tokens))
    assert seen[0] == seen[1]


def test_many_words_and_one_long_one_stay_within_a_phone(
    live_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(360, 740)
    page.goto(live_server.url + "/vi/help")
    page.evaluate(
        """() => document.querySelector('main .wrap, main').insertAdjacentHTML('afterbegin',
        '<ul class="panel lines"><li>Lan <span class="state st-waiting">Publishing the name with the result: not complete'
        + ' and not answered</span></li><li class="row-line between"><b>' + 'Longname'.repeat(8) + '</b> 1</li></ul>')"""
    )
    assert overflow(page) == []
