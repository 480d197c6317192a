"""Every page of every role in the demo: it answers, it asks the database a fixed few times, it escapes what it shows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.core.db import transaction
from incubator.core.extensions import metadata
from tests.crawl.conftest import Walk, sign_ins, start

MOST_QUERIES = 12
STARTS = ["/home", "/account", "/notifications", "/vi/", "/en/"]
ROLES = ["", *sign_ins().values()]


@pytest.mark.parametrize("email", ROLES)
@pytest.mark.timeout(300)
def test_pages_answer_with_few_queries(demo_app, email):
    pages = Walk(demo_app, email).run(STARTS if email else ["/vi/", "/en/", "/login"])
    assert len(pages) > 5
    wrong = [f"{p.path}: {p.status}" for p in pages if p.status >= 400]
    many = [f"{p.path}: {p.queries} queries" for p in pages if p.queries > MOST_QUERIES]
    assert wrong == []
    assert many == []


PAYLOAD = "<b id=xss>\"'{{7*7}}"
#: Columns that hold codes, keys and paths, not text that somebody typed.
NOT_TEXT = ("slug", "code", "hash", "key", "sha256", "media_type", "secret", "uid", "kind", "state", "email", "phone", "locale",
            "verb", "object_type", "template", "purpose", "role", "scope", "number", "formula", "field", "boundary", "subject",
            "method", "source", "place", "slot", "language", "version", "client_id", "url", "actor")  # fmt: skip


#: Words of the program, not of people; a draw is replayed from its seed, a matching from its salt.
CODES = {"import_row.reason", "import_row.ruling", "draw.seed", "match_run.salt", "match_run.label"}


def poison(session) -> int:
    """Put the payload behind every text that people typed; returns how many columns were filled."""
    count = 0
    for table in metadata().sorted_tables:
        for column in table.columns:
            plain = isinstance(column.type, (sa.String, sa.Text)) and not isinstance(column.type, sa.Enum)
            if f"{table.name}.{column.name}" in CODES:
                continue
            if not plain or column.unique or any(word in column.name for word in NOT_TEXT):
                continue
            room = (column.type.length or 10_000) - len(PAYLOAD)
            if room < 20 or any(
                column.name in c.columns for c in table.constraints if isinstance(c, sa.UniqueConstraint)
            ):
                continue
            session.execute(
                sa.update(table)
                .where(column != "")
                .values({column: sa.func.substr(column, 1, room).concat(PAYLOAD)})
            )
            count += 1
    return count


@pytest.fixture(scope="module")
def poisoned_app(demo_copy):
    for app in start(demo_copy("xss")):
        with app.app_context(), transaction() as session:
            assert poison(session) > 60
        yield app


@pytest.mark.parametrize("email", ROLES)
@pytest.mark.timeout(300)
def test_nothing_that_was_typed_becomes_markup(poisoned_app, email):
    pages = Walk(poisoned_app, email).run(STARTS if email else ["/vi/", "/en/"])
    raw = [p.path for p in pages if "<b id=xss>" in p.html]
    run = [
        p.path
        for p in pages
        if "49" in p.html and "\"'49" in p.html.replace("&#34;", '"').replace("&#39;", "'")
    ]
    broken = [f"{p.path}: {p.status}" for p in pages if p.status >= 500]
    assert raw == []
    assert run == []
    assert broken == []
    if email:
        assert any("&lt;b id=xss&gt;" in p.html for p in pages), "the payload was shown somewhere"
