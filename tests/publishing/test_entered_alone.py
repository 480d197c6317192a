"""A team called after its only member: the name is shown with the person's consent, on no public page without it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.db import db
from incubator.core.text import search_key
from incubator.models import Certificate, Person, Project, Team
from incubator.publishing.papers import sheet_of

from .factories import HOUR, agree
from .steps import issue
from .test_pages import get, pages_of, pupil_of, text_of


@pytest.fixture
def alone(world):
    """The winner's team bears the name of its first pupil."""
    member = pupil_of(world)
    name = "Trịnh Hoài Thương"
    person = db.session.get_one(Person, member.person_id)
    person.full_name = member.full_name = name
    team = db.session.get_one(Team, world.rows[0].entry.team_id)
    team.name = f"Nhà sáng chế {name}"
    person.search_key, team.search_key = search_key(name), search_key(team.name)
    db.session.commit()
    return person


def public_addresses(world):
    return [
        *pages_of(world),
        "/vi/",
        "/vi/results",
        "/vi/search?q=trinh+hoai+thuong",
        "/vi/search?q=nha+sang+che",
    ]


def test_the_name_of_a_team_called_after_a_member_needs_the_consent(client, world, alone, publish):
    publish()
    for path in public_addresses(world):
        assert "Hoài Thương" not in text_of(get(client, path)), path
    project = db.session.get_one(Project, world.rows[0].entry.project_id)
    assert project.title in get(client, pages_of(world)[0]).text


def test_with_consent_it_stands_there_until_it_is_taken_back(client, world, alone, publish):
    agree(alone.id)
    db.session.commit()
    publish()
    for path in pages_of(world):
        assert "Hoài Thương" in text_of(get(client, path)), path
    assert "Hoài Thương" in get(client, "/vi/search?q=hoai+thuong").text


def test_a_team_called_after_somebody_else_keeps_its_name(client, world, alone, publish):
    db.session.get_one(Team, world.rows[0].entry.team_id).name = "Trịnh Hoài"
    db.session.get_one(Team, world.rows[0].entry.team_id).search_key = "trinh hoai"
    db.session.commit()
    publish()
    assert "Trịnh Hoài" in get(client, pages_of(world)[0]).text


def test_a_certificates_page_hides_it_as_well(client, world, alone, publish, actor_of):
    issue(world, publish(), actor_of(world.organiser))
    of_winner = Certificate.entry_id == world.rows[0].entry.id, Certificate.kind == "award"
    certificate = db.session.scalars(sa.select(Certificate).where(*of_winner)).first()
    assert "Hoài Thương" in certificate.content["team"]
    for path in (f"/vi/c/{certificate.code}", f"/vi/certificates?number={certificate.number}"):
        page = get(client, path).text
        assert "Giải Nhất" in page
        assert "Hoài Thương" not in page


def test_who_has_no_team_goes_by_the_product_and_gets_one_certificate(
    client, world, alone, publish, actor_of, sign_in
):
    entry = world.rows[0].entry
    team = db.session.get_one(Team, entry.team_id)
    team.name, team.search_key = "", ""
    title = db.session.get_one(Project, entry.project_id).title
    db.session.commit()
    publication = publish()
    issue(world, publication, actor_of(world.organiser))
    held = db.session.scalars(sa.select(Certificate).where(Certificate.entry_id == entry.id)).all()
    assert {c.kind for c in held} == {"award"}
    with clock.frozen(HOUR):
        sheet = sheet_of(held[0], publication, "Trịnh Hoài Thương")
        listed = sign_in(world.teacher).get("/publishing/teams").text
        page = client.get(f"/vi/results/{world.edition.slug}").text
    assert (sheet["holder"], "Đội" in sheet["detail"]) == ("Trịnh Hoài Thương", False)
    assert title in listed
    assert f'<div class="team">{title}</div>' in page
