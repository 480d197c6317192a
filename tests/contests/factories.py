"""Rows of contests for tests: an edition that takes registrations, with two divisions and rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from incubator.contests import dossier, eligibility
from incubator.contests.eligibility import Registrant, Rules
from incubator.contests.queries import editions as reads
from incubator.contests.services.drafts import CoachInput, MemberInput, RowInput
from incubator.core.access import Role, ScopeKind
from incubator.models import Account, Division, Edition, Organisation
from tests.factories import (
    AT,
    make_division,
    make_edition,
    make_organisation,
    make_stage,
    make_stage_division,
    make_user,
    save,
)

DAY = AT.date()
RULES = Rules(
    born_from=date(2012, 1, 1), born_until=date(2015, 12, 31), team_min=2, team_max=3, levels=("lower_secondary",),
    organisation_kinds=("school",), rule_reference="mục 3",
)  # fmt: skip
OPEN_RULES = Rules(
    born_from=date(1990, 1, 1), born_until=date(2012, 12, 31), team_min=1, team_max=3, coach_required=False,
    organisation_required=False, registrants=(Registrant.CAPTAIN, Registrant.PERSON),
)  # fmt: skip


def make_open_edition(**values: Any) -> Edition:
    """Announced, registration open for ten more days; divisions `thcs` (schools) and `tre` (captains)."""
    values = {
        "registration_opens": DAY - timedelta(days=5),
        "registration_closes": DAY + timedelta(days=10),
        **values,
    }
    edition = make_edition(**values)
    make_division(
        edition,
        slug="thcs",
        name="THCS",
        position=0,
        eligibility=eligibility.to_json(RULES),
        number_prefix="CS-",
    )
    wanted = dossier.Requirements(
        title=True, abstract_words=5, files=(dossier.FileKind("picture", "Ảnh", "Pictures", 1, 2),)
    )
    second = make_division(edition, slug="tre", name="Thanh niên", position=1, eligibility=eligibility.to_json(OPEN_RULES),
                           dossier=dossier.to_json(wanted), number_prefix="TN-")  # fmt: skip
    stage = make_stage(edition, position=1, name="Vòng loại")
    make_stage_division(stage, second, state="planned")
    make_stage_division(stage, division_of(edition, "thcs"), state="planned", advance=2)
    return reads.get_edition(edition.slug)


def division_of(edition: Edition, slug: str) -> Division:
    return next(d for d in reads.get_edition(edition.slug).divisions if d.slug == slug)


def make_school(name: str = "THCS Bình Thắng", **values: Any) -> Organisation:
    return make_organisation(name, **{"levels": ["lower_secondary"], **values})


def make_teacher(school: Organisation) -> Account:
    return make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id, full_name="Lê Thị Ánh")


def make_organiser(edition: Edition) -> Account:
    return make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id, full_name="Phạm Lan")


def team(name: str, division: Division, *members: tuple[str, str], **values: Any) -> RowInput:
    """A typed row; each member is (name, birth date)."""
    typed = tuple(MemberInput(n, born, "8A1") for n, born in members)
    return RowInput(
        name, division.id, typed, values.pop("coach", CoachInput("Lê Thị Ánh", "0912345678")), **values
    )


GOOD = (("Nguyễn Văn An", "17/05/2013"), ("Trần Gia Hân", "24/08/2014"))
__all__ = ["AT", "GOOD", "OPEN_RULES", "RULES", "save"]
