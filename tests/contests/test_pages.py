"""Pages of contests: forms that work plain, refusals that keep what was typed, query counts, wrong persons."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from incubator.contests import pasted
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.services import bulk, decisions, drafts, submission
from incubator.contests.services.bulk import BulkEntry, BulkPerson
from incubator.core import clock
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import (
    Consent,
    ConsentPurpose,
    Edition,
    Entry,
    EntryFile,
    EntryState,
    Invitation,
    MemberPart,
    Organisation,
    Person,
    StoredFile,
)
from tests.contests.factories import (
    GOOD,
    division_of,
    make_open_edition,
    make_organiser,
    make_school,
    make_teacher,
    team,
)
from tests.factories import AT, make_user

SYSTEM = Actor(system="test")


def page_of(edition: Edition, school: Organisation) -> str:
    return f"/registration/{edition.slug}/{school.slug}"


def typed(edition: Edition, *members: tuple[str, str], row: int = 0, **values: str) -> dict[str, str]:
    """The page's form for one row."""
    fields = {
        f"rows-{row}-team_name": "Gốm Đỏ", f"rows-{row}-division": str(division_of(edition, "thcs").id), f"rows-{row}-entry_id": "",
        f"rows-{row}-version": "", f"rows-{row}-coach_name": "Lê Ánh", f"rows-{row}-coach_phone": "0912345678", f"rows-{row}-coach_email": "",
    }  # fmt: skip
    for i, (name, born) in enumerate(members or GOOD):
        fields |= {
            f"rows-{row}-members-{i}-full_name": name,
            f"rows-{row}-members-{i}-birth_date": born,
            f"rows-{row}-members-{i}-class_name": "8A",
        }
    return fields | {f"rows-{row}-{k}": v for k, v in values.items()}


