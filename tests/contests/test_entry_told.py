"""An entry's page once its result is public: one step to the result, nothing to change any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, submission
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import Publication, PublicationKind, StageDivision
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, make_teacher, team
from tests.factories import (
    AT,
    make_division,
    make_edition,
    make_entry,
    make_organisation,
    make_stage,
    make_stage_division,
    make_stage_entry,
    make_user,
    save,
)


@pytest.mark.parametrize(("hours", "told"), [(-1, True), (1, False)])
def test_a_result_is_told_by_the_clock(session, sign_in, at, hours, told):
    edition, school = make_open_edition(), make_school()
    division = division_of(edition, "thcs")
    actor = Actor(system="test")
    with transaction():
        made = drafts.create_draft(
            edition, team("Gốm Đỏ", division, *GOOD), organisation=school, actor=actor, at=AT
        )
        submission.submit([reads.get_entry(made.id)], edition, [], actor=actor, at=AT)
    part = db.session.scalars(
        sa.select(StageDivision).where(StageDivision.division_id == division.id)
    ).first()
    make_stage_entry(part, reads.get_entry(made.id))
    db.session.execute(
        sa.update(StageDivision)
        .where(StageDivision.id == part.id)
        .values(published_at=AT + timedelta(hours=hours))
    )
    db.session.commit()
    page = sign_in(make_teacher(school)).get(f"/entries/{made.id}").text
    assert (f"/publishing/entries/{made.id}" in page) is told
    assert (f"/entries/{made.id}/withdraw" in page) is not told
    assert (f"/entries/{made.id}/changes" in page) is not told


@pytest.mark.parametrize("kind", [PublicationKind.FINALISTS, PublicationKind.SCHEDULE])
def test_being_in_the_final_is_not_told_before_a_list_with_it_is_public(session, sign_in, at, kind):
    edition = make_edition()
    division = make_division(edition)
    school = make_organisation()
    stages = [make_stage(edition, position=n, name=name) for n, name in ((1, "Vòng loại"), (2, "Vòng hai"))]
    entry = make_entry(division, school)
    for stage in stages:
        make_stage_entry(make_stage_division(stage, division), entry)
    about = stages[0] if kind is PublicationKind.FINALISTS else stages[1]
    listed = save(
        Publication(edition_id=edition.id, kind=kind, subject=f"stage:{about.id}", version=1, payload={}, hash="",
                    visible_at=AT + timedelta(hours=1), created_at=AT)
    )  # fmt: skip
    teacher = sign_in(make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id))
    page = teacher.get(f"/entries/{entry.id}").text
    assert "Vòng loại" in page
    assert "Vòng hai" not in page
    listed.visible_at = AT - timedelta(hours=1)
    db.session.commit()
    assert "Vòng hai" in teacher.get(f"/entries/{entry.id}").text


def test_who_decides_on_entries_sees_every_round_of_theirs(session, sign_in, at):
    edition = make_edition()
    division = make_division(edition)
    entry = make_entry(division, make_organisation())
    for n, name in ((1, "Vòng loại"), (2, "Vòng hai")):
        make_stage_entry(make_stage_division(make_stage(edition, position=n, name=name), division), entry)
    organiser = sign_in(make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id))
    assert "Vòng hai" in organiser.get(f"/entries/{entry.id}").text


def test_the_work_place_is_named_in_the_readers_language(session, sign_in):
    edition = make_edition(name="Robotics và AI 2026", name_en="Robotics and AI 2026")
    browser = sign_in(make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id))
    assert "Robotics và AI 2026" in browser.get("/home").text
    browser.post("/language", data={"locale": "en"})
    page = browser.get("/home").text
    assert "Robotics and AI 2026" in page
    assert "Robotics và AI 2026" not in page
