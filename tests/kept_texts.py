"""Texts kept beside the tests, so that whoever changes them reads them."""

from __future__ import annotations

import pathlib

import pytest

FOLDER = pathlib.Path(__file__).parent / "snapshots"


def assert_kept(name: str, written: str) -> None:
    """Equal to what is kept. Delete the file to have it written anew; that run fails, so that none passes unread."""
    path = FOLDER / name
    if not path.exists():
        path.write_text(written)
        pytest.fail(f"{path} was not there and is written now: read it before it is committed.")
    assert written == path.read_text()
