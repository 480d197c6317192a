"""Where held pairs can sit: equal to trying every seating, and quick where there are many."""

import itertools
import random

import pytest

from incubator.mentoring.matching import Lock, Mentor, Place, Team
from incubator.mentoring.matching.locks import _seated


def drawn(seed):
    """A team of a few places and locks on it, some of which cannot all be seated."""
    rng = random.Random(seed)
    kinds = rng.choice([("any",), ("a", "b"), ("a", "b", "any")])
    places = tuple(Place(rng.choice(kinds), rng.choice((0, 3))) for _ in range(rng.randint(1, 5)))
    mentors = [Mentor(id=f"m{j}", kind=rng.choice(kinds)) for j in range(rng.randint(1, 4))]
    locks = [Lock("t", mentor.id, rng.choice((None, None, rng.choice(places).kind))) for mentor in mentors]
    return Team(id="t", places=places), mentors, [(n, n, lock) for n, lock in enumerate(locks)]


def fits(place, mentor, lock):
    kind = "any" in (place.kind, mentor.kind) or place.kind == mentor.kind
    return kind and lock.kind in (None, place.kind)


def seatings(team, mentors, rows):
    """Every way to give each lock a place of its own."""
    for seats in itertools.permutations(range(len(team.places)), len(rows)):
        if all(fits(team.places[p], mentors[j], lock) for p, (_n, j, lock) in zip(seats, rows, strict=True)):
            yield seats


@pytest.mark.parametrize("seed", range(300))
def test_held_pairs_may_sit_where_some_complete_seating_has_them(seed):
    team, mentors, rows = drawn(seed)
    found, without = _seated(team, mentors, rows)
    every = list(seatings(team, mentors, rows))
    if not every:
        first = next(n for n in range(1, len(rows) + 1) if not list(seatings(team, mentors, rows[:n])))
        assert without == rows[first - 1]
        return
    assert without is None
    for n, j, _lock in rows:
        assert {team.places[p] for p in found[j]} == {team.places[seats[n]] for seats in every}
    # What is left to choose from still holds every pattern of places.
    patterns = {tuple(team.places[p] for p in seats) for seats in every}
    choices = itertools.product(*(found[j] for _n, j, _lock in rows))
    assert {
        tuple(team.places[p] for p in seats) for seats in choices if len(set(seats)) == len(seats)
    } == patterns


@pytest.mark.parametrize("hours", [lambda n: 0, lambda n: n], ids=["equal", "different"])
def test_many_held_pairs_of_one_team_are_seated_at_once(hours):
    team = Team(id="t", places=tuple(Place("any", hours(n)) for n in range(30)))
    mentors = [Mentor(id=f"m{j}") for j in range(31)]
    rows = [(n, n, Lock("t", f"m{n}", None)) for n in range(31)]
    found, without = _seated(team, mentors, rows[:30])
    assert without is None
    assert len(found) == 30
    assert _seated(team, mentors, rows)[1] == rows[30]
