"""Importing registration files: review, settling, one piece in, one piece out."""

import datetime as dt

import pytest
import sqlalchemy as sa

from incubator.contests.services import imports
from incubator.contests.services.import_undo import blocked_by, undo
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.models import (
    Affiliation,
    Division,
    Entry,
    EntryEvent,
    EntryMember,
    EntryState,
    ImportBatch,
    ImportRow,
    ImportRowState,
    ImportState,
    MemberPart,
    Organisation,
    OrganisationAlias,
    Person,
    Team,
)
from tests.contests import workbooks as wb
from tests.contests.import_factories import SYSTEM, import_batch, make_robotics, read_batch, season_files
from tests.factories import AT, make_stage, make_stage_division, make_stage_entry, make_user

HEADER = [
    "STT", "Tên đội", "Trường", "Bảng", "Học sinh 1", "Ngày sinh 1", "Lớp 1", "Học sinh 2", "Ngày sinh 2", "Lớp 2",
    "GVHD", "SĐT", "Email",
]  # fmt: skip


def team_line(name="Sao Mai", school="Tiểu học Định Hòa", one="Trần Văn An", two="Lê Thị Bình", **cells):
    line = {
        "team": name, "school": school, "division": "TH", "one": one, "born1": "05/01/2015", "class1": "4A",
        "two": two, "born2": "06/02/2015", "class2": "4B", "coach": "Phạm Thị Hoa", "phone": "0912345678", "email": "",
    } | cells  # fmt: skip
    return [1, *line.values()]


def small_file(*lines, name="tep.xlsx"):
    return wb.xlsx([HEADER, *lines], name)


def counts():
    tables = (Entry, Team, Person, Organisation, EntryMember, EntryEvent, Affiliation, OrganisationAlias)
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]


def rows_of(batch, state=None):
    statement = sa.select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id)
    if state:
        statement = statement.where(ImportRow.state == state)
    return list(db.session.scalars(statement))


def test_the_season_is_read_imported_and_undone(robotics):
    before = counts()
    batch = read_batch(robotics, season_files())
    assert batch.state is ImportState.REVIEW
    figures = batch.summary["figures"]
    assert (figures["read"], figures["ready"], figures["schools"]) == (329, 314, 65)
    assert (figures["held"], figures["duplicates"]) == (7, 8)

    batch = import_batch(batch)
    assert batch.state is ImportState.DONE
    entries = list(db.session.scalars(sa.select(Entry).where(Entry.import_batch_id == batch.id)))
    assert len(entries) == 314
    assert {entry.state for entry in entries} == {EntryState.ACCEPTED}
    numbers = sorted(entry.number for entry in entries)
    assert (numbers[0], numbers[-1], len(set(numbers))) == ("CS001", "TH143", 314)
    assert len({entry.code for entry in entries}) == 314
    pupils = sa.select(sa.func.count()).select_from(EntryMember).where(EntryMember.part != MemberPart.COACH)
    assert db.session.scalar(pupils) == 845
    assert len(rows_of(batch, ImportRowState.HELD)) == 15

    with transaction():
        gone = undo(batch, reason="Thử", actor=SYSTEM, at=AT)
    assert gone == 314
    assert counts() == before
    assert db.session.get_one(ImportBatch, batch.id).state is ImportState.UNDONE


def test_importing_the_same_files_again_imports_nothing(robotics):
    import_batch(read_batch(robotics, season_files()))
    again = read_batch(robotics, season_files())
    assert again.summary["figures"]["ready"] == 0
    reasons = {row.reason for row in rows_of(again)}
    assert "stored_team" in reasons
    with pytest.raises(Conflict), transaction():
        imports.confirm(again, actor=SYSTEM, at=AT)


def test_each_entry_has_its_school_people_history_and_project(robotics):
    batch = import_batch(
        read_batch(
            robotics, [small_file(team_line(class1="4A", coach="ThS. Phạm Thị Hoa và thầy Lê Văn Tư"))]
        )
    )
    entry = db.session.scalars(sa.select(Entry)).one()
    members = list(db.session.scalars(sa.select(EntryMember).order_by(EntryMember.position)))
    assert [(m.full_name, m.class_name, m.part.value) for m in members] == [
        ("Trần Văn An", "4A", "member"),
        ("Lê Thị Bình", "4B", "member"),
        ("Phạm Thị Hoa", "", "coach"),
        ("Lê Văn Tư", "", "coach"),
    ]
    assert db.session.get_one(Person, members[2].person_id).title == "ThS."
    person = db.session.get_one(Person, members[0].person_id)
    assert (person.birth_date, person.search_key) == (dt.date(2015, 1, 5), "tran van an")
    school = db.session.get_one(Organisation, entry.organisation_id)
    assert (school.name, school.slug, school.levels) == (
        "Tiểu học Định Hòa",
        "tieu-hoc-dinh-hoa",
        ["primary"],
    )
    steps = list(db.session.scalars(sa.select(EntryEvent).order_by(EntryEvent.id)))
    assert [step.to_state.value for step in steps] == ["submitted", "accepted"]
    assert rows_of(batch)[0].entry_id == entry.id


