"""Which of the schools that files name are one body, once all files are read: schools of one name in several places,
and names without marks.

Two spellings are one school where level and name are the same and the places beside them agree: one says all that
the other says, or nothing. Two places that differ are two schools; what could be either is told and stays as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from incubator.contests.registration_files.places import Places, agree, plain
from incubator.contests.registration_files.records import Repair, TeamRow
from incubator.contests.registration_files.schools import SchoolRegister, parse_school
from incubator.core.text import search_key

#: What this module tells of rows.
WARNINGS = ("school_in_two_areas", "school_places_apart", "school_place_open", "school_without_marks")


def settle_schools(rows: Sequence[TeamRow], schools: SchoolRegister) -> None:
    """Give one key to all spellings of one school, and tell where that is not sure."""
    _join_places(rows, schools)
    _join_unmarked(rows, schools)
    _warn_of_namesakes(rows)


@dataclass(slots=True)
class _Body:
    """One school among those of its name: where it lies, and the keys of its spellings."""

    places: Places
    keys: list[str] = field(default_factory=list)

    def may_be(self, places: Places) -> bool:
        return agree(self.places, places)


def _join_places(rows: Sequence[TeamRow], schools: SchoolRegister) -> None:
    namesakes: dict[str, list[str]] = defaultdict(list)
    for key, name in schools.names.items():
        namesakes[parse_school(name).core].append(key)
    by_key: dict[str, list[TeamRow]] = defaultdict(list)
    for row in rows:
        by_key[row.school_key].append(row)
    for keys in namesakes.values():
        if len(keys) > 1 and any(key in by_key for key in keys):
            _join(keys, by_key, schools)


def _join(keys: list[str], by_key: dict[str, list[TeamRow]], schools: SchoolRegister) -> None:
    bodies, open_keys = _bodies(keys, schools)
    recorded = sum(
        any(key in schools.ids for key in found) for found in (*(b.keys for b in bodies), open_keys)
    )
    apart = len(bodies) > 1 or recorded > 1
    if not apart:
        bodies = [_Body(frozenset(), [*(bodies[0].keys if bodies else []), *open_keys])]
        open_keys = []
    for body in bodies:
        target = _shown(body.keys, schools)
        new = apart and target not in schools.ids
        for key in body.keys:
            for row in by_key.get(key, ()):
                _move(row, target, schools)
                if new:
                    row.warnings.append("school_places_apart")
    for key in open_keys:
        for row in by_key.get(key, ()) if key not in schools.ids else ():
            here = frozenset({plain(search_key(row.area))}) if row.area else frozenset()
            fits = [body for body in bodies if here and body.may_be(here)]
            if len(fits) == 1:
                _move(row, _shown(fits[0].keys, schools), schools)
            else:
                row.warnings.append("school_place_open")


def _bodies(keys: list[str], schools: SchoolRegister) -> tuple[list[_Body], list[str]]:
    """The schools that places part, and the keys that could be of any: they say no place, or what holds for several.

    Schools on record are never joined with each other; who says most comes before who says little.
    """
    placed = [key for key in keys if schools.places_of(key)]
    open_keys = [key for key in keys if key not in placed]
    bodies = [_Body(schools.places_of(key), [key]) for key in placed if key in schools.ids]
    rest = [key for key in placed if key not in schools.ids]
    for key in sorted(rest, key=lambda key: -len(schools.places_of(key))):
        places = schools.places_of(key)
        fits = [body for body in bodies if body.may_be(places)]
        if len(fits) == 1:
            fits[0].keys.append(key)
            fits[0].places |= places
        elif fits:
            open_keys.append(key)
        else:
            bodies.append(_Body(places, [key]))
    return bodies, open_keys


def _shown(keys: list[str], schools: SchoolRegister) -> str:
    """The spelling by which the school goes: that of the record, else the name without a place, else the fullest."""
    known = [key for key in keys if key in schools.ids]
    bare = [key for key in keys if key == parse_school(schools.names[key]).core]
    return (known or bare or sorted(keys, key=len, reverse=True))[0]


def _move(row: TeamRow, key: str, schools: SchoolRegister) -> None:
    if key != row.school_key:
        was, row.school_key, row.school = row.school, key, schools.names[key]
        row.repairs.append(Repair("school", ("school_place",), was, row.school))


def _join_unmarked(rows: Iterable[TeamRow], schools: SchoolRegister) -> None:
    """“TH Phu Loi” is “Tiểu học Phú Lợi” where only that school reads so and nobody of the row has a mark either.

    Beside names with marks it may be another school (Thanh An, Thạnh An): the row says so.
    """
    unmarked = schools.unmarked()
    for row in rows:
        key = unmarked.get(row.school_key)
        if key is None:
            continue
        if not "".join((row.team, *(m.name for m in row.members), *(c.name for c in row.coaches))).isascii():
            row.warnings.append("school_without_marks")
            continue
        was, row.school_key, row.school = row.school, key, schools.names[key]
        row.repairs.append(Repair("school", ("school_spelling",), was, row.school))


def _warn_of_namesakes(rows: Iterable[TeamRow]) -> None:
    """Two schools may have one name in two wards: the reader takes them for one, and says that it may be wrong."""
    by_school: dict[str, list[TeamRow]] = defaultdict(list)
    for row in rows:
        if row.area:
            by_school[row.school_key].append(row)
    for found in by_school.values():
        if len({plain(search_key(row.area)) for row in found}) > 1:
            for row in found:
                row.warnings.append("school_in_two_areas")
