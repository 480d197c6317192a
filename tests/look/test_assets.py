"""Static files: named by content, compressed once, kept for a year, and nothing beside them is shown."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import brotli
import pytest

from incubator.core import assets
from incubator.core.assets import AssetLayer, AssetStore

CSS = b"body { color: black; }\n" * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "css/a.css").write_bytes(CSS)
    (tmp_path / "css/.secret").write_text("no")
    (tmp_path / "vendor/fonts").mkdir(parents=True)
    (tmp_path / "vendor/fonts/a.woff2").write_bytes(b"x" * 900)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/a.js").write_text("alert(1)")
    (tmp_path / "package.json").write_text("{}")
    return tmp_path


def call(
    folder: Path, path: str, method: str = "GET", query: str = "", **headers: str
) -> tuple[str, dict[str, str], bytes]:
    seen: dict[str, Any] = {}

    def start(status: str, found: list[tuple[str, str]]) -> None:
        seen.update(status=status, headers=dict(found))

    layer = AssetLayer(lambda environ, start: [b"from the application"], AssetStore(folder))
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": query, **headers}
    body = b"".join(layer(environ, start))
    return seen.get("status", ""), seen.get("headers", {}), body


def test_other_paths_go_on_to_the_application(folder: Path) -> None:
    assert call(folder, "/vi/")[2] == b"from the application"


@pytest.mark.parametrize(
    ("accept", "coding", "unpack"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip;q=1.0", "gzip", gzip.decompress),
        ("", None, bytes),
        ("brx", None, bytes),
    ],
)
def test_body_is_packed_as_the_browser_accepts(
    folder: Path, accept: str, coding: str | None, unpack: Any
) -> None:
    status, headers, body = call(folder, "/static/css/a.css", HTTP_ACCEPT_ENCODING=accept)
    assert (status, headers.get("Content-Encoding")) == ("200 OK", coding)
    assert unpack(body) == CSS
    assert int(headers["Content-Length"]) == len(body)
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    assert headers["Vary"] == "Accept-Encoding"


def test_fonts_are_not_packed_again(folder: Path) -> None:
    _, headers, body = call(folder, "/static/vendor/fonts/a.woff2", HTTP_ACCEPT_ENCODING="br")
    assert "Content-Encoding" not in headers
    assert len(body) == 900


def test_named_version_is_kept_for_a_year_and_another_is_not(folder: Path) -> None:
    tag = call(folder, "/static/css/a.css")[1]["ETag"].strip('"')
    assert "immutable" in call(folder, "/static/css/a.css", query=f"v={tag[:8]}")[1]["Cache-Control"]
    assert call(folder, "/static/css/a.css", query="v=00000000")[1]["Cache-Control"] == "no-cache"
    assert call(folder, "/static/css/a.css")[1]["Cache-Control"] == "no-cache"


def test_unchanged_file_is_answered_304_without_body(folder: Path) -> None:
    tag = call(folder, "/static/css/a.css")[1]["ETag"]
    status, _, body = call(folder, "/static/css/a.css", HTTP_IF_NONE_MATCH=tag)
    assert (status, body) == ("304 NOT MODIFIED", b"")


def test_changed_file_gets_a_new_tag_at_the_next_look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = AssetStore(folder)
    before = store.get("css/a.css")
    (folder / "css/a.css").write_bytes(CSS + b"a{}")
    assert store.get("css/a.css") is before, "the disk is not asked at every page"
    monkeypatch.setattr(assets, "LOOK_AGAIN", 0.0)
    after = store.get("css/a.css")
    assert before
    assert after
    assert before.tag != after.tag


@pytest.mark.parametrize(
    "path",
    [
        "package.json",
        "node_modules/a.js",
        "css/../package.json",
        "css/../../etc/passwd",
        "css/.secret",
        "css",
        "css/",
        "",
        "/css/a.css",
        "css/none.css",
        "css/a\0.css",
        "..",
        "vendor/../node_modules/a.js",
    ],
)
def test_nothing_else_is_shown(folder: Path, path: str) -> None:
    assert call(folder, f"/static/{path}")[0] == "404 NOT FOUND"


def test_only_get_and_head(folder: Path) -> None:
    assert call(folder, "/static/css/a.css", "POST")[0] == "405 METHOD NOT ALLOWED"
    status, headers, body = call(folder, "/static/css/a.css", "HEAD")
    assert (status, body) == ("200 OK", b"")
    assert headers["Content-Length"] == str(len(CSS))