def test_people_and_schools_on_record_are_found_again(robotics):
    import_batch(read_batch(robotics, [small_file(team_line())]))
    people = db.session.scalar(sa.select(sa.func.count()).select_from(Person))
    other = make_robotics("robotics-2025")
    db.session.commit()
    import_batch(read_batch(other, [small_file(team_line(school="TRƯỜNG TH ĐỊNH HOÀ"))]))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == people
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1


def test_a_held_row_is_settled_and_imported(robotics):
    batch = read_batch(robotics, [small_file(team_line(born1="31/02/2015"))])
    (row,) = rows_of(batch)
    assert (row.state, row.reason) == (ImportRowState.HELD, "birth_date_invalid")
    members = [
        {"name": "Trần Văn An", "birth": "3/2/2015", "class": "4A"},
        {"name": "Lê Thị Bình", "birth": "06/02/2015", "class": "4B"},
    ]
    with transaction():
        imports.settle(db.session.get_one(ImportRow, row.id), {"members": members}, actor=SYSTEM, at=AT)
    (row,) = rows_of(batch)
    assert (row.state, row.ruling) == (ImportRowState.READY, "edited")
    assert {
        "field": "member1.birth",
        "kinds": ["settled"],
        "was": "31/02/2015",
        "now": "03/02/2015",
    } in row.repairs
    import_batch(batch)
    assert db.session.scalar(
        sa.select(Person.birth_date).where(Person.search_key == "tran van an")
    ) == dt.date(2015, 2, 3)


def test_a_row_left_out_takes_no_part_and_can_come_back(robotics):
    lines = [team_line("Sao Mai"), team_line("Đại Bàng", two="Ngô Văn Tám")]
    batch = read_batch(robotics, [small_file(*lines)])
    first, second = rows_of(batch)
    assert second.reason == "member_in_two_teams"
    with transaction():
        imports.leave_out(db.session.get_one(ImportRow, first.id), actor=SYSTEM, at=AT)
    assert [row.state for row in rows_of(batch)] == [ImportRowState.SKIPPED, ImportRowState.READY]
    with transaction():
        imports.take_back(db.session.get_one(ImportRow, first.id), actor=SYSTEM, at=AT)
    assert [row.state for row in rows_of(batch)] == [ImportRowState.READY, ImportRowState.HELD]


def test_the_organiser_rules_that_two_pupils_are_two_children(robotics):
    lines = [team_line("Sao Mai"), team_line("Đại Bàng", school="Tiểu học Kim Đồng", two="Ngô Văn Tám")]
    batch = read_batch(robotics, [small_file(*lines)])
    held = rows_of(batch, ImportRowState.HELD)[0]
    with transaction():
        imports.rule_distinct(db.session.get_one(ImportRow, held.id), actor=SYSTEM, at=AT)
    assert len(rows_of(batch, ImportRowState.READY)) == 2
    import_batch(batch)
    twins = sa.select(sa.func.count()).select_from(Person).where(Person.search_key == "tran van an")
    assert db.session.scalar(twins) == 2


def test_held_rows_can_be_imported_later_in_the_same_batch(robotics):
    batch = read_batch(
        robotics, [small_file(team_line(), team_line("Đại Bàng", one="Vũ A", two="Vũ B", coach=""))]
    )
    import_batch(batch)
    held = rows_of(batch, ImportRowState.HELD)[0]
    coach = {"name": "Lê Văn Tư", "phone": "0987654321", "email": ""}
    with transaction():
        imports.settle(db.session.get_one(ImportRow, held.id), {"coaches": [coach]}, actor=SYSTEM, at=AT)
    batch = import_batch(batch)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 2
    with transaction():
        assert undo(batch, reason="", actor=SYSTEM, at=AT) == 2
    assert counts()[:4] == [0, 0, 0, 0]


