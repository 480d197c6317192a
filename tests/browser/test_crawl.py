"""Every page of every role, as a person meets it: followed from link to link through the demo season.

Each page answers, fits a phone of 360 px and its thumb, says nothing on the console (which is where a breach of the
Content-Security-Policy shows) and gives axe nothing to find, in light on the phone and in dark on the desk.
"""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.servers import Server, axe_violations, enter, overflow, small_targets

pytestmark = pytest.mark.browser

EACH = 1  # pages looked at per view and role; tests/crawl walks more of them without a browser
# Per role, nearest first; `make soak` walks them all.
MOST = int(os.environ.get("CRAWL_PAGES", "25"))
NO_PAGES = re.compile(
    r"/(file|download|export|pdf|ics|qr|feed|photo)\b|\.(pdf|xlsx|csv|json|ics|docx|svg|png|zip)$"
)


#: Kinds of elements on a page: name, role and classes.
KINDS = """() => [...new Set([...document.querySelectorAll('body *')].map(
    e => [e.tagName, e.getAttribute('role'), ...[...e.classList].sort()].join('.')))]"""
#: A list of three hundred rows tells axe no more than its first ones, and takes it a minute.
SHORTEN = """() => document.querySelectorAll('tbody, ul, ol, select').forEach(
    list => [...list.children].slice(12).forEach(child => child.remove()))"""
#: View -> kinds of elements that axe has seen there; a worker walks several roles.
_shown: dict[str | None, set[str]] = {}


def people() -> dict[str, str]:
    """Part in the demo -> e-mail of its sign-in."""
    from incubator.demo.people import PARTS

    return {part: row[2] for part, row in PARTS.items()}


ROLES = ["visitor", *people()]


def endpoint_of(app: Flask, path: str) -> str | None:
    """The view behind a path, or None where there is none that answers GET."""
    try:
        return str(app.url_map.bind("localhost").match(path, method="GET")[0])
    except HTTPException:
        return None


class Walk:
    """Breadth first through the links of one person's pages."""

    def __init__(self, app: Flask, server: Server, page: Any, wide: Any) -> None:
        self.app, self.server, self.page, self.wide = app, server, page, wide
        self.seen: Counter[str] = Counter()
        self.problems: list[str] = []
        self.visits_public = False

    def run(self, starts: list[str]) -> None:
        waiting, known = deque(starts), set(starts)
        while waiting and sum(self.seen.values()) < MOST:
            path = waiting.popleft()
            endpoint = endpoint_of(self.app, urlsplit(path).path)
            if endpoint is None:
                self.problems.append(f"{path}: a link that leads nowhere")
                continue
            if self.seen[endpoint] >= EACH:
                continue
            self.seen[endpoint] += 1
            for link in self.look(path, first=self.seen[endpoint] == 1):
                if link not in known:
                    known.add(link)
                    waiting.append(link)

    def look(self, path: str, *, first: bool) -> list[str]:
        """Open one page, note what is wrong with it, and give its links."""
        answer = self.page.goto(self.server.url + path)
        if answer is None or answer.status >= 400:
            self.problems.append(f"{path}: answers {answer.status if answer else 'nothing'}")
            return []
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        self.problems += [f"{path} at 360: sticks out: {e}" for e in overflow(self.page)]
        self.problems += [f"{path} at 360: small to tap: {e}" for e in small_targets(self.page)]
        links = [link for link in self.links() if not NO_PAGES.search(urlsplit(link).path)]
        if first and self.holds_something_new(endpoint_of(self.app, urlsplit(path).path)):
            self.problems += [f"{path} at 360: {v}" for v in self.axe(self.page)]
            self.wide.goto(self.server.url + path)
            self.problems += [f"{path} at 1280, dark: {v}" for v in self.axe(self.wide)]
        return links

    def holds_something_new(self, endpoint: str | None) -> bool:
        """Whether the view shows a kind of element that no role before showed axe on the same view."""
        known = _shown.setdefault(endpoint, set())
        shown = set(self.page.evaluate(KINDS))
        new = shown - known
        known |= shown
        return bool(new)

    def axe(self, page: Any) -> list[str]:
        page.evaluate(SHORTEN)
        return axe_violations(page)

    def links(self) -> list[str]:
        found = self.page.eval_on_selector_all(
            "a[href]:not([download])",
            "all => all.map(a => a.href).filter(h => h.startsWith(location.origin))",
        )
        paths = [f"{p.path}?{p.query}" if p.query else p.path for p in map(urlsplit, found)]
        # Public pages are the same for everybody: the visitor's walk looks at them once for all.
        return [p for p in paths if self.visits_public or not p.startswith(("/vi/", "/en/"))]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_role_is_sound(
    role: str, app: Flask, live_server: Server, new_page: Callable[..., Any]
) -> None:
    page, wide = new_page(360, 740), new_page(1280, 800, color_scheme="dark")
    if role != "visitor":
        for window in (page, wide):
            enter(window, live_server, people()[role])
    walk = Walk(app, live_server, page, wide)
    walk.visits_public = role == "visitor"
    walk.run(
        ["/vi/", "/en/"] if role == "visitor" else ["/home", "/account", "/notifications", "/search?q=an"]
    )
    assert not walk.problems, "\n" + "\n".join(walk.problems)
    assert len(walk.seen) >= 5
