"""A file is there whole or as it was: written beside its place under a name of its own, then moved.

Several processes may write the same file at once, so the name beside it is never shared.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def part_name() -> str:
    return f"{os.getpid()}-{secrets.token_hex(4)}.part"


def write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{part_name()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
