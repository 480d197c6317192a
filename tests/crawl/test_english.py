"""Pages in English call by their English names the things that have one."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from incubator.core.db import db
from incubator.core.extensions import metadata
from incubator.models import Organisation
from tests.crawl.conftest import Walk, sign_ins, start

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Words(HTMLParser):
    """The text of a page without what is said to be Vietnamese, and without fields where the Vietnamese name is edited."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            left_out = tag in ("textarea", "script", "style") or dict(attrs).get("lang") == "vi"
            self.open.append(left_out or bool(self.open and self.open[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1]):
            self.found.append(data)

    def text(self) -> str:
        return " ".join(" ".join(self.found).split())


def named_twice() -> set[str]:
    """Vietnamese names of rows that have an English one, but for those that may stand in any text or in a school's name."""
    names: set[str] = set()
    for table in metadata().sorted_tables:
        for column in table.columns if table.name != TOPICS else ():
            if f"{column.name}_en" in table.columns and column.name in ("name", "title", "theme"):
                english = table.columns[f"{column.name}_en"]
                rows = db.session.execute(sa.select(column).where(english != "", english != column))
                names |= {row[0] for row in rows if re.search(r"\s", row[0]) and not row[0].isascii()}
    schools = " ".join(db.session.scalars(sa.select(Organisation.name)))
    return {name for name in names if name not in schools}


#: Topics of skills are everyday words; places of rounds are typed in one language; messages keep the words of their day.
TOPICS = "skill_topic"
TYPED = ("/spaces/stages", "/notifications")


@pytest.fixture(scope="module")
def english_app(demo_copy):
    """A demo of its own: whoever chooses English keeps it, and other tests read Vietnamese."""
    yield from start(demo_copy("english"))


class EnglishWalk(Walk):
    def client(self):
        client = super().client()
        client.post("/language", data={"locale": "en"})
        return client


@pytest.mark.parametrize("email", ["", *sign_ins().values()])
def test_english_pages_use_english_names(english_app, email):
    starts = ["/home", "/search?q=cuoc thi", "/notifications"] if email else ["/en/", "/en/search?q=an"]
    walk = EnglishWalk(english_app, email, each=1)
    pages = [p for p in walk.run(starts) if p.html and not p.path.startswith(("/vi/", *TYPED))]
    with english_app.app_context():
        names = named_twice()
    texts = [(p.path, Words(p.html).text()) for p in pages]
    left = [f"{path}: {name}" for path, text in texts for name in names if name in text]
    assert not left, "\n".join(left)
