"""The demo season inside this process: a copy of the loaded database, and a walk along the links of each role."""

from __future__ import annotations

import pathlib
import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from incubator import create_app
from incubator.core.db import db
from incubator.core.extensions import limiter
from tests.databases import settings
from tests.servers import demo_template

EACH = 3  # pages looked at per view and role; one of a file, which is costly to make and has no links
MOST = 400
LINK = re.compile(r'(?:href|action|hx-get)="(/[^"#]*)')


@pytest.fixture(scope="session")
def demo_copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pathlib.Path]:
    """`demo_copy(name)` is a fresh copy of the loaded demo's folder."""

    def copy(name: str) -> pathlib.Path:
        template = demo_template(tmp_path_factory)
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(template, folder, symlinks=True, dirs_exist_ok=True)
        return folder

    return copy


@pytest.fixture(scope="session")
def demo_app(demo_copy: Callable[[str], pathlib.Path]) -> Iterator[Flask]:
    yield from start(demo_copy("crawl"))


def start(folder: pathlib.Path) -> Iterator[Flask]:
    application = create_app({**settings(folder, f"sqlite:///{folder / 'incubator.sqlite'}"), "DEMO": True})
    limiter.enabled = False
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


def sign_ins() -> dict[str, str]:
    from incubator.demo.people import PARTS

    return {part: row[2] for part, row in PARTS.items()}


@dataclass
class Seen:
    """One answered page of a walk."""

    path: str
    endpoint: str
    status: int
    html: str
    queries: int


@dataclass
class Walk:
    """All pages that one person reaches by links, at most `each` of a view."""

    app: Flask
    email: str = ""
    each: int = EACH
    pages: list[Seen] = field(default_factory=list)

    def client(self) -> FlaskClient:
        client = self.app.test_client()
        if self.email:
            answer = client.post("/login", data={"email": self.email, "password": "demo-2024"})
            assert answer.status_code == 303, self.email
        return client

    def run(self, starts: list[str]) -> list[Seen]:
        client, counts = self.client(), Counter[str]()
        waiting, known = deque(starts), set(starts)
        while waiting and len(self.pages) < MOST:
            path = waiting.popleft()
            endpoint = self.endpoint(path)
            if endpoint is None or counts[endpoint] >= self.each:
                continue
            counts[endpoint] += 1
            page = self.look(client, path, endpoint)
            self.pages.append(page)
            if not page.html:
                counts[endpoint] = self.each
            for link in LINK.findall(page.html):
                link = unescape(link)
                if link not in known:
                    known.add(link)
                    waiting.append(link)
        return self.pages

    def endpoint(self, path: str) -> str | None:
        try:
            return str(self.app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")[0])
        except HTTPException:
            return None

    def look(self, client: FlaskClient, path: str, endpoint: str) -> Seen:
        count = 0

        def seen(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            nonlocal count
            count += not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA"))

        sa.event.listen(sa.Engine, "before_cursor_execute", seen)
        try:
            answer = client.get(path)
        except Exception as fault:  # one broken page must not hide the others
            return Seen(path, endpoint, 500, repr(fault), count)
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", seen)
        html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        answer.close()
        return Seen(path, endpoint, answer.status_code, html, count)
