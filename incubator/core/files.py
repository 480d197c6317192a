"""Files by content: written once under their hash, type sniffed, pictures re-encoded without metadata."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import IO, Any

import filetype
import fsspec
from flask import current_app

from .errors import Invalid, NotFound
from .i18n import _
from .whole import part_name

MEGABYTE = 1024 * 1024

#: Accepted kinds: media type -> (ending, most bytes).
KINDS: dict[str, tuple[str, int]] = {
    "image/jpeg": ("jpg", 12 * MEGABYTE),
    "image/png": ("png", 12 * MEGABYTE),
    "image/webp": ("webp", 12 * MEGABYTE),
    "application/pdf": ("pdf", 25 * MEGABYTE),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", 25 * MEGABYTE),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx", 40 * MEGABYTE),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", 25 * MEGABYTE),
    "application/zip": ("zip", 40 * MEGABYTE),
}
PICTURES = ("image/jpeg", "image/png", "image/webp")
#: A picture is unpacked in memory. JPEG is unpacked small from the start, so that a phone's largest pictures may come.
MOST_PIXELS = {"image/jpeg": 120_000_000, "image/png": 30_000_000, "image/webp": 30_000_000}
LONGEST_SIDE = 3000
PLAIN_MODES = ("L", "LA", "RGB", "RGBA", "CMYK")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """Bytes that may be stored, and what they are."""

    data: bytes
    media_type: str
    name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def clean_name(name: str) -> str:
    """A file name that is safe to show and to send: no path, no control characters, at most 120 letters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", name).strip(". ")
    if len(name) <= 120:
        return name or "tep"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:110]}.{ending[:8]}" if dot else name[:120]


def check(data: bytes, name: str, allowed: tuple[str, ...] = tuple(KINDS)) -> CheckedFile:
    """Sniff and limit an upload; pictures come back re-encoded, without EXIF and place.

    Raises Invalid with what was sent, what is accepted and how to mend it.
    """
    name = clean_name(name)
    if not data:
        raise Invalid(_("Tệp “%(name)s” rỗng. Chọn lại tệp.", name=name), field="file")
    guess = filetype.guess(data)
    media = guess.mime if guess else ""
    if media not in allowed:
        endings = ", ".join(KINDS[k][0].upper() for k in allowed if k in KINDS)
        raise Invalid(
            _("Tệp “%(name)s” không thuộc loại nhận được. Gửi tệp: %(endings)s.", name=name, endings=endings),
            field="file",
        )
    ending, most = KINDS[media]
    if len(data) > most:
        raise Invalid(
            _(
                "Tệp “%(name)s” nặng %(size)s MB, quá mức %(most)s MB. Nén nhỏ rồi gửi lại.",
                name=name,
                size=-(-len(data) // MEGABYTE),
                most=most // MEGABYTE,
            ),
            field="file",
        )
    if media in PICTURES:
        data = _reencode(data, media, name)
    if not name.lower().endswith("." + ending) and not (ending == "jpg" and name.lower().endswith(".jpeg")):
        name = f"{name.rsplit('.', 1)[0]}.{ending}"
    return CheckedFile(data, media, name)


def _reencode(data: bytes, media: str, name: str) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())  # ours is checked below, before anything is unpacked
    try:
        with Image.open(io.BytesIO(data)) as opened:
            picture: Image.Image = opened
            most = MOST_PIXELS[media]
            if picture.width * picture.height > most:
                raise Invalid(
                    _(
                        "Ảnh “%(name)s” quá lớn. Thu nhỏ dưới %(n)s triệu điểm ảnh.",
                        name=name,
                        n=most // 1_000_000,
                    ),
                    field="file",
                )
            opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG comes out of its file small
            if picture.mode not in PLAIN_MODES:
                picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            if media == "image/jpeg":
                upright = upright.convert("RGB")
            clean = Image.new(upright.mode, upright.size)  # the pixels and nothing else
            clean.paste(upright)
            out = io.BytesIO()
            clean.save(
                out,
                format={"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}[media],
                quality=88,
            )
            return out.getvalue()
    except Invalid:
        raise
    except Exception as error:
        raise Invalid(
            _("Ảnh “%(name)s” bị hỏng, không mở được. Chọn ảnh khác.", name=name), field="file"
        ) from error


def _place(sha256: str) -> tuple[Any, str]:
    fs, root = fsspec.core.url_to_fs(str(current_app.config["FILES_URL"]))
    return fs, f"{root}/{sha256[:2]}/{sha256}"


def write(data: bytes) -> str:
    """Store bytes under their hash and return it. Writing the same again does nothing; a crash leaves no half file."""
    sha256 = hashlib.sha256(data).hexdigest()
    fs, path = _place(sha256)
    if not fs.exists(path):
        fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        part = f"{path}.{part_name()}"
        with fs.open(part, "wb") as out:
            out.write(data)
        fs.mv(part, path)
    return sha256


def read(sha256: str) -> bytes:
    """The stored bytes. Raises NotFound when they are gone."""
    with open_file(sha256) as source:
        data: bytes = source.read()
        return data


def open_file(sha256: str) -> IO[bytes]:
    fs, path = _place(sha256)
    try:
        handle: IO[bytes] = fs.open(path, "rb")
    except FileNotFoundError:
        raise NotFound(_("Tệp này không còn trong kho. Báo quản trị hệ thống.")) from None
    return handle
