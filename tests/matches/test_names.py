"""A team that is called after a member: on public pages it goes by its product until that member agrees."""

from __future__ import annotations

from datetime import date

import pytest

from incubator.contests.services import consents
from incubator.core.db import db, transaction
from incubator.matches.live import parts
from incubator.matches.queries.board import load_board
from incubator.models import ConsentParty, ConsentPurpose, Entry, EntryMember, MemberPart, Team
from tests.factories import AT, make_person, save
from tests.matches.factories import SYSTEM, begin, make_tournament

NAME = "Nguyễn Hoàng Minh Khôi"


@pytest.fixture
def scene(session, at):
    parts.forget()
    return make_tournament(4, 1, per_group=2)


@pytest.fixture
def child(scene):
    """The only member of a team that has the member's name."""
    side = load_board(scene.tournament.id).by_code["A1"].red_id
    entry = db.session.get_one(Entry, load_board(scene.tournament.id).sides[side].entry_id)
    db.session.get_one(Team, entry.team_id).name = f"Đội {NAME}"
    child = make_person(NAME, birth_date=date(2013, 5, 1))
    save(
        EntryMember(
            entry_id=entry.id, person_id=child.id, full_name=NAME, part=MemberPart.MEMBER, position=1,
        )
    )  # fmt: skip
    db.session.commit()
    return child


def agree(child, given):
    with transaction():
        for party in (ConsentParty.SELF, ConsentParty.GUARDIAN):
            said = consents.Said(party, "paper", "Nguyễn Văn Ba", "cha")
            consents.answer(child, {ConsentPurpose.PUBLISH_NAME: given}, said, actor=SYSTEM, at=AT)


def test_public_pages_and_live_parts_name_the_product_until_both_have_agreed(scene, child, client, sign_in):
    begin(scene, "A1", (0, "two"))
    base = f"/vi/matches/{scene.tournament.slug}"
    pages = [
        f"{base}/",
        f"{base}/schedule",
        f"{base}/part/now",
        f"{base}/part/queue",
        f"{base}/part/announcer",
    ]

    def named():
        parts._versions.clear()  # half a second later
        for part in parts._parts.values():
            part.seen = 0.0
        return {page: NAME in client.get(page).text for page in pages}

    assert named() == dict.fromkeys(pages, False)
    assert "Sản phẩm Đội" in client.get(pages[0]).text
    assert NAME in sign_in(scene.secretary).get(f"/matches/{scene.tournament.slug}/schedule").text
    agree(child, True)
    assert named()[pages[2]]
    agree(child, False)
    assert named() == dict.fromkeys(pages, False)
