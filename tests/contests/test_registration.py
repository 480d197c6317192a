"""A school registers: drafts, rules said at once, submission freezes, decisions, history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.contests.eligibility import Code
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.queries import entry_parts, facts
from incubator.contests.services import decisions, draft_rows, drafts, editions, roster, submission
from incubator.contests.services.drafts import CoachInput, MemberInput
from incubator.core import clock
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.models import AuditEvent, Edition, Entry, EntryMember, EntryState, Organisation, Person
from tests.contests.factories import (
    GOOD,
    division_of,
    make_open_edition,
    make_organiser,
    make_school,
    make_teacher,
    team,
)
from tests.factories import AT


@pytest.fixture
def place(session: Any, actor_of: Any) -> Iterator[tuple[Edition, Organisation, Actor, Actor]]:
    """An open edition, a school, its teacher, the organiser."""
    edition, school = make_open_edition(), make_school()
    actors = actor_of(make_teacher(school)), actor_of(make_organiser(edition))
    session.commit()
    with transaction():
        yield edition_reads.get_edition(edition.slug), school, *actors


def draft(
    edition: Edition, school: Organisation, actor: Actor, *members: tuple[str, str], name: str = "Gốm Đỏ"
) -> Entry:
    made = drafts.create_draft(
        edition,
        team(name, division_of(edition, "thcs"), *(members or GOOD)),
        organisation=school,
        actor=actor,
        at=AT,
    )
    return reads.get_entry(made.id)


def send(entry: Entry, edition: Edition, actor: Actor, at: Any = AT) -> submission.Sent:
    return submission.submit([entry], edition_reads.get_edition(edition.slug), [], actor=actor, at=at)


def codes(entry: Entry) -> list[Code]:
    """What keeps the entry back; warnings about consents and contacts left out."""
    return [p.code for p in facts.problems_of([entry], at=AT)[entry.id] if p.blocks]


def test_a_draft_keeps_a_wrong_date_as_typed_and_says_so(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher, ("An", "31/02/2013"), GOOD[1])
    assert entry.draft_members[0].birth_date_text == "31/02/2013"
    assert Code.BIRTH_DATE_INVALID in codes(entry)


def test_submission_makes_persons_and_frozen_members_with_the_class_of_the_day(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher)
    assert send(entry, edition, teacher).submitted == [entry]
    entry = reads.get_entry(entry.id)
    assert entry.state is EntryState.SUBMITTED
    assert [(m.full_name, m.class_name, m.part.value) for m in entry.members] == [
        ("Nguyễn Văn An", "8A1", "captain"), ("Trần Gia Hân", "8A1", "member"), ("Lê Thị Ánh", "", "coach"),
    ]  # fmt: skip
    assert entry.draft_members == []
    assert (
        db.session.scalar(
            sa.select(sa.func.count(AuditEvent.id)).where(AuditEvent.verb == "contests.entry.submitted")
        )
        == 1
    )


def test_the_same_pupil_in_another_team_is_the_same_person_and_is_refused(place):
    edition, school, teacher, _ = place
    send(draft(edition, school, teacher), edition, teacher)
    other = make_school("THCS Trịnh Hoài Đức")
    again = draft(
        edition,
        other,
        Actor(system="test"),
        ("Nguyễn Văn An", "17/05/2013"),
        ("Lý Tâm", "01/01/2014"),
        name="Sao Mai",
    )
    assert codes(again) == [Code.MEMBER_IN_OTHER_TEAM]
    assert (
        db.session.scalar(sa.select(sa.func.count(Person.id)).where(Person.full_name == "Nguyễn Văn An")) == 1
    )


def test_of_two_drafts_with_the_same_pupil_the_later_is_told(place):
    edition, school, teacher, _ = place
    first = draft(edition, school, teacher)
    second = draft(edition, school, teacher, GOOD[0], ("Lý Tâm", "01/01/2014"), name="Sao Mai")
    found = facts.problems_of([first, second], at=AT)
    blocking = [[p.code for p in found[e.id] if p.blocks] for e in (first, second)]
    assert blocking == [[], [Code.MEMBER_IN_OTHER_TEAM]]


def test_a_name_that_the_school_has_in_the_division_is_taken_whatever_its_tones_look_like(place):
    edition, school, teacher, _ = place
    send(draft(edition, school, teacher, name="Hoà Bình"), edition, teacher)
    second = draft(
        edition, school, teacher, ("Lý Tâm", "01/01/2014"), ("Lý Thư", "02/01/2014"), name="HÒA BÌNH"
    )
    assert codes(second) == [Code.TEAM_NAME_TAKEN]


def test_what_is_incomplete_is_held_and_the_rest_goes(place):
    edition, school, teacher, _ = place
    good = draft(edition, school, teacher)
    lacking = draft(edition, school, teacher, ("Lý Tâm", ""), ("Lý Thư", "02/01/2014"), name="Chim Lạc")
    sent = submission.submit(
        [good, lacking], edition_reads.get_edition(edition.slug), [], actor=teacher, at=AT
    )
    assert sent.submitted == [good]
    assert [p.code for p in sent.held[lacking.id]] == [Code.BIRTH_DATE_MISSING]


def test_an_unverified_teacher_drafts_but_does_not_send(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher)
    unverified = Actor(person_id=teacher.person_id, account_id=teacher.account_id, grants=teacher.grants,
                       extra={"unverified_organisations": (school.id,)})  # fmt: skip
    with pytest.raises(NotAllowed):
        send(entry, edition, unverified)


def test_the_deadline_is_the_last_second_of_its_day_and_an_extension_moves_it(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    end = clock.end_of_day(edition.registration_closes)
    with pytest.raises(Conflict):
        send(entry, edition, teacher, end + timedelta(seconds=1))
    more = editions.extend(
        edition,
        until=end + timedelta(days=1),
        organisation_id=school.id,
        reason="mưa lũ",
        actor=organiser,
        at=AT,
    )
    sent = submission.submit([entry], edition, [more], actor=teacher, at=end + timedelta(hours=2))
    assert sent.submitted == [entry]


def test_an_extension_for_another_school_does_not_help(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    end = clock.end_of_day(edition.registration_closes)
    other = make_school("THCS Khác")
    more = editions.extend(
        edition, until=end + timedelta(days=1), organisation_id=other.id, reason="mưa", actor=organiser, at=AT
    )
    with pytest.raises(Conflict):
        submission.submit([entry], edition, [more], actor=teacher, at=end + timedelta(hours=2))


def test_acceptance_gives_a_number_and_a_code_once(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    entry = reads.get_entry(entry.id)
    assert decisions.accept([entry], actor=organiser, at=AT) == [entry]
    assert (entry.state, entry.number, len(entry.code)) == (EntryState.ACCEPTED, "CS-001", 5)
    assert decisions.accept([entry], actor=organiser, at=AT) == []


def test_a_returned_entry_is_mended_and_sent_again_and_the_history_shows_both(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    entry = reads.get_entry(entry.id)
    due = clock.end_of_day(edition.registration_closes) + timedelta(days=3)
    decisions.send_back(
        entry, reason="", field_reasons={"members": "Sai tên"}, due_at=due, actor=organiser, at=AT
    )
    entry = reads.get_entry(entry.id)
    row = team(
        "Gốm Đỏ",
        division_of(edition, "thcs"),
        ("Nguyễn Văn Anh", "17/05/2013"),
        GOOD[1],
        version=entry.version,
    )
    assert drafts.save_draft(
        entry, row, edition=edition_reads.get_edition(edition.slug), actor=teacher, at=AT
    )
    send(reads.get_entry(entry.id), edition, teacher, due - timedelta(hours=1))
    assert [(e.to_state.value, e.field_reasons) for e in entry_parts.story_of(entry.id).events] == [
        ("submitted", {}), ("returned", {"members": "Sai tên"}), ("submitted", {}),
    ]  # fmt: skip
    members = db.session.scalars(
        sa.select(EntryMember).where(EntryMember.entry_id == entry.id).order_by(EntryMember.id)
    ).all()
    assert [(m.full_name, m.ended_at is None) for m in members if m.part != "coach"] == [
        ("Nguyễn Văn An", False), ("Trần Gia Hân", True), ("Nguyễn Văn Anh", True),
    ]  # fmt: skip


def mended(entry, edition, teacher, organiser, *members):
    """The persons of the pupils after the entry was returned, mended and sent again, by their names."""
    due = clock.end_of_day(edition.registration_closes) + timedelta(days=3)
    decisions.send_back(
        reads.get_entry(entry.id), reason="Sai", field_reasons={}, due_at=due, actor=organiser, at=AT
    )
    entry = reads.get_entry(entry.id)
    row = team("Gốm Đỏ", division_of(edition, "thcs"), *members, version=entry.version)
    drafts.save_draft(entry, row, edition=edition_reads.get_edition(edition.slug), actor=teacher, at=AT)
    sent = send(reads.get_entry(entry.id), edition, teacher)
    assert sent.submitted
    db.session.expire_all()
    return people_of(entry)


def people_of(entry):
    return {
        m.full_name: m.person
        for m in reads.get_entry(entry.id).members
        if m.ended_at is None and m.part != "coach"
    }


def test_marks_mended_in_a_returned_name_stay_with_the_same_pupil(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    before = people_of(entry)["Nguyễn Văn An"].id
    after = mended(entry, edition, teacher, organiser, ("Nguyễn Văn Ân", "17/05/2013"), GOOD[1])
    assert (after["Nguyễn Văn Ân"].id, after["Nguyễn Văn Ân"].full_name) == (before, "Nguyễn Văn Ân")
    names = {m.id: m.full_name for m in reads.get_entry(entry.id).members}
    told = max(entry_parts.story_of(entry.id).events, key=lambda e: e.id).snapshot["members"]
    assert [names[i] for i in told][:2] == ["Nguyễn Văn Ân", "Trần Gia Hân"]


def test_a_birth_date_mended_after_the_return_is_the_pupils_own(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    before = people_of(entry)["Nguyễn Văn An"].id
    after = mended(entry, edition, teacher, organiser, ("Nguyễn Văn An", "18/05/2013"), GOOD[1])
    assert (after["Nguyễn Văn An"].id, after["Nguyễn Văn An"].birth_date) == (before, date(2013, 5, 18))


def test_a_twin_put_beside_a_returned_pupil_is_somebody_else(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    before = people_of(entry)["Nguyễn Văn An"].id
    twins = [GOOD[0], ("Nguyễn Văn Ân", "17/05/2013")]
    after = mended(entry, edition, teacher, organiser, *twins)
    assert after["Nguyễn Văn An"].id == before
    assert after["Nguyễn Văn Ân"].id != before


def test_who_takes_the_place_of_a_returned_pupil_is_somebody_else(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    before = {p.id for p in people_of(entry).values()}
    after = mended(entry, edition, teacher, organiser, ("Lý Thị Hai", "17/05/2013"), GOOD[1])
    assert after["Lý Thị Hai"].id not in before
    assert after["Trần Gia Hân"].id in before


def test_a_rejection_needs_a_reason_and_can_be_reversed(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    with pytest.raises(Invalid):
        decisions.reject(entry, reason=" ", actor=organiser, at=AT)
    decisions.reject(entry, reason="Trùng", actor=organiser, at=AT)
    with pytest.raises(Conflict):
        decisions.reject(entry, reason="Trùng", actor=organiser, at=AT)
    decisions.reverse(entry, reason="Đã xác minh", actor=organiser, at=AT)
    assert entry.state is EntryState.SUBMITTED


def test_only_the_organiser_decides(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    for decide in (
        lambda: decisions.accept([entry], actor=teacher, at=AT),
        lambda: decisions.reject(entry, reason="x", actor=teacher, at=AT),
        lambda: decisions.send_back(
            entry, reason="x", field_reasons={}, due_at=AT + timedelta(days=1), actor=teacher, at=AT
        ),
    ):
        with pytest.raises(NotAllowed):
            decide()


def test_two_windows_never_overwrite_each_other(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher)
    division = division_of(edition, "thcs")
    old = entry.version
    assert drafts.save_draft(
        entry, team("Sao Khuê", division, *GOOD, version=old), edition=edition, actor=teacher, at=AT
    )
    with pytest.raises(Conflict):
        drafts.save_draft(
            entry, team("Gốm Xanh", division, *GOOD, version=old), edition=edition, actor=teacher, at=AT
        )
    assert entry.team.name == "Sao Khuê"
    assert not drafts.save_draft(
        entry, team("Sao Khuê", division, *GOOD, version=entry.version), edition=edition, actor=teacher, at=AT
    )


def test_withdrawal_keeps_what_stood(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    with pytest.raises(Invalid):
        submission.withdraw(entry, reason="", actor=teacher, at=AT)
    asked = reads.get_entry(entry.id)
    wish = roster.Wish("spelling", asked.members[0].id, "Nguyễn Văn Ân", None, "8A1")
    change = roster.ask(asked, wish, reason="sai dấu", actor=teacher, at=AT)
    submission.withdraw(reads.get_entry(entry.id), reason="Em ốm", actor=teacher, at=AT)
    kept = reads.get_entry(entry.id)
    db.session.refresh(change)
    assert change.state == "declined"  # nobody waits for an answer any more
    assert (kept.state, len(kept.members)) == (EntryState.WITHDRAWN, 3)


def test_a_change_after_the_freeze_waits_for_the_organiser_and_ends_the_old_row(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    entry = reads.get_entry(entry.id)
    wish = roster.Wish(
        "replace", entry.members[1].id, "Lý Tâm", clock.at_local(AT.date()).date().replace(year=2014), "7A2"
    )
    change = roster.ask(entry, wish, reason="ốm", actor=teacher, at=AT)
    with pytest.raises(NotAllowed):
        roster.approve(change, entry, actor=teacher, at=AT)
    roster.approve(change, entry, actor=organiser, at=AT)
    living = [
        m.full_name for m in reads.get_entry(entry.id).members if m.ended_at is None and m.part != "coach"
    ]
    assert sorted(living) == ["Lý Tâm", "Nguyễn Văn An"]
    with pytest.raises(Conflict):
        roster.decline(change, entry, answer="x", actor=organiser, at=AT)


def test_a_change_that_breaks_the_team_size_or_the_birth_window_is_refused(place):
    edition, school, teacher, _ = place
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    entry = reads.get_entry(entry.id)
    with pytest.raises(Invalid):
        roster.ask(entry, roster.Wish("remove", entry.members[1].id), reason="ốm", actor=teacher, at=AT)
    with pytest.raises(Invalid):
        roster.ask(
            entry,
            roster.Wish("add", None, "Lý Tâm", AT.date().replace(year=2001)),
            reason="ốm",
            actor=teacher,
            at=AT,
        )


def test_a_change_puts_nobody_into_a_second_team(place):
    edition, school, teacher, organiser = place
    own, others = (("Lê Bốn", "05/07/2013"), ("Lê Năm", "05/08/2013")), (("Lý Tâm", "05/06/2013"), GOOD[1])
    first, second = (
        draft(edition, school, teacher, *own),
        draft(edition, school, teacher, *others, name="Sao Hôm"),
    )
    for entry in (first, second):
        send(entry, edition, teacher)
    first, second = reads.get_entry(first.id), reads.get_entry(second.id)
    born = date(2013, 6, 5)

    def wish(name):
        return roster.Wish("replace", first.members[1].id, name, born, "7A2")

    with pytest.raises(Invalid, match="LÝ TÂM đã ở đội “Sao Hôm”") as refused:
        roster.ask(first, wish("LÝ TÂM"), reason="ốm", actor=teacher, at=AT)
    assert refused.value.field == "full_name"
    captain = first.members[0]
    with pytest.raises(Invalid, match="đã ở trong đội này"):
        roster.ask(
            first,
            roster.Wish("add", None, captain.full_name, captain.person.birth_date),
            reason="x",
            actor=teacher,
            at=AT,
        )
    change = roster.ask(first, wish("Lý Tâm Anh"), reason="ốm", actor=teacher, at=AT)
    second.members[0].full_name = "Lý Tâm Anh"  # meanwhile the other team got this pupil
    db.session.flush()
    with pytest.raises(Invalid, match="Sao Hôm"):
        roster.approve(change, first, actor=organiser, at=AT)


def test_rows_are_saved_one_by_one_and_a_refused_one_stops_no_other(place):
    edition, school, teacher, _ = place
    division = division_of(edition, "thcs")
    crowd = tuple((f"Em {i}", "01/01/2013") for i in range(31))
    rows = [team("A", division, *GOOD), team("B", division, *crowd), team("", division, coach=CoachInput())]
    saved = draft_rows.save_rows(
        rows, edition=edition, organisation=school, held=draft_rows.Held({}, {}), actor=teacher, at=AT
    )
    assert [(s.entry is not None, bool(s.refused)) for s in saved] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_a_draft_is_deleted_for_good_and_a_returned_entry_is_not(place):
    edition, school, teacher, organiser = place
    entry = draft(edition, school, teacher)
    drafts.delete_draft(entry, actor=teacher, at=AT)
    assert db.session.get(Entry, entry.id) is None
    entry = draft(edition, school, teacher)
    send(entry, edition, teacher)
    entry = reads.get_entry(entry.id)
    decisions.send_back(
        entry, reason="x", field_reasons={}, due_at=AT + timedelta(days=2), actor=organiser, at=AT
    )
    with pytest.raises(Conflict):
        drafts.delete_draft(entry, actor=teacher, at=AT)


def test_blank_lines_of_a_row_are_left_out(place):
    edition, *_ = place
    row = team("A", division_of(edition, "thcs"), *GOOD)
    rows = drafts.draft_rows(
        drafts.RowInput("A", row.division_id, (MemberInput(), *row.members, MemberInput(" ")), row.coach)
    )
    assert [m.full_name for m in rows] == ["Nguyễn Văn An", "Trần Gia Hân", "Lê Thị Ánh"]
