"""What visitors read: results, versions, schools, files, names under consent."""

import csv
import io
import json
import re
from datetime import timedelta

import openpyxl
import pytest
from pypdf import PdfReader

from incubator.core import clock
from incubator.core.db import db, transaction
from incubator.models import PublicationKind
from incubator.publishing import services

from .factories import HOUR, agree


def get(client, path, at=HOUR, **kw):
    with clock.frozen(at):
        return client.get(path, **kw)


def test_nothing_before_publication(client, world):
    assert get(client, f"/vi/results/{world.edition.slug}").status_code == 404
    assert world.edition.name not in get(client, "/vi/results").text


def test_official_result_shows_ranks_scores_prizes_and_decision(client, world, publish):
    publish()
    page = get(client, f"/vi/results/{world.edition.slug}")
    assert page.status_code == 200
    for text in (
        "Kết quả chính thức",
        "05/QĐ-BTC",
        "Giải Nhất",
        "94,00",
        "Đội Tiểu học 1",
        "THCS Đông Hòa 2",
    ):
        assert text in page.text
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")


def test_english_page_has_no_vietnamese_frame(client, world, publish):
    publish()
    page = get(client, f"/en/results/{world.edition.slug}").text
    assert "Official result" in page
    assert "Kết quả chính thức" not in page


@pytest.mark.parametrize("path", ["official-2", "official-2/v1", "official-2/d/thcs"])
def test_every_list_and_version_has_an_address_that_stays(client, world, publish, path):
    publish()
    assert get(client, f"/vi/results/{world.edition.slug}/{path}").status_code == 200


@pytest.mark.parametrize("path", ["official-1", "official-2/v2", "official-2/d/nope", "nonsense"])
def test_unknown_list_version_or_division_is_not_found(client, world, publish, path):
    publish()
    assert get(client, f"/vi/results/{world.edition.slug}/{path}").status_code == 404


def test_division_page_shows_only_that_division(client, world, publish):
    publish()
    page = get(client, f"/vi/results/{world.edition.slug}/official-2/d/thcs").text
    assert "Đội THCS 1" in page
    assert "Đội Tiểu học 1" not in page


def test_overview_shows_the_first_prizes_of_all_divisions_as_medals(client, world, publish):
    publish()
    page = get(client, "/vi/results/" + world.edition.slug).text
    podium = page.split('<ol class="podium">')[1].split("</ol>")[0]
    assert podium.count('<li class="first">') == 2
    assert "Giải Nhì" not in podium


def test_search_without_diacritics_and_without_script(client, world, publish):
    publish()
    page = get(client, f"/vi/results/{world.edition.slug}?q=thcs+dong+hoa+2").text
    assert "Đội THCS 2" in page
    assert "Đội THCS 1" not in page
    assert "Đội Tiểu học 2" not in page


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("", True),
        ("dong hoa 2", True),  # words of school and team together
        ("thcs dong ho", True),  # the last word half typed
        ("thcs don hoa", False),  # the others not
        ("2014", True),
        ("dong hoa 20", False),  # a number only as a whole
        ("dong hoa an", True),
        ("anh duong di", True),
        ("hoa anh d", False),  # half typed, a word stands with the others
    ],
)
def test_row_matches_when_all_words_stand_in_it(key, found):
    from incubator.publishing.views import begins_words

    assert begins_words(key, ("Đội Ánh Dương 2", "THCS Đông Hòa (Dĩ An)"), "2014") is found


def test_finalists_have_no_scores_and_only_those_who_go_on(client, world, publish):
    publish(PublicationKind.FINALISTS, world.qualifying)
    page = get(client, f"/vi/results/{world.edition.slug}/finalists-1").text
    assert "Đội THCS 2" in page
    assert "Đội THCS 3" not in page
    assert "88,00" not in page


def test_eligible_list_and_schedule(client, world, publish):
    publish(PublicationKind.ELIGIBLE)
    world.rows[0].stage_entry.place = "Phòng A1"
    world.rows[0].stage_entry.starts_at = HOUR
    db.session.commit()
    publish(PublicationKind.SCHEDULE)
    assert "Đội THCS 3" in get(client, f"/vi/results/{world.edition.slug}/eligible").text
    schedule = get(client, f"/vi/results/{world.edition.slug}/schedule-2").text
    assert "Phòng A1" in schedule
    assert "09:00 02/03/2026" in schedule


