"""Setting a contest up on screen: from last year, from a template, part by part."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.contests import eligibility, wording
from incubator.contests.edition_templates import templates
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, structure, submission
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.models import (
    Contest,
    Edition,
    EntryState,
    Organisation,
    PrizeTier,
    Site,
    StageDivision,
    StageState,
)
from tests.contests.factories import (
    GOOD,
    division_of,
    make_open_edition,
    make_organiser,
    team,
)
from tests.factories import AT, make_division, make_edition, make_stage, make_stage_division, make_user, save

SYSTEM = Actor(system="test")


def sent(edition: Edition, school: Organisation) -> Any:
    with transaction():
        made = drafts.create_draft(
            edition,
            team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD),
            organisation=school,
            actor=SYSTEM,
            at=AT,
        )
        submission.submit([reads.get_entry(made.id)], edition, [], actor=SYSTEM, at=AT)
    return reads.get_entry(made.id)


def test_an_organiser_makes_next_years_edition_and_everything_moves_by_a_year(place, sign_in):
    edition, _ = place
    browser = sign_in(make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id))
    form = {
        "contest": "0",
        "source": edition.slug,
        "name": "Robotics 2027",
        "year": "2027",
        "slug": "robotics-2027",
    }
    assert browser.post("/contests/new", data=form).status_code == 303
    copy = edition_reads.get_edition("robotics-2027")
    assert [d.slug for d in copy.divisions] == ["thcs", "tre"]
    assert copy.divisions[0].eligibility["born_from"] == "2013-01-01"
    assert copy.registration_closes == edition.registration_closes.replace(year=2027)
    assert copy.announced_at is None
    assert [
        (p.division.slug, p.advance, p.state.value) for p in copy.stages[0].parts if p.division.slug == "thcs"
    ] == [("thcs", 2, "planned")]
    assert browser.get("/vi/contests/robotics-2027").status_code == 404
    assert browser.get("/contests/robotics-2027/preview").status_code == 200
    assert browser.post("/contests/robotics-2027/announce").status_code == 303
    assert browser.get("/vi/contests/robotics-2027").status_code == 200


def test_an_empty_contest_says_what_is_to_come(session, sign_in):
    edition = make_edition()
    browser = sign_in(make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id))
    assert (
        browser.get(f"/contests/{edition.slug}/preview").text.count("Đang cập nhật.") == 2
    )  # divisions, dates
    assert "Không có dòng nào" not in browser.get(f"/contests/{edition.slug}/entries").text


def test_the_eligibility_editor_stores_rules_and_refuses_what_contradicts_itself(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/divisions/thcs"
    form = {"name": "THCS", "team_min": "2", "team_max": "4", "teams_per_person": "1", "captain_from_age": "16", "registrants": ["coach"],
            "levels": ["lower_secondary"], "born_from": "01/01/2011", "files": "Bản thuyết minh | Description | 1 | 2"}  # fmt: skip
    for wrong, said in [
        ({"team_max": "1"}, "Số nhiều nhất phải từ"),
        ({"abstract_required": "y"}, "các đội không có chỗ nhập"),
        ({"files": "Bản vẽ | Drawing | 3 | 2"}, "Dòng “Bản vẽ | Drawing | 3 | 2”: số nhiều nhất"),
        ({"files": "Bản vẽ | Drawing | một | 2"}, "sau hai tên chỉ ghi hai số"),
    ]:
        answer = browser.post(url, data={**form, **wrong})
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True), said
    assert browser.post(url, data=form).status_code == 303
    db.session.expire_all()
    stored = division_of(edition, "thcs")
    assert (
        stored.eligibility["team_max"],
        stored.eligibility["born_from"],
        stored.eligibility["born_until"],
    ) == (4, "2011-01-01", None)
    assert stored.dossier["files"][0]["name_en"] == "Description"


def test_a_stage_opens_only_when_nothing_blocks_and_takes_the_accepted_entries(place, sign_in):
    edition, school = place
    entry = sent(edition, school)
    part = next(
        p for p in edition_reads.get_edition(edition.slug).stages[0].parts if p.division.slug == "thcs"
    )
    browser = sign_in(make_organiser(edition))
    refused = browser.post(f"/contests/{edition.slug}/parts/{part.id}/open")
    assert refused.status_code == 409
    assert "Đăng ký còn đang mở" in refused.get_data(as_text=True)
    assert entry.state is EntryState.SUBMITTED


def test_a_stage_without_divisions_comes_back_as_typed(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    answer = browser.post(f"/contests/{edition.slug}/stages/new", data={"name": "Vòng thử", "kind": "rubric"})
    assert answer.status_code == 422
    assert "Vòng thử" in answer.get_data(as_text=True)
    assert "Chọn ít nhất một bảng" in answer.get_data(as_text=True)
    form = {
        "name": "Chung kết",
        "kind": "rubric",
        f"in-{edition.divisions[0].id}": "1",
        f"advance-{edition.divisions[0].id}": "3",
    }
    first, second = edition.divisions
    late = {**form, "starts_at": "02/12/2026 08:00", "ends_at": "02/12/2026 07:00"}
    page = browser.post(f"/contests/{edition.slug}/stages/new", data=late).get_data(as_text=True)
    boxes = {
        name: next(b for b in page.split("<input") if f'name="{name}"' in b).split(">")[0]
        for name in (f"in-{first.id}", f"in-{second.id}", f"advance-{first.id}")
    }
    assert [" checked" in boxes[f"in-{d.id}"] for d in (first, second)] == [True, False]
    assert 'value="3"' in boxes[f"advance-{first.id}"]
    assert browser.post(f"/contests/{edition.slug}/stages/new", data=form).status_code == 303
    assert edition_reads.get_edition(edition.slug).stages[-1].parts[0].advance == 3


def test_a_round_before_another_opens_only_with_the_number_that_goes_on(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    final = {"name": "Chung kết", "kind": "rubric"} | {f"in-{d.id}": "1" for d in edition.divisions}
    assert browser.post(f"/contests/{edition.slug}/stages/new", data=final).status_code == 303
    parts = {p.division.slug: p.id for p in edition_reads.get_edition(edition.slug).stages[0].parts}
    said = {
        slug: "Chưa ghi bao nhiêu bài vào vòng sau"
        in browser.post(f"/judging/boards/{part}/open", follow_redirects=True).get_data(as_text=True)
        for slug, part in parts.items()
    }
    assert said == {"thcs": False, "tre": True}


# -- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", list(templates()))
def test_each_shipped_set_up_is_ready_to_be_announced_and_says_its_rules(place, sign_in, template):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    asked = browser.get(f"/contests/new?from=template:{template}").text
    assert f'<option selected value="template:{template}">' in asked
    form = {"contest": "0", "source": f"template:{template}", "name": f"Thử {template}", "year": "2031"}
    answer = browser.post("/contests/new", data=form)
    assert answer.status_code == 303
    made = edition_reads.get_edition(answer.headers["Location"].strip("/").rsplit("/", 1)[1])
    assert made.contest.slug == template
    assert made.registration_opens.year == made.final_on.year == 2031
    assert len(made.divisions) == len(templates()[template].data["divisions"])
    assert [s.position for s in made.stages] == list(range(1, len(made.stages) + 1))
    assert all(p.advance is None for p in made.stages[-1].parts)
    assert (
        db.session.scalar(sa.select(sa.func.count(PrizeTier.id)).where(PrizeTier.edition_id == made.id)) >= 4
    )
    preview = browser.get(f"/contests/{made.slug}/preview").text
    for division in made.divisions:
        for line in wording.rules(eligibility.from_json(division.eligibility)):
            assert line in preview
    assert browser.post(f"/contests/{made.slug}/announce").status_code == 303
    assert browser.get(f"/vi/contests/{made.slug}").status_code == 200
    assert browser.get(f"/en/contests/{made.slug}").status_code == 200


def test_a_template_counts_births_from_its_year_and_uses_its_series_again(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    for year in ("2031", "2032"):
        form = {"contest": "0", "source": "template:robotics", "name": f"Robotics {year}", "year": year}
        assert browser.post("/contests/new", data=form).status_code == 303
    first, second = (edition_reads.get_edition(f"robotics-{year}") for year in (2031, 2032))
    assert first.contest_id == second.contest_id
    window = [first.divisions[0].eligibility[k] for k in ("born_from", "born_until")]
    assert window == ["2021-01-01", "2025-12-31"]
    assert second.divisions[0].number_prefix == "RB32-TH-"
    assert second.stages[0].starts_at.date() == date(2032, 10, 26)


def test_a_template_may_begin_a_series_of_its_own_name(place, sign_in):
    edition, _ = place
    form = {
        "contest": "0", "new_contest": "Robotics cấp huyện", "source": "template:robotics", "name": "Huyện 2031", "year": "2031",
    }  # fmt: skip
    assert sign_in(make_organiser(edition)).post("/contests/new", data=form).status_code == 303
    assert (
        db.session.scalar(sa.select(Contest.slug).where(Contest.name == "Robotics cấp huyện"))
        == "robotics-cap-huyen"
    )


def test_an_unknown_template_is_refused(place, sign_in):
    edition, _ = place
    form = {"contest": "0", "source": "template:none", "name": "Huyện 2031", "year": "2031"}
    assert sign_in(make_organiser(edition)).post("/contests/new", data=form).status_code == 422


def test_a_set_up_of_others_is_copied_once_visitors_see_it(place, sign_in):
    edition, _ = place
    hidden = make_open_edition(announced_at=None, name="Của người khác")
    browser = sign_in(make_organiser(edition))
    assert "Của người khác" not in browser.get("/contests/new").text
    form = {"contest": "0", "source": hidden.slug, "name": "Chép", "year": "2027"}
    assert browser.post("/contests/new", data=form).status_code == 422
    other = make_open_edition(name="Của người khác, đã công khai")
    assert browser.post("/contests/new", data={**form, "source": other.slug}).status_code == 303


# -- parts -------------------------------------------------------------------------------------------------------------


def test_the_site_of_a_stage_is_chosen_and_kept(place, sign_in):
    edition, _ = place
    site = save(Site(slug="biic", name="Trung tâm BIIC"))
    browser = sign_in(make_organiser(edition))
    stage = edition_reads.get_edition(edition.slug).stages[0]
    url = f"/contests/{edition.slug}/stages/{stage.id}"
    assert "Trung tâm BIIC" in browser.get(url).text
    form = {
        "name": "Vòng loại",
        "kind": "rubric",
        "site_id": str(site.id),
        f"in-{stage.parts[0].division_id}": "1",
    }
    assert browser.post(url, data={**form, "site_id": "999"}).status_code == 422
    assert browser.post(url, data=form).status_code == 303
    db.session.expire_all()
    assert edition_reads.get_edition(edition.slug).stages[0].site_id == site.id
    assert f'<option selected value="{site.id}">' in browser.get(url).text
    assert browser.post(url, data={**form, "site_id": "0"}).status_code == 303
    db.session.expire_all()
    assert edition_reads.get_edition(edition.slug).stages[0].site_id is None


def test_the_consents_a_division_needs_are_part_of_its_rules(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/divisions/tre"
    form = {
        "name": "Thanh niên", "team_min": "1", "team_max": "3", "teams_per_person": "1", "captain_from_age": "16",
        "registrants": ["captain"], "consents": ["take_part", "publish_name"],
    }  # fmt: skip
    assert browser.post(url, data=form).status_code == 303
    db.session.expire_all()
    assert division_of(edition, "tre").eligibility["consents"] == ["take_part", "publish_name"]
    assert browser.post(url, data={**form, "consents": []}).status_code == 303
    db.session.expire_all()
    assert division_of(edition, "tre").eligibility["consents"] == []


def test_a_prize_for_a_school_is_chosen_by_the_council(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    tier = {
        "tiers-0-name": "Giải tập thể", "tiers-0-scope": "edition", "tiers-0-basis": "rank", "tiers-0-recipient": "organisation",
        "tiers-0-count": "1", "tiers-0-amount": "1000000",
    }  # fmt: skip
    for wrong, said in [
        ({"tiers-0-name": ""}, "Ghi tên giải."),
        ({"tiers-0-recipient": "entry", "tiers-0-basis": "band"}, "ghi từ điểm hoặc đến điểm"),
        ({**{k.replace("-0-", "-1-"): v for k, v in tier.items()}}, "có hai dòng"),
    ]:
        page = browser.post(f"/contests/{edition.slug}/prizes", data={**tier, **wrong}).get_data(as_text=True)
        assert said in page
        assert "Cơ cấu giải</a>:" in page
    refused = browser.post(f"/contests/{edition.slug}/prizes", data=tier)
    assert refused.status_code == 422
    assert "hội đồng chọn" in refused.text
    assert "Giải tập thể" in refused.text
    assert (
        browser.post(f"/contests/{edition.slug}/prizes", data={**tier, "tiers-0-basis": "manual"}).status_code
        == 303
    )


def test_rules_that_are_no_pdf_are_told_on_the_editions_page(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/"
    assert (
        browser.post(f"{url}rules", data={"file": (io.BytesIO(b"<html>"), "the-le.pdf")}).status_code == 303
    )
    assert "the-le.pdf" in browser.get(url).text
    assert edition_reads.get_edition(edition.slug).rules_file is None


def test_without_its_next_stage_a_stage_cuts_nobody_off(session):
    edition = make_edition()
    division = make_division(edition)
    first = make_stage_division(make_stage(edition), division, state=StageState.OPEN, advance=36)
    final = make_stage(edition, name="Chung kết")
    last = make_stage_division(final, division, state=StageState.PLANNED)

    def reload() -> Any:
        session.expire_all()
        row = edition_reads.get_edition(edition.slug)
        return row, next(s for s in row.stages if s.id == final.id)

    first.state = StageState.CLOSED
    session.flush()
    row, stage = reload()
    with pytest.raises(Conflict, match="Mở lại vòng trước"):
        structure.delete_stage(row, stage, actor=SYSTEM, at=AT)
    first.state = StageState.OPEN
    session.flush()
    row, stage = reload()
    structure.delete_stage(row, stage, actor=SYSTEM, at=AT)
    session.flush()
    assert session.scalar(sa.select(StageDivision.advance).where(StageDivision.id == first.id)) is None
    assert session.get(StageDivision, last.id) is None


def test_an_empty_system_asks_its_organiser_to_make_a_contest(session, sign_in):
    browser = sign_in(make_user(Role.ORGANISER))
    assert "Tạo cuộc thi đầu tiên" in browser.get("/home").text
    make_edition()
    assert "Tạo cuộc thi đầu tiên" not in browser.get("/home").text


def test_dates_that_are_over_are_told_before_announcing(session, sign_in, at):
    """A set-up taken from a template carries the days of its year: some may have passed."""
    edition = make_open_edition(announced_at=None)
    browser = sign_in(make_organiser(edition))
    page = f"/contests/{edition.slug}/"
    assert "Hạn đăng ký đã qua" not in browser.get(page).text
    edition.registration_opens = edition.registration_closes = date(2020, 1, 1)
    db.session.commit()
    assert "Hạn đăng ký đã qua" in browser.get(page).text


# -- the schools' link --------------------------------------------------------------------------------------------------


def test_the_schools_link_is_found_on_the_edition_while_teachers_may_come_in(place, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    link, url = 'href="/people/coordinators"', f"/contests/{edition.slug}/"

    def shown(**values: Any) -> bool:
        row = edition_reads.get_edition(edition.slug)
        for key, value in values.items():
            setattr(row, key, value)
        db.session.commit()
        return link in browser.get(url).text.split("<main", 1)[1]

    assert shown()
    assert shown(registration_opens=AT.date() + timedelta(days=1))
    assert not shown(announced_at=None)
    assert not shown(
        announced_at=AT, registration_opens=date(2020, 1, 1), registration_closes=date(2020, 1, 2)
    )


def test_the_schools_link_is_not_shown_where_no_school_registers(session, sign_in):
    edition = make_open_edition()
    edition.divisions[0].eligibility = edition.divisions[1].eligibility
    db.session.commit()
    page = sign_in(make_organiser(edition)).get(f"/contests/{edition.slug}/").text
    assert "/people/coordinators" not in page
