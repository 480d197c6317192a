"""The edition after last year's: what is proposed, what is copied, four steps to its announcement."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from incubator.contests.next_edition import following
from incubator.contests.queries import editions as edition_reads
from incubator.core.db import db
from incubator.models import Criterion, Rubric, Stage, StageDivision
from tests.contests.factories import make_open_edition, make_organiser
from tests.factories import AT, save


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