def test_school_page_and_search_for_schools(client, world, publish):
    school = world.rows[0].school
    assert get(client, f"/vi/schools/{school.slug}").status_code == 404
    publish()
    page = get(client, f"/vi/schools/{school.slug}").text
    assert "Đội Tiểu học 1" in page
    assert "Giải Nhất" in page
    assert school.slug in get(client, "/vi/results?q=tieu+hoc+dong+hoa+1").text


# -- names ------------------------------------------------------------------------------------------------------------


def pupil_of(world):
    from incubator.models import EntryMember

    return db.session.query(EntryMember).filter_by(entry_id=world.rows[0].entry.id, position=0).one()


def pages_of(world):
    base = f"/vi/results/{world.edition.slug}"
    files = [f"{base}/official-2/v1.{kind}" for kind in ("csv", "json", "xlsx", "pdf")]
    return [base, f"{base}/official-2/v1", f"/vi/schools/{world.rows[0].school.slug}", *files]


def text_of(response):
    kind = response.mimetype
    if kind == "application/pdf":
        return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(response.data)).pages)
    if "spreadsheet" in kind:
        sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
        return "\n".join(str(v) for row in sheet.iter_rows(values_only=True) for v in row)
    return response.data.decode()


def test_minor_is_named_nowhere_without_both_consents(client, world, publish):
    from incubator.models import ConsentParty

    pupil = pupil_of(world)
    agree(pupil.person_id, ConsentParty.GUARDIAN)
    db.session.commit()
    publish()
    for path in pages_of(world):
        assert pupil.full_name not in text_of(get(client, path)), path


def test_minor_with_both_consents_is_named_until_one_is_withdrawn(client, world, publish):
    pupil = pupil_of(world)
    answers = agree(pupil.person_id)
    db.session.commit()
    publish()
    for path in pages_of(world):
        assert pupil.full_name in text_of(get(client, path)), path
    answers[1].withdrawn_at = HOUR
    db.session.commit()
    for path in pages_of(world):
        assert pupil.full_name not in text_of(get(client, path)), path


def test_payload_holds_no_name(world, publish):
    made = publish()
    plain = json.dumps(made.payload, ensure_ascii=False)
    for row in world.rows:
        assert row.entry.team_id is not None
        assert row.school.name not in plain
        assert row.coach.full_name not in plain


def test_withdrawal_purges_kept_pages_at_once(app, client, world, publish):
    from incubator.core.signals import consent_changed

    pupil = pupil_of(world)
    answers = agree(pupil.person_id)
    db.session.commit()
    publish()
    app.config["PREBUILT"] = True
    try:
        path = f"/vi/results/{world.edition.slug}"
        assert pupil.full_name in client.get(path).text
        answers[0].withdrawn_at = HOUR
        db.session.commit()
        assert pupil.full_name in client.get(path).text  # kept: nobody has told the layer
        consent_changed.send(pupil.person_id, purpose="publish_name", at=HOUR)
        assert pupil.full_name not in client.get(path).text
    finally:
        app.config["PREBUILT"] = False
        consent_changed.send(0, purpose="", at=HOUR)


def test_kept_page_costs_no_sql(app, client, world, publish, queries):
    from incubator.core.signals import consent_changed

    publish()
    app.config["PREBUILT"] = True
    try:
        path = f"/vi/results/{world.edition.slug}"
        first = client.get(path)
        with queries() as log:
            again = client.get(path, headers={"Accept-Encoding": "br"})
            same = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert log == []
        assert again.headers["Content-Encoding"] == "br"
        assert same.status_code == 304
        assert "Content-Security-Policy" in again.headers
    finally:
        app.config["PREBUILT"] = False
        consent_changed.send(0, purpose="", at=HOUR)


# -- files ------------------------------------------------------------------------------------------------------------


def test_files_have_the_rows_of_the_page(client, world, publish):
    publish()
    base = f"/vi/results/{world.edition.slug}/official-2/v1"
    rows = list(csv.DictReader(io.StringIO(get(client, base + ".csv").data.decode("utf-8-sig"))))
    assert [(r["Bảng"], r["Hạng"], r["Điểm"], r["Giải"]) for r in rows[:2]] == [
        ("Tiểu học", "1", "94", "Giải Nhất"),
        ("Tiểu học", "2", "93", "Giải Nhì"),
    ]
    value = json.loads(get(client, base + ".json").data)
    assert value["divisions"][1]["rows"][0]["team"] == "Đội THCS 1"
    assert "Đội THCS 3" in text_of(get(client, base + ".xlsx"))
    paper = text_of(get(client, base + ".pdf"))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in paper
    assert "05/QĐ-BTC" in paper


