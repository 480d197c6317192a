"""Published pages without Flask in front of them: built once, kept packed, answered from memory.

A WSGI layer around the application. A view that may be kept says so with the header KEEP; the layer then stores its
body under `<root>/<generation>/` and answers the next requests itself, with ETag, 304, gzip and brotli, no cookie and
no SQL. The files are the truth, the dict of a process is a cache of them.

Two kinds of old:
- *stale*: its hour has come (a scheduled publication), its ten minutes are over, or `touch()` was called. One request
  builds it anew, everybody else gets the old copy meanwhile.
- *purged*: `purge()` was called (a consent or an embargo was withdrawn). A new generation begins, in every process at
  once; nothing of the old one is served again, not even while the new page is built.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from werkzeug.http import http_date, parse_etags
from werkzeug.test import run_wsgi_app

from .state import State

KEEP = "X-Prebuilt-Until"  # epoch seconds until which the view's answer holds
PREFIXES = ("/vi/results", "/en/results", "/vi/schools", "/en/schools")
LONGEST = 600.0  # seconds; names of schools and teams may change without telling us
DROPPED = {
    "set-cookie",
    "vary",
    "content-length",
    "content-encoding",
    "cache-control",
    "etag",
    "date",
    "x-request-id",  # of the one request that built the page
    KEEP.lower(),
}

StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a visitor gets: for WSGI as status and headers, for a socket as the bytes of both."""

    status: str
    headers: Headers
    body: bytes = b""
    head: bytes = field(init=False)

    def __post_init__(self) -> None:
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        object.__setattr__(self, "head", "\r\n".join(lines).encode("latin-1"))


@dataclass(frozen=True, slots=True)
class Page:
    """A built answer. `until` and `built` are epoch seconds."""

    generation: int
    etag: str
    headers: Headers
    bodies: dict[str, bytes]  # coding -> bytes; "" is plain
    built: float
    until: float
    whole: dict[str, Reply] = field(init=False)  # by coding
    unchanged: Reply = field(init=False)

    def __post_init__(self) -> None:
        whole = {
            coding: Reply(
                "200 OK",
                [
                    *self.headers,
                    ("Content-Length", str(len(body))),
                    *([("Content-Encoding", coding)] if coding else []),
                ],
                body,
            )
            for coding, body in self.bodies.items()
        }
        object.__setattr__(self, "whole", whole)
        unchanged = Reply("304 NOT MODIFIED", [h for h in self.headers if h[0] != "Content-Type"])
        object.__setattr__(self, "unchanged", unchanged)

    def reply(self, if_none_match: str, accept_encoding: str) -> Reply:
        """200 or 304 with the best packing that the visitor takes."""
        if if_none_match and (
            if_none_match == self.etag or parse_etags(if_none_match).contains_weak(self.etag.strip('"'))
        ):
            return self.unchanged
        return self.whole[_coding(accept_encoding, tuple(self.bodies))]


