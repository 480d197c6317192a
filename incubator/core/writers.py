"""The queue of those who write to SQLite: a file lock, which is fair between threads and processes.

SQLite by itself lets writers try again after ever longer waits, so that one may starve behind many.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _LockFile:
    """An open lock file that is closed with the thread that opened it."""

    def __init__(self, path: str) -> None:
        self.number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def fileno(self) -> int:
        return self.number

    def __del__(self) -> None:
        os.close(self.number)


class _LockFiles(threading.local):
    """One open lock file per thread and path: `flock` is per open file, so threads queue as processes do."""

    def __init__(self) -> None:
        self.files: dict[str, _LockFile] = {}

    def open(self, path: str) -> _LockFile:
        if path not in self.files:
            self.files[path] = _LockFile(path)
        return self.files[path]


_lock_files = _LockFiles()


@contextmanager
def turn(database: str | None) -> Iterator[None]:
    """Wait for the turn to write to a database file, and keep it; no waiting without a file."""
    if not database or database == ":memory:":
        yield
        return
    lock = _lock_files.open(f"{database}.lock")
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
