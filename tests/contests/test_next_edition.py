"""The edition after last year's: what is proposed, what is copied, four steps to its announcement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from incubator.contests.edition_templates import templates
from incubator.contests.next_edition import following, renumbered
from incubator.contests.queries import editions as edition_reads
from incubator.core.access import Role
from incubator.core.db import db
from incubator.models import Criterion, Rubric, Stage, StageDivision
from tests.contests.factories import make_open_edition, make_organiser
from tests.factories import AT, make_user, save


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("Robotics 2024", None, (2026, "Robotics 2026")),
        ("Sáng tạo lần thứ XX", 20, (2026, "Sáng tạo lần thứ XXII")),
        ("Tin học trẻ", 3, (2026, "Tin học trẻ")),
    ],
)
def test_name_and_year_move_on(name: str, number: int | None, expected: tuple[int, str]) -> None:
    assert following(name, 2024, number, this_year=2026) == expected


def test_this_years_edition_is_followed_by_next_years() -> None:
    assert following("Robocon 2026", 2026, None, this_year=2026) == (2027, "Robocon 2027")


def test_a_year_that_has_its_edition_is_not_proposed_again() -> None:
    assert following("Robocon 2024", 2024, None, this_year=2026, taken={2024, 2026}) == (2027, "Robocon 2027")


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("RB26-TH-", "RB27-TH-"), ("2026-A", "2027-A"), ("B126-", "B126-"), ("TH-", "TH-"), ("", "")],
)
def test_the_year_in_a_prefix_of_numbers_moves_on(prefix: str, expected: str) -> None:
    assert renumbered(prefix, 2026, 2027) == expected


def test_a_set_up_is_proposed_for_the_year_whose_registration_has_not_closed() -> None:
    robotics = templates()["robotics"]  # until 15 October
    assert [robotics.coming(day) for day in (date(2026, 10, 15), date(2026, 10, 16))] == [2026, 2027]


def test_the_copy_keeps_its_english_name_and_numbers_its_entries_by_its_own_year(session, sign_in):
    edition = make_open_edition(name="Robotics 2026", name_en="Robotics (English) 2026", year=2026)
    edition.divisions[0].number_prefix = "RB26-A-"
    db.session.commit()
    browser = sign_in(make_organiser(edition))
    form = {"contest": "0", "source": edition.slug, "name": "Robotics 2027", "year": "2027", "slug": "rb27"}
    assert browser.post("/contests/new", data=form).status_code == 303
    copy = edition_reads.get_edition("rb27")
    assert copy.name_en == "Robotics (English) 2027"
    assert "RB27-A-" in {d.number_prefix for d in copy.divisions}


def test_an_english_name_without_a_year_is_not_taken_for_the_next_one(session, sign_in):
    edition = make_open_edition(name_en="Twentieth youth contest")
    browser = sign_in(make_organiser(edition))
    form = {"contest": "0", "source": edition.slug, "name": "Lần sau", "year": "2027", "slug": "lan-sau"}
    browser.post("/contests/new", data=form)
    assert edition_reads.get_edition("lan-sau").name_en == ""


def test_an_edition_of_a_set_up_has_its_english_name_while_it_is_called_as_proposed(session, sign_in):
    browser = sign_in(make_user(Role.ORGANISER))
    form = {"contest": "0", "source": "template:robotics", "year": "2027", "new_contest": ""}
    title = templates()["robotics"].title(2027)
    browser.post("/contests/new", data={**form, "name": title, "slug": "rb27"})
    browser.post("/contests/new", data={**form, "name": "Ngày hội Robot", "slug": "robot27"})
    names = [edition_reads.get_edition(slug).name_en for slug in ("rb27", "robot27")]
    assert names == ["Creative Robotics and AI 2027", ""]


def test_an_address_that_nobody_typed_gives_way_to_one_that_is_taken(session, sign_in):
    edition = make_open_edition()
    browser = sign_in(make_organiser(edition))
    form = {"contest": "0", "source": edition.slug, "name": "Lần sau", "year": "2027", "slug": ""}
    first, second = (browser.post("/contests/new", data=form).location for _ in range(2))
    assert second == first.removesuffix("/") + "-2/"
    typed = browser.post("/contests/new", data={**form, "slug": edition.slug})
    assert typed.status_code == 422
    assert "đã dùng" in typed.text


def with_rubric(edition: Any) -> Rubric:
    """The first stage is judged by a rubric and parts ties by one of its criteria; a prize was withheld."""
    rubric: Rubric = save(
        Rubric(edition_id=edition.id, name="Bộ tiêu chí vòng loại", template="robotics", created_at=AT, frozen_at=AT,
               criteria=[Criterion(position=0, name="Sáng tạo", max_e2=4000), Criterion(position=1, name="Trình bày", max_e2=6000)])
    )  # fmt: skip
    stage = db.session.get_one(Stage, edition.stages[0].id)
    chain = [{"kind": "criteria", "criteria": [rubric.criteria[1].id]}, {"kind": "vote", "criteria": []}]
    stage.settings = {
        "scoring": {"method": "mean", "chain": chain},
        "withheld": [17],
        "withheld_in": {"3": [17]},
    }
    db.session.execute(
        sa.update(StageDivision).where(StageDivision.stage_id == stage.id).values(rubric_id=rubric.id)
    )
    db.session.commit()
    return rubric


def test_the_copy_has_rubrics_of_its_own_and_its_ties_point_to_them(session, sign_in):
    edition = make_open_edition()
    old = with_rubric(edition)
    browser = sign_in(make_organiser(edition))
    form = {"contest": "0", "source": edition.slug, "name": "Lần sau", "year": "2027", "slug": "lan-sau"}
    assert browser.post("/contests/new", data=form).status_code == 303
    copy = edition_reads.get_edition("lan-sau")
    (new,) = db.session.scalars(
        sa.select(Rubric).options(selectinload(Rubric.criteria)).where(Rubric.edition_id == copy.id)
    )
    assert {p.rubric_id for p in copy.stages[0].parts} == {new.id} != {old.id}
    assert (new.name, new.template, new.version, new.frozen_at) == (old.name, "robotics", 1, None)
    assert [(c.name, c.max_e2) for c in new.criteria] == [("Sáng tạo", 4000), ("Trình bày", 6000)]
    settings = copy.stages[0].settings
    assert [step["criteria"] for step in settings["scoring"]["chain"]] == [[new.criteria[1].id], []]
    assert not {"withheld", "withheld_in"} & set(settings)
    assert "Bộ tiêu chí vòng loại" in browser.get("/contests/lan-sau/").text


def test_from_the_editions_page_to_the_announced_next_one_in_four_steps(session, sign_in):
    edition = make_open_edition()
    browser = sign_in(make_organiser(edition))
    assert f"/contests/new?from={edition.slug}" in browser.get(f"/contests/{edition.slug}/").text  # 1
    page = browser.get(f"/contests/new?from={edition.slug}").text
    assert f'value="{edition.year + 1}"' in page
    form = {"contest": "0", "source": edition.slug, "name": "Lần sau", "year": "2027", "slug": "lan-sau"}
    assert browser.post("/contests/new", data=form).location == "/contests/lan-sau/"  # 2
    assert "/contests/lan-sau/announce" in browser.get("/contests/lan-sau/preview").text  # 3
    assert browser.post("/contests/lan-sau/announce").status_code == 303  # 4
    assert "/contests/lan-sau/announce" not in browser.get("/contests/lan-sau/preview").text
    assert browser.get("/vi/contests/lan-sau").status_code == 200
