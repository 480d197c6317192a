"""What a search finds: words from their beginning, in any order, without diacritics."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.core.db import db
from incubator.core.lists import words_match
from incubator.core.text import search_key
from incubator.models import Person
from tests.factories import make_person


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyen van an", ["Nguyễn Văn An", "Nguyễn Văn Anh"]),
        ("an nguyễn", ["Nguyễn Văn An", "Nguyễn Văn Anh"]),
        ("van an", ["Nguyễn Văn An", "Nguyễn Văn Anh"]),
        ("giang", ["Nguyễn Vân Giang"]),
        ("iang", []),
        ("100%", []),
    ],
)
def test_words_are_found_from_their_beginning(session, typed, found):
    for name in ("Nguyễn Văn An", "Nguyễn Văn Anh", "Nguyễn Vân Giang"):
        make_person(name)
    names = db.session.scalars(
        sa.select(Person.full_name)
        .where(words_match(Person.search_key, search_key(typed)))
        .order_by(Person.full_name)
    )
    assert list(names) == found
