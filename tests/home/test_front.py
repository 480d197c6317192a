"""The public front page: what stands on it, and what must not stand there yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from incubator.core.db import db
from incubator.home.front import (
    Phase,
    deadlines,
    open_contests,
    phase_of,
    week_ahead,
)
from incubator.home.front_results import Winner, latest_results
from incubator.models import (
    EntryState,
    Occupancy,
    OccupancyState,
    Post,
    Publication,
    PublicationKind,
    Resource,
    ResourceKind,
    StageState,
)
from tests.factories import (
    AT,
    make_division,
    make_edition,
    make_entry,
    make_organisation,
    make_stage,
    make_stage_division,
    save,
)
from tests.matches.factories import make_tournament
from tests.publishing.factories import make_award, make_tier

TODAY = date(2026, 3, 2)


def make_publication(edition: Any, **values: Any) -> Publication:
    return save(
        Publication(
            **{
                "edition_id": edition.id,
                "kind": PublicationKind.OFFICIAL,
                "version": 1,
                "payload": {},
                "hash": "0" * 64,
                "visible_at": AT - timedelta(hours=1),
                "created_at": AT,
                **values,
            }
        )
    )


def make_occupancy(title: str, **values: Any) -> Occupancy:
    room = save(Resource(slug=f"phong-{title}", name="Hội trường A", kind=ResourceKind.ROOM))
    start = values.pop("starts_at", AT + timedelta(days=1))
    end = start + timedelta(hours=2)
    return save(
        Occupancy(
            **{
                "resource_id": room.id,
                "starts_at": start,
                "ends_at": end,
                "block_start": start,
                "block_end": end,
                "state": OccupancyState.CONFIRMED,
                "owner_kind": "event",
                "owner_id": 1,
                "title": title,
                "title_public": True,
                "created_at": AT,
                "changed_at": AT,
                **values,
            }
        )
    )


@pytest.mark.parametrize(
    ("opens", "closes", "running", "published", "phase"),
    [
        (TODAY + timedelta(1), TODAY + timedelta(9), False, False, Phase.SOON),
        (TODAY, TODAY, False, False, Phase.REGISTRATION),
        (TODAY - timedelta(9), TODAY - timedelta(1), True, False, Phase.JUDGING),
        (TODAY - timedelta(9), TODAY - timedelta(1), False, False, Phase.WAITING),
        (TODAY, TODAY, True, True, Phase.PUBLISHED),
        (None, None, False, False, Phase.WAITING),
    ],
)
def test_phase_follows_dates_stages_and_publication(
    session: Any, opens: date | None, closes: date | None, running: bool, published: bool, phase: Phase
) -> None:
    edition = make_edition(registration_opens=opens, registration_closes=closes)
    assert phase_of(edition, running, published, TODAY) is phase


def test_open_contests_count_accepted_entries_only(session: Any) -> None:
    edition = make_edition(registration_opens=TODAY, registration_closes=TODAY + timedelta(5))
    division, school = make_division(edition), make_organisation()
    make_entry(division, school)
    make_entry(division, school, team="Sao Mai")
    make_entry(division, make_organisation("THCS Bình Thắng"), state=EntryState.DRAFT, number=None)
    [card] = open_contests(AT)
    assert (card.phase, card.entries, card.schools) == (Phase.REGISTRATION, 2, 1)


def test_edition_that_is_not_announced_or_cancelled_stays_hidden(session: Any) -> None:
    make_edition(announced_at=None)
    make_edition(announced_at=AT + timedelta(seconds=1))
    make_edition(cancelled_at=AT)
    assert open_contests(AT) == []
    assert deadlines(AT) == []


def test_running_stage_makes_judging_and_registrations_come_first(session: Any) -> None:
    judged = make_edition(registration_opens=TODAY - timedelta(30), registration_closes=TODAY - timedelta(9))
    make_stage_division(make_stage(judged), make_division(judged), state=StageState.CLOSED)
    opened = make_edition(registration_opens=TODAY, registration_closes=TODAY + timedelta(5))
    assert [(c.edition.id, c.phase) for c in open_contests(AT)] == [
        (opened.id, Phase.REGISTRATION),
        (judged.id, Phase.JUDGING),
    ]


@pytest.mark.parametrize(
    "hidden",
    [{"visible_at": AT + timedelta(seconds=1)}, {"cancelled_at": AT}, {"kind": PublicationKind.ELIGIBLE}],
)
def test_result_under_embargo_is_not_among_the_latest(session: Any, hidden: dict[str, Any]) -> None:
    edition = make_edition()
    make_publication(edition, **hidden)
    assert latest_results(AT) == []


def test_latest_version_of_each_edition_is_shown_once(session: Any) -> None:
    first, second = make_edition(), make_edition()
    make_publication(first, version=1, visible_at=AT - timedelta(days=3))
    make_publication(first, version=2, visible_at=AT - timedelta(days=1))
    make_publication(first, version=3, visible_at=AT + timedelta(days=1))
    make_publication(second, kind=PublicationKind.PROVISIONAL, visible_at=AT - timedelta(days=2))
    assert [(r.edition.id, r.kind, r.version) for r in latest_results(AT)] == [
        (first.id, PublicationKind.OFFICIAL, 2),
        (second.id, PublicationKind.PROVISIONAL, 1),
    ]


def test_first_prizes_are_those_that_the_publication_states(session: Any) -> None:
    edition = make_edition()
    division, school = make_division(edition, name="Tiểu học"), make_organisation("Tiểu học Dĩ An")
    first = make_tier(edition, 1, "first", "Giải Nhất")
    second = make_tier(edition, 2, "second", "Giải Nhì")
    stated = make_award(first, make_entry(division, school), school="Tiểu học Dĩ An")
    alone = make_award(first, make_entry(division, None, team="Sóng Xanh"))
    also = make_award(second, make_entry(division, school, team="Sao Mai"), school="Tiểu học Dĩ An")
    make_award(first, make_entry(division, school, team="Chưa công bố"), school="THCS Chưa Công Bố")
    payload = {"awards": [{"award_id": a.id} for a in (stated, alone, also)]}
    make_publication(edition, payload=payload)
    [card] = latest_results(AT)
    assert card.winners == (
        Winner("Giải Nhất", "Tiểu học Dĩ An", "Tiểu học"),
        Winner("Giải Nhất", "Sóng Xanh", "Tiểu học"),
    )


def test_visitor_reaches_matches_and_results_from_front_page_and_contest(
    client: FlaskClient, at: Any
) -> None:
    scene = make_tournament()
    stage = scene.tournament.stage_division.stage
    stage.starts_at = AT
    scene.edition.name = "Robocon tỉnh"
    make_publication(scene.edition, kind=PublicationKind.PROVISIONAL)
    make_publication(scene.edition, subject=f"stage:{stage.id}", visible_at=AT + timedelta(hours=1))
    db.session.commit()
    front = client.get("/vi/").get_data(as_text=True)
    assert f"/vi/matches/{scene.tournament.slug}/" in front
    assert "Thi đấu hôm nay" in front
    contest = client.get(f"/vi/contests/{scene.edition.slug}").get_data(as_text=True)
    assert f"/vi/matches/{scene.tournament.slug}/" in contest
    assert f"/vi/results/{scene.edition.slug}/provisional" in contest
    assert f"/vi/results/{scene.edition.slug}/official" not in contest


def test_calendar_names_only_what_is_marked_public_and_confirmed(session: Any) -> None:
    make_occupancy("Tập huấn Arduino")
    make_occupancy("Họp nội bộ", title_public=False)
    make_occupancy("Chờ duyệt", state=OccupancyState.REQUESTED)
    make_occupancy("Tháng sau", starts_at=AT + timedelta(days=30))
    make_occupancy("Hôm qua", starts_at=AT - timedelta(days=1))
    assert [line.title for line in week_ahead(AT)] == ["Tập huấn Arduino"]


def test_deadlines_are_in_order_and_near(session: Any) -> None:
    edition = make_edition(
        registration_closes=TODAY + timedelta(3), final_on=TODAY + timedelta(20), registration_opens=TODAY
    )
    make_edition(registration_closes=TODAY + timedelta(300), registration_opens=TODAY)
    assert [(d.day, d.edition.id, d.kind) for d in deadlines(AT)] == [
        (TODAY + timedelta(3), edition.id, "closes"),
        (TODAY + timedelta(20), edition.id, "final"),
    ]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_front_page_asks_the_database_equally_often(
    client: FlaskClient, queries: Any, at: Any, count: int
) -> None:
    for n in range(count):
        edition = make_edition(registration_opens=TODAY, registration_closes=TODAY + timedelta(5))
        make_entry(make_division(edition), make_organisation(f"Trường {n}"))
        done = make_edition()
        make_publication(done)
        make_occupancy(f"Sự kiện {n}")
        save(Post(slug=f"tin-{n}", title=f"Tin {n}", body="…", visible_at=AT, created_at=AT))
    with queries() as log:
        assert client.get("/vi/").status_code == 200
    assert len(log) <= 10, log


def test_news_appears_at_its_hour(client: FlaskClient, at: Any) -> None:
    save(Post(slug="som", title="Tin sớm", body="Nội dung", visible_at=AT + timedelta(1), created_at=AT))
    save(Post(slug="nay", title="Tin nay", body="Dòng <b>một</b>\n\nDòng hai", visible_at=AT, created_at=AT))
    db.session.commit()
    page = client.get("/vi/news").get_data(as_text=True)
    assert "Tin nay" in page
    assert "Tin sớm" not in page
    assert client.get("/vi/news/som").status_code == 404
    assert "Dòng &lt;b&gt;một&lt;/b&gt;" in client.get("/vi/news/nay").get_data(as_text=True)


@pytest.mark.parametrize("page", ["", "search?q=a", "news", "privacy", "accessibility", "help", "nothing"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_public_page_depends_on_nobody(client: FlaskClient, language: str, page: str) -> None:
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == (404 if page == "nothing" else 200)
    assert f'<html lang="{language}"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert "cookie" not in answer.headers.get("Vary", "").lower()


def test_public_page_is_the_same_for_somebody_signed_in(client: FlaskClient, sign_in: Any) -> None:
    from tests.factories import make_user

    assert sign_in(make_user()).get("/vi/help").data == client.get("/vi/help").data


def test_public_page_is_packed_and_answered_304_when_unchanged(client: FlaskClient) -> None:
    answer = client.get("/vi/help", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer.headers["Vary"]
    again = client.get("/vi/help", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_root_leads_to_the_vietnamese_page(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/vi/"