def test_a_teacher_types_a_team_and_sends_it_with_one_button(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    assert browser.post(page_of(edition, school), data={**typed(edition), "do": "submit"}).status_code == 303
    entry = db.session.scalars(sa.select(Entry)).one()
    assert entry.state is EntryState.SUBMITTED
    page = browser.get(page_of(edition, school)).get_data(as_text=True)
    assert "Đã gửi 1 đội" in page


def test_a_row_against_a_rule_says_which_person_value_and_range(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    browser.post(
        page_of(edition, school),
        data={**typed(edition, ("Nguyễn Văn An", "17/05/2008"), GOOD[1]), "do": "submit"},
    )
    page = browser.get(page_of(edition, school)).get_data(as_text=True)
    assert (
        "Ngày sinh của Nguyễn Văn An (17/05/2008) ngoài khoảng của bảng THCS (01/01/2012 – 31/12/2015)"
        in page
    )
    assert db.session.scalars(sa.select(Entry.state)).all() == [EntryState.DRAFT]


def test_a_returned_team_that_nobody_mended_stays_when_the_others_are_sent(place, sign_in):
    edition, school = place
    entry = sent(edition, school)
    with transaction():
        decisions.send_back(
            reads.get_entry(entry.id), reason="Xem lại lớp", field_reasons={}, due_at=clock.end_of_day(AT.date()),
            actor=SYSTEM, at=clock.now() - timedelta(minutes=1),
        )  # fmt: skip
    returned = reads.get_entry(entry.id)
    browser, url = sign_in(make_teacher(school)), page_of(edition, school)
    stored = {"entry_id": str(entry.id), "version": str(returned.version), "coach_name": "Lê Thị Ánh"}
    stored |= {f"members-{i}-class_name": "8A1" for i in range(2)}
    same = typed(edition, **stored)
    browser.post(url, data={**same, "do": "submit"})
    assert reads.get_entry(entry.id).state is EntryState.RETURNED
    assert "Chưa sửa gì từ khi trả lại" in browser.get(url).get_data(as_text=True)
    told = browser.get(url).get_data(as_text=True).split("Ban tổ chức trả lại:")[1].split("Chưa sửa gì")[0]
    assert told.rstrip().endswith("<br>"), "the reason is the organiser's sentence, what follows is another"
    mended = typed(
        edition, **stored | {"version": str(reads.get_entry(entry.id).version)}, team_name="Gốm Đỏ 2"
    )
    browser.post(url, data={**mended, "do": "submit"})
    assert reads.get_entry(entry.id).state is EntryState.SUBMITTED


def test_a_row_saved_elsewhere_comes_back_as_typed_with_422(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    browser.post(page_of(edition, school), data=typed(edition))
    entry = db.session.scalars(sa.select(Entry)).one()
    stale = typed(edition, entry_id=str(entry.id), version=str(entry.version - 1), team_name="Tên mới gõ")
    answer = browser.post(page_of(edition, school), data=stale)
    assert answer.status_code == 422
    assert "Tên mới gõ" in answer.get_data(as_text=True)


def test_the_script_saves_one_row_and_hears_what_is_wrong(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    answer = browser.post(page_of(edition, school) + "/row", data=typed(edition, ("An", "1/1/2001"), GOOD[1]))
    assert answer.json["state"]["kind"] == "error"
    assert "members-0-birth_date" in answer.json["errors"]
    again = typed(edition, entry_id=str(answer.json["entry_id"]), version=str(answer.json["version"]))
    assert browser.post(page_of(edition, school) + "/row", data=again).json["ready"] is True
    assert (
        browser.post(page_of(edition, school) + "/row", data=again | {"rows-0-team_name": "Khác"}).status_code
        == 409
    )


@pytest.mark.parametrize(
    "text",
    [
        "Tên đội\tHọ tên\tNgày sinh\tLớp\tGVHD\tĐiện thoại\nSao Mai\tNguyễn An\t01/02/2013\t8A\tLê Ánh\t0912345678\n\tTrần Bình\t03/04/2013\t8B\t\t",
        "Sao Mai\tNguyễn An\t01/02/2013\t8A1\tTrần Bình\t03/04/2013\t8B\tLê Ánh\t0912345678",
        "1\tSAO MAI\tTHCS\tNGUYỄN AN\t1/2/2013\t\ttrần bình\t3-4-2013\t\tLê Ánh\t0912345678",
    ],
)
def test_rows_pasted_from_a_spreadsheet_become_drafts(place, sign_in, text):
    edition, school = place
    browser = sign_in(make_teacher(school))
    assert browser.post(page_of(edition, school) + "/paste", data={"text": text}).status_code == 303
    [entry] = reads.open_entries_of(SYSTEM, edition.id, school.id)
    assert entry.team.name == "Sao Mai"
    assert [m.full_name for m in entry.draft_members] == ["Nguyễn An", "Trần Bình", "Lê Ánh"]
    assert all(m.birth_date for m in entry.draft_members if m.part != "coach")


def test_a_year_pasted_as_birth_date_stays_with_its_member():
    (team,) = pasted.read("Đội Sao\tNguyễn Văn An\t2014\tTrần Thị Bình\t5/2/2014\tLê Văn Thầy", {})
    assert [(m.name, m.birth_date) for m in team.members] == [
        ("Nguyễn Văn An", "2014"),
        ("Trần Thị Bình", "5/2/2014"),
    ]
    assert team.coach == "Lê Văn Thầy"


def test_another_school_and_a_stranger_find_nothing(place, sign_in, client):
    edition, school = place
    other = sign_in(make_teacher(make_school("THCS Khác")))
    assert other.get(page_of(edition, school)).status_code == 404
    assert other.post(page_of(edition, school), data=typed(edition)).status_code == 404
    assert sign_in(make_user()).get(page_of(edition, school)).status_code == 403
    assert client.get(page_of(edition, school)).status_code == 302


def test_an_organiser_sees_no_draft_but_their_number(place, sign_in):
    edition, school = place
    made = drafts.create_draft(
        edition, team("Bí Mật", division_of(edition, "thcs"), *GOOD), organisation=school, actor=SYSTEM, at=AT
    )
    browser = sign_in(make_organiser(edition))
    assert browser.get(f"/entries/{made.id}").status_code == 404
    page = browser.get(f"/contests/{edition.slug}/review").get_data(as_text=True)
    assert "Bí Mật" not in page
    assert "1 bản nháp" in page


def sent(edition: Edition, school: Organisation, name: str = "Gốm Đỏ") -> Entry:
    db.session.commit()
    with transaction():
        row = team(name, division_of(edition, "thcs"), *GOOD)
        made = drafts.create_draft(
            edition_reads.get_edition(edition.slug), row, organisation=school, actor=SYSTEM, at=AT
        )
        submission.submit(
            [reads.get_entry(made.id)], edition_reads.get_edition(edition.slug), [], actor=SYSTEM, at=AT
        )
    return reads.get_entry(made.id)


def test_the_organiser_accepts_several_and_returns_one_with_reasons(place, sign_in):
    edition, school = place
    entry = sent(edition, school)
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/entries/{entry.id}/decide"
    for typed_, said in [
        ({"answer": "return", "reason": "", "due_at": "20/03/2026"}, "Ghi cần bổ sung gì"),
        ({"answer": "return", "members": "Kiểm tra", "due_at": "hôm kia"}, "không phải là ngày"),
        ({"answer": "return", "members": "Kiểm tra", "due_at": "01/01/2020"}, "Hạn bổ sung phải sau"),
        ({"answer": "reject", "reason": ""}, "Ghi lý do không hợp lệ"),
    ]:
        refused = browser.post(url, data=typed_)
        page = refused.get_data(as_text=True)
        assert (refused.status_code, said in page) == (422, True), said
        assert all(f'value="{v}"' in page for k, v in typed_.items() if v and k in ("members", "due_at"))
    assert (
        browser.post(
            url, data={"answer": "return", "members": "Kiểm tra họ tên", "due_at": "20/03/2026"}
        ).status_code
        == 303
    )
    db.session.expire_all()
    assert reads.get_entry(entry.id).state is EntryState.RETURNED
    teacher = sign_in(make_teacher(school))
    assert "Kiểm tra họ tên" in teacher.get(page_of(edition, school)).get_data(as_text=True)
    teacher.post(f"/entries/{entry.id}/submit")
    again = teacher.post(
        f"/entries/{entry.id}/submit", follow_redirects=True
    ).text  # another tab still shows the button
    assert "đã được gửi rồi" in again
    assert "Chưa gửi được" not in again
    nothing = browser.post(
        f"/contests/{edition.slug}/review", data={"answer": "accept"}, follow_redirects=True
    )
    assert "Chọn ít nhất một bài." in nothing.get_data(as_text=True)
    browser.post(f"/contests/{edition.slug}/review", data={"entry": [entry.id], "answer": "accept"})
    db.session.expire_all()
    assert reads.get_entry(entry.id).number == "CS-001"


def test_an_organiser_of_another_edition_decides_nothing_here(place, sign_in):
    edition, school = place
    entry = sent(edition, school)
    stranger = sign_in(make_organiser(make_open_edition()))
    assert stranger.get(f"/contests/{edition.slug}/review").status_code == 404
    assert (
        stranger.post(
            f"/contests/{edition.slug}/entries/{entry.id}/decide", data={"answer": "accept"}
        ).status_code
        == 404
    )


def many(edition: Edition, school: Organisation, count: int) -> None:
    division = division_of(edition, "thcs")
    rows = [
        BulkEntry(
            division.id, school.id, f"Đội {i}",
            (BulkPerson(f"Em {i}", MemberPart.CAPTAIN, AT.date().replace(year=2013, month=1 + i % 12, day=1 + i % 28), "8A"),
             BulkPerson(f"Bạn {i}", MemberPart.MEMBER, AT.date().replace(year=2014, month=1 + i % 12, day=1 + i % 28), "8B")),
            AT,
        )
        for i in range(count)
    ]  # fmt: skip
    bulk.register_many(edition, rows, actor=SYSTEM, at=AT, accept=False)
    for i in range(max(1, count // 3)):
        drafts.create_draft(
            edition, team(f"Nháp {i}", division, *GOOD), organisation=school, actor=SYSTEM, at=AT
        )
    db.session.commit()


@pytest.mark.parametrize(
    "address", ["registration", "review", "school", "index", "show", "list", "public", "editions"]
)
def test_no_page_asks_more_with_more_rows_and_none_over_twelve(place, sign_in, queries, address):
    edition, school = place
    urls = {
        "registration": page_of(edition, school), "review": f"/contests/{edition.slug}/review", "index": "/registration/",
        "school": f"/registration/schools/{school.slug}", "show": f"/vi/contests/{edition.slug}",
        "list": f"{page_of(edition, school)}/list/", "public": "/vi/contests", "editions": "/contests/",
    }  # fmt: skip
    account = make_organiser(edition) if address in ("review", "editions") else make_teacher(school)
    browser = sign_in(account)
    seen = []
    for count in (1, 2, 297):
        many(edition, school, count)
        db.session.expire_all()
        with queries() as log:
            assert browser.get(urls[address]).status_code == 200
        seen.append(len(log))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0] <= 12


# -- captain, members, guardian -----------------------------------------------------------------------------------


def start_form(edition: Edition, **values: str) -> dict[str, str]:
    return {
        "division": str(division_of(edition, "tre").id), "team_name": "Bước Nhảy", "full_name": "Lý Minh Quân", "birth_date": "01/02/2008",
        "email": "quan@example.org", "phone": "", "password": "mot cau de nho", "organisation": "", "class_name": "12A", **values,
    }  # fmt: skip


def test_a_captain_from_sixteen_starts_a_team_and_one_younger_is_told(place, client):
    edition, _ = place
    young = client.post(f"/teams/new/{edition.slug}", data=start_form(edition, birth_date="01/02/2012"))
    assert young.status_code == 422
    assert "Tự đăng ký cần từ 16 tuổi" in young.get_data(as_text=True)
    assert "Bước Nhảy" in young.get_data(as_text=True)
    answer = client.post(f"/teams/new/{edition.slug}", data=start_form(edition))
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200


def test_members_join_by_link_and_the_guardian_answers_on_another_phone(place, client, app):
    edition, _ = place
    where = client.post(f"/teams/new/{edition.slug}", data=start_form(edition)).headers["Location"]
    client.post(f"{where}/invite")
    page = client.get(where).get_data(as_text=True)
    code = page.split("/i/")[1].split('"')[0]
    phone = app.test_client()
    assert phone.get(f"/i/{code}").status_code == 303
    no_consent = phone.post(f"/join/{code}", data={"full_name": "Trần Bé", "birth_date": "03/04/2010"})
    assert no_consent.status_code == 422
    joined = phone.post(
        f"/join/{code}", data={"full_name": "Trần Bé", "birth_date": "03/04/2010", "take_part": "y"}
    )
    text = joined.get_data(as_text=True)
    assert "Trần Bé đã vào đội" in text
    guardian = text.split("/i/")[1].split('"')[0]
    parent = app.test_client()
    form = parent.get(f"/guardian/{guardian}").get_data(as_text=True)
    assert "checked" not in form
    done = parent.post(
        f"/guardian/{guardian}",
        data={"typed_name": "Trần Mẹ", "relation": "mẹ", "take_part": "y", "publish_name": "y"},
    )
    assert done.status_code == 200
    child = db.session.scalars(sa.select(Person).where(Person.full_name == "Trần Bé")).one()
    given = {
        (c.purpose.value, c.party.value)
        for c in db.session.scalars(sa.select(Consent).where(Consent.person_id == child.id, Consent.given))
    }
    assert given == {("take_part", "self"), ("take_part", "guardian"), ("publish_name", "guardian")}
    again = parent.get(f"/guardian/{guardian}").get_data(as_text=True)
    boxes = [box for box in again.split("<input")[1:] if "checked" in box.split(">")[0]]
    ticked = [p for p in ConsentPurpose if any(f'name="{p.value}"' in box.split(">")[0] for box in boxes)]
    assert ticked == [ConsentPurpose.TAKE_PART, ConsentPurpose.PUBLISH_NAME], (
        "sent again, it would withdraw the rest"
    )


def test_opening_a_guardians_link_changes_nothing(place, client):
    edition, school = place
    entry = sent(edition, school)
    teacher_links = entry.members[0].person
    from incubator.accounts.services import link_of
    from incubator.contests.services import consents

    invitation: Invitation = consents.invite_guardian(teacher_links, entry, actor=SYSTEM, at=clock.now())
    db.session.commit()
    code = link_of(invitation).rsplit("/", 1)[1]
    client.get(f"/i/{code}")
    client.get(f"/guardian/{code}")
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 0


# -- dossier --------------------------------------------------------------------------------------------------------


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (64, 48), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def captain(place, client) -> tuple[Any, str, int]:
    edition, _ = place
    where = client.post(f"/teams/new/{edition.slug}", data=start_form(edition)).headers["Location"]
    return client, where, int(where.rsplit("/", 1)[1])


def test_a_picture_is_sniffed_re_encoded_without_metadata_and_guarded(captain, sign_in):
    client, where, entry_id = captain
    sent_bytes = picture()
    assert b"secret place" in sent_bytes
    answer = client.post(
        f"{where}/files", data={"kind": "picture", "file": (io.BytesIO(sent_bytes), "anh.png")}
    )
    assert answer.status_code == 303
    row = db.session.scalars(sa.select(EntryFile)).one()
    got = client.get(f"{where}/files/{row.id}")
    assert (got.status_code, got.mimetype) == (200, "image/jpeg")
    assert b"secret place" not in got.data
    stranger = sign_in(make_user())
    assert stranger.get(f"/entries/{entry_id}/files/{row.id}").status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [("anh.jpg", b"<script>alert(1)</script>"), ("anh.jpg", b"MZ" + b"\0" * 400), ("anh.jpg", b"")],
)
def test_a_file_that_is_not_what_it_says_is_refused(captain, name, data):
    client, where, _ = captain
    assert (
        client.post(f"{where}/files", data={"kind": "picture", "file": (io.BytesIO(data), name)}).status_code
        == 422
    )
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 0


def test_an_upload_goes_on_where_the_line_was_lost(captain):
    client, where, _ = captain
    data, upload = picture(), f"{where}/uploads/{'ab' * 8}"
    half = len(data) // 2
    query = f"?total={len(data)}&kind=picture&name=anh.jpg&start="
    assert client.post(f"{upload}{query}0", data=data[:half]).json == {"received": half}
    assert client.get(upload).json == {"received": half}
    assert client.post(f"{upload}{query}0", data=data[:half]).json == {"received": half}
    done = client.post(f"{upload}{query}{half}", data=data[half:]).json
    assert done["received"] == len(data)
    assert db.session.get(EntryFile, done["file_id"]) is not None
    assert client.get(upload).json == {"received": 0}


def test_one_file_too_many_and_a_kind_nobody_asked_for_are_refused(captain):
    client, where, _ = captain
    for _ in range(2):
        client.post(f"{where}/files", data={"kind": "picture", "file": (io.BytesIO(picture()), "a.jpg")})
    assert (
        client.post(
            f"{where}/files", data={"kind": "picture", "file": (io.BytesIO(picture()), "a.jpg")}
        ).status_code
        == 422
    )
    assert (
        client.post(
            f"{where}/files", data={"kind": "other", "file": (io.BytesIO(picture()), "a.jpg")}
        ).status_code
        == 422
    )


def test_dossier_texts_keep_their_limits_and_links_only_lead_to_the_web(captain):
    client, where, _ = captain
    long = client.post(
        f"{where}/dossier", data={"title": "Sản phẩm", "abstract": "một hai ba bốn năm sáu", "video_url": ""}
    )
    assert (long.status_code, "một hai ba bốn năm sáu" in long.get_data(as_text=True)) == (422, True)
    assert (
        client.post(f"{where}/dossier", data={"title": "a", "video_url": "javascript:alert(1)"}).status_code
        == 422
    )
    assert (
        client.post(f"{where}/dossier", data={"title": "<b>Đèn</b>", "abstract": "ngắn"}).status_code == 303
    )
    page = client.get(where).get_data(as_text=True)
    assert "&lt;b&gt;Đèn" in page
    assert "<b>Đèn" not in page


# -- sent twice, or an answer that was lost ---------------------------------------------------------------------------


def teams_now() -> list[tuple[str, str]]:
    from incubator.models import Team

    rows = db.session.execute(
        sa.select(Team.name, Entry.state).join(Entry, Entry.team_id == Team.id).order_by(Entry.id)
    )
    return [(name, state.value) for name, state in rows]


def test_a_save_whose_answer_was_lost_is_found_by_the_rows_own_mark(place, sign_in):
    edition, school = place
    browser, path = sign_in(make_teacher(school)), page_of(edition, school) + "/row"
    first = browser.post(path, data=typed(edition, key="aa11")).json
    again = browser.post(path, data=typed(edition, key="aa11", team_name="Gốm Đỏ Một")).json
    assert again["entry_id"] == first["entry_id"]
    assert again["version"] > first["version"]
    assert teams_now() == [("Gốm Đỏ Một", "draft")]


def test_another_row_with_the_same_words_but_its_own_mark_is_another_team(place, sign_in):
    edition, school = place
    browser, path = sign_in(make_teacher(school)), page_of(edition, school) + "/row"
    for key in ("aa11", "bb22"):
        browser.post(path, data=typed(edition, key=key))
    assert len(teams_now()) == 2


@pytest.mark.parametrize("do", ["save", "submit"])
def test_a_double_click_without_script_makes_one_team_and_no_refusal(place, sign_in, do):
    edition, school = place
    browser, path = sign_in(make_teacher(school)), page_of(edition, school)
    for _click in range(2):
        assert browser.post(path, data={**typed(edition), "do": do}).status_code == 303
    assert teams_now() == [("Gốm Đỏ", "draft" if do == "save" else "submitted")]


def test_sending_a_page_again_that_was_sent_a_moment_ago_says_nothing_wrong(place, sign_in):
    edition, school = place
    browser, path = sign_in(make_teacher(school)), page_of(edition, school)
    browser.post(path, data=typed(edition))
    entry = db.session.scalars(sa.select(Entry)).one()
    page = {**typed(edition, entry_id=str(entry.id), version=str(entry.version)), "do": "submit"}
    assert [browser.post(path, data=page).status_code for _click in range(2)] == [303, 303]
    assert teams_now() == [("Gốm Đỏ", "submitted")]
    other = {**page, "rows-0-team_name": "Tên khác"}
    refused = browser.post(path, data=other)
    assert refused.status_code == 422
    assert "Tên khác" in refused.text


def test_a_row_with_nothing_but_the_coach_beforehand_makes_no_draft(place, sign_in):
    edition, school = place
    browser, path = sign_in(make_teacher(school)), page_of(edition, school)
    empty = {k: ("" if "members" in k or k.endswith("team_name") else v) for k, v in typed(edition).items()}
    assert browser.post(path, data=empty).status_code == 303
    assert browser.post(path + "/row", data=empty).json == {"entry_id": None}
    assert teams_now() == []


def test_a_second_coach_is_kept_through_sending_and_mending(place, sign_in):
    edition, school = place
    browser, path = sign_in(make_teacher(school)), page_of(edition, school)
    second = {"coach2_name": "Trần Văn Tư", "coach2_phone": "0987654321", "coach2_email": ""}
    browser.post(path, data={**typed(edition, **second), "do": "submit"})
    entry = db.session.scalars(sa.select(Entry)).one()
    coaches = [m.full_name for m in reads.get_entry(entry.id).members if m.part is MemberPart.COACH]
    assert coaches == ["Lê Ánh", "Trần Văn Tư"]
    organiser = sign_in(make_organiser(edition))
    organiser.post(
        f"/contests/{edition.slug}/entries/{entry.id}/decide",
        data={"answer": "return", "reason": "Xem lại lớp"},
    )
    assert "Trần Văn Tư" in browser.get(path).text


# -- visitors ----------------------------------------------------------------------------------------------------


def test_visitors_pages_set_no_cookie_and_name_no_unannounced_edition(place, client):
    edition, _ = place
    hidden = make_open_edition(announced_at=None, name="Chưa công khai")
    for url in ("/vi/contests", "/en/contests", f"/vi/contests/{edition.slug}"):
        answer = client.get(url)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Chưa công khai" not in answer.get_data(as_text=True)
    assert client.get(f"/vi/contests/{hidden.slug}").status_code == 404


def test_a_secretary_is_led_to_lists_not_to_a_set_up_that_refuses(place, sign_in):
    edition, _school = place
    browser = sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id))
    page = browser.get("/contests/").get_data(as_text=True)
    assert f'href="/contests/{edition.slug}/entries"' in page
    assert f'href="/contests/{edition.slug}/"' not in page
