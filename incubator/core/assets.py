"""Style sheets, scripts, fonts and pictures: addresses with the content's hash, answers compressed once.

`asset('css/tokens.css')` gives `/static/css/tokens.css?v=1a2b3c4d`; such an address may be kept for a year,
since a changed file has another one. A WSGI layer answers it before Flask: no session is read, no hook runs.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import brotli
from flask import Flask, Request, Response

# Only what pages load: package.json, build files and node_modules stand in the same folder.
FOLDERS = frozenset({"css", "js", "img", "vendor"})
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest", ".txt"})
PACKED_PAGES = frozenset({"text/html", "application/json", "image/svg+xml", "text/csv", "text/calendar"})
# Seconds. A page names a dozen files: asking the disk for each of them at each page adds up.
LOOK_AGAIN = 1.0
YEAR = "public, max-age=31536000, immutable"
HEADERS = [("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin")]

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class Asset:
    stamp: tuple[int, int]
    tag: str
    kind: str
    plain: bytes
    packed: dict[str, bytes]


class AssetStore:
    """Files of the static folder, read and compressed once; one that changed on disk is read again within a second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._known: dict[str, tuple[Asset, float]] = {}  # with when it was last compared to the disk

    def get(self, name: str) -> Asset | None:
        """The asset, or None for a name outside the shown folders."""
        known, looked = self._known.get(name, (None, 0.0))
        now = time.monotonic()
        if known is not None and now - looked < LOOK_AGAIN:
            return known
        found = self._read(name, known)
        if found is not None:
            self._known[name] = found, now
        return found

    def _read(self, name: str, known: Asset | None) -> Asset | None:
        parts = name.split("/")
        if parts[0] not in FOLDERS or ".." in parts or any(p.startswith(".") for p in parts):
            return None
        path = self.folder / name
        try:
            stat = path.stat()
        except (OSError, ValueError):
            return None
        stamp = (stat.st_mtime_ns, stat.st_size)
        if known is not None and known.stamp == stamp:
            return known
        return read_asset(path, stamp) if path.is_file() else None


def read_asset(path: Path, stamp: tuple[int, int]) -> Asset:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    packed: dict[str, bytes] = {}
    if path.suffix in COMPRESSED and len(content) > 512:
        packed = {"br": brotli.compress(content, quality=9), "gzip": gzip.compress(content, 9, mtime=0)}
    return Asset(stamp, hashlib.sha256(content).hexdigest()[:16], kind, content, packed)


StartResponse = Callable[..., Any]
WSGI = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class AssetLayer:
    """Answers GET and HEAD of `/static/…` from the store; everything else goes on to the application."""

    def __init__(self, application: WSGI, store: AssetStore, prefix: str = "/static/") -> None:
        self.application = application
        self.store = store
        self.prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith(self.prefix):
            return self.application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response(
                "405 METHOD NOT ALLOWED", [*HEADERS, ("Allow", "GET, HEAD"), ("Content-Length", "0")]
            )
            return []
        asset = self.store.get(path[len(self.prefix) :])
        if asset is None:
            start_response(
                "404 NOT FOUND", [*HEADERS, ("Content-Type", "text/plain"), ("Content-Length", "9")]
            )
            return [b"Not found"]
        return answer(asset, environ, start_response)


def answer(asset: Asset, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    named = parse_qs(str(environ.get("QUERY_STRING", ""))).get("v")
    tag = f'"{asset.tag}"'
    headers = [
        *HEADERS,
        ("ETag", tag),
        ("Vary", "Accept-Encoding"),
        # An address with another hash is an old page asking for a new file: give it, but let nobody keep it.
        ("Cache-Control", YEAR if named == [asset.tag[:8]] or asset.kind == "font/woff2" else "no-cache"),
    ]
    if tag in str(environ.get("HTTP_IF_NONE_MATCH", "")):
        start_response("304 NOT MODIFIED", headers)
        return []
    accepted = {t.split(";")[0].strip() for t in str(environ.get("HTTP_ACCEPT_ENCODING", "")).split(",")}
    body = asset.plain
    for coding in ("br", "gzip"):
        if coding in accepted and coding in asset.packed:
            body = asset.packed[coding]
            headers.append(("Content-Encoding", coding))
            break
    headers += [("Content-Type", asset.kind), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def pack(response: Response, request: Request) -> Response:
    """A public page gets its ETag, is answered 304 where the browser has it, and is compressed.

    Only for pages without secrets: the packed length of what a visitor typed would tell something about them.
    """
    if response.status_code != 200 or response.direct_passthrough or response.is_streamed:
        return response
    response.add_etag()
    response.make_conditional(request)
    if response.status_code != 200 or response.mimetype not in PACKED_PAGES or response.content_encoding:
        return response
    body = response.get_data()
    response.vary.add("Accept-Encoding")
    if len(body) < 1024:
        return response
    if request.accept_encodings["br"]:
        response.set_data(brotli.compress(body, quality=5))
        response.content_encoding = "br"
    elif request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.content_encoding = "gzip"
    return response


def init_app(app: Flask, folder: Path) -> None:
    """Puts the layer in front of the application and gives templates `asset(name)`."""
    store = AssetStore(folder)
    app.wsgi_app = AssetLayer(app.wsgi_app, store)  # type: ignore[method-assign]

    def asset(name: str) -> str:
        found = store.get(name)
        return f"/static/{name}?v={found.tag[:8]}" if found else f"/static/{name}"

    app.jinja_env.globals.update(asset=asset, static_url=asset)
