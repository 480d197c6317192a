"""What a dossier must hold."""

import pytest

from incubator.contests.dossier import (
    FileKind,
    Part,
    Requirements,
    from_json,
    is_web_address,
    missing,
    to_json,
)

PICTURE = FileKind("picture", "Ảnh sản phẩm", least=2, most=5)
WANTED = Requirements(
    title=True,
    field=True,
    abstract_words=300,
    abstract_required=True,
    video=True,
    files=(PICTURE,),
    blocks_submission=True,
)
NOTHING = {"title": " ", "field": "", "abstract": "", "video_url": "", "file_kinds": []}


def test_an_empty_dossier_lacks_everything_that_is_asked_for() -> None:
    assert [(m.part, m.have) for m in missing(WANTED, **NOTHING)] == [
        (Part.TITLE, 0), (Part.FIELD, 0), (Part.ABSTRACT, 0), (Part.VIDEO, 0), (Part.FILE, 0),
    ]  # fmt: skip


def test_one_picture_of_two_is_still_missing_one() -> None:
    [lack] = missing(
        WANTED,
        title="Thùng rác",
        field="env",
        abstract="…",
        video_url="https://youtu.be/x",
        file_kinds=["picture", "other"],
    )
    assert (lack.part, lack.kind, lack.have) == (Part.FILE, PICTURE, 1)


def test_a_full_dossier_and_one_that_asks_nothing_lack_nothing() -> None:
    full = {
        "title": "a",
        "field": "b",
        "abstract": "c",
        "video_url": "d",
        "file_kinds": ["picture", "picture"],
    }
    assert missing(WANTED, **full) == []
    assert missing(Requirements(), **NOTHING) == []
    assert (WANTED.asked, Requirements().asked) == (True, False)


def test_requirements_survive_storing() -> None:
    assert from_json(to_json(WANTED)) == WANTED
    assert from_json({}) == Requirements()


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("https://youtu.be/abc", True), ("http://a.vn", True), ("javascript:alert(1)", False), ("youtu.be/abc", False),
        ("https://localhost", False), ("https://[", False), ("", False),
    ],
)  # fmt: skip
def test_only_web_addresses_are_taken_as_a_video(text: str, fits: bool) -> None:
    assert is_web_address(text) is fits
