"""Every page of every role in the demo: it answers, it asks the database a fixed few times, it escapes what it shows."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from incubator.core.db import transaction
from incubator.core.extensions import metadata
from tests.crawl.conftest import Walk, sign_ins, start

MOST_QUERIES = 12
STARTS = ["/home", "/account", "/notifications", "/vi/", "/en/"]
ROLES = ["", *sign_ins().values()]


@pytest.mark.parametrize("email", ROLES)
def test_pages_answer_with_few_queries(demo_app, email):
    pages = Walk(demo_app, email).run(STARTS if email else ["/vi/", "/en/", "/login"])
    assert len(pages) > 5
    wrong = [f"{p.path}: {p.status}" for p in pages if p.status >= 400]
    many = [f"{p.path}: {p.queries} queries" for p in pages if p.queries > MOST_QUERIES]
    assert wrong == []
    assert many == []


PAYLOAD = "<b id=xss>\"'{{7*7}}"
SHORT = "<b id=xss>"
SCRIPT_LINK = "javascript:alert(1)//https://"
#: Columns of codes, keys, paths and words of the program: nobody types them, and pages find their way by them.
NOT_TEXT = frozenset({
    "slug", "code", "number", "hash", "key", "kind", "state", "verb", "object_type", "actor", "method", "rule", "locale", "language",
    "media_type", "sha256", "search_key", "sort_key", "password_hash", "pin_hash", "secret_hash", "code_hash", "input_hash",
    "content_hash", "idempotency_key", "client_id", "draft_key", "uid", "template", "purpose", "subject", "formula", "boundary",
    "outcome", "red_outcome", "blue_outcome", "red_source", "blue_source", "source_kind", "owner_kind", "organisation_kind",
    "certificate_number", "number_prefix", "qualifier", "channel", "missed_by", "order", "role", "scope",
})  # fmt: skip
#: The same for single columns. A draw is replayed from its seed and its groups' names of that day. Accounts are signed in to by their address; a project's field is a key into its edition's.
CODES = {"import_row.reason", "event_registration.news", "import_row.ruling", "draw.seed", "draw.group_names", "draw_pick.group_name", "match_run.salt", "match_run.label", "account.email", "account.phone",
         "notification.url", "project.field", "incubation_case.field", "conflict.source", "score_sheet.source", "result_version.reason",
         "edition.words", "game.definition", "stage.settings", "invitation.payload", "job_run.arguments"}  # fmt: skip
LINKS = ("video_url", "online_url")


def poison(session) -> int:
    """Put the payload behind every text that people typed, also inside JSON; returns how many columns were filled."""
    count = 0
    for table in metadata().sorted_tables:
        for column in table.columns:
            if column.name in NOT_TEXT or f"{table.name}.{column.name}" in CODES:
                continue
            if column.name in LINKS:
                session.execute(sa.update(table).values({column: SCRIPT_LINK}))
            elif isinstance(column.type, sa.JSON):
                count += poison_json(session, table, column)
            elif isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
                most = column.type.length or 10_000
                payload = PAYLOAD if most > len(PAYLOAD) + 20 else SHORT
                kept = sa.func.substr(column, 1, most - len(payload))
                session.execute(sa.update(table).where(column != "").values({column: kept.concat(payload)}))
                count += 1
    return count


def poison_json(session, table, column) -> bool:
    """Whether some row of the column holds words: strings with a space or a letter beyond ASCII, which no code has."""
    changed = [
        {"of": row.id, "to": bitten}
        for row in session.execute(sa.select(table.c.id, column))
        if (bitten := bite(row[1])) != row[1]
    ]
    if changed:
        statement = (
            sa.update(table).where(table.c.id == sa.bindparam("of")).values({column: sa.bindparam("to")})
        )
        session.connection().execute(statement, changed)
    return bool(changed)


def bite(value):
    if isinstance(value, dict):
        return {key: bite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [bite(part) for part in value]
    return value + PAYLOAD if isinstance(value, str) and (" " in value or not value.isascii()) else value


@pytest.fixture(scope="module")
def poisoned_app(demo_copy):
    for app in start(demo_copy("xss")):
        with app.app_context(), transaction() as session:
            assert poison(session) > 150
        yield app


@pytest.mark.parametrize("email", ROLES)
def test_nothing_that_was_typed_becomes_markup(poisoned_app, email):
    pages = Walk(poisoned_app, email).run(STARTS if email else ["/vi/", "/en/"])
    raw = [p.path for p in pages if "<b id=xss>" in p.html]
    run = [
        p.path
        for p in pages
        if "49" in p.html and "\"'49" in p.html.replace("&#34;", '"').replace("&#39;", "'")
    ]
    broken = [f"{p.path}: {p.status}" for p in pages if p.status >= 500]
    scripts = [
        p.path for p in pages if re.search(r"""(?:href|src|action)=["']?\s*javascript:""", p.html, re.I)
    ]
    assert raw == []
    assert run == []
    assert scripts == []
    assert broken == []
    if email:
        assert any("&lt;b id=xss&gt;" in p.html for p in pages), "the payload was shown somewhere"
