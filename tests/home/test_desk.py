"""A role's home: what waits, in order; the frame with its work places; messages."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from incubator.accounts import services as accounts
from incubator.activity.services import record
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db
from incubator.core.navigation import Workplace
from incubator.core.todo import Todo
from incubator.home import desk
from incubator.home.services import mark_read
from incubator.home.words import SENTENCES
from incubator.models import AssignmentState, Notification, Person, StageState
from tests.factories import (
    AT,
    make_account,
    make_division,
    make_edition,
    make_entry,
    make_grant,
    make_organisation,
    make_person,
    make_stage,
    make_stage_division,
    make_stage_entry,
    make_user,
    save,
)
from tests.reader import words

PLACE = Workplace(Role.SECRETARY, ScopeKind.EDITION, 1, "Ban thư ký", "Robotics", "robotics")


def todo(title: str, **values: Any) -> Todo:
    return Todo(title, "/", "Mở", **values)


def given(monkeypatch: pytest.MonkeyPatch, *todos: Todo, broken: bool = False) -> None:
    def answer(_actor: Any) -> Any:
        yield sa.select(Person.id)
        return list(todos)

    def fail(_actor: Any) -> Any:
        yield sa.select(sa.literal_column("no_such_column", sa.Integer).label("x"))

    sources = [("judging", SimpleNamespace(waiting_for=answer))]
    if broken:
        sources.append(("spaces", SimpleNamespace(waiting_for=fail)))
    monkeypatch.setattr(desk, "sources", lambda: sources)


def test_urgent_and_due_today_come_first(session: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given(
        monkeypatch,
        todo("mai", due_at=AT + timedelta(days=3)),
        todo("hôm nay", due_at=AT + timedelta(hours=3)),
        todo("gấp", urgent=True),
        todo("lúc nào cũng được"),
    )
    waiting = desk.waiting_for(SimpleNamespace(), PLACE)
    assert [t.title for t in waiting.now] == ["gấp", "hôm nay"]
    assert [t.title for t in waiting.later] == ["mai", "lúc nào cũng được"]


def test_todo_of_another_work_place_stands_apart(
    session: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Workplace(Role.STAFF, ScopeKind.SITE, 7, "Cán bộ", "BIIC", "biic")
    given(
        monkeypatch,
        todo("ở đây", scope="edition:1"),
        todo("chung"),
        todo("nơi khác", scope="site:7"),
        todo("không ở nơi nào của mình", scope="site:8"),
    )
    waiting = desk.waiting_for(SimpleNamespace(), PLACE, [PLACE, other])
    assert [t.title for t in waiting.later] == ["ở đây", "chung", "không ở nơi nào của mình"]
    assert [t.title for t in waiting.elsewhere] == ["nơi khác"]
    there = desk.waiting_for(SimpleNamespace(), other, [PLACE, other])
    assert [t.title for t in there.later] == ["chung", "nơi khác", "không ở nơi nào của mình"]


def test_source_that_fails_is_named_and_the_rest_stays(
    session: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, todo("còn đây"), broken=True)
    waiting = desk.waiting_for(SimpleNamespace(), PLACE)
    assert [t.title for t in waiting.later] == ["còn đây"]
    assert waiting.silent == ("spaces",)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_source_answers_every_role(session: Any, actor_of: Any, role: Role | None) -> None:
    actor = actor_of(make_user(role) if role else make_user())
    assert desk.waiting_for(actor, None).silent == ()


def test_all_sources_are_asked_in_one_statement(session: Any, actor_of: Any, queries: Any) -> None:
    """Also for somebody who is everything at once."""
    account = make_user(Role.ADMINISTRATOR)
    for role in Role:
        make_grant(db.session.get_one(Person, account.person_id), role)
    actor = actor_of(account)
    with queries() as log:
        desk.waiting_for(actor, None)
    assert len(log) == 1


def test_just_done_tells_each_kind_once_in_words(session: Any, actor_of: Any) -> None:
    account = make_user()
    actor = actor_of(account)
    verb = next(iter(SENTENCES))
    for _ in range(3):
        record(verb, account, actor=actor, at=AT)
    record("core.without.words", account, actor=actor, at=AT)
    assert [d.text for d in desk.just_done(actor)] == [str(SENTENCES[verb])]


# -- frame ------------------------------------------------------------------------------------------------------


def make_double(edition_id: int, school_id: int) -> Any:
    account = make_user(Role.REFEREE, ScopeKind.EDITION, edition_id)
    make_grant(db.session.get(Person, account.person_id), Role.COORDINATOR, ScopeKind.ORGANISATION, school_id)
    return account


def test_work_place_is_chosen_and_remembered(sign_in: Any) -> None:
    edition, school = make_edition(), make_organisation()
    browser = sign_in(make_double(edition.id, school.id))
    assert browser.get(f"/home/coordinator:organisation:{school.id}").status_code == 303
    page = words(browser.get("/notifications").text)
    assert f'href="/home/coordinator:organisation:{school.id}" aria-current="true"' in page
    assert browser.get("/home").status_code == 200


def test_work_place_of_somebody_else_cannot_be_entered(sign_in: Any) -> None:
    edition = make_edition()
    browser = sign_in(make_user(Role.REFEREE, ScopeKind.EDITION, edition.id))
    assert browser.get(f"/home/organiser:edition:{edition.id}").status_code == 404


def test_switching_does_not_lead_to_other_sites(sign_in: Any) -> None:
    edition = make_edition()
    browser = sign_in(make_user(Role.REFEREE, ScopeKind.EDITION, edition.id))
    answer = browser.get(f"/home/referee:edition:{edition.id}?next=//evil.example/")
    assert answer.headers["Location"] == "/home"


@pytest.mark.parametrize("path", ["/home", "/notifications", "/search"])
def test_home_pages_ask_to_sign_in(client: Any, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/login")


@pytest.mark.parametrize("status", [404, 403])
def test_refusal_has_the_frame_of_who_is_refused(client: Any, sign_in: Any, status: int) -> None:
    path = {404: "/no-such-page", 403: "/audit"}[status]
    own = sign_in(make_user()).get(path)
    assert own.status_code == status
    assert "work-head" in own.get_data(as_text=True)


def test_fault_page_stands_when_the_database_is_away(
    app: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(make_user())

    def away(*_args: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr("incubator.home.shell.workplaces_of", away)
    answer = browser.get("/no-such-page")
    assert answer.status_code == 404
    assert "signpost-split" in answer.get_data(as_text=True)


# -- messages -----------------------------------------------------------------------------------------------------


def make_message(person_id: int, **values: Any) -> Notification:
    return save(
        Notification(**{"kind": "accounts/reset", "person_id": person_id, "created_at": AT, **values})
    )


def read_ids(session: Any) -> set[int]:
    return set(session.scalars(sa.select(Notification.id).where(Notification.read_at.is_not(None))))


def test_only_own_messages_are_marked_as_read(session: Any, actor_of: Any) -> None:
    account = make_user()
    actor = actor_of(account)
    own, second = make_message(account.person_id), make_message(account.person_id)
    foreign = make_message(make_person().id)
    assert mark_read(actor, foreign.id, at=AT) == 0
    assert mark_read(actor, own.id, at=AT) == 1
    assert mark_read(actor, None, at=AT) == 1
    assert read_ids(session) == {own.id, second.id}


def test_a_card_does_not_show_links_that_open_the_account(client: Any, session: Any) -> None:
    pupil = make_person("Lê Bé")
    make_account(pupil)
    code, pin = accounts.give_pupil_code(pupil, actor=Actor(system="test"), at=AT)
    make_message(pupil.id, context={"invitation_id": 0})
    make_message(pupil.id, kind="judging/reminder", context={"stage_id": 0})
    client.post("/login/code", data={"code": code, "pin": pin})
    page = client.get("/notifications").get_data(as_text=True)
    assert "Đặt lại mật khẩu" not in page
    assert page.count('name="id"') == 1


@pytest.mark.parametrize(("language", "word"), [("en", "Mark all as read"), ("vi", "Đánh dấu đã đọc tất cả")])
def test_messages_are_read_in_the_language_of_the_page(sign_in: Any, language: str, word: str) -> None:
    account = make_user()
    db.session.get_one(Person, account.person_id).locale = "vi"
    make_message(
        account.person_id,
        kind="accounts/accepted",
        context={"role": "judge", "invited_id": account.person_id},
    )
    browser = sign_in(account)
    with browser.session_transaction() as kept:
        kept["lang"] = language
    page = words(browser.get("/notifications").text)
    assert word in page
    assert ("Judge" in page) is (language == "en")
    assert ("Giám khảo" in page) is (language == "vi")


def test_reading_goes_on_to_the_page_but_never_away(sign_in: Any) -> None:
    account = make_user()
    message = make_message(account.person_id)
    browser = sign_in(account)
    ids = {"id": str(message.id)}
    go_on = browser.post("/notifications/read", data={**ids, "next": "/home"})
    assert go_on.headers["Location"] == "/home"
    away = browser.post("/notifications/read", data={**ids, "next": "https://evil.example/"})
    assert away.headers["Location"] == "/notifications"


def test_every_verb_of_judging_and_publishing_has_its_sentence():
    import pathlib
    import re

    root = pathlib.Path(__file__).parent.parent.parent / "incubator"
    written: set[str] = set()
    for domain in ("judging", "publishing"):
        for path in (root / domain).rglob("services/*.py"):
            written |= set(
                re.findall(rf'"({domain}\.[a-z_]+(?:\.[a-z_]+)?)"', path.read_text(encoding="utf-8"))
            )
    assert written - set(SENTENCES) - {"publishing.certificates"} == set()


def test_both_figures_of_a_share_are_written_alike(app, monkeypatch):
    monkeypatch.setattr(desk, "sheets_of", lambda _which: {AssignmentState.SUBMITTED: 1446})
    assert desk.judge_standing(1, 1).facts[0][1:] == (1446, "/ 1.446")


def test_what_waits_in_another_work_place_stands_on_the_page(session, sign_in):
    here, there = make_edition(), make_edition(name="Robocon 2026")
    account = make_user(Role.SECRETARY, ScopeKind.EDITION, here.id)
    make_grant(db.session.get_one(Person, account.person_id), Role.SECRETARY, ScopeKind.EDITION, there.id)
    division = make_division(there)
    final = make_stage_division(make_stage(there), division, state=StageState.PLANNED)
    make_stage_entry(final, make_entry(division))
    db.session.commit()
    page = sign_in(account).get(f"/home/secretary:edition:{here.id}", follow_redirects=True).text
    before, _head, after = page.partition("Ở nơi làm việc khác")
    assert "vòng chưa mở" in after
    assert "vòng chưa mở" not in before