class Prebuilt:
    """The layer. `enabled()` is asked on each request, so that tests and development can go without."""

    def __init__(self, application: Any, root: Path, enabled: Callable[[], bool] = lambda: True) -> None:
        self.application, self.root, self.enabled = application, root, enabled
        self.state = State(root)
        self.pages: dict[str, Page] = {}
        self.locks: dict[str, threading.Lock] = {}
        self.guard = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if (
            not path.startswith(PREFIXES)
            or environ.get("QUERY_STRING")
            or environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or not self.enabled()
        ):
            return self.application(environ, start_response)  # type: ignore[no-any-return]
        generation, touched = self.state.read()
        page = self.find(path, generation, touched)
        if page is None or self.is_stale(page, touched):
            page, other = self.renew(path, page, environ)
            if page is None:
                status, headers, body = other
                start_response(status, headers)
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        reply = page.reply(
            str(environ.get("HTTP_IF_NONE_MATCH", "")), str(environ.get("HTTP_ACCEPT_ENCODING", ""))
        )
        start_response(reply.status, list(reply.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def warm(self, path: str) -> Page | None:
        """The page behind an address, where it can be answered without any work or look at the disk."""
        page = self.pages.get(path)
        if page is None or not self.enabled():
            return None
        generation, touched = self.state.read()
        return None if page.generation != generation or self.is_stale(page, touched) else page

    # -- what is kept ------------------------------------------------------------------------------------------

    def find(self, path: str, generation: int, touched: float) -> Page | None:
        """The kept page of this generation, from memory or, in a process that has not seen it, from its file."""
        page = self.pages.get(path)
        if page is not None and page.generation == generation and page.built >= touched:
            return page
        stored = load(self.root, generation, path)
        if stored is not None:
            self.pages[path] = stored
            return stored
        return page if page is not None and page.generation == generation else None

    def is_stale(self, page: Page, touched: float) -> bool:
        return time.time() >= page.until or page.built < touched

    def renew(self, path: str, old: Page | None, environ: dict[str, Any]) -> tuple[Page | None, Any]:
        """Build `path` once. Who comes meanwhile gets `old`, or waits where there is none."""
        with self.guard:
            lock = self.locks.setdefault(path, threading.Lock())
        if not lock.acquire(blocking=old is None):
            return old, None
        try:
            with _between_processes(self.root, path, wait=old is None) as mine:
                if not mine:
                    return old, None
                generation, touched = self.state.read()
                again = self.find(path, generation, touched)
                if again is not None and not self.is_stale(again, touched):
                    return again, None
                return self.build(path, environ)
        finally:
            lock.release()

    def build(self, path: str, environ: dict[str, Any]) -> tuple[Page | None, Any]:
        """Ask the application as a visitor without cookies; keep the answer if its view allows."""
        # Read first: a purge during the work makes the result belong to a past generation, which nobody serves.
        (generation, _touched), started = self.state.read(), time.time()
        clean = {
            k: v
            for k, v in environ.items()
            if k
            not in (
                "HTTP_COOKIE",
                "HTTP_ACCEPT_ENCODING",
                "HTTP_IF_NONE_MATCH",
                "HTTP_IF_MODIFIED_SINCE",
                "HTTP_RANGE",
            )
        }
        clean |= {"REQUEST_METHOD": "GET", "prebuilt": True}
        chunks, status, headers = run_wsgi_app(self.application, clean, buffered=True)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        until = headers.get(KEEP)
        if not status.startswith("200") or until is None:
            self.pages.pop(path, None)
            return None, (status, [h for h in headers.to_wsgi_list() if h[0] != KEEP], body)
        page = make_page(
            body, headers.to_wsgi_list(), generation, started, min(float(until), started + LONGEST)
        )
        store(self.root, path, page)
        self.pages[path] = page
        return page, None


def make_page(body: bytes, headers: Headers, generation: int, built: float, until: float) -> Page:
    kept = [h for h in headers if h[0].lower() not in DROPPED]
    bodies = {"": body}
    kind = next((v for k, v in kept if k.lower() == "content-type"), "")
    if kind.startswith("text/") or "json" in kind:
        bodies |= {"gzip": gzip.compress(body, 9, mtime=0), "br": brotli.compress(body, quality=9)}
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    fixed = [
        *kept,
        ("ETag", etag),
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", "public, no-cache"),
        ("Last-Modified", http_date(built)),
    ]
    return Page(generation, etag, fixed, bodies, built, until)


@lru_cache(maxsize=256)  # the browsers of a hall say the same few things
def _coding(accepted: str, known: tuple[str, ...]) -> str:
    """br or gzip as a whole word of Accept-Encoding, not refused by q=0."""
    words = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        words[name.strip()] = parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((c for c in ("br", "gzip") if c in known and words.get(c)), "")


# -- files: the truth -----------------------------------------------------------------------------------------------


def purge(root: Path) -> None:
    """Forget everything at once, in every process."""
    old = State(root).begin_generation()
    shutil.rmtree(root / str(old), ignore_errors=True)


def touch(root: Path) -> None:
    """Everything is to be built anew, but may be served until it is."""
    State(root).touch(time.time())


def _place(root: Path, generation: int, path: str) -> Path:
    # Hashed, since an address may hold anything; the folder says nothing about what is inside.
    return root / str(generation) / hashlib.sha256(path.encode()).hexdigest()[:40]


def store(root: Path, path: str, page: Page) -> None:
    """One file with its head as a JSON line, replaced in one step: a reader never sees half a page."""
    target = _place(root, page.generation, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    head = {
        "etag": page.etag,
        "headers": page.headers,
        "built": page.built,
        "until": page.until,
        "lengths": {k: len(v) for k, v in page.bodies.items()},
    }
    part = target.with_suffix(f".{secrets.token_hex(4)}.part")
    part.write_bytes(json.dumps(head).encode() + b"\n" + b"".join(page.bodies.values()))
    part.replace(target)


def load(root: Path, generation: int, path: str) -> Page | None:
    try:
        raw = _place(root, generation, path).read_bytes()
    except OSError:
        return None
    line, _, rest = raw.partition(b"\n")
    head = json.loads(line)
    bodies, start = {}, 0
    for coding, length in head["lengths"].items():
        bodies[coding] = rest[start : start + length]
        start += length
    headers = [(k, v) for k, v in head["headers"]]
    return Page(generation, head["etag"], headers, bodies, head["built"], head["until"])


@contextmanager
def _between_processes(root: Path, path: str, wait: bool) -> Iterator[bool]:
    """A lock file per page; the kernel frees it when a builder dies. Yields whether this one may build."""
    folder = root / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / hashlib.sha256(path.encode()).hexdigest()[:40]).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
