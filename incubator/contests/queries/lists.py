"""The three lists of an edition: teams, people, schools. Drafts are nobody's business but their authors'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db, one_state
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs, Page, order, paginate, words_match, words_match_one
from ...models import (
    Division,
    Edition,
    Entry,
    EntryMember,
    EntryState,
    MemberPart,
    Organisation,
    Person,
    Project,
    Team,
)
from .. import policies

SHOWN = (
    EntryState.SUBMITTED,
    EntryState.ACCEPTED,
    EntryState.RETURNED,
    EntryState.REJECTED,
    EntryState.WITHDRAWN,
)
_COUNTED = (EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.RETURNED)
_STEP = 1000


def get_edition_for(actor: Actor, slug: str) -> Edition:
    """The edition whose lists `actor` may read. Raises NotFound, which also hides it."""
    edition = db.session.scalar(sa.select(Edition).where(Edition.slug == slug))
    if edition is None or not policies.can_view_entries(actor, edition):
        raise NotFound(_("Không có kỳ thi này, hoặc Anh/Chị không xem được hồ sơ của kỳ thi này."))
    return edition


def divisions_of(edition: Edition) -> Sequence[Division]:
    return db.session.scalars(
        sa.select(Division).where(Division.edition_id == edition.id).order_by(Division.position, Division.id)
    ).all()


# -- teams ----------------------------------------------------------------------------------------

ENTRY_SORTS = {
    "number": (Entry.number, Team.search_key),
    "team": (Team.search_key,),
    "school": (Organisation.sort_key, Team.search_key),
    "submitted": (Entry.submitted_at,),
}


def _coach(column: Any) -> Any:
    """The first coach of the entry, as frozen."""
    return (
        sa.select(column)
        .where(
            EntryMember.entry_id == Entry.id,
            EntryMember.part == MemberPart.COACH,
            EntryMember.ended_at.is_(None),
        )
        .order_by(EntryMember.position)
        .limit(1)
        .correlate(Entry)
        .scalar_subquery()
    )


def entries(edition: Edition, args: ListArgs) -> Any:
    """Select of an edition's teams under the list's search, filters and order."""
    pupils = (
        sa.select(sa.func.count(EntryMember.id))
        .where(
            EntryMember.entry_id == Entry.id,
            EntryMember.part != MemberPart.COACH,
            EntryMember.ended_at.is_(None),
        )
        .correlate(Entry)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            Entry.id,
            Entry.number,
            Entry.state,
            Entry.submitted_at,
            Team.name.label("team"),
            Organisation.name.label("school"),
            Division.name.label("division"),
            Division.name_en.label("division_en"),
            Project.title.label("project"),
            pupils.label("pupils"),
            _coach(EntryMember.full_name).label("coach"),
        )
        .join(Team, Team.id == Entry.team_id)
        .join(Division, Division.id == Entry.division_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .where(Entry.edition_id == edition.id, Entry.state.in_(SHOWN))
    )
    statement = _filtered(statement, args)
    if args.key:
        member = (
            sa.select(EntryMember.id)
            .join(Person, Person.id == EntryMember.person_id)
            .where(EntryMember.entry_id == Entry.id, words_match(Person.search_key, args.key))
            .correlate(Entry)
        )
        statement = statement.where(
            sa.or_(
                words_match_one((Team.search_key, Organisation.search_key, Project.search_key), args.key),
                sa.func.lower(Entry.number) == args.key,
                member.exists(),
            )
        )
    return order(statement, args, ENTRY_SORTS, Entry.id)


def _filtered(statement: Any, args: ListArgs) -> Any:
    """By division, school and state, whichever the address names."""
    if args.filters.get("division"):
        statement = statement.where(Division.slug == args.filters["division"])
    if args.filters.get("school"):
        statement = statement.where(Organisation.slug == args.filters["school"])
    if args.filters.get("state"):
        statement = statement.where(Entry.state == args.filters["state"])
    return statement


# -- people ---------------------------------------------------------------------------------------

PEOPLE_SORTS = {
    "name": (Person.sort_key,),
    "school": (Organisation.sort_key, Person.sort_key),
    "team": (Team.search_key, EntryMember.position),
    "born": (Person.birth_date, Person.sort_key),
}


def people(edition: Edition, args: ListArgs) -> Any:
    """Select of the pupils and coaches who take part, one row a person and entry."""
    statement = (
        sa.select(
            EntryMember.id,
            EntryMember.full_name,
            EntryMember.part,
            EntryMember.class_name,
            Person.birth_date,
            Person.phone,
            Person.email,
            Entry.id.label("entry_id"),
            Entry.number,
            Team.name.label("team"),
            Organisation.name.label("school"),
            Division.name.label("division"),
            Division.name_en.label("division_en"),
        )
        .join(Entry, Entry.id == EntryMember.entry_id)
        .join(Person, Person.id == EntryMember.person_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Division, Division.id == Entry.division_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(
            Entry.edition_id == edition.id,
            Entry.state.in_(_COUNTED),
            EntryMember.ended_at.is_(None),
        )
    )
    statement = _filtered(statement, args)
    part = args.filters.get("part")
    if part == "coach":
        statement = statement.where(EntryMember.part == MemberPart.COACH)
    elif part == "pupil":
        statement = statement.where(EntryMember.part != MemberPart.COACH)
    if args.key:
        # A name and a school are not taken together: “nguyen an” is nobody called Nguyễn at An Bình.
        place = words_match_one((Team.search_key, Organisation.search_key), args.key)
        statement = statement.where(sa.or_(words_match(Person.search_key, args.key), place))
    return order(statement, args, PEOPLE_SORTS, EntryMember.id)


# -- schools --------------------------------------------------------------------------------------


def schools(edition: Edition, args: ListArgs) -> Any:
    """Select of the schools that take part, with how many teams and pupils each sends."""
    counted = (Entry.edition_id == edition.id, Entry.state.in_(_COUNTED))
    teams = (
        sa.select(
            Entry.organisation_id,
            sa.func.count(Entry.id).label("teams"),
            sa.func.sum(sa.case((Entry.state == EntryState.ACCEPTED, 1), else_=0)).label("accepted"),
        )
        .where(*counted)
        .group_by(Entry.organisation_id)
        .subquery()
    )
    pupils = (
        sa.select(Entry.organisation_id, sa.func.count(sa.distinct(EntryMember.person_id)).label("pupils"))
        .join(EntryMember, EntryMember.entry_id == Entry.id)
        .where(*counted, EntryMember.part != MemberPart.COACH, EntryMember.ended_at.is_(None))
        .group_by(Entry.organisation_id)
        .subquery()
    )
    statement = (
        sa.select(
            Organisation.id,
            Organisation.slug,
            Organisation.name,
            teams.c.teams,
            teams.c.accepted,
            sa.func.coalesce(pupils.c.pupils, 0).label("pupils"),
        )
        .join(teams, teams.c.organisation_id == Organisation.id)
        .outerjoin(pupils, pupils.c.organisation_id == Organisation.id)
    )
    if args.key:
        statement = statement.where(words_match(Organisation.search_key, args.key))
    sorts = {
        "name": (Organisation.sort_key,),
        "teams": (teams.c.teams, Organisation.sort_key),
        "pupils": (pupils.c.pupils, Organisation.sort_key),
    }
    return order(statement, args, sorts, Organisation.id)


SCHOOL_SORTS = ("name", "teams", "pupils")


def page_of(statement: Any, args: ListArgs) -> Page:
    """One page of a list: two queries."""
    return paginate(statement, args, scalars=False)


def all_rows(statement: Any) -> Iterator[Any]:
    """Every row of a list, read in portions, for files."""
    one_state()
    yield from db.session.execute(statement.execution_options(yield_per=_STEP))
