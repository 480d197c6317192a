"""Pages of panels and invitations: change, parts, all links at once, by hand; the header follows the stage."""

from __future__ import annotations

import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.models import Assignment, Edition, Invitation, Notification, Panel, PanelMember, Person
from tests import factories as base
from tests.judging.factories import make_round


def test_a_panel_is_changed_and_taken_away_once_it_is_empty(session, sign_in):
    r = make_round(entries=1, judges=1)
    client = sign_in(r.secretary)
    panel = f"/judging/stages/{r.stage.id}/panels/{r.panel.id}"
    client.post(panel, data={"name": "Tiểu ban A", "division": [r.part.division_id, 999]})
    session.expire_all()
    assert (r.panel.name, r.panel.division_ids) == ("Tiểu ban A", [r.part.division_id])
    client.post(panel, data={"name": " "})
    client.post(panel, data={"action": "remove"})
    session.expire_all()
    assert r.panel.name == "Tiểu ban A"
    empty = base.save(Panel(stage_id=r.stage.id, name="Nhầm", division_ids=[], fields=[]))
    client.post(f"/judging/stages/{r.stage.id}/panels/{empty.id}", data={"action": "remove"})
    assert session.scalars(sa.select(Panel.id)).all() == [r.panel.id]


def test_the_judges_part_is_chair_reserve_or_plain_with_a_cap(session, sign_in):
    r = make_round(entries=1, judges=2)
    client = sign_in(r.secretary)
    one = f"/judging/stages/{r.stage.id}/panels/{r.panel.id}/judges/{r.judges[1].person_id}"
    client.post(one, data={"action": "part", "part": "chair", "most": "7"})
    session.expire_all()
    assert r.panel.chair_id == r.judges[1].person_id
    member = session.scalar(sa.select(PanelMember).where(PanelMember.person_id == r.judges[1].person_id))
    assert (member.most, member.reserve) == (7, False)
    client.post(one, data={"action": "part", "part": "reserve", "most": ""})
    session.expire_all()
    assert (r.panel.chair_id, member.most, member.reserve) == (None, None, True)


def test_all_links_on_one_page_and_by_mail_to_who_has_not_come_in(session, sign_in):
    r = make_round(entries=1, judges=2)
    client = sign_in(r.secretary)
    page = f"/judging/stages/{r.stage.id}/invitations"
    assert "chưa có đường dẫn" in client.get(page).text
    client.post(page)
    links = session.scalars(sa.select(Invitation)).all()
    assert len(links) == 2
    assert client.get(page).text.count("/i/") == 4  # the link and the text for Zalo, each twice
    links[0].used_at = r.part.opened_at
    session.flush()
    client.post(page, data={"send": "1"})
    sent = session.scalars(
        sa.select(Notification.person_id).where(Notification.kind == "accounts/invitation")
    ).all()
    assert sent == [links[1].person_id]


def test_a_short_entry_is_given_to_a_judge_by_hand_from_the_page_of_panels(session, sign_in):
    r = make_round(entries=1, judges=2)
    session.delete(r.assignments[0, 1])
    session.flush()
    client = sign_in(r.secretary)
    assert f'id="bai-{r.entries[0].id}"' in client.get(f"/judging/stages/{r.stage.id}/panels").text
    answer = client.post(
        f"/judging/boards/{r.part.id}/entries/{r.entries[0].id}/judges",
        data={"judge": r.judges[1].person_id, "stage": r.stage.id},
    )
    assert answer.location.endswith(f"/judging/stages/{r.stage.id}/panels")
    assert session.scalar(sa.select(sa.func.count(Assignment.id))) == 2


def test_the_header_names_the_edition_of_the_page(session, sign_in):
    """A secretary of two contests sees on each page which one it is about."""
    first, second = make_round(entries=1), make_round(entries=1)
    person = session.get_one(Person, first.secretary.person_id)
    base.make_grant(person, Role.SECRETARY, ScopeKind.EDITION, second.stage.edition_id)
    client = sign_in(first.secretary)
    for r in (second, first):
        page = client.get(f"/judging/boards/{r.part.id}").text
        header = page[page.index("<header") : page.index("</header")]
        assert f"/judging/editions/{session.get_one(Edition, r.stage.edition_id).slug}" in header
