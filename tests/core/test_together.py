"""Questions of several sources travel as one statement and come back as each asked them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.core import together
from incubator.core.db import db
from incubator.core.together import Prepared, ask, ask_together, rows_of
from incubator.models import Account, Edition, Entry, Person, Stage, StageKind
from tests.factories import make_account, make_edition, make_person, make_stage


def _names(prefix):
    rows = yield sa.select(Person.id, Person.full_name, Person.created_at).where(
        Person.full_name.startswith(prefix)
    )
    return sorted(row.full_name for row in rows)


def _two_rounds(name):
    rows = yield sa.select(Person.id).where(Person.full_name == name)
    accounts = yield sa.select(sa.func.count(Account.id).label("n")).where(
        Account.person_id.in_([row.id for row in rows])
    )
    return accounts[0].n


def test_each_source_gets_its_own_rows_in_as_many_statements_as_the_longest_asks(session, queries):
    for name in ("An Một", "An Hai", "Bình"):
        make_person(name)
    make_account(make_person("Chi"))
    with queries() as log:
        found = ask_together([_names("An"), _names("Bình"), _two_rounds("Chi"), _names("Không ai")])
    assert found == [["An Hai", "An Một"], ["Bình"], 1, []]
    assert len(log) == 2


def test_values_keep_their_types(session):
    edition = make_edition(name="Robotics", year=2024)
    stage = make_stage(edition)
    person = make_person("An")
    rows = rows_of(
        [
            sa.select(Person.created_at, Stage.kind, sa.func.count(Person.id).label("n"))
            .join(Stage, Stage.id == stage.id)
            .where(Person.id == person.id)
            .group_by(Person.created_at, Stage.kind),
            sa.select(
                Edition.name, Edition.year, Edition.final_on, (Edition.year > 2000).label("late")
            ).where(Edition.id == edition.id),
            sa.select(Entry.state).where(sa.false()),
        ]
    )
    assert rows[0][0].created_at.tzinfo is not None
    assert rows[0][0].kind is StageKind(stage.kind)
    assert rows[0][0].n == 1
    assert tuple(rows[1][0]) == ("Robotics", 2024, edition.final_on, True)
    assert rows[2] == []


def test_a_source_without_a_question_and_no_source_at_all(session, queries):
    def silent():
        return "nothing to ask"
        yield

    with queries() as log:
        assert ask(silent()) == "nothing to ask"
        assert ask_together([]) == []
    assert log == []


def test_a_refusal_of_the_database_comes_out(session):
    with pytest.raises(sa.exc.DBAPIError):
        ask(iter_of(sa.select(sa.literal_column("no_such_column", sa.Integer).label("x"))))
    db.session.rollback()


def iter_of(question):
    rows = yield question
    return rows


_BY_NAME = sa.select(Person.id, Person.full_name).where(Person.full_name == sa.bindparam("name"))
_KINDS = sa.select(Stage.kind).where(Stage.id.in_(sa.bindparam("stages", expanding=True)))


def test_prepared_questions_are_put_together_once(session, queries, monkeypatch):
    an, binh = make_person("An"), make_person("Bình")
    stage = make_stage(make_edition())

    def asked(name, *stages):
        return rows_of([Prepared(_BY_NAME, {"name": name}), Prepared(_KINDS, {"stages": stages})])

    assert asked("An", stage.id) == [[(an.id, "An")], [(StageKind(stage.kind),)]]
    monkeypatch.setattr(together, "_Union", None)  # nothing is put together any more
    with queries() as log:
        assert asked("Bình") == [[(binh.id, "Bình")], []]
        assert asked("Không ai", stage.id, stage.id + 1) == [[], [(StageKind(stage.kind),)]]
    assert len(log) == 2


def test_prepared_and_other_questions_travel_together(session):
    an = make_person("An")
    others = sa.select(Person.full_name).where(Person.id == an.id)
    assert rows_of([others, Prepared(_BY_NAME, {"name": "An"})]) == [[("An",)], [(an.id, "An")]]


def test_two_questions_cannot_mean_different_things_by_one_name(session):
    with pytest.raises(ValueError, match="name"):
        rows_of([Prepared(_BY_NAME, {"name": "An"}), Prepared(_BY_NAME, {"name": "Bình"})])
