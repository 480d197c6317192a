"""Prizes by the council's own choice, on screen: to entries, to people, to schools; counted, grounded, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.core.errors import Conflict
from incubator.judging.queries import board
from incubator.judging.services import awards, hand_prizes, stages
from incubator.models import Award, EntryMember, PrizeBasis, PrizeRecipient, PrizeTier, StageState
from tests import factories as base
from tests.judging.factories import AT, Round, make_round, make_tier, mark_all

LATER = AT + timedelta(hours=2)


def closed_round(
    recipient: PrizeRecipient = PrizeRecipient.ENTRY, count: int | None = 1
) -> tuple[Round, PrizeTier]:
    r = make_round(entries=3)
    tier = make_tier(r, "movement", 1, basis=PrizeBasis.MANUAL, recipient=recipient)
    tier.count = count
    mark_all(r, {0: (9, 9), 1: (8, 9), 2: (7, 7)})
    stages.close_part(r.part, r.stage, actor=r.keeper, at=AT + timedelta(hours=1))
    db.session.commit()
    return r, tier


def path_of(r: Round, tier: PrizeTier) -> str:
    return f"/judging/stages/{r.stage.id}/prizes/{tier.id}"


def standing(tier: PrizeTier) -> list[Award]:
    return list(
        db.session.scalars(
            sa.select(Award).where(Award.tier_id == tier.id, Award.revoked_at.is_(None)).order_by(Award.id)
        )
    )


def test_the_secretary_gives_a_prize_with_its_ground_and_takes_it_back(session, sign_in):
    r, tier = closed_round()
    browser = sign_in(r.secretary)
    assert "Đội 1" in browser.get(path_of(r, tier)).text
    data = {"chosen": str(r.entries[1].entry_id), "reason": "Phong trào sôi nổi nhất"}
    assert browser.post(path_of(r, tier), data=data).status_code == 303
    [award] = standing(tier)
    assert (award.entry_id, award.stage_entry_id) == (r.entries[1].entry_id, r.entries[1].id)
    assert award.reason == "Phong trào sôi nổi nhất"
    page = browser.get(path_of(r, tier)).text
    assert "Phong trào sôi nổi nhất" in page
    assert "Đã có giải này" in page
    without = browser.post(f"{path_of(r, tier)}/{award.id}")
    assert without.status_code == 422
    assert "Ghi lý do thu hồi giải" in without.text
    assert browser.post(f"{path_of(r, tier)}/{award.id}", data={"reason": "Nhầm đội"}).status_code == 303
    assert standing(tier) == []
    assert browser.post(f"{path_of(r, tier)}/{award.id}", data={"reason": "Nhầm đội"}).status_code == 409


def test_more_than_there_are_nobody_and_no_ground_come_back_in_words(session, sign_in):
    r, tier = closed_round()
    browser = sign_in(r.secretary)
    both = {"chosen": [str(e.entry_id) for e in r.entries[:2]], "reason": "Phong trào"}
    many = browser.post(path_of(r, tier), data=both)
    assert many.status_code == 409
    assert "có 1 giải, đã trao 0" in many.text
    assert "Chọn ít nhất một nơi nhận" in browser.post(path_of(r, tier), data={"reason": "a"}).text
    one = {"chosen": str(r.entries[0].entry_id)}
    assert "Ghi căn cứ trao giải" in browser.post(path_of(r, tier), data=one).text
    assert standing(tier) == []


def test_a_school_is_honoured_without_an_entry(session, sign_in):
    r, tier = closed_round(PrizeRecipient.ORGANISATION)
    browser = sign_in(r.secretary)
    school = _school(r)
    assert _name(school) in browser.get(path_of(r, tier)).text
    browser.post(path_of(r, tier), data={"chosen": str(school), "reason": "Nhiều đội nhất"})
    [award] = standing(tier)
    assert (award.organisation_id, award.entry_id, award.organisation_name) == (school, None, _name(school))


def _school(r: Round) -> int:
    from incubator.models import Entry

    return int(db.session.get_one(Entry, r.entries[0].entry_id).organisation_id or 0)


def _name(school: int) -> str:
    from incubator.models import Organisation

    return db.session.get_one(Organisation, school).name


def test_one_member_of_a_team_is_honoured(session, sign_in):
    r, tier = closed_round(PrizeRecipient.PERSON)
    member = db.session.scalars(
        sa.select(EntryMember)
        .where(EntryMember.entry_id == r.entries[2].entry_id)
        .order_by(EntryMember.position)
    ).first()
    browser = sign_in(r.secretary)
    found = browser.get(path_of(r, tier), query_string={"q": "tran thi be"})
    assert member.full_name in found.text
    browser.post(path_of(r, tier), data={"chosen": str(member.person_id), "reason": "Thuyết trình hay nhất"})
    [award] = standing(tier)
    assert (award.person_id, award.entry_id) == (member.person_id, r.entries[2].entry_id)


def test_who_is_not_in_the_stage_gets_nothing(session, sign_in):
    r, tier = closed_round()
    other = make_round(entries=1)
    answer = sign_in(r.secretary).post(
        path_of(r, tier), data={"chosen": str(other.entries[0].entry_id), "reason": "a"}
    )
    assert answer.status_code == 422
    assert standing(tier) == []


def test_drawing_up_the_list_by_rank_leaves_them_alone(session):
    r, tier = closed_round()
    first = make_tier(r, "first", 1)
    hand_prizes.give(
        board.get_stage_for(r.keeper, r.stage.id),
        tier,
        [r.entries[2].entry_id],
        "Phong trào",
        actor=r.keeper,
        at=LATER,
    )
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert len(standing(tier)) == 1
    assert [a.entry_id for a in standing(first)] == [r.entries[0].entry_id]


@pytest.mark.parametrize("state", [StageState.OPEN, StageState.PUBLISHED])
def test_only_between_closing_and_publication(session, sign_in, state):
    r, tier = closed_round()
    r.part.state = state
    db.session.commit()
    browser = sign_in(r.secretary)
    assert "từ khi đóng vòng chấm đến khi công bố" in browser.get(path_of(r, tier)).text
    data = {"chosen": str(r.entries[0].entry_id), "reason": "Phong trào"}
    assert browser.post(path_of(r, tier), data=data).status_code == 409


def test_a_prize_by_rank_is_not_given_by_hand(session, sign_in):
    r, _tier = closed_round()
    first = make_tier(r, "first", 1)
    assert sign_in(r.secretary).get(path_of(r, first)).status_code == 404
    with pytest.raises(Conflict):
        hand_prizes.give(
            board.get_stage_for(r.keeper, r.stage.id),
            first,
            [r.entries[0].entry_id],
            "a",
            actor=r.keeper,
            at=LATER,
        )


def test_others_do_not_reach_it(session, sign_in, client):
    r, tier = closed_round()
    elsewhere = make_round(entries=1)
    assert sign_in(elsewhere.secretary).get(path_of(r, tier)).status_code == 404
    assert sign_in(r.judges[0]).get(path_of(r, tier)).status_code == 403
    admin = base.make_user(Role.ADMINISTRATOR, ScopeKind.SYSTEM)
    assert sign_in(admin).post(path_of(r, tier)).status_code == 403
    assert client.get(path_of(r, tier)).status_code == 302


def test_the_page_asks_as_much_for_many_entries(session, sign_in, queries):
    counts: list[int] = []
    for size in (1, 3, 40):
        r = make_round(entries=size, judges=0)
        tier = make_tier(r, "movement", 1, basis=PrizeBasis.MANUAL)
        r.part.state = StageState.CLOSED
        db.session.commit()
        browser: Any = sign_in(r.secretary)
        with queries() as log:
            assert browser.get(path_of(r, tier)).status_code == 200
        counts.append(len(log))
    assert len(set(counts)) == 1
    assert counts[0] <= 12
