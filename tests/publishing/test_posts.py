"""News: written, scheduled, with pictures under consent and attached papers."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from incubator.core import clock
from incubator.core.db import db
from incubator.models import Consent, ConsentParty, ConsentPurpose, EntryMember, Photo, Post
from tests.factories import AT, save

from .factories import HOUR

FORM = {"title": "Khai mạc Robotics 2026", "body": "Sáng nay.\n\n<b>Rất</b> đông.", "when": "now"}


def picture() -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(data, "JPEG")
    return io.BytesIO(data.getvalue()), "khai-mac.jpg"


@pytest.fixture
def desk(world, sign_in):
    """The organiser's browser at HOUR and the address of the edition's news."""
    with clock.frozen(HOUR):
        yield sign_in(world.organiser), f"/publishing/{world.edition.slug}/posts/"


def written(desk, **values):
    browser, base = desk
    answer = browser.post(base + "new", data=FORM | values)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_post_is_written_and_read(desk, client):
    browser, base = desk
    place = written(desk)
    assert "Khai mạc Robotics 2026" in browser.get(base).text
    page = client.get("/vi/news/khai-mac-robotics-2026").text
    assert "Sáng nay." in page
    assert "&lt;b&gt;Rất" in page
    assert browser.post(place, data=FORM | {"title": ""}).status_code == 422
    changed = FORM | {"title": "Khai mạc", "when": "later", "visible_at": "02/03/2026 09:00"}
    assert browser.post(place, data=changed).status_code == 303  # its hour is past and stays
    assert "Khai mạc" in client.get("/vi/news/khai-mac-robotics-2026").text


def test_draft_and_scheduled_posts_are_seen_by_nobody_before_their_hour(desk, client):
    written(desk, when="draft", title="Bản nháp kín")
    written(desk, when="later", visible_at="02/03/2026 18:00", title="Tin hẹn giờ")
    for slug in ("ban-nhap-kin", "tin-hen-gio"):
        assert client.get(f"/vi/news/{slug}").status_code == 404
    page = client.get("/vi/news").text
    assert "Bản nháp kín" not in page
    assert "Tin hẹn giờ" not in page
    with clock.frozen(HOUR + timedelta(hours=9, minutes=1)):
        assert "Tin hẹn giờ" in client.get("/vi/news").text
        assert client.get("/vi/news/tin-hen-gio").status_code == 200


def test_two_posts_of_one_title_have_two_addresses(desk):
    written(desk)
    written(desk)
    assert sorted(db.session.scalars(sa.select(Post.slug))) == [
        "khai-mac-robotics-2026", "khai-mac-robotics-2026-2",
    ]  # fmt: skip


def test_picture_needs_a_caption_and_who_is_on_it(desk, world):
    browser, _base = desk
    place = written(desk)
    for values, said in (
        ({"numbers": world.rows[0].entry.number}, "Viết chú thích"),
        ({"caption": "Đội thi"}, "Nêu số báo danh"),
        ({"caption": "Đội thi", "numbers": "KHONG-CO"}, "KHONG-CO"),
    ):
        answer = browser.post(f"{place}/photos", data=values | {"file": picture()})
        assert answer.status_code == 422
        assert said in answer.text
    bad = {"caption": "x", "nobody": "1", "file": (io.BytesIO(b"<script>"), "a.jpg")}
    assert browser.post(f"{place}/photos", data=bad).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(Photo.id))) == 0


def test_picture_of_pupils_shows_only_while_everybody_agrees(desk, world, client):
    browser, _base = desk
    place = written(desk)
    data = {"caption": "Đội nhận giải", "numbers": world.rows[0].entry.number.lower(), "file": picture()}
    assert browser.post(f"{place}/photos", data=data).status_code == 303
    page = "/vi/news/khai-mac-robotics-2026"
    photo = db.session.scalars(sa.select(Photo)).one()
    file = f"{page}/photos/{photo.id}"
    assert "Đội nhận giải" not in client.get(page).text
    assert client.get(file).status_code == 404
    people = db.session.execute(
        sa.select(EntryMember.person_id, EntryMember.part).where(
            EntryMember.entry_id == world.rows[0].entry.id
        )
    ).all()
    given = []
    for person, part in people:
        for party in (ConsentParty.SELF,) if part == "coach" else (ConsentParty.SELF, ConsentParty.GUARDIAN):
            assert client.get(file).status_code == 404  # until the last one
            given.append(
                save(
                    Consent(
                        person_id=person, purpose=ConsentPurpose.PUBLISH_PICTURE, party=party, given=True,
                        text_version=1, method="paper", at=AT,
                    )
                )
            )  # fmt: skip
            db.session.commit()
    assert re.search(r'alt="Đội nhận giải"', client.get(page).text)
    assert client.get(file).mimetype == "image/jpeg"
    db.session.merge(given[0]).withdrawn_at = HOUR
    db.session.commit()
    assert "Đội nhận giải" not in client.get(page).text
    assert client.get(file).status_code == 404


def test_papers_come_with_the_post_and_go_with_it(desk, client):
    browser, _base = desk
    place = written(desk)
    data = {"title": "Kế hoạch tổ chức", "file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "ke-hoach.pdf")}
    assert browser.post(f"{place}/files", data=data).status_code == 303
    page = client.get("/vi/news/khai-mac-robotics-2026").text
    assert "Kế hoạch tổ chức" in page
    [link] = re.findall(r'href="(/vi/news/[^"]+/files/\d+)"', page)
    assert client.get(link).mimetype == "application/pdf"
    browser.post(place, data=FORM | {"when": "draft"})
    assert client.get(link).status_code == 404
    number = link.rsplit("/", 1)[1]
    assert browser.post(f"{place}/files/{number}/remove").status_code == 303
    assert "Kế hoạch tổ chức" not in browser.get(place).text


def test_only_the_organiser_of_the_edition_writes(desk, world, sign_in, client):
    place = written(desk)
    base = f"/publishing/{world.edition.slug}/posts/"
    assert client.get(base).status_code in (302, 303)
    for who in (world.secretary, world.teacher):
        assert sign_in(who).get(base).status_code == 403
        assert sign_in(who).post(place, data=FORM).status_code == 403
