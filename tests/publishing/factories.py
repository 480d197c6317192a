"""A small decided contest: two divisions, prizes, schools, one pupil with both consents."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from incubator.core.access import Role, ScopeKind
from incubator.models import (
    Award,
    Consent,
    ConsentParty,
    ConsentPurpose,
    EntryMember,
    MemberPart,
    PrizeScope,
    PrizeTier,
    StageState,
)
from tests.factories import (
    AT,
    make_division,
    make_edition,
    make_entry,
    make_organisation,
    make_person,
    make_stage,
    make_stage_division,
    make_stage_entry,
    make_user,
    save,
)

HOUR = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def make_tier(edition: Any, position: int, slug: str, name: str, **values: Any) -> PrizeTier:
    values = {"scope": PrizeScope.DIVISION, "count": 1, **values}
    return save(PrizeTier(edition_id=edition.id, position=position, slug=slug, name=name, **values))


def make_award(
    tier: PrizeTier, entry: Any, stage_entry: Any = None, school: str = "", **values: Any
) -> Award:
    return save(
        Award(
            edition_id=tier.edition_id, tier_id=tier.id, entry_id=entry.id if entry else None,
            division_id=entry.division_id if entry else None, stage_entry_id=stage_entry.id if stage_entry else None,
            organisation_name=school, at=AT, **values,
        )
    )  # fmt: skip


def make_contest_with_results(entries: int = 3) -> SimpleNamespace:
    """`entries` in each of two divisions, ranks 1…n; first prize for rank 1, second for rank 2."""
    edition = make_edition(name="Sáng tạo Robotics 2026", fields=[])
    qualifying = make_stage(edition, position=1, name="Vòng loại")
    final = make_stage(edition, position=2, name="Chung kết")
    first = make_tier(edition, 1, "first", "Giải Nhất")
    second = make_tier(edition, 2, "second", "Giải Nhì")
    world = SimpleNamespace(
        edition=edition, qualifying=qualifying, final=final, first=first, second=second, divisions=[], rows=[]
    )
    for name, slug in (("Tiểu học", "tieu-hoc"), ("THCS", "thcs")):
        division = make_division(edition, name=name, slug=slug)
        early = make_stage_division(qualifying, division, state=StageState.DECIDED, advance=2)
        part = make_stage_division(final, division, state=StageState.DECIDED)
        world.divisions.append(division)
        for n in range(1, entries + 1):
            school = make_organisation(f"{name} Đông Hòa {n}")
            number = f"2{len(world.divisions)}{n:03}"  # begins with what tests search for
            entry = make_entry(division, school, team=f"Đội {name} {n}", number=number)
            coach = make_person(f"Lê Thị Cô {name} {n}", birth_date=date(1985, 1, 1))
            save(
                EntryMember(
                    entry_id=entry.id,
                    person_id=coach.id,
                    position=9,
                    part=MemberPart.COACH,
                    full_name=coach.full_name,
                )
            )
            make_stage_entry(early, entry, rank=n, score_e4=900000 - n * 10000, advanced=n <= 2)
            row = make_stage_entry(part, entry, rank=n, score_e4=950000 - n * 10000)
            world.rows.append(
                SimpleNamespace(entry=entry, school=school, stage_entry=row, coach=coach, division=division)
            )
            if n <= 2:
                make_award((first, second)[n - 1], entry, row, school.name)
    world.organiser = make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id, full_name="Phạm Ban Tổ Chức")
    world.secretary = make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id, full_name="Võ Thư Ký")
    world.teacher = make_user(
        Role.COORDINATOR, ScopeKind.ORGANISATION, world.rows[0].school.id, full_name="Trần Cô Giáo"
    )
    return world


def agree(person_id: int, *parties: ConsentParty) -> list[Consent]:
    return [
        save(
            Consent(
                person_id=person_id, purpose=ConsentPurpose.PUBLISH_NAME, party=party, given=True, text_version=1,
                method="paper", at=AT,
            )
        )
        for party in parties or (ConsentParty.SELF, ConsentParty.GUARDIAN)
    ]  # fmt: skip