def test_files_speak_the_language_of_their_page_and_the_official_paper_is_vietnamese(client, world, publish):
    world.divisions[0].name_en, world.first.name_en = "Primary", "First prize"
    world.edition.name_en = "Contest in English"
    db.session.commit()
    publish()
    base = f"/en/results/{world.edition.slug}/official-2/v1"
    first = next(csv.DictReader(io.StringIO(get(client, base + ".csv").data.decode("utf-8-sig"))))
    assert (first["Division"], first["Prize"]) == ("Primary", "First prize")
    value = json.loads(get(client, base + ".json").data)
    assert (value["name"], value["divisions"][0]["name"]) == ("Contest in English", "Primary")
    assert "Primary" in text_of(get(client, base + ".xlsx"))
    paper = text_of(get(client, base + ".pdf"))
    assert [w for w in ("First prize", "OFFICIAL", "94.00") if w in paper] == []
    assert [w for w in ("Giải Nhất", "94,00", "Tiểu học") if w not in paper] == []


def test_files_never_start_a_formula(client, world, publish):
    from incubator.models import Team

    db.session.get(Team, world.rows[0].entry.team_id).name = "=cmd|' /C calc'!A0"
    db.session.commit()
    publish()
    base = f"/vi/results/{world.edition.slug}/official-2/v1"
    assert "'=cmd|" in get(client, base + ".csv").data.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(get(client, base + ".xlsx").data)).active
    assert sheet["D2"].data_type == "s"


def test_shown_text_is_escaped(client, world, publish):
    from incubator.models import Team

    db.session.get(Team, world.rows[0].entry.team_id).name = "<script>alert(1)</script>"
    db.session.commit()
    publish()
    page = get(client, f"/vi/results/{world.edition.slug}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("entries", [1, 3, 300])
def test_page_takes_few_queries_at_any_size(session, app, queries, actor_of, entries):
    from .conftest import DECISION
    from .factories import make_contest_with_results

    world = make_contest_with_results(entries)
    db.session.commit()
    actor = actor_of(world.organiser)
    with transaction():
        services.publish(
            world.edition,
            PublicationKind.OFFICIAL,
            world.final,
            visible_at=HOUR,
            decision=DECISION,
            actor=actor,
            at=HOUR,
        )
    with clock.frozen(HOUR + timedelta(minutes=1)), queries() as log:
        assert app.test_client().get(f"/vi/results/{world.edition.slug}").status_code == 200
    assert len(log) <= 12


def test_long_list_is_small_and_links_each_school_once(session, app, actor_of):
    """About 30 KB before compression for rows without products; names of people stand on the divisions' pages."""
    from .conftest import DECISION
    from .factories import make_contest_with_results

    world = make_contest_with_results(157)
    pupil = pupil_of(world)
    agree(pupil.person_id)
    db.session.commit()
    actor = actor_of(world.organiser)
    with transaction():
        services.publish(
            world.edition, PublicationKind.OFFICIAL, world.final,
            visible_at=HOUR, decision=DECISION, actor=actor, at=HOUR,
        )  # fmt: skip
    base = f"/vi/results/{world.edition.slug}"
    client = app.test_client()
    whole = get(client, base)
    bare = re.sub(r"<i>[^<]*</i>", "", whole.text)
    rows = re.findall(r"^ *<tr[^>]*><td>.*$", bare, re.M)
    assert len(rows) == 314
    assert sum(len(r.encode()) for r in rows) / 314 < 130
    school = world.rows[0].school.slug
    assert whole.text.count(f"/vi/schools/{school}>") == 1
    assert pupil.full_name not in whole.text
    part = get(client, f"{base}/official-2/d/tieu-hoc").text
    assert pupil.full_name in part
    assert f"/vi/schools/{school}>" in part
    assert f"/vi/schools/{school}>" in get(client, f"{base}?q=tieu+hoc+dong+hoa+1").text
