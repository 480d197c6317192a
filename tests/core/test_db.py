"""The one place that commits: fresh reads under the lock, nothing half done, refusals with the constraint's name."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from incubator.core.db import after_commit, db, lock_rows, transaction
from incubator.core.errors import Conflict, Invalid
from incubator.models import Organisation, Person
from tests.factories import AT, make_organisation, make_person


def test_transaction_does_not_nest(session):
    with pytest.raises(RuntimeError, match="does not nest"), transaction(), transaction():
        pass


def test_unsaved_changes_before_it_are_refused(session):
    session.add(Person(full_name="Ai Đó", created_at=AT))
    with pytest.raises(RuntimeError, match="before transaction"), transaction():
        pass
    session.rollback()


def test_a_refusal_rolls_back_and_drops_the_queue(session):
    done = []
    with pytest.raises(Invalid), transaction():
        make_person("Người Không Lưu")
        after_commit(done.append, 1)
        raise Invalid("no")
    assert done == []
    assert session.scalar(sa.select(Person).where(Person.full_name == "Người Không Lưu")) is None


def test_after_commit_runs_once_and_its_failure_is_not_the_callers(session):
    done = []

    def fail():
        raise RuntimeError("queue is away")

    with transaction():
        make_person()
        after_commit(fail)
        after_commit(done.append, 1)
    assert done == [1]


def test_broken_unique_comes_out_as_conflict_with_its_name(session):
    make_organisation(slug="trung")
    db.session.commit()
    with pytest.raises(Conflict) as refusal, transaction():
        make_organisation(slug="trung")
    assert refusal.value.details["constraint"] == "uq_organisation_slug"


def test_reads_inside_see_the_row_of_now(session):
    """The identity map would give the old value back; inside transaction() it must not."""
    school = make_organisation("Tên Cũ")
    session.commit()
    session.connection().execute(
        sa.update(Organisation).where(Organisation.id == school.id).values(address="mới")
    )
    with transaction():
        lock_rows(Organisation, [school.id])
        assert session.scalar(sa.select(Organisation).where(Organisation.id == school.id)).address == "mới"
        session.connection().execute(
            sa.update(Organisation).where(Organisation.id == school.id).values(address="mới hơn")
        )
        assert session.get(Organisation, school.id).address == "mới hơn"


def test_times_are_aware_and_in_one_format(session):
    local = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=7)))
    person = make_person(created_at=local)
    session.expire(person)
    assert person.created_at == local
    assert person.created_at.tzinfo is UTC
    if db.engine.dialect.name == "sqlite":  # always with microseconds: it is compared as text
        stored = sa.text("SELECT created_at FROM person WHERE id = :id")
        assert session.execute(stored, {"id": person.id}).scalar_one() == "2026-11-23 01:00:00.000000"
    with pytest.raises(sa.exc.StatementError, match="naive"):
        make_person(created_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    session.rollback()


def test_writers_queue_and_no_increment_is_lost(new_server, tmp_path):
    """Eight threads of real commits, each reading and writing the same row: the sum is right, nobody fails."""
    from incubator import create_app
    from tests.databases import settings

    server = new_server()
    url = server.env["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    app = create_app(settings(server.instance, url))
    with app.app_context(), transaction():
        person_id = make_person("Đếm", phone="0").id
    errors = []

    def work():
        try:
            for _i in range(20):
                with app.app_context():
                    db.session.scalar(sa.select(Person.id))  # a read before, as the load of the actor
                    with transaction() as own:
                        lock_rows(Person, [person_id])
                        person = own.scalar(sa.select(Person).where(Person.id == person_id))
                        person.phone = str(int(person.phone) + 1)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert errors == []
        assert db.session.scalar(sa.select(Person.phone)) == "160"
        db.session.remove()
        db.engine.dispose()


def test_a_write_outside_a_transaction_is_refused(new_server):
    """Nothing would roll it back: outside, each statement stands alone."""
    from incubator import create_app
    from tests.databases import settings

    server = new_server()
    url = server.env["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    app = create_app(settings(server.instance, url))
    with app.app_context():
        db.session.add(Person(full_name="Ai Đó", created_at=AT))
        with pytest.raises(RuntimeError, match="inside transaction"):
            db.session.commit()
        db.session.rollback()
        with pytest.raises(RuntimeError, match="inside transaction"):
            db.session.execute(sa.update(Person).values(phone="1"))
        db.session.rollback()
        with pytest.raises(Invalid), transaction():
            make_person("Người Không Lưu")
            raise Invalid("no")
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0
        db.session.remove()
        db.engine.dispose()
