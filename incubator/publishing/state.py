"""Which kept pages hold: two numbers that every process has mapped into its memory.

Each answer asks them anew, so that a withdrawn name is gone from the next answer on, in every process. Asking the disk
instead costs two system calls, at each of which the other threads of a busy server get their turn first.
"""

from __future__ import annotations

import mmap
import os
import secrets
import struct
import time
from pathlib import Path

_GENERATION, _TOUCHED = struct.Struct("@Q"), struct.Struct("@d")  # native: each is read in one piece
_SIZE = _GENERATION.size + _TOUCHED.size
LOOK_AGAIN = 1.0  # seconds after which the file itself is looked for: a restored folder brings another one


class State:
    """The living generation and when everything was last touched (epoch seconds), in `<root>/state`."""

    def __init__(self, root: Path) -> None:
        self.root, self.path = root, root / "state"
        self._map: mmap.mmap | None = None
        self._inode, self._looked = 0, 0.0

    def read(self) -> tuple[int, float]:
        """(generation, touched)."""
        mapped = self._mapped()
        return _GENERATION.unpack_from(mapped, 0)[0], _TOUCHED.unpack_from(mapped, _GENERATION.size)[0]

    def begin_generation(self) -> int:
        """A new generation, from this moment on, in every process; the one before."""
        mapped = self._mapped()
        old: int = _GENERATION.unpack_from(mapped, 0)[0]
        # Drawn, not counted: a folder restored from a backup must not come to an old number again.
        _GENERATION.pack_into(mapped, 0, secrets.randbits(63) + 1)
        mapped.flush()
        return old

    def touch(self, at: float) -> None:
        mapped = self._mapped()
        _TOUCHED.pack_into(mapped, _GENERATION.size, at)
        mapped.flush()

    def _mapped(self) -> mmap.mmap:
        now = time.monotonic()
        if self._map is None or now - self._looked > LOOK_AGAIN:
            self._map, self._looked = self._open(), now
        return self._map

    def _open(self) -> mmap.mmap:
        self.root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            found = os.fstat(handle)
            if self._map is not None and found.st_ino == self._inode:
                return self._map
            if found.st_size < _SIZE:
                os.ftruncate(handle, _SIZE)
            self._inode = found.st_ino
            return mmap.mmap(handle, _SIZE)
        finally:
            os.close(handle)
