"""What people type and send: numbers, dates, phones, files."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from incubator.core import files
from incubator.core.errors import Invalid
from incubator.core.forms import parse_day, parse_points, phone_digits


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [("8,5", 850), ("8.5", 850), ("85", 8500), (" 10 ", 1000), ("0,25", 25), ("7,50", 750)],
)
def test_comma_and_dot_are_both_decimal_marks(app, text, hundredths):
    assert parse_points(text) == hundredths


@pytest.mark.parametrize("text", ["", "tám", "1.234,5", "1,2,3", "8,555", "nan", "inf", "1e400", "--1"])
def test_other_numbers_are_refused_in_words(app, text):
    with app.test_request_context(), pytest.raises(Invalid):
        parse_points(text)


@pytest.mark.parametrize("text", ["5/1/2026", "05-01-2026", "05.01.2026", " 05/01/2026 ", "2026-01-05"])
def test_days_in_every_usual_way(app, text):
    with app.test_request_context():
        assert parse_day(text) == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["31/02/2026", "2026", "5/1/26", "mai"])
def test_a_day_that_is_none_is_said(app, text):
    with app.test_request_context(), pytest.raises(Invalid, match="không phải là ngày"):
        parse_day(text)


@given(st.integers(min_value=100_000_000, max_value=999_999_999))
def test_phones_come_to_one_form(nine):
    for text in (f"0{nine}", f"+84{nine}", f"84 {nine}", f"{nine}", f"0{str(nine)[:3]}.{str(nine)[3:]}"):
        assert phone_digits(text) == f"0{nine}"


def picture(kind: str = "JPEG", size=(40, 20), **save) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, format=kind, **save)
    return out.getvalue()


def test_pictures_lose_their_metadata(app):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (10.0, 58.0, 0.0)}  # where it was taken
    exif[0x010F] = "Máy của em"
    with app.test_request_context():
        checked = files.check(picture(exif=exif), "em.jpg", files.PICTURES)
    assert not Image.open(io.BytesIO(checked.data)).getexif()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<script>alert(1)</script>", "anh.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "anh.svg"),
        (b"MZ\x90\x00" + b"\x00" * 200, "bai.pdf"),
        (b"", "rong.pdf"),
        (b"GIF89a" + b"\x00" * 50, "anh.gif"),
        (picture()[:60], "hong.jpg"),
    ],
)
def test_what_a_file_is_called_does_not_matter(app, data, name):
    with app.test_request_context(), pytest.raises(Invalid):
        files.check(data, name)


def test_a_decompression_bomb_is_refused(app):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )
    with app.test_request_context(), pytest.raises(Invalid):
        files.check(bomb, "bom.png")


SCRIPT = b"<script>alert(1)</script>"


def test_a_picture_that_is_also_a_page_keeps_its_pixels_only(app):
    """Behind the last pixel, in a comment, in a text chunk: nothing but the picture is stored."""
    from PIL import PngImagePlugin

    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", SCRIPT.decode())
    both = [
        (picture() + SCRIPT, "anh.jpg"), (picture(comment=SCRIPT), "anh.jpg"), (picture("PNG", pnginfo=note), "anh.png"),
        (picture("PNG") + b"PK\x03\x04" + SCRIPT, "anh.html"), (picture("WEBP") + SCRIPT, "anh.svg"),
    ]  # fmt: skip
    with app.test_request_context():
        for data, name in both:
            checked = files.check(data, name, files.PICTURES)
            assert SCRIPT not in checked.data
            assert checked.name.rpartition(".")[2] in ("jpg", "png", "webp")
            assert Image.open(io.BytesIO(checked.data)).size == (40, 20)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "LA"])
def test_pictures_of_every_mode_come_through(app, mode):
    out = io.BytesIO()
    source = Image.new("RGBA", (30, 10), (200, 30, 30, 120))
    (
        source
        if mode == "RGBA"
        else source.convert("L").convert(mode)
        if mode == "I;16"
        else source.convert(mode)
    ).save(out, "PNG")
    with app.test_request_context():
        checked = files.check(out.getvalue(), "anh.png", files.PICTURES)
    assert Image.open(io.BytesIO(checked.data)).size == (30, 10)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\em\\Bài thi.pdf", "Bài thi.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ('x"><img>.png', "ximg.png"),
        ("...", "tep"),
    ],
)
def test_names_are_safe_to_show(name, clean):
    assert files.clean_name(name) == clean


def test_content_is_stored_once_and_read_back(app):
    with app.app_context():
        assert files.write(b"abc") == files.write(b"abc")
        assert files.read(files.write(b"abc")) == b"abc"
