"""What a domain tells of a person is put together from chapters."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from incubator.core.personal import Chapter, telling
from incubator.core.together import ask
from incubator.models import Person
from tests.factories import make_person


def test_a_chapter_tells_rows_in_the_order_in_which_they_were_made_and_a_single_one_by_itself(
    session: Any,
) -> None:
    first, second = make_person("Lê An"), make_person("Bùi Bình")
    name = Person.full_name
    pair = Chapter(
        "pair",
        lambda person_id: sa.select(Person.id, name).where(Person.id >= person_id).order_by(Person.id.desc()),
        lambda r: {"name": r.full_name},
    )
    alone = Chapter(
        "alone",
        lambda person_id: sa.select(Person.id, name).where(Person.id == person_id),
        pair.said,
        one=True,
    )
    told = ask(telling(pair, alone)(first.id))
    assert told == {"pair": [{"name": "Lê An"}, {"name": "Bùi Bình"}], "alone": {"name": "Lê An"}}
    assert ask(telling(alone)(second.id + 1)) == {"alone": None}