def test_undo_is_refused_with_a_list_once_an_entry_was_edited(robotics):
    batch = import_batch(read_batch(robotics, [small_file(team_line())]))
    with transaction():
        entry = db.session.scalars(sa.select(Entry)).one()
        entry.state = EntryState.RETURNED
    with pytest.raises(Conflict) as refused, transaction():
        undo(batch, reason="", actor=SYSTEM, at=AT)
    assert [(number, team) for number, team, _why in refused.value.details["blocked"]] == [
        ("TH001", "Sao Mai")
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 1


def test_undo_is_refused_once_an_entry_has_a_result_but_not_by_a_mere_place_in_a_stage(robotics):
    batch = import_batch(read_batch(robotics, [small_file(team_line())]))
    entry = db.session.scalars(sa.select(Entry)).one()
    part = make_stage_division(make_stage(robotics), db.session.get_one(Division, entry.division_id))
    place = make_stage_entry(part, entry)
    assert blocked_by(batch) == []
    place.rank = 1
    db.session.commit()
    assert [reason for _n, _t, reason in blocked_by(batch)] == ["đã có kết quả"]


def test_confirm_is_refused_while_a_file_is_unread(robotics):
    bad = wb.SourceFile("hong.xlsx", b"PK\x03\x04 hong")
    batch = read_batch(robotics, [small_file(team_line()), bad])
    with pytest.raises(Conflict, match=r"hong\.xlsx"), transaction():
        imports.confirm(batch, actor=SYSTEM, at=AT)
    with transaction():
        imports.remove_file(db.session.get_one(ImportBatch, batch.id), "hong.xlsx", actor=SYSTEM, at=AT)
    db.session.expire_all()
    assert import_batch(batch).state is ImportState.DONE


def test_columns_nobody_knows_are_mapped_by_a_person(robotics):
    header = ["Cột 1", "Cột 2", "Cột 3", "Cột 4", "Cột 5", "Cột 6", "Cột 7", "Cột 8"]
    line = [
        "Sao Mai",
        "TH Định Hòa",
        "Trần Văn An",
        "05/01/2015",
        "Lê Thị Bình",
        "06/02/2015",
        "Phạm Hoa",
        "0912345678",
    ]
    batch = read_batch(robotics, [wb.xlsx([header, line])])
    assert batch.summary["files"][0]["sheets"][0]["problem"]["code"] == "no_header"
    roles = dict(enumerate(["team", "school", "member1.name", "member1.birth", "member2.name", "member2.birth",
                            "coach.name", "coach.phone"]))  # fmt: skip
    with transaction():
        imports.map_columns(
            db.session.get_one(ImportBatch, batch.id), "tep.xlsx", "Sheet1", roles, 1, actor=SYSTEM, at=AT
        )
    (row,) = rows_of(batch, ImportRowState.READY)
    assert (row.data["team"], row.data["division"]) == ("Sao Mai", "primary")


def test_settled_rows_stay_settled_when_a_file_is_added(robotics):
    batch = read_batch(robotics, [small_file(team_line(coach=""))])
    (row,) = rows_of(batch)
    coach = {"name": "Lê Văn Tư", "phone": "", "email": "tu@example.edu.vn"}
    with transaction():
        imports.settle(db.session.get_one(ImportRow, row.id), {"coaches": [coach]}, actor=SYSTEM, at=AT)
    more = small_file(team_line("Đại Bàng", one="Vũ An", two="Vũ Bình"), name="them.xlsx")
    with transaction():
        imports.add_files(db.session.get_one(ImportBatch, batch.id), [more], actor=SYSTEM, at=AT)
    assert [row.data["coaches"][0]["name"] for row in rows_of(batch, ImportRowState.READY)] == [
        "Lê Văn Tư",
        "Phạm Thị Hoa",
    ]


def test_a_failure_while_writing_imports_nothing(robotics, monkeypatch):
    batch = read_batch(robotics, season_files())
    before = counts()
    from incubator.contests.services import import_writing

    def broken(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(import_writing, "_history", broken)
    batch = import_batch(batch)
    assert batch.state is ImportState.REVIEW
    assert counts() == before


def test_a_batch_is_discarded_before_import_and_not_after(robotics):
    batch = read_batch(robotics, [small_file(team_line())])
    with transaction():
        imports.discard(db.session.get_one(ImportBatch, batch.id), actor=SYSTEM, at=AT)
    assert db.session.get(ImportBatch, batch.id) is None
    done = import_batch(read_batch(robotics, [small_file(team_line())]))
    with pytest.raises(Conflict), transaction():
        imports.discard(done, actor=SYSTEM, at=AT)


def test_only_organisers_and_secretaries_import(robotics, actor_of):
    stranger = actor_of(make_user())
    with pytest.raises(NotAllowed), transaction():
        imports.start_import(robotics, [small_file(team_line())], actor=stranger, at=AT)


def test_an_empty_choice_says_what_to_choose(robotics):
    with pytest.raises(Invalid, match="Chọn ít nhất một tệp"), transaction():
        imports.start_import(robotics, [], actor=SYSTEM, at=AT)
