"""Looking into the zip of an uploaded .xlsx before anything opens it: a few bytes may claim to be a sheet of seventeen
milliard cells, and the reader of workbooks would ask for the memory at once."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELLS = 4_000_000  # of the rectangle around a sheet's cells: 50,000 rows of 80 columns
_CHUNK = 1 << 20
_OVERLAP = 256  # no tag that matters is longer than this
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^<>]*?\br=[\"']([A-Z]{0,3})(\d{1,7})[\"']")


class TooMuchError(Exception):
    """The parts unpack to more than MAX_UNPACKED."""


def far_cells(data: bytes) -> list[str]:
    """The far corner, as “XFD1048576”, of each sheet that is too large to open.

    Sizes that the archive itself claims are not believed: every part is unpacked and counted. Raises TooMuchError,
    or zlib.error and BadZipFile for a damaged archive.
    """
    left, corners = MAX_UNPACKED, []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            corner = _Corner() if _SHEET.fullmatch(info.filename) else None
            for piece in _unpacked(info, memoryview(data)):
                left -= len(piece)
                if left < 0:
                    raise TooMuchError
                if corner:
                    corner.read(piece)
            if corner and corner.cells > MAX_CELLS:
                corners.append(corner.name)
    return corners


def _unpacked(info: zipfile.ZipInfo, data: memoryview) -> Iterator[bytes]:
    head = bytes(data[info.header_offset : info.header_offset + 30])
    if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile(info.filename)
    names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    start = info.header_offset + 30 + names
    packed = bytes(data[start : start + info.compress_size])
    if info.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(info.filename)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and not inflater.eof:
        yield inflater.decompress(packed, _CHUNK)
        packed = inflater.unconsumed_tail


@dataclass(slots=True)
class _Corner:
    """The last row and column that a sheet's cells name."""

    row: int = 1
    letters: bytes = b"A"
    tail: bytes = b""

    def read(self, piece: bytes) -> None:
        places = _PLACE.findall(self.tail + piece)
        self.row = max(self.row, max((int(row) for _, row in places), default=0))
        self.letters = max({self.letters, *(letters for letters, _ in places)}, key=lambda x: (len(x), x))
        self.tail = piece[-_OVERLAP:]

    @property
    def name(self) -> str:
        return f"{self.letters.decode()}{self.row}"

    @property
    def cells(self) -> int:
        width = 0
        for letter in self.letters:
            width = width * 26 + letter - ord("A") + 1
        return self.row * width
